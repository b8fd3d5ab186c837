"""Checks the data, then splits them into rows to train on and rows to test on.

In:  processing/input/data    *.csv and *.jsonl, base data and feedback
     STARTED_AT               when the run started (ISO 8601); without it nothing is late
Out: processing/output/train  rows.jsonl
     processing/output/test   rows.jsonl: the same texts in every run, whatever is added
     processing/output/report report.json: what was read, mapped, left out and set aside, and what is odd
"""

import json
import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import job
from checks import MIN_TEST_ROWS, leaks, spellings, without_duplicates
from checks.arrival import Arrived, check, read_accepted
from checks.rare import MIN_CLASS_ROWS, without_rare
from checks.retired import without_retired
from classes import CLASSES_FILE, Renames, apply, read_mapping, read_retired
from reading import read
from rows import FEEDBACK_KEY, Row, held_out, identity, raw_text_of, write_rows
from sources import Source, Sources, read_sources, where


def main() -> str:
    settings = job.read_settings(job.code_dir())
    fields, targets = settings["fields"], settings["targets"]
    outputs = job.base_dir() / "processing" / "output"
    mapping, accepted = read_mapping(job.code_dir()), read_accepted(job.code_dir())
    retired = read_retired(job.code_dir())
    sources = read_sources(job.base_dir() / "processing" / "input" / "data", fields, targets)
    rows, report = prepare(sources, settings, mapping, accepted, started_at(), retired)
    train, test = split(rows, settings)
    write_rows(outputs / "train", train)
    write_rows(outputs / "test", test)
    job.write_json(outputs / "report" / "report.json", {**report, "train": len(train), "test": len(test)})
    taught, files = report["feedback"], len(report["files"])
    return "; ".join(
        [
            f"{len(rows)} rows of {files} file{'s' * (files != 1)}: {len(train)} to train on, {len(test)} "
            "held out",
            *([f"{taught} came from feedback"] if taught else []),
            *report["said"],
        ]
    )


def started_at() -> datetime | None:
    given = os.environ.get("STARTED_AT")
    return datetime.fromisoformat(given).astimezone(UTC) if given else None


def prepare(
    sources: Sources,
    settings: dict[str, Any],
    mapping: Renames | None = None,
    accepted: Collection[str] = (),
    started: datetime | None = None,
    retired: Mapping[str, Collection[str]] | None = None,
) -> tuple[list[Row], dict[str, Any]]:
    """Every row that may be used, and the report.

    :param mapping: old names of classes, see classes.read_mapping
    :param accepted: months a person found right, see arrival.read_accepted
    :param started: when the run started, in UTC
    :param retired: classes that nobody asks for any more, see classes.read_retired
    :raises job.Refused: with all problems of the base data, one a line
    """
    fields, targets = settings["fields"], settings["targets"]
    problems = list(sources.problems)
    mapped = rename(sources, mapping or {})
    arrived = check(sources, settings, accepted, started)
    for sentence in sources.warnings:
        arrived.warn("mails without a text were left out", sentence)
    problems += arrived.problems
    kept, left_out = without_duplicates(sources.base, fields, targets, problems, arrived.repeats.rows)
    # A row without an answer is named already; its empty answer is no class.
    base = [source for source in kept if all(source.row[target] for target in targets)]
    if base:
        rows = [source.row for source in base]
        problems += spellings(rows, targets) + leaks(rows, fields, targets)
    elif not problems:
        problems.append("the data have no row to learn from besides feedback: name at least one base file")
    asked, gone = without_retired(with_feedback(base, sources, fields, targets), targets, retired or {})
    used, rare, impossible = without_rare(asked, targets)
    # Of a file that could not be read whole, too few rows of a class say nothing.
    problems += [] if sources.problems else impossible
    if problems:
        raise job.Refused("\n".join(["the data cannot be trained on:", *problems]))

    warn_of_names(arrived, mapped)
    warn_of_names(arrived, gone.rows)
    warn_of_callers_classes(arrived, base, used, targets)
    cleaned = clean_all(used, fields, arrived)
    learned = [source.row for source in used if FEEDBACK_KEY not in source.row]
    report = {
        "rows": len(used),
        "files": sources.files,
        "feedback": len(used) - len(learned),
        "left_out": {**left_out, "rare": rare.left_out, **({"retired": gone.left_out} if gone.rows else {})},
        "set_aside": sources.set_aside,
        "classes": {
            target: dict(sorted(Counter(row[target] for row in learned if target in row).items()))
            for target in targets
        },
        "retired": gone.rows,
        "rare": rare.rows,
        "rare_rows": rare.where,
        "mapped": {
            target: {old: count for old, count in names.items() if count} for target, names in mapped.items()
        },
        "cleaned": cleaned,
        "duplicates_of_earlier": arrived.repeats.entries,
        "arrival": {
            "warnings": arrived.warnings,
            "months": arrived.months,
            "accepted": sorted(accepted),
            "unchecked": arrived.unchecked,
        },
        "said": [text for text in (gone.sentence(), rare.sentence(), *arrived.notes) if text],
    }
    return [source.row for source in used], report


