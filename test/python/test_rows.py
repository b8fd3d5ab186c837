"""The split, and reading what customers export: every file that cannot be read is named, with the remedy."""

from pathlib import Path

import pytest

from rows import held_out, raw_text_of
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


def test_the_raw_text_is_the_fields_in_the_order_of_the_settings() -> None:
    row = {"body": "b ", "subject": "<b>s</b>", "topic": "t"}
    assert raw_text_of(row, ["subject", "body"]) == "<b>s</b>\nb "


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
        "a.csv: column 'topic' stands in the header more than once (as column 3 and 4): which one is meant? "
        "Rename or remove the others",
        "b.csv: not the header's 3 cells in 1 row (line 5): quote cells that hold a comma or a line break",
        "b.csv: column topic is empty in 1 row (line 4): fill it or remove the rows",
        "b.csv: column subject and body is empty in 1 row (line 3): fill it or remove the rows",
        "c.csv: not UTF-8 in line 2 (byte 0xe9): it looks like ISO-8859-1 (Latin-1); convert it: "
        "iconv -f ISO-8859-1 -t UTF-8 c.csv > new-c.csv, or save it as CSV UTF-8; keep only the new file",
        "d.jsonl: no JSON object with a text for each of subject, body, topic in 2 rows (lines 1, 2)",
    ]


def test_a_mail_may_lack_a_subject(tmp_path: Path) -> None:
    assert read(tmp_path, mails_csv="subject,body,topic\n,b,billing\n").problems == []


def test_a_mail_without_a_text_now_and_then_is_left_out_and_named(tmp_path: Path) -> None:
    rows = "".join(f"s,text {n},billing\n" for n in range(150))
    sources = read(tmp_path, mails_csv=f"subject,body,topic\n{rows}, ,billing\n")
    assert sources.problems == []
    assert sources.warnings == [
        "mails.csv: column subject and body is empty in 1 row (line 152), which were left out"
    ]
    assert sources.set_aside == {"the text is empty": 1}
    assert len(sources.base) == 150


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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_reads_every_kind_of_line_end_with_and_without_a_byte_order_mark(
    tmp_path: Path, end: str, mark: str
) -> None:
    lines = ["subject,body,topic,topic_id,topic_id", "s,b,billing,1,1", '"t","c",returns,2,2', ""]
    sources = read(tmp_path, mails_csv=mark + end.join(lines))
    assert sources.problems == []
    assert [(source.line, source.row["topic"]) for source in sources.base] == [(2, "billing"), (3, "returns")]
    assert sources.columns == {"mails.csv": ["subject", "body", "topic", "topic_id", "topic_id"]}


def test_reads_json_lines_with_a_byte_order_mark(tmp_path: Path) -> None:
    sources = read(tmp_path, a_jsonl='\ufeff{"subject": "s", "body": "b", "topic": "x", "since": 1}\n')
    assert sources.problems == []
    assert sources.columns == {"a.jsonl": ["body", "since", "subject", "topic"]}


def test_half_a_character_becomes_a_question_mark_and_stops_nothing(tmp_path: Path) -> None:
    sources = read(tmp_path, a_jsonl='{"subject": "a\\ud83d", "body": "b", "topic": "x"}\n')
    assert sources.base[0].row["subject"] == "a?"


def test_json_nested_without_end_is_a_bad_line_like_any_other(tmp_path: Path) -> None:
    sources = read(tmp_path, a_jsonl="[" * 100_000)
    assert "a.jsonl: no JSON object" in sources.problems[0]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (
            's,b,x\ns,"never closed,x\ns,b,x\n',
            "line 3: a quote is opened and never closed (noticed in line 4)",
        ),
        ('s,b,x\ns,"open,x\ns,"b",x\n', "line 3: a quote is closed inside a cell (noticed in line 4)"),
        ('s,b,x\ns,"say "hi" now",x\n', "line 3: a quote is closed inside a cell (noticed in line 3)"),
        ('"a\nb","c\nd",x\n"e\nf","g,x\n', "line 6: a quote is opened and never closed (noticed in line 6)"),
    ],
)
def test_broken_quoting_names_the_line_where_the_quote_was_opened(
    tmp_path: Path, broken: str, where: str
) -> None:
    [problem] = read(tmp_path, a_csv=f"subject,body,topic\n{broken}").problems
    assert problem == (
        f'a.csv: broken quoting in {where}; write a quote inside a cell twice (""), and put the cell in '
        "quotes"
    )


