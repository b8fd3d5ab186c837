"""Evaluation on made-up answers: what is compared under which name, and what is written down."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import evaluate
import job
from evaluation.studio import studio

LABELS = {"topic": ["billing", "chat", "returns"]}
SETTINGS: dict[str, Any] = {
    "project": "mails",
    "environment": "dev",
    "kind": "email-classification@1",
    "learner": "embedding",
    "cheaper": "linear",
    "fields": ["body"],
    "targets": ["topic"],
    "gate": {"macro_f1": {"topic": 0.8}, "champion": "not_worse", "cheaper": "better"},
    "monitor": {"window": 200},
    "seed": 17,
    "test_share": 0.15,
}
# The champion learned them under older names.
OLD = {"invoice": "billing", "payment": "billing", "return": "returns"}
TODAY = ["invoice", "return", "payment", "return", "chat"]

Said = list[dict[str, dict[str, Any]]]


def answer_of(value: str) -> dict[str, dict[str, Any]]:
    return {"topic": {"value": value, "confidence": 0.97, "abstained": False}}


def lines(path: Path, items: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Lays out what the steps before left, evaluates in this process, and reads evaluation.json."""
    inputs = tmp_path / "processing" / "input"
    names = TODAY * 60
    truth = [OLD.get(name, name) for name in names]
    lines(inputs / "test" / "rows.jsonl", [{"body": f"about {n}", "topic": c} for n, c in enumerate(truth)])

    def evaluated(
        mapping: dict[str, Any] | None = None,
        wrong: int = 9,
        cheaper_wrong: int | None = 40,
        report: dict[str, Any] | None = None,
        **settings: Any,
    ) -> dict[str, Any]:
        code, model = tmp_path / "code", tmp_path / "model"
        for folder in (code, model, inputs / "model", inputs / "report"):
            folder.mkdir(exist_ok=True)
        (code / "settings.json").write_text(json.dumps({**SETTINGS, **settings}))
        (code / "classes.json").write_text(json.dumps({"topic": OLD} if mapping is None else mapping))
        (model / "labels.json").write_text(json.dumps(LABELS))
        (model / "vocabulary.txt").write_text("about\n")
        with tarfile.open(inputs / "model" / "model.tar.gz", "w:gz") as tar:
            tar.add(model, arcname=".")
        if report is not None:
            (inputs / "report" / "report.json").write_text(json.dumps(report))
        # The champion never heard of chats: it takes them for returns.
        champion = [answer_of("return" if name == "chat" else name) for name in names]
        labels = {"topic": ["fax", "invoice", "payment", "return"]}
        header = {"champion": True, "reason": "", "labels": labels}
        lines(inputs / "champion" / "predictions.jsonl", [header, *champion])
        (inputs / "cheaper" / "predictions.jsonl").unlink(missing_ok=True)
        if cheaper_wrong is not None:
            header = {"learner": "linear", "labels": LABELS, "seconds": 1.0}
            lines(inputs / "cheaper" / "predictions.jsonl", [header, *mistaken(truth, cheaper_wrong)])
        monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
        monkeypatch.setattr(job, "code_dir", lambda: code)
        monkeypatch.setattr(evaluate, "load", lambda folder: folder)
        monkeypatch.setattr(evaluate, "answer", lambda _model, rows: mistaken(truth, wrong)[: len(rows)])
        sentence = evaluate.main()
        found = json.loads((tmp_path / "processing/output/evaluation/evaluation.json").read_text())
        assert found["gate"]["sentence"] == sentence
        return dict(found)

    return evaluated


def mistaken(truth: list[str], wrong: int) -> Said:
    """Right answers but for the first ones."""
    return [
        answer_of(c if n >= wrong else {"billing": "chat"}.get(c, "billing")) for n, c in enumerate(truth)
    ]


