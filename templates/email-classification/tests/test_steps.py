"""The steps one after another, each a process with the folders SageMaker mounts: what a run will do in
AWS."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from playing import write_bundle

PROJECT = Path(__file__).resolve().parents[1]


def run(base: Path, script: str) -> str:
    """Runs a step as SageMaker does, with nothing inherited; returns its exit message."""
    environment = {"PATH": os.defpath, "HOME": str(base), "LANG": "C.UTF-8", "SAGEMAKER_BASE_DIR": str(base)}
    done = subprocess.run(
        [sys.executable, str(base / script)],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    message = base / "output" / "message"
    return message.read_text() if message.exists() else ""


def give(base: Path, code: Path, inputs: dict[str, Path], under: str = "processing/input") -> Path:
    for name, folder in {"code": code, **inputs}.items():
        shutil.copytree(folder, base / under / name)
    return base / "processing" / "output"


def pipeline(
    folder: Path, code: Path, data: Path, champion: Path | None, weights: Path | None = None
) -> tuple[dict[str, Any], Path, str]:
    """Preprocess → train → score the champion → evaluate, with the cheaper learner where there are weights.

    :returns: the evaluation, the folder of model.tar.gz, and the gate's sentence
    """
    prepared = give(folder / "preprocess", code, {"data": data})
    run(folder / "preprocess", "processing/input/code/preprocess.py")
    learned_from = {"train": prepared / "train", **({"weights": weights} if weights else {})}
    give(folder / "train", code, learned_from, under="input/data")
    run(folder / "train", "input/data/code/train.py")
    packed = folder / "packed"
    packed.mkdir()
    with tarfile.open(packed / "model.tar.gz", "w:gz") as tar:
        tar.add(folder / "train" / "model", arcname=".")
    if champion is None:
        champion = folder / "none"
        champion.mkdir()
        (champion / "marker.json").write_text("{}")
    scored = give(folder / "score", code, {"model": champion, "test": prepared / "test"})
    run(folder / "score", "processing/input/code/score.py")
    inputs = {
        "model": packed,
        "test": prepared / "test",
        "champion": scored / "predictions",
        "report": prepared / "report",
    }
    if weights:
        compared = give(folder / "cheaper", code, {"train": prepared / "train", "test": prepared / "test"})
        run(folder / "cheaper", "processing/input/code/cheaper.py")
        inputs["cheaper"] = compared / "cheaper"
    evaluated = give(folder / "evaluate", code, inputs)
    sentence = run(folder / "evaluate", "processing/input/code/evaluate.py")
    assert (evaluated / "baseline" / "statistics.json").is_file()
    assert "<html" in (evaluated / "evaluation" / "report.html").read_text()
    return json.loads((evaluated / "evaluation" / "evaluation.json").read_text()), packed, sentence


@pytest.fixture
def code(tmp_path: Path, settings: dict[str, Any]) -> Path:
    """The bundle of a run, laid out as code-bundle.ts does."""
    return write_bundle(tmp_path / "code", PROJECT, settings)


def write_mails(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def test_two_runs_pass_the_gate_and_the_second_is_compared_with_the_first(
    tmp_path: Path, code: Path, generator: ModuleType
) -> None:
    data = tmp_path / "data"
    write_mails(data / "base" / "1" / "mails.csv", generator.mails(1500, 5))
    first, champion, sentence = pipeline(tmp_path / "1", code, data, None)
    assert first["gate"]["passed"] is True, sentence
    assert first["gate"]["sentence"] == sentence
    assert sentence.endswith("no model is in service yet")

    (data / "labelled" / "j").mkdir(parents=True)
    corrected = [{**row, "inference_id": str(number)} for number, row in enumerate(generator.mails(60, 6))]
    lines = "".join(json.dumps(row) + "\n" for row in corrected)
    (data / "labelled" / "j" / "rows.jsonl").write_text(lines)
    second, _, sentence = pipeline(tmp_path / "2", code, data, champion)
    assert second["gate"]["passed"] is True, sentence
    assert second["gate"]["sentence"] == sentence
    assert second["champion"]["compared"] is True
    assert second["rows"] == first["rows"]
    assert 0 < second["feedback"]["topic"]["rows"] < 30


def test_a_costlier_learner_is_compared_with_the_cheaper_one_on_the_same_rows(
    tmp_path: Path, code: Path, generator: ModuleType, settings: dict[str, Any], weights: Path
) -> None:
    costlier = {**settings, "learner": "embedding", "cheaper": "linear", "base_model": None}
    (code / "settings.json").write_text(json.dumps(costlier))
    write_mails(tmp_path / "data" / "base" / "1" / "mails.csv", generator.mails(600, 5))
    evaluation, _, sentence = pipeline(tmp_path / "1", code, tmp_path / "data", None, weights)
    assert evaluation["learner"] == "embedding"
    assert evaluation["cheaper"]["learner"] == "linear"
    # A bag of 600 words is no better than TF-IDF, and the gate says so.
    assert evaluation["gate"]["passed"] is False
    assert "linear" in sentence
    answers = (
        (tmp_path / "1" / "cheaper/processing/output/cheaper/predictions.jsonl").read_text().splitlines()
    )
    header = json.loads(answers[0])
    assert header["learner"] == "linear"
    assert sorted(header["labels"]) == ["language", "topic", "urgency"]
    assert header["seconds"] > 0
    assert set(json.loads(answers[1])["topic"]) == {"value", "confidence", "abstained"}


def test_the_costliest_learner_is_held_against_the_best_of_all_that_are_cheaper(
    tmp_path: Path, code: Path, generator: ModuleType, settings: dict[str, Any], weights: Path
) -> None:
    ladder = ["linear", "embedding", "transformer"]
    costliest = {**settings, "learner": "transformer", "learners": ladder, "cheaper": "embedding"}
    (code / "settings.json").write_text(json.dumps(costliest))
    write_mails(tmp_path / "data" / "mails.csv", generator.mails(600, 5))
    prepared = give(tmp_path / "preprocess", code, {"data": tmp_path / "data"})
    run(tmp_path / "preprocess", "processing/input/code/preprocess.py")
    given = {"train": prepared / "train", "test": prepared / "test", "weights": weights}
    compared = give(tmp_path / "cheaper", code, given)

    said = run(tmp_path / "cheaper", "processing/input/code/cheaper.py")

    # The one right before it, a bag of 600 words, is worse than TF-IDF.
    header = json.loads((compared / "cheaper" / "predictions.jsonl").read_text().splitlines()[0])
    assert header["learner"] == "linear"
    assert header["validation_macro_f1"]["linear"] > header["validation_macro_f1"]["embedding"]
    assert said.startswith("linear is held against (validation macro F1 0.")
