"""What two models are compared by, for the one who changed something."""

import json
from pathlib import Path
from typing import Any

import pytest

from differences import changed_classes, differences, most_telling, read_answers


def said(value: str, confidence: float = 0.9) -> dict[str, Any]:
    return {"topic": {"value": value, "confidence": confidence, "abstained": False}}


def rows(truth: list[str]) -> list[dict[str, str]]:
    return [{"subject": f"mail {n}", "body": "text", "topic": label} for n, label in enumerate(truth)]


def compared(truth: list[str], this: list[str], against: list[str], flips: int = 20) -> dict[str, Any]:
    return differences(
        rows(truth),
        [said(value) for value in this],
        [said(value) for value in against],
        ["topic", "gone"],
        ["subject", "body"],
        17,
        flips,
    )


TRUTH = ["a", "b"] * 50


def test_a_model_that_is_right_more_often_is_better_by_the_paired_test() -> None:
    found = compared(TRUTH, TRUTH, ["a"] * 100)
    topic = found["targets"]["topic"]
    assert topic["this"]["macro_f1"] == 1.0
    assert topic["paired"]["only_this"] == 50
    assert topic["paired"]["interval"][0] > 0
    assert topic["classes"]["better"] == [{"class": "b", "rows": 50, "gained": 50, "lost": 0, "p": 0.0}]
    assert topic["classes"]["worse"] == []


def test_two_equal_models_differ_in_nothing() -> None:
    found = compared(TRUTH, TRUTH, TRUTH)
    assert found["targets"]["topic"]["paired"]["difference"] == 0.0
    assert found["flipped"] == 0


def test_a_target_that_nobody_answers_is_named() -> None:
    assert compared(TRUTH, TRUTH, TRUTH)["left_out"] == ["gone"]


def test_a_class_counts_as_changed_from_two_rows_on() -> None:
    truth = ["a"] * 10
    assert changed_classes(truth, ["a"] * 10, ["b"] + ["a"] * 9) == {"better": [], "worse": []}
    changed = changed_classes(truth, ["b", "b"] + ["a"] * 8, ["a"] * 10)
    assert changed["worse"] == [{"class": "a", "rows": 10, "gained": 0, "lost": 2, "p": 0.5}]


def test_both_wrong_in_different_ways_is_no_flip() -> None:
    assert compared(["a"] * 40, ["b"] * 40, ["c"] * 40)["flipped"] == 0


def test_rows_that_flipped_show_lost_ones_first_and_no_more_than_asked() -> None:
    found = compared(TRUTH, ["a"] * 50 + TRUTH[50:], TRUTH[:50] + ["a"] * 50, flips=4)
    assert found["flipped"] == 50
    assert [flip["better"] for flip in found["flips"]] == [False, False, True, True]
    assert found["flips"][0]["truth"] == "b"
    assert found["flips"][0]["text"] == "mail 1 text"


def test_few_gained_rows_leave_room_for_lost_ones() -> None:
    flips = [
        {"better": n == 0, "this_confidence": n / 10, "against_confidence": 0.5, "text": str(n)}
        for n in range(8)
    ]
    kept = most_telling(flips, 4)
    assert [flip["text"] for flip in kept] == ["7", "6", "5", "0"]


def test_a_model_that_could_not_be_asked_says_why(tmp_path: Path) -> None:
    header = {"champion": False, "reason": "the champion reads body, which is gone"}
    (tmp_path / "predictions.jsonl").write_text(json.dumps(header) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="cannot be compared: the champion reads body"):
        read_answers(tmp_path)


def test_corrected_rows_and_rows_without_the_target_do_not_count() -> None:
    data = rows(TRUTH)
    del data[0]["topic"]
    answers = [said(label) for label in TRUTH]
    found = differences(data, answers, answers, ["topic"], ["subject"], 17, 20)
    assert found["targets"]["topic"]["rows"] == 99
