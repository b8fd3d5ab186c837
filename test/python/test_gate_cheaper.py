"""A costlier learner must earn its cost: made-up answers with differences that are known."""

import math
from typing import Any

import numpy as np
import pytest

from gate import Champion, Cheaper, judge
from paired import compare, mcnemar
from rows import Row

Said = list[dict[str, dict[str, Any]]]
LABELS = {"topic": ["billing", "returns"], "mood": ["good", "bad"]}
NONE = Champion(reason="no model is in service yet")


@pytest.fixture
def asked(settings: dict[str, Any]) -> dict[str, Any]:
    settings.update(learner="embedding", cheaper="linear", targets=["topic", "mood"])
    settings["gate"] = {"macro_f1": {}, "calibration_error": 1.0, "cheaper": "better"}
    return settings


def rows_of(count: int) -> list[Row]:
    return [{t: labels[n % 2] for t, labels in LABELS.items()} for n in range(count)]


def said(rows: list[Row], **wrong: range) -> Said:
    """Answers that are wrong for the rows named, by target."""
    return [
        {
            target: {"value": labels[(n + (n in wrong.get(target, ()))) % 2], "confidence": 0.9}
            for target, labels in LABELS.items()
        }
        for n in range(len(rows))
    ]


def judged(asked: dict[str, Any], count: int, this: dict[str, range], cheaper: dict[str, range]) -> Any:
    rows = rows_of(count)
    other = Cheaper("linear", said(rows, **cheaper), LABELS)
    return judge(rows, said(rows, **this), LABELS, NONE, asked, other)


def test_beats_the_cheaper_where_it_is_better_on_one_target_and_worse_on_none(asked: dict[str, Any]) -> None:
    # Of 1501 rows 61 only this one gets right, 35 only the cheaper.
    evaluation = judged(asked, 1501, {"topic": range(35)}, {"topic": range(100, 161)})
    topic = evaluation["cheaper"]["targets"]["topic"]
    low, high = topic["interval"]
    assert evaluation["gate"]["passed"] is True
    assert topic["difference"] == pytest.approx((61 - 35) / 1501, abs=0.0003)
    assert 0 < low < topic["difference"] < high
    assert (topic["only_this"], topic["only_cheaper"], topic["rows"]) == (61, 35, 1501)
    assert topic["mcnemar_p"] == pytest.approx(0.0105, abs=0.0005)
    # 2.8 standard errors, of which the interval is 3.92 wide.
    assert topic["detectable"] == pytest.approx((high - low) * 2.8 / 3.92, rel=0.05)
    assert (
        f"embedding beats linear on topic: {topic['difference']:+.4f} [{low:+.4f}, {high:+.4f}], "
        "61 rows only it gets right, 35 only linear (McNemar p 0.01); with 1,501 rows a difference of "
        f"{topic['detectable']:.3f} is told from chance eight times in ten (mood +0.0000)"
    ) in evaluation["gate"]["sentence"]


def test_the_cheaper_one_is_enough_where_no_difference_can_be_told_from_chance(asked: dict[str, Any]) -> None:
    evaluation = judged(asked, 528, {"topic": range(20)}, {"topic": range(100, 124)})
    gate = evaluation["gate"]
    assert gate["passed"] is False
    assert gate["sentence"].startswith("refused: embedding is not better than linear on topic: +0.0076 [-0.")
    assert ": use linear, or bring more rows" in gate["sentence"]
    assert [(term["target"], term["passed"]) for term in gate["terms"] if term["rule"] == "cheaper"] == [
        (None, False)
    ]


def test_better_on_one_target_does_not_pay_for_being_worse_on_another(asked: dict[str, Any]) -> None:
    evaluation = judged(asked, 1000, {"mood": range(30)}, {"topic": range(60)})
    assert evaluation["cheaper"]["targets"]["topic"]["interval"][0] > 0
    assert evaluation["gate"]["passed"] is False
    assert evaluation["gate"]["sentence"].startswith("refused: embedding is worse than linear on mood: -0.03")


