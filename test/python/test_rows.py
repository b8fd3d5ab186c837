"""The split, and reading what customers export."""

from pathlib import Path

import pytest

from rows import held_out
from sources import Sources, read_sources

FIELDS = ["subject", "body"]
TARGETS = ["topic"]


def read(folder: Path, **files: str | bytes) -> Sources:
    for name, content in files.items():
        path = folder / name.replace("_csv", ".csv").replace("_jsonl", ".jsonl")
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_sources(folder, FIELDS, TARGETS)


def test_the_split_keeps_its_share_and_every_text_its_side() -> None:
    texts = [f"mail about {word}{number}" for number in range(2000) for word in ("tea", "cups")]
    words = ["".join(chr(97 + int(digit)) for digit in str(number)) for number in range(4000)]
    share = sum(held_out(word, 0.15) for word in words) / len(words)
    assert 0.13 < share < 0.17
    assert [held_out(text, 0.15) for text in texts] == [held_out(text, 0.15) for text in texts]


def test_a_larger_share_only_adds_to_the_held_out_texts() -> None:
    words = ["".join(chr(97 + int(digit)) for digit in str(number)) for number in range(1000)]
    assert all(held_out(word, 0.3) for word in words if held_out(word, 0.15))


def test_mails_that_differ_in_case_signs_or_a_number_are_on_one_side() -> None:
    for number in range(50):
        text = f"Order {number}: where is it?"
        assert held_out(text, 0.5) == held_out("ORDER  7 where is it", 0.5)


def test_reads_quoted_cells_with_commas_and_line_breaks(tmp_path: Path) -> None:
    sources = read(tmp_path, mails_csv='\ufeffsubject,body,topic\r\n"a, b","one\r\ntwo",billing\r\n')
    assert sources.problems == []
    assert [source.row for source in sources.base] == [
        {"subject": "a, b", "body": "one\r\ntwo", "topic": "billing"}
    ]


def test_names_every_problem_of_every_file_at_once(tmp_path: Path) -> None:
    sources = read(
        tmp_path,
        a_csv="subject,text,topic,topic\nx,y,z,z\n",
        b_csv="subject,body,topic\ns,b,billing\n,,billing\ns,b,\ns,b\n",
        c_csv=b"subject,body,topic\ns,caf\xe9,billing\n",
        d_jsonl='{"subject": "s", "body": 7, "topic": "billing"}\nno json\n',
    )
    assert sources.problems == [
        "a.csv: column 'body' is missing; the file has 'subject', 'text', 'topic', 'topic': "
        "add it, or change fields and targets in project.yaml",
        "a.csv: column 'topic' stands in the header more than once",
        "b.csv: not the header's 3 cells in 1 row (line 5): quote cells that hold a comma or a line break",
        "b.csv: column subject and body is empty in 1 row (line 3): fill it or remove the rows",
        "b.csv: column topic is empty in 1 row (line 4): fill it or remove the rows",
        "c.csv: not UTF-8 (byte 0xe9); save it as UTF-8",
        "d.jsonl: no JSON object with a text for each of subject, body, topic in 2 rows (lines 1, 2)",
    ]


def test_a_mail_may_lack_a_subject(tmp_path: Path) -> None:
    assert read(tmp_path, mails_csv="subject,body,topic\n,b,billing\n").problems == []


def test_fails_on_a_folder_without_data(tmp_path: Path) -> None:
    assert "no file" in read(tmp_path, notes_txt="hello").problems[0]


def test_of_two_corrections_of_one_answer_the_later_counts(tmp_path: Path) -> None:
    line = '{"subject": "s", "body": "b", "topic": "%s", "inference_id": "i-1"}\n'
    sources = read(tmp_path, a_jsonl=line % "billing", b_jsonl=line % "returns")
    assert [source.row["topic"] for source in sources.feedback] == ["returns"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('{"subject": "s", "topic": "billing", "inference_id": "i"}', "a field is missing or no text"),
        ('{"subject": "", "body": " ", "topic": "x", "inference_id": "i"}', "the text is empty"),
        ('{"subject": "s", "body": "b", "inference_id": "i"}', "no target is given"),
    ],
)
def test_a_bad_feedback_row_is_set_aside_and_stops_nothing(tmp_path: Path, row: str, why: str) -> None:
    sources = read(tmp_path, rows_jsonl=row)
    assert (sources.problems, sources.feedback, sources.set_aside) == ([], [], {why: 1})