def test_the_champion_is_compared_under_the_names_of_today(play: Callable[..., dict[str, Any]]) -> None:
    found = play()
    compared = found["champion"]["targets"]["topic"]
    assert compared["shared_classes"] == ["billing", "returns"]
    assert compared["rows"] == 240
    assert found["gate"]["passed"] is False
    assert "macro_f1 of the 2 shared classes of topic is worse" in found["gate"]["sentence"]


def test_without_the_mapping_old_names_are_other_classes(play: Callable[..., dict[str, Any]]) -> None:
    found = play(mapping={})
    assert found["champion"]["compared"] is False
    assert found["gate"]["passed"] is True
    assert found["classes"]["topic"]["new"] == ["billing", "chat", "returns"]


def test_what_became_of_classes_is_written_down_with_rare_ones(play: Callable[..., dict[str, Any]]) -> None:
    found = play(report={"rare": {"topic": {"chat": 7}}})
    assert found["classes"]["topic"] == {
        "new": ["chat"],
        "removed": ["fax"],
        "renamed": {"return": "returns"},
        "merged": {"billing": ["invoice", "payment"]},
        "rare": {"chat": 7},
    }


def test_the_cheaper_learner_must_be_beaten(play: Callable[..., dict[str, Any]]) -> None:
    found = play(mapping={}, wrong=9, cheaper_wrong=40)
    assert found["cheaper"]["targets"]["topic"]["only_this"] == 31
    assert "embedding beats linear on topic: +0." in found["gate"]["sentence"]
    assert play(mapping={}, wrong=9, cheaper_wrong=9)["gate"]["passed"] is False


def test_a_cheaper_learner_that_never_answered_is_an_error(play: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="there are no answers of it: run cheaper"):
        play(cheaper_wrong=None)
    assert play(mapping={}, cheaper_wrong=None, learner="linear", cheaper=None)["gate"]["passed"] is True


def test_what_was_odd_about_the_data_is_in_the_evaluation(play: Callable[..., dict[str, Any]]) -> None:
    assert play(report={"arrival": {"warnings": ["2026-10 is missing"]}})["data"] == {
        "warnings": ["2026-10 is missing"]
    }
    assert play(report={})["data"] == {"warnings": []}


def test_the_evaluation_says_who_was_judged(play: Callable[..., dict[str, Any]]) -> None:
    found = play()
    assert (found["learner"], found["labels"], found["rows"]) == ("embedding", LABELS, 300)
    assert found["multiclass_classification_metrics"]["accuracy"]["value"] == 0.97


def test_two_evaluations_are_the_same_to_the_byte(
    play: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    outputs = tmp_path / "processing" / "output"
    written = []
    for _ in range(2):
        play()
        written.append({p.name: p.read_bytes() for p in sorted(outputs.rglob("*")) if p.is_file()})
    assert set(written[0]) == {"evaluation.json", "report.html", "statistics.json"}
    assert written[0] == written[1]


def test_a_row_whose_class_was_too_rare_to_learn_counts_neither_as_right_nor_as_wrong() -> None:
    rows = [{"body": "a", "topic": "billing"}, {"body": "b"}, {"body": "c", "topic": "chat"}]
    said = [answer_of("billing")] * 3
    assert evaluate.errors_of(rows, said, "topic") == {"rows": 2, "wrong": 1}
    assert studio(rows, said, "topic")["accuracy"]["value"] == 0.5


def test_a_target_that_cannot_be_right_as_often_as_wanted_is_told() -> None:
    calibration = {"topic": {"surest": 0.97, "threshold": 0.6}, "urgency": {"surest": 0.88, "threshold": 0.5}}
    assert evaluate.out_of_reach(calibration, {"topic": 0.95, "urgency": 0.95}) == [
        "not even the surest answers of urgency are right 95% of the time (88%): it abstains below 50% only; "
        "look at its labels, or lower abstain.accuracy"
    ]
    assert evaluate.out_of_reach(calibration, {"topic": 0.95, "urgency": 0.0}) == []