def test_a_comparison_that_is_ignored_is_told_and_decides_nothing(asked: dict[str, Any]) -> None:
    asked["gate"]["cheaper"] = "ignored"
    evaluation = judged(asked, 528, {"topic": range(50)}, {})
    assert evaluation["gate"]["passed"] is True
    assert "embedding is worse than linear on topic" in evaluation["gate"]["sentence"]
    assert "bring more rows (ignored)" in evaluation["gate"]["sentence"]
    assert evaluation["cheaper"]["compared"] is True


def test_answers_that_are_missing_are_an_error_not_a_silent_pass(asked: dict[str, Any]) -> None:
    rows = rows_of(100)
    with pytest.raises(ValueError, match="there are no answers of it: run cheaper"):
        judge(rows, said(rows), LABELS, NONE, asked)
    asked["gate"]["cheaper"] = "ignored"
    evaluation = judge(rows, said(rows), LABELS, NONE, asked)
    assert evaluation["cheaper"]["reason"] == "gate.cheaper is ignored, so it was not fitted"


def test_the_cheapest_learner_has_nobody_to_beat(asked: dict[str, Any]) -> None:
    rows = rows_of(100)
    evaluation = judge(rows, said(rows), LABELS, NONE, {**asked, "learner": "linear", "cheaper": None})
    assert evaluation["gate"]["passed"] is True
    assert evaluation["cheaper"] == {
        "learner": None,
        "compared": False,
        "reason": "linear is the cheapest learner",
        "targets": {},
    }


def test_a_cheaper_learner_of_other_rows_is_an_error(asked: dict[str, Any]) -> None:
    rows = rows_of(100)
    with pytest.raises(ValueError, match="linear knows other classes of topic: it learned other rows"):
        judge(rows, said(rows), LABELS, NONE, asked, Cheaper("linear", said(rows), {"topic": ["billing"]}))
    with pytest.raises(ValueError, match="linear gave 99 answers to 100 rows"):
        judge(rows, said(rows), LABELS, NONE, asked, Cheaper("linear", said(rows)[1:], LABELS))


def test_models_that_answer_alike_do_not_claim_to_tell_every_difference() -> None:
    truth = ["a", "b"] * 50
    alike = compare(truth, truth, truth, seed=17)
    assert (alike.difference, alike.interval, alike.p) == (0, [0, 0], 1)
    assert alike.detectable == 0.06  # six rows of a hundred
    assert not alike.better
    assert not alike.worse


def test_mcnemar_is_exact() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1
    assert mcnemar(6, 0) == 2 / 2**6
    assert mcnemar(2, 9) == mcnemar(9, 2) == 2 * (1 + 11 + math.comb(11, 2)) / 2**11
    assert mcnemar(4_000, 3_000) < 1e-30


def test_the_interval_of_a_difference_holds_it_19_times_in_20() -> None:
    """Two models that err independently, 5 % and 8 %: the true difference in accuracy, and by symmetry in
    macro F1, is 0.03."""
    rng = np.random.default_rng(5)
    truth = ["a", "b"] * 300
    held = 0
    for seed in range(60):
        this, other = (
            [
                label if ok else "ba"["ab".index(label)]
                for label, ok in zip(truth, rng.random(600) > rate, strict=True)
            ]
            for rate in (0.05, 0.08)
        )
        low, high = compare(truth, this, other, seed).interval
        held += low <= 0.03 <= high
    assert 53 <= held <= 60


def test_a_handful_of_rows_is_no_better_learner_however_the_bootstrap_falls(asked: dict[str, Any]) -> None:
    # Five rows to none: the interval lies above zero, McNemar says one in sixteen.
    evaluation = judged(asked, 528, {"topic": range(0)}, {"topic": range(5)})
    topic = evaluation["cheaper"]["targets"]["topic"]
    assert topic["interval"][0] > 0
    assert topic["mcnemar_p"] == pytest.approx(0.0625)
    assert evaluation["gate"]["passed"] is False


def test_several_targets_share_the_chance_of_being_taken_for_better(asked: dict[str, Any]) -> None:
    # Sixteen to five: enough for one target alone (p 0.027), not for one of two.
    evaluation = judged(asked, 528, {"topic": range(100, 105)}, {"topic": range(16)})
    topic = evaluation["cheaper"]["targets"]["topic"]
    assert topic["mcnemar_p"] == pytest.approx(0.0266, abs=0.0005)
    assert evaluation["gate"]["passed"] is False
