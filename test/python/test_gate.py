"""The gate's verdicts and sentences."""

from typing import Any

import pytest

from gate import Champion, judge
from rows import Row

LABELS = {"topic": ["billing", "returns"]}


def answers_of(values: list[str], confidence: float = 0.9) -> list[dict[str, dict[str, Any]]]:
    return [{"topic": {"value": value, "confidence": confidence}} for value in values]


def case(count: int, wrong: int, start: int = 0) -> tuple[list[Row], list[dict[str, dict[str, Any]]]]:
    """Rows of two classes and answers, `wrong` of which (from `start` on) are wrong.

    Each confidence is the share of right answers: what is tested here is not calibration.
    """
    rows = [{"text": f"mail {number}", "topic": LABELS["topic"][number % 2]} for number in range(count)]
    said = [LABELS["topic"][(number + (start <= number < start + wrong)) % 2] for number in range(count)]
    return rows, answers_of(said, 1 - wrong / count)


def verdict(settings: dict[str, Any], wrong: int, champion: Champion | None = None, count: int = 400) -> Any:
    rows, answers = case(count, wrong)
    return judge(rows, answers, LABELS, champion or Champion(reason="no model is in service yet"), settings)


def test_passes_when_the_whole_interval_reaches_the_bound(settings: dict[str, Any]) -> None:
    evaluation = verdict(settings, wrong=20)
    assert evaluation["gate"]["passed"] is True
    assert evaluation["gate"]["sentence"].startswith("passed: macro_f1 of topic 0.9500 [0.9")
    assert "reaches 0.8; calibration error of topic 0.000 within 0.05" in evaluation["gate"]["sentence"]
    assert evaluation["gate"]["sentence"].endswith("; no model is in service yet")


def test_refuses_and_names_metric_value_and_bound(settings: dict[str, Any]) -> None:
    evaluation = verdict(settings, wrong=120)
    low, high = evaluation["metrics"]["topic"]["macro_f1_interval"]
    assert evaluation["gate"]["passed"] is False
    sentence = f"refused: macro_f1 of topic 0.7000 [{low:.4f}, {high:.4f}] is below 0.8"
    assert evaluation["gate"]["sentence"].startswith(sentence)


def test_refuses_a_value_above_the_bound_that_few_rows_cannot_prove(settings: dict[str, Any]) -> None:
    evaluation = verdict(settings, wrong=6, count=40)
    assert evaluation["metrics"]["topic"]["macro_f1"] > 0.8
    assert "may be below 0.8" in evaluation["gate"]["sentence"]


def test_a_target_without_a_bound_is_measured_only(settings: dict[str, Any]) -> None:
    settings["gate"]["macro_f1"] = {}
    evaluation = verdict(settings, wrong=200)
    assert (evaluation["gate"]["passed"], "(no bound)" in evaluation["gate"]["sentence"]) == (True, True)


def champion(wrong: int, start: int = 0, labels: dict[str, list[str]] | None = None) -> Champion:
    return Champion(case(400, wrong, start)[1], labels or LABELS)


def test_refuses_a_model_that_is_worse_than_the_champion(settings: dict[str, Any]) -> None:
    evaluation = verdict(settings, wrong=40, champion=champion(wrong=10))
    assert evaluation["gate"]["passed"] is False
    assert "macro_f1 of topic is worse: -0.0750" in evaluation["gate"]["sentence"]
    assert evaluation["champion"]["compared"] is True


def test_a_champion_that_is_ignored_refuses_nobody(settings: dict[str, Any]) -> None:
    settings["gate"]["champion"] = "ignored"
    assert verdict(settings, wrong=40, champion=champion(wrong=10))["gate"]["passed"] is True


def test_equal_errors_on_other_rows_are_not_worse(settings: dict[str, Any]) -> None:
    evaluation = verdict(settings, wrong=20, champion=champion(wrong=20, start=100))
    low, high = evaluation["champion"]["targets"]["topic"]["interval"]
    assert evaluation["gate"]["passed"] is True
    assert low < 0 < high


def test_corrected_rows_are_reported_and_decide_nothing(settings: dict[str, Any]) -> None:
    rows, answers = case(400, 20)
    before = judge(rows, answers, LABELS, Champion(reason="none"), settings)
    taught = [{"text": f"odd {number}", "topic": "returns", "inference_id": "i"} for number in range(50)]
    after = judge(
        [*rows, *taught], [*answers, *answers_of(["billing"] * 50)], LABELS, Champion(reason="none"), settings
    )
    assert after["metrics"] == before["metrics"]
    assert after["feedback"]["topic"] == {"rows": 50, "right": 0, "champion_right": 0}


