"""What the monitor calls drift, and what it does not."""

from typing import Any

import pytest

from baseline import vocabulary_of
from drift import judge_windows, read_reference, thresholds, traffic_columns, windows_of
from traffic import Answers, reference, traffic


def score(baseline: dict[str, Any], texts: list[str], answers: Answers, size: int = 200) -> dict[str, Any]:
    known = read_reference(baseline)
    return judge_windows(known, traffic_columns(known, texts, answers), size, 17)


def test_traffic_like_the_baseline_is_no_drift_whatever_the_seed() -> None:
    """Twenty baselines and windows of their own: with a threshold that forgets the baseline's chance, many
    fail."""
    scores = [score(reference(seed=seed), *traffic(200, 1000 + seed))["score"] for seed in range(20)]
    assert sum(value > 1 for value in scores) <= 1


def test_another_mix_of_labels_is_drift_and_named() -> None:
    found = score(reference(), *traffic(200, 1, shares=(0.6, 0.2, 0.2)))
    assert found["score"] > 1
    assert found["statistics"]["topic.labels"]["ratio"] > 1


def test_unknown_words_are_drift_and_named() -> None:
    texts, answers = traffic(200, 1)
    texts = [f"{text} wxyz" if number % 2 else text for number, text in enumerate(texts)]
    found = score(reference(), texts, answers)
    assert found["statistics"]["unknown_words"]["ratio"] > 1


def test_shouting_is_drift_though_every_word_is_known() -> None:
    texts, answers = traffic(200, 1)
    found = score(reference(), [text.upper() for text in texts], answers)
    assert found["statistics"]["capitals"]["ratio"] > 1
    assert found["statistics"]["unknown_words"]["ratio"] < 1


def test_less_confidence_is_drift() -> None:
    texts, answers = traffic(200, 1)
    for answer in answers:
        answer["topic"]["confidence"] *= 0.8
    assert score(reference(), texts, answers)["statistics"]["topic.confidence"]["ratio"] > 1


def test_one_odd_window_among_three_wakes_nobody() -> None:
    texts, answers = traffic(600, 1)
    texts[:200] = [f"{text} wxyz" for text in texts[:200]]
    found = score(reference(), texts, answers)
    assert found["windows"] == 3
    assert found["score"] < 1


def test_fewer_records_than_a_window_have_no_score() -> None:
    assert score(reference(), *traffic(199, 1)) == {"score": None, "statistics": {}, "windows": 0}
    assert score(reference(), [], []) == {"score": None, "statistics": {}, "windows": 0}


@pytest.mark.parametrize(
    ("records", "starts"), [(499, []), (500, [0]), (501, [0, 1]), (1000, [0, 500]), (1200, [0, 500, 700])]
)
def test_windows_have_one_size_and_the_last_ends_with_the_newest_record(
    records: int, starts: list[int]
) -> None:
    assert windows_of(records, 500) == [slice(start, start + 500) for start in starts]


def test_a_small_baseline_gets_wider_thresholds() -> None:
    small, large = (thresholds(read_reference(reference(rows)), 200, 17) for rows in (100, 1000))
    assert small["length"] > 1.3 * large["length"]


def test_the_same_seed_gives_the_same_thresholds() -> None:
    known = read_reference(reference())
    assert thresholds(known, 200, 17) == thresholds(known, 200, 17)


def test_a_word_of_a_single_text_stays_out_of_the_vocabulary() -> None:
    texts = ["Dear Anna, invoice 17", "the invoice, please", "an invoice of 17 euros"]
    assert vocabulary_of(texts) == ["invoice"]
