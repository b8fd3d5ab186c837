"""Learners behind one interface: what they are given, what they refuse, and how training uses them."""

import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import job
from base_model import weights_of
from inference import answer
from learners import UNSEEN, Task, learner
from progress import Watch
from rows import Row
from train import learn, set_aside
from tuning import draw, macro_f1

LABELS: list[str | None] = ["a", "b"]


@pytest.fixture(scope="module")
def mails(generator: ModuleType) -> list[Row]:
    rows: list[Row] = generator.mails(420, 7)
    return rows


def task_of(texts: list[str], labels: list[str | None], **given: Any) -> Task:
    classes = {"topic": sorted({label for label in labels if label})}
    about = {"seed": 1, "weights": None, "checkpoints": Path("none"), "knobs": {}, **given}
    return Task(texts=texts, labels={"topic": labels}, classes=classes, **about)


def test_a_learner_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        job.Refused, match=r"'guess' is no learner of this kind: there is no learners/guess.py"
    ):
        learner("guess")


def test_missing_weights_are_refused_with_what_to_do(
    mails: list[Row], settings: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(job.Refused, match=r"needs model.onnx, tokenizer.json .* no weights.*npm run weights"):
        learn(mails, settings, "embedding", tmp_path / "absent", tmp_path)
    (tmp_path / "model.onnx").touch()
    with pytest.raises(job.Refused, match=r"needs tokenizer.json of its base model, and .* lacks them"):
        learn(mails, settings, "embedding", tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["linear", "embedding"])
def test_a_class_without_rows_in_a_part_is_never_answered(name: str, weights: Path) -> None:
    module = learner(name)
    texts = ["one invoice"] * 4 + ["a parcel"] * 4
    task = task_of(texts, list("aaaabbbb"), weights=weights, knobs=module.KNOBS)
    task.classes = {"topic": ["a", "b", "c"]}
    margins = module.fit(task, None).margins(["an invoice", "anything"])["topic"]
    assert margins.shape == (2, 3)
    assert (margins[:, 2] == np.float32(UNSEEN)).all()
    assert margins[0].argmax() == 0


def test_rows_are_set_aside_by_their_words_so_that_forms_stay_together() -> None:
    texts = [f"{word} number {n}" for word in map(str, "abcdefghij") for n in range(20)]
    words = [f"{text.split()[0] * 3} number {text.split()[2]}" for text in texts]
    task = task_of(words, [LABELS[n % 2] for n in range(200)])
    rest, aside = set_aside(task, range(200), frozenset(range(200)), 0.2)
    assert len(aside) == 40
    assert sorted([*rest, *aside]) == list(range(200))
    assert not {words[row].split()[0] for row in rest} & {words[row].split()[0] for row in aside}
    task.seed = 2
    assert set_aside(task, range(200), frozenset(range(200)), 0.2)[1] != aside


def test_corrections_and_the_last_row_of_a_class_always_teach() -> None:
    labels: list[str | None] = [*["a"] * 50, *["b"] * 49, "rare"]
    task = task_of([f"{chr(97 + n // 10)}{chr(97 + n % 10)} text" for n in range(100)], labels)
    fair = frozenset(range(10, 100))
    _, aside = set_aside(task, range(100), fair, 0.9)
    assert len(aside) == 88
    assert min(aside) >= 10
    assert 99 not in aside


def test_every_target_has_its_share_set_aside_where_rows_name_some_only() -> None:
    texts = [f"{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{chr(97 + n // 676)} text" for n in range(1000)]
    task = task_of(texts, [LABELS[n % 2] for n in range(1000)])
    task.labels["urgency"] = [LABELS[n % 2] if n < 50 else None for n in range(1000)]
    task.classes["urgency"] = ["a", "b"]
    _, aside = set_aside(task, range(1000), frozenset(range(1000)), 0.2)
    assert sum(row < 50 for row in aside) >= 10
    assert len(aside) == pytest.approx(200, abs=10)


def test_tuning_tries_the_learners_own_knobs_first_and_each_trial_once() -> None:
    linear = learner("linear")
    drawn = draw(linear, 12, 3)
    assert drawn[0] == linear.KNOBS
    assert len(drawn) == 12
    assert len({json.dumps(knobs) for knobs in drawn}) == 12
    assert drawn == draw(linear, 12, 3)
    assert drawn != draw(linear, 12, 4)
    assert len(draw(learner("embedding"), 50, 3)) == len(learner("embedding").SPACE["C"])


def test_tuning_is_bounded_printed_and_part_of_the_history(
    mails: list[Row], settings: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = learn(mails, {**settings, "tune": 3}, "linear", tmp_path / "none", tmp_path, curve=False)
    trials = [point for point in trained.history if point["curve"].startswith("tuning")]
    assert [trial["x"] for trial in trials] == [1, 2, 3]
    best = max(trials, key=lambda trial: trial["y"])
    assert trained.knobs == best["knobs"]
    assert "train linear tune 3 of 3 macro_f1=" in capsys.readouterr().out


def test_macro_f1_counts_classes_that_occur() -> None:
    truth, said = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, said, 5) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_progress_says_stage_share_figures_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    watch = Watch("linear")
    watch.purpose = "to calibrate"
    watch("fit", 0.0, {})
    now = 108.0
    watch("fit", 0.4, {"loss": 0.31})
    now = 109.0
    watch("fit", 0.5, {"loss": 0.30})
    now = 120.0
    watch("fit", 1.0, {})
    assert capsys.readouterr().out.splitlines() == [
        "train linear fit to calibrate 40 % loss=0.31 left=12s",
        "train linear fit to calibrate 100 % took=20.0s",
    ]
    assert [(point["x"], point["y"]) for point in watch.history] == [(0.4, 0.31), (0.5, 0.3)]


def test_a_base_model_is_known_by_its_hash(tmp_path: Path, settings: dict[str, Any]) -> None:
    folder = tmp_path / "weights"
    assert weights_of(folder, settings) is None
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.onnx").write_text("weights")
    # The same vector as in the project's test of weightsHash, which names the folder in S3.
    named = {"name": "tiny", "hash": "55f29d955f6843a99b89c5b8db3b269d78de6036ed9fb07d39e0c6e2cd29c435"}
    assert weights_of(folder, {**settings, "base_model": named}) == folder
    (folder / "model.onnx").write_text("weight")
    with pytest.raises(job.Refused, match="holds other files than base model tiny has"):
        weights_of(folder, {**settings, "base_model": named})


def test_a_curve_of_very_many_points_is_thinned() -> None:
    watch = Watch("transformer")
    for step in range(2000):
        watch.point("loss by step", step, 1 / (step + 1))
    assert 200 <= len(watch.history) <= 400
    assert watch.history[0]["x"] == 0


def test_the_real_encoder_understands_words_it_was_not_taught(
    real_weights: Path, settings: dict[str, Any], tmp_path: Path
) -> None:
    taught = {
        "billing": [
            "the invoice is wrong",
            "I was charged twice",
            "please send me a receipt",
            "a refund, please",
        ],
        "delivery": [
            "where is my parcel",
            "the package is late",
            "the courier lost it",
            "it was never shipped",
        ],
    }
    rows = [
        {"body": f"{start} {text}", "topic": topic}
        for topic, texts in taught.items()
        for text in texts
        for start in ("", "Hello,", "Dear team,", "Hi!")
    ]
    about = {**settings, "fields": ["body"], "targets": ["topic"]}
    model = learn(rows, about, "embedding", real_weights, tmp_path, curve=False).model
    asked = [{"body": "you took too much money from my account"}, {"body": "nothing has come by post so far"}]
    assert [said["topic"]["value"] for said in answer(model, asked)] == ["billing", "delivery"]
