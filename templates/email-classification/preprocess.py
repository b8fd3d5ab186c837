"""Checks the data, then splits them into rows to train on and rows to test on.

In:  processing/input/data    *.csv and *.jsonl, base data and feedback
Out: processing/output/train  rows.jsonl
     processing/output/test   rows.jsonl: the same texts in every run, whatever is added
     processing/output/report report.json: what was read, left out and set aside
"""

from collections import Counter
from typing import Any

import job
from checks import MIN_CLASS_ROWS, MIN_TEST_ROWS, class_problems, leaks, without_duplicates
from rows import FEEDBACK_KEY, Row, held_out, identity, text_of, write_rows
from sources import Sources, read_sources


def main() -> str:
    settings = job.read_settings(job.code_dir())
    fields, targets = settings["fields"], settings["targets"]
    outputs = job.base_dir() / "processing" / "output"
    sources = read_sources(job.base_dir() / "processing" / "input" / "data", fields, targets)
    rows, report = prepare(sources, settings)
    train, test = split(rows, settings)
    write_rows(outputs / "train", train)
    write_rows(outputs / "test", test)
    job.write_json(outputs / "report" / "report.json", {**report, "train": len(train), "test": len(test)})
    taught = report["feedback"]
    return (
        f"{len(rows)} rows of {len(report['files'])} files: {len(train)} to train on, {len(test)} held out"
        f"{f'; {taught} came from feedback' if taught else ''}"
    )


def prepare(sources: Sources, settings: dict[str, Any]) -> tuple[list[Row], dict[str, Any]]:
    """Every row that may be used, and the report.

    :raises job.Refused: with all problems of the base data, one a line
    """
    fields, targets = settings["fields"], settings["targets"]
    problems = list(sources.problems)
    kept, left_out = without_duplicates(sources.base, fields, targets, problems)
    base = [source.row for source in kept]
    # A row without an answer is named already; its empty answer is no class.
    complete = [row for row in base if all(row[target] for target in targets)]
    if complete:
        problems += class_problems(complete, targets) + leaks(complete, fields, targets)
    elif not problems:
        problems.append("the data have no row to learn from besides feedback: name at least one base file")
    if problems:
        raise job.Refused("\n".join(["the data cannot be trained on:", *problems]))

    rows = with_feedback(base, sources, fields, targets)
    report = {
        "rows": len(rows),
        "files": sources.files,
        "feedback": sum(FEEDBACK_KEY in row for row in rows),
        "left_out": left_out,
        "set_aside": sources.set_aside,
        "classes": {target: dict(sorted(Counter(row[target] for row in base).items())) for target in targets},
    }
    return rows, report


def with_feedback(base: list[Row], sources: Sources, fields: list[str], targets: list[str]) -> list[Row]:
    """Base rows and corrections. The correction of a text that is in the base data corrects that row.

    A class that only callers know joins once enough of them have named it; until then it may be a slip.
    """
    feedback = [source.row for source in sources.feedback]
    for target in targets:
        known = {row[target] for row in base}
        named = Counter(row[target] for row in feedback if target in row)
        for row in feedback:
            label = row.get(target)
            if label is not None and label not in known and named[label] < MIN_CLASS_ROWS:
                sources.leave_out(f"too few rows of a new class of {target}")
                del row[target]
    rows = {identity(text_of(row, fields)): dict(row) for row in base}
    for row in feedback:
        given = {target: row[target] for target in targets if target in row}
        if not given:
            continue
        text = identity(text_of(row, fields))
        if text in rows:
            rows[text].update(given)
        else:
            rows[text] = row
    return list(rows.values())


def split(rows: list[Row], settings: dict[str, Any]) -> tuple[list[Row], list[Row]]:
    """Train and test rows; near-identical texts are on one side, see rows.held_out."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[held_out(text_of(row, settings["fields"]), settings["test_share"])].append(row)
    train, test = sides
    tested = sum(FEEDBACK_KEY not in row for row in test)
    if tested < MIN_TEST_ROWS:
        raise job.Refused(
            f"the data have {len(rows)} rows, of which {tested} are held out; a gate needs {MIN_TEST_ROWS}: "
            f"bring about {round(MIN_TEST_ROWS / settings['test_share'])} rows with different texts"
        )
    for target in settings["targets"]:
        if len({row[target] for row in train if target in row}) < 2:
            raise job.Refused(f"column {target!r} has one class among the rows to train on: add other texts")
    return train, test


if __name__ == "__main__":
    job.run(main, "processing")
