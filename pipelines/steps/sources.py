"""Reads the data a run was given: CSV and JSON Lines files, with every problem of every file named at once.

Base data are the customer's files: a problem there is an error, since it means that an export went wrong.
Feedback rows (those with an inference id) come one by one from callers: a bad one is set aside and counted,
because one slip of one caller must not stop every later training.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rows import FEEDBACK_KEY, Row
from unreadable import open_quote, unreadable

# A mail with its whole thread; the csv module's default of 128 KB is less.
LARGEST_CELL = 16 * 1024 * 1024
SHOWN = 5
# Share of rows without any text that an export may have; more is a fault of the export.
BLANK = 0.01
# The folder that staging puts base data in: a hash that says nothing to a person.
STAGED = re.compile(r"^base/[0-9a-f]{64}/")
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class Source:
    """One row and where it stands, as a person would look for it."""

    file: str
    line: int
    row: Row


@dataclass
class Sources:
    """Everything that was read. `problems` stop the run; `set_aside` counts feedback rows by why they were
    left out."""

    base: list[Source] = field(default_factory=list)
    feedback: list[Source] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    # The columns of each file of base data, also those that nothing reads.
    columns: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    set_aside: dict[str, int] = field(default_factory=dict)
    # What did not stop the run, in sentences for people.
    warnings: list[str] = field(default_factory=list)

    def leave_out(self, why: str) -> None:
        self.set_aside[why] = self.set_aside.get(why, 0) + 1


def read_sources(folder: Path, fields: Sequence[str], targets: Sequence[str]) -> Sources:
    """Reads every *.csv and *.jsonl below a folder, in the order of their paths (a later correction wins).

    A file that no one can read is named with the others' problems; the rest is read nonetheless.
    """
    sources = Sources()
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".jsonl"))
    if not paths:
        sources.problems.append("the data have no file that ends in .csv or .jsonl: name at least one")
    for path in paths:
        name = STAGED.sub("", path.relative_to(folder).as_posix())
        reader = read_csv if path.suffix == ".csv" else read_jsonl
        before = len(sources.base) + len(sources.feedback)
        problem = unreadable(path, name)
        if problem:
            sources.problems.append(problem)
        else:
            reader(sources, path, name, fields, targets)
        sources.files[name] = len(sources.base) + len(sources.feedback) - before
    by_id = {source.row[FEEDBACK_KEY]: source for source in sources.feedback}
    sources.feedback = list(by_id.values())
    return sources


def read_csv(sources: Sources, path: Path, name: str, fields: Sequence[str], targets: Sequence[str]) -> None:
    csv.field_size_limit(LARGEST_CELL)
    record: list[str] = []
    line = 1
    ragged: list[int] = []
    again: list[int] = []
    empty: dict[str, list[int]] = {}
    blank: list[int] = []
    rows = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(noted(file, record), strict=True, skipinitialspace=True)
        try:
            header = [column.strip() for column in next(table, [])]
            problems = wrong_columns(name, header, [*fields, *targets])
            if problems:
                sources.problems.extend(problems)
                return
            sources.columns[name] = header
            at = {column: header.index(column) for column in [*fields, *targets]}
            line = table.line_num + 1
            record.clear()
            for cells in table:
                start, line = line, table.line_num + 1
                record.clear()
                if not cells:
                    continue
                rows += 1
                if len(cells) != len(header):
                    ragged.append(start)
                    continue
                row = {column: text_in(cells[index]) for column, index in at.items()}
                if all(row[column].lstrip("\ufeff") == column for column in row):
                    again.append(start)
                    continue
                note_empty(row, targets, start, empty)
                if any(row[field] for field in fields):
                    sources.base.append(Source(name, start, row))
                else:
                    blank.append(start)
        except csv.Error as error:
            sources.problems.append(broken(name, line, record, error))
            rows += 1
    if not rows:
        sources.problems.append(
            f"{name}: a header and no row: an export that failed? Export it again or remove it"
        )
    if ragged:
        sources.problems.append(
            f"{name}: not the header's {len(header)} cells in {where(ragged)}: "
            "quote cells that hold a comma or a line break"
        )
    if again:
        sources.problems.append(
            f"{name}: the header stands again in {where(again)}: files were joined; remove those lines"
        )
    sources.problems.extend(empty_problems(name, empty))
    note_blank(sources, name, blank, rows, fields)


def noted(file: Iterable[str], record: list[str]) -> Iterator[str]:
    """The lines of a file, each also added to the record that is being read."""
    for line in file:
        record.append(line)
        yield line


def broken(name: str, line: int, record: Sequence[str], error: csv.Error) -> str:
    """What is wrong with a record that is no CSV. The rows after it cannot be told apart, so reading ends
    there."""
    if "field larger" in str(error):
        what = f"a cell has more than {LARGEST_CELL // 2**20} MiB: a quote that is never closed?"
    elif "end of data" in str(error):
        what = "a quote is opened and never closed"
    else:
        what = "a quote is closed inside a cell"
    return (
        f"{name}: broken quoting in line {line + open_quote(record)}: {what} (noticed in line "
        f'{line + max(len(record) - 1, 0)}); write a quote inside a cell twice (""), and put the cell in '
        "quotes"
    )


def text_in(cell: str) -> str:
    """A cell's text. Half a surrogate pair, which JSON can spell and no file can hold, becomes a question
    mark."""
    text = cell.strip()
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def read_jsonl(
    sources: Sources, path: Path, name: str, fields: Sequence[str], targets: Sequence[str]
) -> None:
    empty: dict[str, list[int]] = {}
    wrong: list[int] = []
    blank: list[int] = []
    rows = 0
    columns: set[str] = set()
    for line, value in json_lines(path):
        feedback = isinstance(value, dict) and FEEDBACK_KEY in value
        wanted = [*fields, *([FEEDBACK_KEY] if feedback else targets)]
        if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in wanted):
            if feedback:
                sources.leave_out("a field is missing or no text")
            else:
                wrong.append(line)
            continue
        kept = [key for key in [*fields, *targets, FEEDBACK_KEY] if isinstance(value.get(key), str)]
        row = {key: text_in(value[key]) for key in kept}
        if not feedback:
            columns.update(value)
            rows += 1
            note_empty(row, targets, line, empty)
            if any(row[field] for field in fields):
                sources.base.append(Source(name, line, row))
            else:
                blank.append(line)
        elif not any(row[key] for key in fields):
            sources.leave_out("the text is empty")
        elif not any(row.get(target) for target in targets):
            sources.leave_out("no target is given")
        else:
            known = {key: text for key, text in row.items() if text or key in fields}
            sources.feedback.append(Source(name, line, known))
    if columns:
        sources.columns[name] = sorted(columns)
    if wrong:
        sources.problems.append(
            f"{name}: no JSON object with a text for each of {', '.join([*fields, *targets])} "
            f"in {where(wrong)}"
        )
    sources.problems.extend(empty_problems(name, empty))
    note_blank(sources, name, blank, rows, fields)


def json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Line numbers and values; a line that is no JSON is None, which no caller takes for an object."""
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (json.JSONDecodeError, RecursionError):
                    yield number, None


