"""What the model promises: calibrated answers for every target, the same ones every time."""

import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from evaluate import studio
from inference import answer, load
from rows import Row
from train import fit, fit_temperature, save


@pytest.fixture(scope="module")
def mails(generator: ModuleType) -> list[Row]:
    rows: list[Row] = generator.mails(900, 5)
    return rows


def test_learns_every_target_better_than_the_commonest_class(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    train, test = mails[:700], mails[700:]
    answers = answer(fit(train, settings), test)
    for target, least in (("topic", 0.7), ("urgency", 0.65), ("language", 0.9)):
        assert (
            np.mean([said[target]["value"] == row[target] for said, row in zip(answers, test, strict=True)])
            > least
        )
        assert all(0 < said[target]["confidence"] <= 1 for said in answers)


def test_confidence_is_about_the_share_of_right_answers(mails: list[Row], settings: dict[str, Any]) -> None:
    train, test = mails[:700], mails[700:]
    answers = answer(fit(train, settings), test)
    right = np.mean([said["topic"]["value"] == row["topic"] for said, row in zip(answers, test, strict=True)])
    assert np.mean([said["topic"]["confidence"] for said in answers]) == pytest.approx(right, abs=0.12)


def test_the_same_rows_and_seed_give_the_same_model(mails: list[Row], settings: dict[str, Any]) -> None:
    first, second = (pickle.dumps(fit(mails[:300], settings)) for _ in range(2))
    assert first == second


def test_learns_from_rows_that_name_some_targets_only(mails: list[Row], settings: dict[str, Any]) -> None:
    partial = [
        {**{key: row[key] for key in ("subject", "body", "topic")}, "inference_id": "i"}
        for row in mails[300:]
    ]
    model = fit([*mails[:300], *partial], settings)
    assert set(answer(model, mails[:1])[0]) == {"topic", "urgency", "language"}


def test_two_classes_work_as_well(mails: list[Row], settings: dict[str, Any]) -> None:
    rows = [{**row, "language": "en" if row["language"] == "en" else "other"} for row in mails[:400]]
    answers = answer(fit(rows, {**settings, "targets": ["language"]}), rows)
    right = [said["language"]["value"] == row["language"] for said, row in zip(answers, rows, strict=True)]
    assert np.mean(right) > 0.95
    assert min(said["language"]["confidence"] for said in answers) >= 0.5


def test_a_saved_model_answers_alike_and_brings_labels_words_and_code(
    mails: list[Row], settings: dict[str, Any], tmp_path: Path
) -> None:
    model = fit(mails[:300], settings)
    save(model, mails[:300], settings["fields"], tmp_path)
    assert answer(load(tmp_path), mails[:5]) == answer(model, mails[:5])
    assert (tmp_path / "code" / "job.py").is_file()
    assert "invoice" in (tmp_path / "vocabulary.txt").read_text().split()
    assert "account" in (tmp_path / "labels.json").read_text()


def test_answers_an_empty_mail_and_no_mail(mails: list[Row], settings: dict[str, Any]) -> None:
    model = fit(mails[:300], settings)
    assert answer(model, []) == []
    assert set(answer(model, [{"subject": "", "body": ""}])[0]) == {"topic", "urgency", "language"}


def test_the_temperature_makes_overconfident_margins_modest() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, size=500)
    said = np.where(rng.random(500) < 0.8, truth, 1 - truth)
    margins = np.eye(2)[said] * 10
    powers = np.exp(10 / fit_temperature(margins, truth))
    assert powers / (1 + powers) == pytest.approx(np.mean(said == truth), abs=0.02)


def test_studio_gets_weighted_metrics_and_a_confusion_matrix() -> None:
    rows: list[Row] = [{"topic": "a"}, {"topic": "a"}, {"topic": "b"}, {"topic": "b"}]
    answers = [{"topic": {"value": value}} for value in ("a", "b", "b", "b")]
    metrics = studio(rows, answers, "topic")
    assert metrics["accuracy"]["value"] == 0.75
    assert metrics["confusion_matrix"] == {"a": {"a": 1, "b": 1}, "b": {"b": 2}}
    assert metrics["weighted_precision"]["value"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert metrics["weighted_recall"]["value"] == 0.75
