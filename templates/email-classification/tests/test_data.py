"""What preprocessing says about data that cannot be trained on, and what it sets aside of the rest."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import job
from checks.rare import without_rare
from preprocess import prepare, split
from rows import Row
from sources import Source, Sources


def sources_of(rows: list[Row], feedback: list[Row] | None = None) -> Sources:
    numbered = [Source("mails.csv", line, row) for line, row in enumerate(rows, start=2)]
    taught = [Source("labelled.jsonl", line, row) for line, row in enumerate(feedback or [], start=1)]
    return Sources(base=numbered, feedback=taught, files={"mails.csv": len(rows)})


@pytest.fixture
def mails(generator: ModuleType) -> list[Row]:
    rows: list[Row] = generator.mails(400, 5)
    return rows


def refusal(rows: list[Row], settings: dict[str, Any]) -> str:
    with pytest.raises(job.Refused) as refused:
        prepare(sources_of(rows), settings)
    return str(refused.value)


def test_the_sample_is_usable_and_reproducible(
    generator: ModuleType, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "emails.csv"
    monkeypatch.setattr("sys.argv", ["generate.py", "--out", str(made)])
    generator.main()
    assert made.read_bytes() == (Path(generator.__file__ or "").parent / "emails.csv").read_bytes()
    prepared, report = prepare(sources_of(generator.mails(3600, 22)), settings)
    assert len(prepared) == 3600
    assert report["left_out"] == {"duplicates": 0, "contradictions": 0, "rare": 0}
    assert (report["rare"], report["mapped"], report["said"]) == ({}, {}, [])


def test_repeated_rows_count_once(mails: list[Row], settings: dict[str, Any]) -> None:
    shouted = [{**row, "subject": row["subject"].upper() + " "} for row in mails[:10]]
    rows, report = prepare(sources_of([*mails, *shouted]), settings)
    assert (len(rows), report["left_out"]["duplicates"]) == (400, 10)


def test_few_contradictions_are_left_out_and_reported(mails: list[Row], settings: dict[str, Any]) -> None:
    other = {**mails[0], "urgency": "low" if mails[0]["urgency"] != "low" else "high"}
    rows, report = prepare(sources_of([*mails, other]), settings)
    assert (len(rows), report["left_out"]["contradictions"]) == (399, 2)


def test_fails_on_many_contradictions_and_names_their_lines(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    others = [{**row, "language": "de" if row["language"] != "de" else "en"} for row in mails[:20]]
    message = refusal([*mails, *others], settings)
    assert "mails.csv: 40 rows (lines 2, 3, 4, 5, 6 and 35 more) repeat a text with another answer" in message


def test_fails_when_most_rows_repeat_others(mails: list[Row], settings: dict[str, Any]) -> None:
    assert "800 of 1200 rows repeat another row" in refusal([*mails, *mails, *mails], settings)


def test_fails_on_a_target_with_one_class(mails: list[Row], settings: dict[str, Any]) -> None:
    message = refusal([{**row, "language": "en"} for row in mails], settings)
    assert "column 'language' has one class, 'en'" in message


def test_answers_in_classes_with_too_few_rows_are_set_aside_and_named(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    odd = [{**row, "topic": "legal"} for row in mails[:3]] + [{**mails[3], "topic": "fax"}]
    rows, report = prepare(sources_of([*odd, *mails[4:]]), settings)
    assert len(rows) == 400
    assert [sorted(set(row) - {"subject", "body"}) for row in rows[:5]] == [
        *[["language", "urgency"]] * 4,
        ["language", "topic", "urgency"],
    ]
    assert report["rare"] == {"topic": {"fax": 1, "legal": 3}}
    assert report["rare_rows"]["topic"]["legal"] == [{"file": "mails.csv", "lines": [2, 3, 4]}]
    assert report["said"] == [
        "too few rows to learn, set aside: topic 'fax' (1 row, mails.csv line 5), 'legal' (3 rows, mails.csv "
        "lines 2, 3, 4)"
    ]
    assert set(report["classes"]["topic"]).isdisjoint({"fax", "legal"})


def test_a_row_whose_only_answer_is_rare_is_left_out(mails: list[Row], settings: dict[str, Any]) -> None:
    only = {**settings, "targets": ["topic"]}
    rows, report = prepare(sources_of([{**mails[0], "topic": "fax"}, *mails[1:]]), only)
    assert (len(rows), report["rows"], report["left_out"]["rare"]) == (399, 399, 1)


def test_the_first_five_rows_of_a_rare_class_are_named_over_all_files() -> None:
    rows = [Source(f"{letter}.csv", n, {"topic": "fax"}) for n, letter in enumerate("aabbbcc", start=2)]
    many = [Source("d.csv", n, {"topic": ("x", "y")[n % 2]}) for n in range(40)]
    _, rare, _ = without_rare([*rows, *many], ["topic"])
    assert rare.where == {
        "topic": {"fax": [{"file": "a.csv", "lines": [2, 3]}, {"file": "b.csv", "lines": [4, 5, 6]}]}
    }


def test_corrections_help_a_rare_class_over_the_bound(mails: list[Row], settings: dict[str, Any]) -> None:
    few = [{**row, "topic": "legal"} for row in mails[:5]]
    taught = [
        {"subject": "", "body": f"my lawyer {word}", "topic": "legal", "inference_id": word}
        for word in ("writes", "calls", "waits")
    ]
    _, report = prepare(sources_of([*few, *mails[5:]], taught), settings)
    assert (report["rare"], report["classes"]["topic"]["legal"], report["feedback"]) == ({}, 5, 3)


def test_fails_on_a_target_that_has_one_class_when_rare_ones_are_gone(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    message = refusal([{**row, "language": "en" if n else "fr"} for n, row in enumerate(mails)], settings)
    assert (
        "column 'language' has one class, 'en', besides classes with fewer than 8 rows: 'fr' (1): nothing "
        "can be "
        "learned; add rows of other classes, or remove it from the targets in project.yaml"
    ) in message


def test_fails_on_a_column_that_holds_no_classes(mails: list[Row], settings: dict[str, Any]) -> None:
    texts = [
        {**row, "topic": row["topic"] if n < 150 else f"{n} {row['body']}"} for n, row in enumerate(mails)
    ]
    message = refusal(texts, settings)
    assert "column 'topic' has most of its answers in classes with fewer than 8 rows: '" in message
    assert "and 245 more: does it hold classes?" in message
    assert len(message) < 1000


def test_fails_on_one_class_in_two_spellings_and_shows_the_mapping(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    odd = [{**row, "language": row["language"].upper()} for row in mails[:3]]
    sources = sources_of([*odd, *mails[3:]])
    message = refusal([*odd, *mails[3:]], settings)
    spelled = sorted({row["language"] for row in odd})
    assert (
        f"column 'language' spells one class in several ways: '{spelled[0]}', '{spelled[0].lower()}'"
        in message
    )
    remedy = re.findall(r"map them in classes\.json: (\{.*\})", message)
    mapping = {"language": {old: new for text in remedy for old, new in json.loads(text)["language"].items()}}
    assert mapping == {"language": {label: label.lower() for label in spelled}}
    rows, report = prepare(sources, settings, mapping)
    assert len(rows) == 400
    assert sum(report["mapped"]["language"].values()) == 3


def test_old_names_that_no_row_has_are_a_warning(mails: list[Row], settings: dict[str, Any]) -> None:
    _, report = prepare(sources_of(mails), settings, {"topic": {"invoicing": "billing"}})
    assert report["mapped"] == {"topic": {}}
    assert report["arrival"]["warnings"] == [
        "classes.json: topic: no row has the class 'invoicing': check the spelling, or remove the entry "
        "when the "
        "model in service knows the new name"
    ]


def test_answers_in_a_retired_class_are_set_aside_and_counted(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    gone = sum(row["topic"] == "account" for row in mails)
    taught = {"subject": "", "body": "my login", "topic": "account", "inference_id": "i"}
    retired = {"topic": ["account"]}
    rows, report = prepare(sources_of(mails, [taught]), settings, retired=retired)
    # The rows keep their other answers; the correction had none.
    assert len(rows) == 400
    assert not any(row.get("topic") == "account" for row in rows)
    assert report["retired"] == {"topic": {"account": gone + 1}}
    assert report["left_out"]["retired"] == 1
    assert f"retired by classes.json, answers set aside: topic 'account' ({gone + 1})" in report["said"]
    assert report["classes"]["topic"].keys() == {"billing", "delivery", "product", "returns", "technical"}


def test_a_correction_under_an_old_name_teaches_the_new_one(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    taught = {"subject": "", "body": "my bill", "topic": "invoicing", "inference_id": "i"}
    rows, _ = prepare(sources_of(mails, [taught]), settings, {"topic": {"invoicing": "billing"}})
    assert rows[-1]["topic"] == "billing"


def test_a_correction_in_another_spelling_is_set_aside(mails: list[Row], settings: dict[str, Any]) -> None:
    taught: list[Row] = [
        {"subject": "", "body": f"bill {n}", "topic": "Billing", "inference_id": str(n)} for n in range(20)
    ]
    _, report = prepare(sources_of(mails, taught), settings)
    assert report["set_aside"] == {"another spelling of a class of topic": 20}


def test_what_the_cleaner_takes_out_is_counted_by_rule(
    generator: ModuleType, settings: dict[str, Any]
) -> None:
    # Mails as a web form sends them: a line of words, from which nothing is taken.
    plain = [row for row in generator.mails(600, 5) if not set("\n<") & set(row["body"])]
    plain = [row for row in plain if not row["subject"].lower().startswith(("re:", "aw:"))]
    replies = [{**row, "body": row["body"] + "\n\n> quoted\n> words"} for row in plain[:7]]
    _, clean = prepare(sources_of(plain), settings)
    _, report = prepare(sources_of([*replies, *plain[7:]]), settings)
    assert clean["cleaned"] == {}
    assert [found["rows"] for found in report["cleaned"].values()] == [7]


def test_mails_with_nothing_left_to_read_are_warned_of(mails: list[Row], settings: dict[str, Any]) -> None:
    empty = {**mails[0], "subject": "", "body": "\u200b\u200b"}
    rows, report = prepare(sources_of([empty, *mails[1:]]), settings)
    assert len(rows) == 400
    assert report["said"] == ["1 mail of mails.csv has nothing to read"]
    assert (
        "mails.csv: 1 row (line 2) with nothing left to read after cleaning"
        in report["arrival"]["warnings"][0]
    )


def test_fails_when_a_field_holds_the_answer(mails: list[Row], settings: dict[str, Any]) -> None:
    message = refusal([{**row, "subject": f"{row['topic']} request"} for row in mails], settings)
    assert "column 'subject' holds the answer of 'topic' in 100% of the rows" in message


@pytest.mark.parametrize("tag", ["[{}] ", "topic: {} ", "#{}# "])
def test_fails_when_some_rows_are_tagged_with_the_answer(
    mails: list[Row], settings: dict[str, Any], tag: str
) -> None:
    odd = [{**row, "body": tag.format(row["topic"]) + row["body"]} for row in mails[:20]]
    message = refusal([*odd, *mails[20:]], settings)
    assert "column 'body' is tagged with the answer of 'topic' in 5% of the rows" in message


def test_names_every_problem_at_once(mails: list[Row], settings: dict[str, Any]) -> None:
    message = refusal([{**row, "language": "en", "subject": row["urgency"]} for row in mails], settings)
    assert "one class" in message
    assert "holds the answer of 'urgency'" in message


def test_an_empty_answer_is_no_class(mails: list[Row], settings: dict[str, Any]) -> None:
    sources = sources_of([{**mails[0], "urgency": ""}, *mails[1:]])
    sources.problems.append(
        "mails.csv: column urgency is empty in 1 row (line 2): fill it or remove the rows"
    )
    with pytest.raises(job.Refused) as refused:
        prepare(sources, settings)
    assert len(str(refused.value).splitlines()) == 2


def test_no_text_is_on_both_sides_and_more_data_move_nothing(
    mails: list[Row], settings: dict[str, Any], generator: ModuleType
) -> None:
    train, test = split(mails, settings)
    more_train, more_test = split([*mails, *generator.mails(400, 6)], settings)
    assert not {row["body"] for row in train} & {row["body"] for row in test if len(row["body"]) > 40}
    assert all(row in more_test for row in test)
    assert all(row in more_train for row in train)


def test_fails_on_too_few_rows_to_test_on(mails: list[Row], settings: dict[str, Any]) -> None:
    with pytest.raises(job.Refused, match="a gate needs 30: bring about 200 rows"):
        split(mails[:60], settings)


def test_a_correction_of_a_known_text_corrects_it(mails: list[Row], settings: dict[str, Any]) -> None:
    wanted = "low" if mails[0]["urgency"] != "low" else "high"
    taught = {
        "subject": mails[0]["subject"],
        "body": mails[0]["body"],
        "urgency": wanted,
        "inference_id": "i",
    }
    rows, report = prepare(sources_of(mails, [taught]), settings)
    # It teaches as a correction does, and does not count at the gate.
    assert rows[0] == {**mails[0], "urgency": wanted, "inference_id": "i"}
    assert report["feedback"] == 1


def test_a_correction_that_confirms_the_data_changes_nothing(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    taught = {**mails[0], "inference_id": "i"}
    rows, report = prepare(sources_of(mails, [taught]), settings)
    assert rows[0] == mails[0]
    assert report["feedback"] == 0


def test_old_corrections_do_not_bring_a_class_back_that_the_data_no_longer_have(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    # The export calls every bill an invoice now; corrections of the same texts still say billing.
    renamed = [{**row, "topic": "invoices"} if row["topic"] == "billing" else row for row in mails]
    taught = [
        {**row, "inference_id": f"i{number}"}
        for number, row in enumerate(row for row in mails if row["topic"] == "billing")
    ]
    rows, report = prepare(sources_of(renamed, taught), settings)
    assert "billing" not in {row["topic"] for row in rows}
    assert report["set_aside"] == {"a class of topic that the data no longer have": len(taught)}


def test_a_new_class_of_few_callers_is_set_aside_until_more_name_it(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    def taught(count: int) -> list[Row]:
        texts = [f"invitation number {chr(97 + number)}" for number in range(count)]
        return [{"subject": "", "body": text, "topic": "events", "inference_id": text} for text in texts]

    few, report = prepare(sources_of(mails, taught(3)), settings)
    assert len(few) == 400
    assert report["set_aside"] == {"too few rows of a new class of topic": 3}
    many, report = prepare(sources_of(mails, taught(9)), settings)
    assert sum(row.get("topic") == "events" for row in many) == 9
    # It may as well be the old name of a class, in corrections of long ago.
    assert "topic 'events' comes from corrections only" in report["said"]
