"""What preprocessing says about data that cannot be trained on."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import job
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
    prepared, report = prepare(sources_of(generator.mails(3600, 19)), settings)
    assert len(prepared) == 3600
    assert report["left_out"] == {"duplicates": 0, "contradictions": 0}


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


def test_fails_on_classes_with_too_few_rows_and_names_them(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    odd = [{**row, "topic": "legal"} for row in mails[:3]]
    message = refusal([*odd, *mails[3:]], settings)
    assert "column 'topic' has classes with fewer than 8 rows: 'legal' (3)" in message


def test_fails_on_one_class_in_two_spellings(mails: list[Row], settings: dict[str, Any]) -> None:
    odd = [{**row, "language": row["language"].upper()} for row in mails[:200]]
    assert "spells one class in several ways: 'DE', 'de'" in refusal([*odd, *mails[200:]], settings)


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
    assert rows[0] == {**mails[0], "urgency": wanted}
    assert report["feedback"] == 0


def test_a_new_class_of_few_callers_is_set_aside_until_more_name_it(
    mails: list[Row], settings: dict[str, Any]
) -> None:
    def taught(count: int) -> list[Row]:
        texts = [f"invitation number {chr(97 + number)}" for number in range(count)]
        return [{"subject": "", "body": text, "topic": "events", "inference_id": text} for text in texts]

    few, report = prepare(sources_of(mails, taught(3)), settings)
    assert len(few) == 400
    assert report["set_aside"] == {"too few rows of a new class of topic": 3}
    many, _ = prepare(sources_of(mails, taught(9)), settings)
    assert sum(row.get("topic") == "events" for row in many) == 9