def rename(sources: Sources, mapping: Renames) -> dict[str, dict[str, int]]:
    """Puts base data and corrections under the names of today; how many rows had each old name."""
    rows, counts = apply([source.row for source in [*sources.base, *sources.feedback]], mapping)
    renamed = [replace(s, row=row) for s, row in zip([*sources.base, *sources.feedback], rows, strict=True)]
    sources.base, sources.feedback = renamed[: len(sources.base)], renamed[len(sources.base) :]
    return counts


def warn_of_names(arrived: Arrived, mapped: dict[str, dict[str, int]]) -> None:
    """Old names that no row has: a slip, or a mapping whose work is done."""
    for target, names in mapped.items():
        unseen = ", ".join(repr(old) for old, count in names.items() if not count)
        if unseen:
            arrived.warn(
                f"{CLASSES_FILE} maps {unseen}, which no row has",
                f"{CLASSES_FILE}: {target}: no row has the class {unseen}: check the spelling, or remove "
                "the entry when the model in service knows the new name",
            )


def warn_of_callers_classes(
    arrived: Arrived, base: Sequence[Source], used: Sequence[Source], targets: Sequence[str]
) -> None:
    """Classes that are learned though no export has them: new ones, or the old names of some."""
    for target in targets:
        known = {source.row[target] for source in base}
        named = Counter(source.row[target] for source in used if source.row.get(target))
        for label in sorted(set(named) - known):
            entry = json.dumps({target: {label: "<its name today>"}}, ensure_ascii=False)
            arrived.warn(
                f"{target} {label!r} comes from corrections only",
                f"no row of the data has the {target} {label!r}, which {named[label]} corrections name: it "
                f"is learned as a new class; if it is an old name, say so in classes.json: {entry}",
            )


def clean_all(used: Sequence[Source], fields: Sequence[str], arrived: Arrived) -> dict[str, dict[str, int]]:
    """What the cleaner takes out of the rows, by rule; rows that it leaves nothing of are warned of."""
    cleaned: dict[str, dict[str, int]] = {}
    nothing: dict[str, list[int]] = {}
    for source in used:
        reading = read(source.row, fields)
        for rule in {removed.rule for removed in reading.removed}:
            cleaned.setdefault(rule, {"rows": 0, "characters": 0})["rows"] += 1
        for removed in reading.removed:
            cleaned[removed.rule]["characters"] += len(removed.text)
        if not reading.text.strip():
            nothing.setdefault(source.file, []).append(source.line)
    for file, lines in nothing.items():
        mails = f"{len(lines)} mails of {file} have" if len(lines) > 1 else f"1 mail of {file} has"
        arrived.warn(
            f"{mails} nothing to read",
            f"{file}: {where(lines)} with nothing left to read after cleaning: the model learns from them "
            "only how frequent their classes are",
        )
    return dict(sorted(cleaned.items()))


def with_feedback(
    base: list[Source], sources: Sources, fields: list[str], targets: list[str]
) -> list[Source]:
    """Base rows and corrections. The correction of a text that is in the base data corrects that row, which
    then is a correction too: it teaches, and does not count at the gate.

    A class that only callers know joins once enough of them have named it; until then it may be a slip. Of a
    text that the base data have, it is none: they say what the text is today, and an older correction under a
    class that is gone must not bring that back.
    """
    feedback = sources.feedback
    classes = {target: {source.row[target] for source in base} for target in targets}
    for target in targets:
        known = classes[target]
        spelled = {identity(label) for label in known}
        named = Counter(source.row[target] for source in feedback if target in source.row)
        for source in feedback:
            label = source.row.get(target)
            if label is None or label in known:
                continue
            if identity(label) in spelled:
                sources.leave_out(f"another spelling of a class of {target}")
                del source.row[target]
            elif named[label] < MIN_CLASS_ROWS:
                sources.leave_out(f"too few rows of a new class of {target}")
                del source.row[target]
    rows = {identity(raw_text_of(source.row, fields)): source for source in base}
    for source in feedback:
        given = {target: source.row[target] for target in targets if target in source.row}
        if not given:
            continue
        text = identity(raw_text_of(source.row, fields))
        if text not in rows:
            rows[text] = source
            continue
        row = rows[text].row
        gone = [target for target in given if given[target] not in classes[target]]
        for target in gone:
            sources.leave_out(f"a class of {target} that the data no longer have")
        changed = {
            target: label for target, label in given.items() if target not in gone and label != row[target]
        }
        if changed:
            rows[text] = replace(rows[text], row={**row, **changed, FEEDBACK_KEY: source.row[FEEDBACK_KEY]})
    return list(rows.values())


def split(rows: list[Row], settings: dict[str, Any]) -> tuple[list[Row], list[Row]]:
    """Train and test rows; near-identical texts are on one side, see rows.held_out."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[held_out(raw_text_of(row, settings["fields"]), settings["test_share"])].append(row)
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