def test_a_quote_that_swallows_the_rest_of_a_large_file_is_named_where_it_was_opened(tmp_path: Path) -> None:
    text = 'subject,body,topic\ns,b,x\ns,"open,x\n' + f"s,{'b' * 1000},x\n" * 20_000
    [problem] = read(tmp_path, a_csv=text).problems
    assert "broken quoting in line 3: a cell has more than 16 MiB: a quote that is never closed?" in problem


def test_the_rows_before_broken_quoting_and_all_other_files_are_read(tmp_path: Path) -> None:
    sources = read(
        tmp_path, a_csv='subject,body,topic\ns,,x\ns,"b,x\n', b_csv="subject,body,topic\n,,x\ns,c,x\n"
    )
    assert [source.row["body"] for source in sources.base] == ["", "c"]
    assert len(sources.problems) == 2


TEXT = "subject,body,topic\nMüller,Grüße,billing\n"


@pytest.mark.parametrize(
    ("content", "said", "remedy"),
    [
        (
            TEXT.encode("latin-1"),
            "not UTF-8 in line 2 (byte 0xfc): it looks like ISO-8859-1",
            "-f ISO-8859-1 ",
        ),
        (
            (TEXT + "5 €,–,x\n").encode("cp1252"),
            "in 2 lines, first in line 2 (byte 0xfc)",
            "-f WINDOWS-1252 ",
        ),
        (TEXT.encode("utf-16"), "not UTF-8: it looks like UTF-16;", "-f UTF-16 -t UTF-8 a.csv"),
        (TEXT.encode("utf-16-le"), "not UTF-8: it looks like UTF-16LE;", "-f UTF-16LE "),
        (TEXT.encode("utf-16-be"), "not UTF-8: it looks like UTF-16BE;", "-f UTF-16BE "),
        (TEXT.encode("utf-32"), "not UTF-8: it looks like UTF-32;", "-f UTF-32 "),
        (
            "subject,body,topic\nПривет,Где мой заказ,x\n".encode("cp1251"),
            "of another script",
            "ITS-ENCODING",
        ),
        (TEXT.encode() + "é,b,x\n".encode("latin-1"), "files of two encodings were joined", "ISO-8859-1"),
        (TEXT.encode() + b"s,\0,x\n", "a NUL byte stands in line 3", "export it again"),
        (b"PK\x03\x04 and more", "an Excel workbook (.xlsx)", "save it as CSV UTF-8"),
        (b"\x1f\x8b\x08 and more", "compressed with gzip", "unpack it"),
    ],
)
def test_says_what_the_encoding_of_a_file_looks_like_and_how_to_convert_it(
    tmp_path: Path, content: bytes, said: str, remedy: str
) -> None:
    [problem] = read(tmp_path, a_csv=content).problems
    assert problem.startswith("a.csv: ")
    assert said in problem
    assert remedy in problem


def test_the_line_of_a_wrong_byte_counts_every_kind_of_line_end(tmp_path: Path) -> None:
    content = b"subject,body,topic\rs,b,x\r\ns,b,x\ns,b\xe9,x\r"
    assert "in line 4 (byte 0xe9)" in read(tmp_path, a_csv=content).problems[0]


def test_names_the_separator_of_a_file_without_commas(tmp_path: Path) -> None:
    assert read(tmp_path, a_csv="subject;body;topic\ns;b;x\n").problems == [
        "a.csv: cells are separated by semicolons ('subject;body;topic'): save it with commas"
    ]


def test_fails_on_a_header_in_the_middle_and_on_a_header_alone(tmp_path: Path) -> None:
    header = "subject,body,topic\n"
    sources = read(tmp_path, a_csv=f"{header}s,b,x\n\ufeff{header}s,c,x\n", b_csv=header)
    assert sources.problems == [
        "a.csv: the header stands again in 1 row (line 3): files were joined; remove those lines",
        "b.csv: a header and no row: an export that failed? Export it again or remove it",
    ]


def test_staged_base_data_are_named_as_the_customer_named_them(tmp_path: Path) -> None:
    folder = tmp_path / "base" / ("0" * 64) / "2026" / "10"
    folder.mkdir(parents=True)
    (folder / "mails.csv").write_text("subject,body,topic\ns,b,x\n")
    sources = read(tmp_path)
    assert sources.files == {"2026/10/mails.csv": 1}
    assert sources.base[0].file == "2026/10/mails.csv"


def test_a_cell_of_a_mebibyte_is_read_whole(tmp_path: Path) -> None:
    cell = "<p>one, two</p>\n" * 65_536
    sources = read(tmp_path, a_csv=f'subject,body,topic\ns,"{cell}",x\n')
    assert sources.problems == []
    assert sources.base[0].row["body"] == cell.strip()
