"""Confidence must mean what it says, as far as so many rows can show it."""

from typing import Any

import numpy as np
import pytest

from calibrated import calibration_error, chance_error
from gate import Champion, judge
from rows import Row

LABELS = {"topic": ["billing", "returns"]}


def judged(settings: dict[str, Any], count: int, accuracy: float, confidence: float) -> Any:
    """Answers of one confidence, of which the given share is right."""
    settings["gate"]["macro_f1"] = {}
    rows: list[Row] = [{"topic": LABELS["topic"][n % 2]} for n in range(count)]
    wrong = round(count * (1 - accuracy))
    answers = [
        {"topic": {"value": LABELS["topic"][(n + (n < wrong)) % 2], "confidence": confidence}}
        for n in range(count)
    ]
    return judge(rows, answers, LABELS, Champion(reason="none"), settings)


def test_the_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence = np.array([0.9] * 10)
    assert calibration_error(confidence, np.array([True] * 9 + [False])) == pytest.approx(0)
    assert calibration_error(confidence, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.4)


def test_an_error_within_the_bound_passes(settings: dict[str, Any]) -> None:
    evaluation = judged(settings, 400, 0.90, 0.93)
    assert evaluation["gate"]["passed"] is True
    assert evaluation["metrics"]["topic"]["calibration_error"] == 0.03
    assert "calibration error of topic 0.030 within 0.05" in evaluation["gate"]["sentence"]


def test_an_error_beyond_bound_and_chance_is_refused(settings: dict[str, Any]) -> None:
    evaluation = judged(settings, 400, 0.85, 0.95)
    metrics = evaluation["metrics"]["topic"]
    limit = 0.05 + metrics["calibration_bound"] - metrics["calibration_chance"]
    assert 0.05 < limit < 0.1
    assert evaluation["gate"]["passed"] is False
    assert evaluation["gate"]["sentence"].startswith(
        "refused: calibration error of topic 0.100 is above 0.05, and with 400 rows chance explains "
        f"{limit:.3f} at most; "
    )


def test_an_error_a_little_above_the_bound_is_left_to_chance(settings: dict[str, Any]) -> None:
    # What 400 rows add to or take from an error of 0.05.
    evaluation = judged(settings, 400, 0.89, 0.945)
    assert evaluation["gate"]["passed"] is True
    assert (
        "calibration error of topic 0.055 is above 0.05, but with 400 rows up to"
        in (evaluation["gate"]["sentence"])
    )


def test_an_error_that_so_few_rows_show_by_chance_is_told_and_passes(settings: dict[str, Any]) -> None:
    evaluation = judged(settings, 50, 0.80, 0.87)
    metrics = evaluation["metrics"]["topic"]
    chance = max(
        metrics["calibration_bound"], 0.05 + metrics["calibration_bound"] - metrics["calibration_chance"]
    )
    assert chance > 0.07
    assert evaluation["gate"]["passed"] is True
    said = (
        f"calibration error of topic 0.070 is above 0.05, but with 50 rows up to {chance:.3f} may be chance"
    )
    assert said in evaluation["gate"]["sentence"]


def test_the_bound_is_the_projects(settings: dict[str, Any]) -> None:
    settings["gate"]["calibration_error"] = 0.2
    assert judged(settings, 400, 0.85, 0.95)["gate"]["passed"] is True
    settings["gate"]["calibration_error"] = 0.0
    assert judged(settings, 4000, 0.90, 0.95)["gate"]["passed"] is False


def test_chance_shrinks_with_rows_and_is_the_same_twice() -> None:
    confidence = np.random.default_rng(3).beta(6, 1.2, 5000)
    few, some, many = (chance_error(confidence[:n], np.random.default_rng(17))[1] for n in (100, 500, 5000))
    assert few > some > many
    assert few == chance_error(confidence[:100], np.random.default_rng(17))[1]


def test_a_perfectly_calibrated_model_exceeds_chance_once_in_twenty() -> None:
    rng = np.random.default_rng(11)
    beyond = 0
    for draw in range(200):
        confidence = rng.beta(6, 1.2, 150)
        hits = rng.random(150) < confidence
        beyond += (
            calibration_error(confidence, hits) > chance_error(confidence, np.random.default_rng(draw))[1]
        )
    assert 2 <= beyond <= 20
