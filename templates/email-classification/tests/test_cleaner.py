"""What is left of a mail: by one vector of cases, alike in training and in service, whatever comes."""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import evaluate
import monitor
import reading
from inference import answer
from learners import Matrix, Task, linear
from reading import Removed, read, text_of
from reading.cleaner import clean
from reading.rules import DATA, LIMITS, pattern, readable
from train import learn

FILE = Path(__file__).with_name("cleaning_cases.json")
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
# Kinds whose rules only help others: nothing is removed in their name.
HELPERS = {
    "quote",
    "block",
    "paragraph",
    "header",
    "postscript",
    "nothing",
    "forwarding",
    "person",
    "contact",
    "details",
    "form",
    "points",
}
MEGABYTE = 1_000_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mail_is_read_as_the_case_says(case: dict[str, Any]) -> None:
    found = read(case["fields"], list(case["fields"]))
    assert found.text == case["text"]
    assert list(dict.fromkeys(removed.rule for removed in found.removed)) == case["removed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_was_cleaned_stays_as_it_is(case: dict[str, Any]) -> None:
    for text in [*case["fields"].values(), case["text"]]:
        cleaned, _ = clean(text)
        assert clean(cleaned) == (cleaned, [])


def test_every_rule_that_takes_something_out_has_a_case() -> None:
    shown = {rule for case in CASES for rule in case["removed"]}
    assert [
        rule["id"] for rule in DATA["rules"] if rule["kind"] not in HELPERS and rule["id"] not in shown
    ] == []


def test_every_rule_has_a_name_of_its_own_and_says_what_it_is_for() -> None:
    names = [rule["id"] for rule in DATA["rules"]]
    assert len(names) == len(set(names))
    assert all(rule["for"] and rule["kind"] in DATA["kinds"] for rule in DATA["rules"])
    assert all(pattern(rule["id"]) for rule in DATA["rules"] if "pattern" in rule or "phrases" in rule)


@pytest.mark.parametrize("seed", range(8))
def test_pieces_of_mails_in_any_order_leave_something_and_are_stable(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    bodies = [case["fields"].get("body", "") for case in CASES]
    for _ in range(60):
        parts = rng.choices(bodies, k=3)
        lines = rng.choice(parts).split("\n")
        parts.append("\n".join("> " + line for line in lines[rng.randrange(len(lines)) :]))
        text = rng.choice(["\n", "\n\n", " "]).join(parts)
        cleaned, _ = clean(text, forwarded=rng.random() < 0.2)
        assert clean(cleaned) == (cleaned, [])
        assert readable(cleaned)


def test_training_and_serving_give_the_model_the_text_of_the_cases(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A learner that notes what it is given, between the real train.py and inference.py."""
    fields = ["subject", "body", "third"]
    rows = [{field: case["fields"].get(field, "") for field in fields} for case in CASES]
    expected = [case["text"] for case in CASES]
    spy = Spy()
    monkeypatch.setitem(sys.modules, "learners.spy", spy)
    labelled = [{**row, "topic": "ab"[number % 2]} for number, row in enumerate(rows)]
    given = {**settings, "fields": fields, "targets": ["topic"]}
    trained = learn(labelled, given, "spy", tmp_path / "none", tmp_path / "none", curve=False)
    assert spy.taught[-1] == expected
    spy.asked.clear()
    answer(trained.model, rows)
    assert spy.asked == expected


def test_evaluation_and_monitor_read_by_the_same_function() -> None:
    # What the monitor imports as `reading` is the project's, since both lie in one bundle.
    assert vars(evaluate)["text_of"] is text_of
    assert vars(monitor)["text_of"] is text_of is reading.text_of


def test_a_model_of_cleaned_mails_knows_more_than_one_of_mails_as_they_came(
    generator: ModuleType, settings: dict[str, Any]
) -> None:
    # The sample quotes older mails about other matters, as threads do; only the labels of the newest count.
    mails, targets = generator.mails(1500, 7), ["topic", "urgency"]
    as_they_came = [f"{row['subject']}\n{row['body']}" for row in mails]

    def right(texts: list[str]) -> float:
        labels: dict[str, list[str | None]] = {target: [row[target] for row in mails] for target in targets}
        classes = {target: sorted(set(filter(None, given))) for target, given in labels.items()}
        task = Task(texts, labels, classes, 17, None, Path("none"), dict(linear.KNOBS))
        taught, asked = task.part(range(1200)), task.part(range(1200, 1500))
        margins = linear.fit(taught, None).margins(asked.texts)
        return float(
            np.mean([(margins[target].argmax(1) == asked.known(target)[1]).mean() for target in targets])
        )

    assert right([text_of(row, settings["fields"]) for row in mails]) > right(as_they_came) + 0.03


class Spy(ModuleType):
    KNOBS: dict[str, Any]
    SPACE: dict[str, list[Any]]
    HOLDS_OUT = False

    def __init__(self) -> None:
        super().__init__("learners.spy")
        self.KNOBS, self.SPACE = {}, {}
        self.taught: list[list[str]] = []
        self.asked: list[str] = []

    def fit(self, task: Task, held: Task | None) -> "Spy":  # noqa: ARG002
        self.taught.append(list(task.texts))
        return self

    def margins(self, texts: Sequence[str]) -> dict[str, Matrix]:
        self.asked += texts
        return {"topic": np.zeros((len(texts), 2), dtype=np.float32)}


def test_what_was_removed_can_be_seen_by_field_and_rule() -> None:
    row = {"subject": "Re: Order", "body": "Late.\n\n-- \nMax\nMuster GmbH"}
    assert read(row, ["subject", "body"]).removed == [
        Removed("subject", "prefix.subject", "Re: "),
        Removed("body", "signature.delimiter", "--\nMax\nMuster GmbH"),
    ]


def test_a_very_long_mail_is_read_from_its_head_to_the_end_of_a_word() -> None:
    text, removed = clean("My parcel is late. " + "word " * 3000)
    assert text.startswith("My parcel is late. word")
    assert text.endswith(" word")
    assert LIMITS["keep_characters"] - 100 < len(text) <= LIMITS["keep_characters"]
    assert [rule for rule, _ in removed] == ["limit"]


def test_the_mail_below_many_levels_of_quotation_is_not_looked_for_for_ever() -> None:
    assert clean("It is late.\n> " + "We sent it on Monday. " * 40)[0] == "It is late."
    deep = "\n".join("> " * level + f"mail {level}" for level in range(200))
    assert clean(deep)[0] == "mail 0"
    only = "\n".join("> " * level for level in range(1, 200)) + "\n" + "> " * 200 + "the oldest"
    assert "the oldest" in clean(only)[0]


# What makes parsers and expressions slow. Each is done in about a second on one core; were one of them
# quadratic, it would take minutes and the test would be stopped.
HOSTILE = {
    "nested tags": "<div>" * (MEGABYTE // 5) + "late",
    "formatting that is never closed": "".join(f"<font size={n}><p>" for n in range(50_000)) + "late",
    "a tag of many attributes": "<div " + "".join(f"x{n}=y " for n in range(100_000)) + ">late",
    "nested tables": "<table><tr><td>late" * (MEGABYTE // 19),
    "nested quotes": "<blockquote>late" * (MEGABYTE // 16),
    "a style sheet": "<style>" + "p{color:red}" * (MEGABYTE // 12) + "</style><p>late",
    "open brackets": "late " + "<" * MEGABYTE,
    "a line of quotation marks": "late\n" + ">" * MEGABYTE,
    "lines of quotation marks": "late\n" + "> \n" * (MEGABYTE // 3),
    "delimiters": "late\n" + "-- \n" * (MEGABYTE // 4),
    "headers": "late\n" + "From: a\nTo: b\n" * (MEGABYTE // 14),
    "header blocks": "late\n" + "From: a\nSent: b\nTo: c\nSubject: d\n" * (MEGABYTE // 34),
    "forwards": "late\n" + "---------- Forwarded message ----------\n" * (MEGABYTE // 40),
    "announcements": "late\n" + "On 1 \n" * (MEGABYTE // 6),
    "ampersands": "late &" + "amp;" * (MEGABYTE // 4) + "lt;",
    "soft line breaks": "late\n" + "=\n" * (MEGABYTE // 2),
    "encoded words": "late " + "=?utf-8?Q?a?= " * (MEGABYTE // 14),
    "mojibake": "late\n" + "Ã¼ a\n" * (MEGABYTE // 5),
    "disclaimers": "late\n\n" + "this e-mail " * (MEGABYTE // 12),
    "zero-width characters": "late" + "\u200b" * MEGABYTE,
    "NULs": "late" + "\x00" * MEGABYTE,
    "a link": "late https://a/" + "b" * MEGABYTE,
    "spaces": "late" + " " * MEGABYTE,
    "imprints": "late\n" + "NIP: 1\nNIP: 2\n\na\nb\n" * (MEGABYTE // 19),
    "links of tools": "late\n" + "unsubscribe\n" * (MEGABYTE // 12),
    "lines of devices": "late\n" + "Sent from my iPhone\n" * (MEGABYTE // 20),
    "closings": "late\n" + "Regards a b c d e f\n" * (MEGABYTE // 20),
    "closings of many parts": "late\n" + ("Regards " + "A-b." * 70 + "1\n") * (MEGABYTE // 290),
    "devices of many parts": "late\n"
    + ("Sent from my iPhone " + "A-b." * 65 + "lower\n") * (MEGABYTE // 290),
    "marks of lost letters": "late a" + "\ufffd" * MEGABYTE + "b",
    "disclaimers without a second sign": "late\n\n" + "this e-mail is confidential " * (MEGABYTE // 28),
    "tags that are none": "<br>late " + "<p a " * (MEGABYTE // 5),
    "tags with spaces": "<br>late " + ("<p" + " " * 200) * (MEGABYTE // 202),
    "links": "<p>late" + "<a x>" * (MEGABYTE // 5),
    "signs of an encoding": "late " + "=C3=BC" * (MEGABYTE // 6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_is_read(name: str) -> None:
    text, _ = clean(HOSTILE[name])
    assert "late" in text or name in ("nested tags", "formatting that is never closed")
    assert len(text) <= LIMITS["keep_characters"]
    assert clean(text) == (text, [])


def test_html_of_more_tags_than_are_read_is_read_from_its_head() -> None:
    text, removed = clean("<p>late</p>" + "<div>" * 2 * LIMITS["tags"] + "the end")
    assert text == "late"
    assert ("limit", "the end") in [(rule, piece[-7:]) for rule, piece in removed]
