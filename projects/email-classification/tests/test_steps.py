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

import job

STEPS = Path(job.__file__).parent
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


def pipeline(folder: Path, code: Path, data: Path, champion: Path | None) -> tuple[dict[str, Any], Path, str]:
    """Preprocess → train → score the champion → evaluate; the evaluation, model.tar.gz, and the gate's
    sentence."""
    prepared = give(folder / "preprocess", code, {"data": data})
    run(folder / "preprocess", "processing/input/code/preprocess.py")
    give(folder / "train", code, {"train": prepared / "train"}, under="input/data")
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
    inputs = {"model": packed, "test": prepared / "test", "champion": scored / "predictions"}
    evaluated = give(folder / "evaluate", code, inputs)
    sentence = run(folder / "evaluate", "processing/input/code/evaluate.py")
    assert (evaluated / "baseline" / "statistics.json").is_file()
    return json.loads((evaluated / "evaluation" / "evaluation.json").read_text()), packed, sentence


def test_two_runs_pass_the_gate_and_the_second_is_compared_with_the_first(
    tmp_path: Path, generator: ModuleType, settings: dict[str, Any]
) -> None:
    code, data = tmp_path / "code", tmp_path / "data"
    code.mkdir()
    for file in [*STEPS.glob("*.py"), *PROJECT.glob("*.py")]:
        shutil.copy(file, code)
    (code / "settings.json").write_text(json.dumps(settings))
    (data / "base" / "1").mkdir(parents=True)
    rows = generator.mails(1500, 5)
    with (data / "base" / "1" / "mails.csv").open("w", encoding="utf-8", newline="") as table_file:
        table = csv.DictWriter(table_file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)

    first, champion, sentence = pipeline(tmp_path / "1", code, data, None)
    assert first["gate"] == {"passed": True, "sentence": sentence}
    assert sentence.endswith("no model is in service yet")

    (data / "labelled" / "j").mkdir(parents=True)
    corrected = [{**row, "inference_id": str(number)} for number, row in enumerate(generator.mails(60, 6))]
    lines = "".join(json.dumps(row) + "\n" for row in corrected)
    (data / "labelled" / "j" / "rows.jsonl").write_text(lines)
    second, _, sentence = pipeline(tmp_path / "2", code, data, champion)
    assert second["gate"] == {"passed": True, "sentence": sentence}
    assert second["champion"]["compared"] is True
    assert second["rows"] == first["rows"]
    assert 0 < second["feedback"]["topic"]["rows"] < 30