def test_fails_when_the_champion_left_rows_out(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="gave 399 answers to 400 rows"):
        verdict(settings, wrong=0, champion=Champion(case(399, 0)[1], LABELS))


def test_the_sentence_fits_into_a_package_description(settings: dict[str, Any]) -> None:
    targets = [f"target_number_{number}" for number in range(40)]
    settings["targets"], settings["gate"]["macro_f1"] = targets, dict.fromkeys(targets, 0.9)
    rows = [dict.fromkeys(targets, "a" if number % 2 else "b") for number in range(50)]
    said = [{target: {"value": "a", "confidence": 0.5} for target in targets} for _ in rows]
    labels = {target: ["a", "b"] for target in targets}
    sentence = judge(rows, said, labels, Champion(reason="none"), settings)["gate"]["sentence"]
    assert len(sentence.encode()) <= 1024
    assert sentence.endswith(" ...")


def test_every_rule_is_a_term_and_the_sentence_is_made_of_them(settings: dict[str, Any]) -> None:
    gate = verdict(settings, wrong=40, champion=champion(wrong=10))["gate"]
    assert [(term["rule"], term["target"], term["passed"]) for term in gate["terms"]] == [
        ("macro_f1", "topic", True),
        ("calibration_error", "topic", True),
        ("champion", "topic", False),
    ]
    assert all(term["said"] in gate["sentence"] for term in gate["terms"])


def test_what_failed_stands_before_what_passed_and_that_before_what_is_told(settings: dict[str, Any]) -> None:
    settings["targets"], settings["gate"]["macro_f1"] = ["topic", "mood"], {"topic": 0.8, "mood": 0.99}
    rows, answers = case(400, 20)
    rows = [{**row, "mood": row["topic"]} for row in rows]
    answers = [{"topic": answer["topic"], "mood": answer["topic"]} for answer in answers]
    labels = {"topic": LABELS["topic"], "mood": LABELS["topic"]}
    sentence = judge(rows, answers, labels, Champion(reason="nobody serves"), settings)["gate"]["sentence"]
    assert sentence.startswith("refused: macro_f1 of mood 0.9500")
    assert sentence.index("of mood") < sentence.index("macro_f1 of topic") < sentence.index("nobody serves")


def test_a_target_that_no_test_row_has_is_refused(settings: dict[str, Any]) -> None:
    settings["targets"] = ["topic", "mood"]
    rows, answers = case(400, 20)
    evaluation = judge(rows, answers, {**LABELS, "mood": ["good"]}, Champion(reason="none"), settings)
    assert evaluation["gate"]["sentence"].startswith("refused: no test row has a mood; ")


def test_abstaining_is_measured_by_how_much_is_answered_and_how_well(settings: dict[str, Any]) -> None:
    rows, answers = case(400, 20)
    for number, answer in enumerate(answers):
        answer["topic"].update(abstained=number < 100, confidence=0.3 if number < 100 else 0.95)
    metrics = judge(rows, answers, LABELS, Champion(reason="none"), settings)["metrics"]["topic"]
    assert (metrics["coverage"], metrics["threshold"]) == (0.75, 0.95)
    assert (metrics["accuracy"], metrics["selective_accuracy"]) == (0.95, 1.0)


def test_a_model_that_never_abstains_answers_all(settings: dict[str, Any]) -> None:
    metrics = verdict(settings, wrong=20)["metrics"]["topic"]
    assert (metrics["coverage"], metrics["threshold"], metrics["selective_accuracy"]) == (1.0, 0.0, 0.95)


def test_a_model_that_always_abstains_has_no_selective_accuracy(settings: dict[str, Any]) -> None:
    rows, answers = case(400, 20)
    for answer in answers:
        answer["topic"]["abstained"] = True
    metrics = judge(rows, answers, LABELS, Champion(reason="none"), settings)["metrics"]["topic"]
    assert (metrics["coverage"], metrics["threshold"], metrics["selective_accuracy"]) == (0.0, 1.0, None)


def test_the_same_answers_give_the_same_evaluation(settings: dict[str, Any]) -> None:
    assert verdict(settings, 40, champion(10)) == verdict(settings, 40, champion(10))


@pytest.mark.parametrize("rule", ["champion", "cheaper"])
def test_a_rule_that_is_misspelt_rules_nothing_and_is_an_error(settings: dict[str, Any], rule: str) -> None:
    settings["gate"][rule] = "not_wrose"
    with pytest.raises(ValueError, match=f"gate.{rule} 'not_wrose' is unknown: use "):
        verdict(settings, wrong=0)
