"""Classes come and go: the champion is compared on those that both models know."""

from typing import Any

from gate import Champion, judge
from rows import Row

Said = list[dict[str, dict[str, Any]]]

OLD = ["billing", "returns", "fax"]
NEW = ["billing", "returns", "chat"]


def rows_of(**counts: int) -> list[Row]:
    return [
        {"text": f"{label} {number}", "topic": label}
        for label, count in counts.items()
        for number in range(count)
    ]


def right(rows: list[Row], but: dict[str, str] | None = None) -> Said:
    """Right answers, but for the classes that are mistaken for another."""
    return [
        {"topic": {"value": (but or {}).get(row["topic"], row["topic"]), "confidence": 1.0}} for row in rows
    ]


def judged(settings: dict[str, Any], rows: list[Row], answers: Said, champion: Champion) -> Any:
    settings["gate"].update(macro_f1={}, calibration_error=1.0)
    return judge(rows, answers, {"topic": NEW}, champion, settings)


def test_only_rows_whose_class_both_know_are_compared(settings: dict[str, Any]) -> None:
    rows = rows_of(billing=60, returns=40, chat=50)
    # The champion cannot know what a chat is; that must not count against it.
    champion = Champion(right(rows, {"chat": "fax"}), {"topic": OLD})
    evaluation = judged(settings, rows, right(rows), champion)
    compared = evaluation["champion"]["targets"]["topic"]
    assert (compared["rows"], compared["shared_classes"]) == (100, ["billing", "returns"])
    assert compared["difference"] == 0
    assert "the 2 shared classes of topic +0.0000" in evaluation["gate"]["sentence"]
    assert "on 100 rows" in evaluation["gate"]["sentence"]


def test_being_worse_on_the_shared_classes_is_refused(settings: dict[str, Any]) -> None:
    rows = rows_of(billing=60, returns=40, chat=50)
    champion = Champion(right(rows), {"topic": OLD})
    evaluation = judged(settings, rows, right(rows, {"returns": "chat"}), champion)
    assert evaluation["gate"]["passed"] is False
    said = "refused: macro_f1 of the 2 shared classes of topic is worse: -0.5000 [-0.5000, -0.5000] against"
    assert evaluation["gate"]["sentence"].startswith(said)


def test_an_answer_of_a_class_that_only_one_knows_is_wrong_but_no_class_of_its_own(
    settings: dict[str, Any],
) -> None:
    rows = rows_of(billing=60, returns=40)
    # F1 of billing 1, of returns 0: the mean is over the two shared classes, not over three.
    compared = judged(
        settings, rows, right(rows, {"returns": "chat"}), Champion(right(rows), {"topic": OLD})
    )["champion"]["targets"]["topic"]
    assert compared["difference"] == -0.5


def test_without_a_shared_class_only_the_bound_counts_and_the_sentence_says_so(
    settings: dict[str, Any],
) -> None:
    rows = rows_of(billing=60, chat=50)
    champion = Champion(right(rows, {"billing": "fax", "chat": "fax"}), {"topic": ["fax", "telex"]})
    evaluation = judged(settings, rows, right(rows), champion)
    said = "the champion shares no class of topic, so only the bound counts"
    assert evaluation["gate"]["passed"] is True
    assert said in evaluation["gate"]["sentence"]
    assert evaluation["champion"] == {"compared": False, "reason": said, "targets": {}}


def test_a_target_the_champion_does_not_know_is_not_compared(settings: dict[str, Any]) -> None:
    rows = rows_of(billing=60)
    evaluation = judged(settings, rows, right(rows), Champion([{} for _ in rows], {"mood": ["good"]}))
    assert evaluation["champion"]["compared"] is False


def test_29_rows_are_too_few_to_compare_and_30_are_enough(settings: dict[str, Any]) -> None:
    few = rows_of(billing=29, chat=80)
    evaluation = judged(settings, few, right(few), Champion(right(few), {"topic": OLD}))
    said = "the champion shares 2 classes of topic, but only 29 rows have one of them (to compare takes 30)"
    assert said in evaluation["gate"]["sentence"]
    enough = rows_of(billing=30, chat=80)
    evaluation = judged(settings, enough, right(enough), Champion(right(enough), {"topic": OLD}))
    assert evaluation["champion"]["targets"]["topic"]["rows"] == 30


def test_what_became_of_classes_is_told_and_decides_nothing(settings: dict[str, Any]) -> None:
    rows = rows_of(billing=60)
    events = {
        "topic": {
            "new": ["chat", "mail", "post", "pigeon", "drum"],
            "removed": ["fax"],
            "renamed": {"bill": "billing"},
            "merged": {"returns": ["return", "refund"]},
            "rare": {"chat": 5},
        }
    }
    settings["gate"].update(macro_f1={}, calibration_error=1.0)
    none = Champion(reason="no model is in service yet")
    evaluation = judge(rows, right(rows), {"topic": NEW}, none, settings, classes=events)
    assert evaluation["gate"]["passed"] is True
    assert evaluation["gate"]["sentence"].endswith(
        "; classes of topic: new chat, mail, post and 2 more, removed fax (renamed? map it), "
        "bill is now billing, return, refund are now returns, rare chat (5 rows)"
    )
    assert evaluation["classes"] == events