def wrong_columns(name: str, header: Sequence[str], wanted: Sequence[str]) -> list[str]:
    missing = [column for column in wanted if column not in header]
    twice = [column for column in wanted if header.count(column) > 1]
    problems = []
    other = next((sign for sign in SEPARATORS if len(header) == 1 and sign in header[0]), None)
    if missing and other:
        return [f"{name}: cells are separated by {SEPARATORS[other]} ({header[0]!r}): save it with commas"]
    if missing:
        problems.append(
            f"{name}: column {', '.join(map(repr, missing))} is missing; the file has "
            f"{', '.join(map(repr, header)) or 'no header'}: add it, or change fields and targets in "
            "project.yaml"
        )
    for column in twice:
        at = " and ".join(str(number) for number, given in enumerate(header, start=1) if given == column)
        problems.append(
            f"{name}: column {column!r} stands in the header more than once (as column {at}): which one is "
            "meant? Rename or remove the others"
        )
    return problems


def note_empty(row: Row, targets: Sequence[str], line: int, empty: dict[str, list[int]]) -> None:
    """A row needs an answer for each target."""
    for target in targets:
        if not row[target]:
            empty.setdefault(target, []).append(line)


def note_blank(sources: Sources, name: str, blank: Sequence[int], rows: int, fields: Sequence[str]) -> None:
    """A row needs a text in one of its fields, since a mail may have no subject. A mail without any now and
    then is no reason to stop: it is left out and named."""
    if not blank:
        return
    said = f"{name}: column {' and '.join(fields)} is empty in {where(blank)}"
    if len(blank) > BLANK * rows:
        sources.problems.append(f"{said}: fill it or remove the rows")
        return
    sources.warnings.append(f"{said}, which were left out")
    for _ in blank:
        sources.leave_out("the text is empty")


def empty_problems(name: str, empty: dict[str, list[int]]) -> list[str]:
    return [
        f"{name}: column {column} is empty in {where(lines)}: fill it or remove the rows"
        for column, lines in empty.items()
    ]


def where(lines: Sequence[int]) -> str:
    """How many rows and where: ``7 rows (lines 2, 9, 11, 30, 31 and 2 more)``."""
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    rows = "1 row (line" if len(lines) == 1 else f"{len(lines)} rows (lines"
    return f"{rows} {', '.join(map(str, lines[:SHOWN]))}{more})"
