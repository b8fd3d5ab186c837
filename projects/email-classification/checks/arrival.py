"""Checks exports as they arrive: is a month late or missing, is the newest one like those before it.

An export belongs to the month in its path (2026-10, 2026_10, 202610, 2026/10/, year=2026/month=10). Only the
newest month is compared with the earlier ones: those were looked at when they came. What may be a real change
is a warning; what can only be a broken export stops the run, until a person who has looked says in
arrival.json that the month is right: {"accepted": ["2026-10"]}.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import job
from checks.class_mix import CHANCE, moved, renamed
from checks.repeats import Repeats, repeats
from sources import Source, Sources

ARRIVAL_FILE = "arrival.json"
MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:[-_./ ]?(0[1-9]|1[0-2])(?:[-_. T]?(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?)?"
    r"|/month=(0?[1-9]|1[0-2]))(?!\d)"
)
# After this day of a month the export of the month before is late.
DUE_DAY = 10
# A month with half or twice the usual rows is worth a word, one with a fifth or five times is no month.
UNUSUAL = 2
IMPOSSIBLE = 5
ENOUGH_MONTHS = 3
# A company grows: months of years ago say little about the newest one.
RECENT_MONTHS = 12
# Standard errors: chance goes beyond that in one month of a thousand.
BEYOND = 3.29


@dataclass
class Arrived:
    """What was found. `problems` stop the run; `notes` are warnings in few words, for the step's one line."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    months: dict[str, dict[str, Any]] = field(default_factory=dict)
    unchecked: str | None = None
    repeats: Repeats = field(default_factory=Repeats)

    def warn(self, note: str, sentence: str) -> None:
        self.notes.append(note)
        self.warnings.append(sentence)


def read_accepted(folder: Path) -> list[str]:
    """The months a person found right, from arrival.json if there is one.

    :raises job.Refused: when the file is anything but {"accepted": [months]}
    """
    file = folder / ARRIVAL_FILE
    if not file.is_file():
        return []
    try:
        value = json.loads(file.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise job.Refused(f"{ARRIVAL_FILE}: no JSON: {error.msg} in line {error.lineno}") from None
    months = value.get("accepted") if isinstance(value, dict) and set(value) == {"accepted"} else None
    if not isinstance(months, list) or not all(
        re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", str(m)) for m in months
    ):
        raise job.Refused(
            f"{ARRIVAL_FILE}: {json.dumps(value)[:80]} is not understood; write "
            f'{{"accepted": ["2026-10"]}} with '
            "the months that were looked at and are right, or an empty list"
        )
    return [str(month) for month in months]


def month_of(name: str) -> str | None:
    """The month in a file's path; the last one, where a path has several."""
    found = list(MONTH.finditer(name))
    if not found:
        return None
    year, month, hive = found[-1].groups()
    return f"{year}-{int(month or hive):02d}"


def check(
    sources: Sources,
    settings: dict[str, Any],
    accepted: Collection[str] = (),
    started: datetime | None = None,
) -> Arrived:
    """Looks at the base data of a run, classes already under the names of today.

    :param accepted: months that a person found right; nothing is said about them
    :param started: when the run started, in UTC; None does not ask what is late
    """
    arrived = Arrived()
    of_file = {name: month for name in sources.columns if (month := month_of(name))}
    if not of_file:
        arrived.unchecked = (
            "no file of the data has a month in its path, such as emails-2026-10.csv: what is late, missing, "
            "unusual or repeated was not checked"
        )
        return arrived
    by_month: dict[str, list[Source]] = {month: [] for month in sorted(set(of_file.values()))}
    for source in sources.base:
        if source.file in of_file:
            by_month[of_file[source.file]].append(source)
    for month, rows in by_month.items():
        files = [name for name, of in of_file.items() if of == month]
        arrived.months[month] = {"rows": len(rows), "files": files}
    arrived.repeats = repeats(by_month, settings["fields"], accepted)
    arrived.problems += arrived.repeats.problems
    for entry in arrived.repeats.notable:
        arrived.warn(f"{entry['file']} repeats {entry['of']}", entry["sentence"])
    find_gaps(arrived, accepted, started)
    newest = max(by_month)
    if newest not in accepted:
        compare_volume(arrived, newest, started)
        compare_columns(arrived, newest, sources.columns)
        compare_classes(arrived, newest, by_month, settings["targets"], settings["seed"])
    return arrived


def find_gaps(arrived: Arrived, accepted: Collection[str], started: datetime | None) -> None:
    """Months that are missing between the first and the last, and a last one that is not here yet."""
    months = sorted(arrived.months)
    first, last = number(months[0]), number(months[-1])
    gaps = [
        month_at(at)
        for at in range(first, last)
        if month_at(at) not in arrived.months and month_at(at) not in accepted
    ]
    if gaps:
        arrived.warn(
            f"no export of {', '.join(gaps)}",
            f"no export of {', '.join(gaps)} although there are {months[0]} and {months[-1]}: "
            f"bring it, or accept the gap by {ARRIVAL_FILE}: {accepting(gaps)}",
        )
    if started is None:
        return
    this_month = started.year * 12 + started.month - 1
    due = this_month - (1 if started.day > DUE_DAY else 2)
    late = [month_at(at) for at in range(last + 1, due + 1) if month_at(at) not in accepted]
    if late:
        arrived.warn(
            f"{', '.join(late)} is late",
            f"the export of {', '.join(late)} is late on {started:%Y-%m-%d}; the newest is of "
            f"{months[-1]}: ask for it (an export is due on day {DUE_DAY} of the next month)",
        )
    if last > this_month:
        arrived.warn(
            f"{months[-1]} lies ahead",
            f"{arrived.months[months[-1]]['files'][0]} is of {months[-1]}, which lies ahead on "
            f"{started:%Y-%m-%d}: is its name right?",
        )


def compare_volume(arrived: Arrived, newest: str, started: datetime | None) -> None:
    """Rows of the newest month against the median of the year before it."""
    earlier = [entry["rows"] for month, entry in arrived.months.items() if month != newest][-RECENT_MONTHS:]
    if not earlier:
        return
    rows, usual = arrived.months[newest]["rows"], median(earlier)
    # Counts vary by their root; a median is as sure as its months are many, its variance pi/2 of a mean's.
    by_chance = BEYOND * (usual * (1 + 1.57 / len(earlier))) ** 0.5
    running = started is not None and month_at(started.year * 12 + started.month - 1) == newest
    if abs(rows - usual) <= by_chance or (running and rows < usual):
        return
    seen = (
        f"{newest} has {rows} rows; the {len(earlier)} months before have {usual:g} in the median "
        f"({min(earlier)} to {max(earlier)})"
        if len(earlier) > 1
        else f"{newest} has {rows} rows; the month before has {usual:g}"
    )
    cause = "was the export cut off?" if rows < usual else "does the export hold more than one month?"
    remedy = f"{cause} Export it again, or accept it by {ARRIVAL_FILE}: {accepting([newest])}"
    if len(earlier) >= ENOUGH_MONTHS and not usual / IMPOSSIBLE <= rows <= usual * IMPOSSIBLE:
        limit = f"below 1/{IMPOSSIBLE}" if rows < usual else f"above {IMPOSSIBLE} times"
        arrived.problems.append(f"{seen}: {limit} of that is not trained on: {remedy}")
    elif not min(earlier) <= rows <= max(earlier) and not usual / UNUSUAL < rows < usual * UNUSUAL:
        arrived.warn(f"{newest} has {rows} rows instead of about {usual:g}", f"{seen}: {remedy}")


def compare_columns(arrived: Arrived, newest: str, columns: dict[str, list[str]]) -> None:
    """Columns that came or went with the newest month. Those a model needs were asked for in every file."""
    earlier = [month for month in arrived.months if month != newest]
    if not earlier:
        return
    before, now = (
        {column for file in arrived.months[month]["files"] for column in columns[file]}
        for month in (max(earlier), newest)
    )
    for what, changed in (("appeared", now - before), ("vanished", before - now)):
        if changed:
            named = ", ".join(map(repr, sorted(changed)))
            arrived.warn(
                f"column {named} {what}",
                f"column {named} {what} in {newest} (compared with {max(earlier)}): no model reads it, but "
                "the export changed; ask what else did",
            )


def compare_classes(
    arrived: Arrived, newest: str, by_month: dict[str, list[Source]], targets: Sequence[str], seed: int
) -> None:
    """The mix of each target's classes in the newest month against all earlier ones."""
    for target in targets:
        now = answers(by_month[newest], target)
        before = [
            label for month, rows in by_month.items() if month != newest for label in answers(rows, target)
        ]
        for old, new in renamed(before, now):
            entry = json.dumps({target: {old: new}}, ensure_ascii=False)
            arrived.warn(
                f"{target} {old!r} may be {new!r} now",
                f"no row of {newest} has the {target} {old!r}, and {new!r} is new and about as frequent: if "
                f"that is its new name, say so in classes.json: {entry}; as they are, the months teach two "
                "classes for one thing",
            )
        found = moved(before, now, seed)
        if found:
            most = ", ".join(f"{label!r} {old:.1%} → {new:.1%}" for label, old, new in found.classes)
            arrived.warn(
                f"other mix of {target} in {newest}",
                f"the classes of {target} are mixed otherwise in {newest} ({len(now)} rows) than before "
                f"({len(before)} rows): {found.share:.0%} of the rows moved, which chance does in less than "
                f"one month of {1 / CHANCE:.0f}; most of all {most}; is it real, or a filter of the export?",
            )


def answers(rows: Sequence[Source], target: str) -> list[str]:
    return [source.row[target] for source in rows if source.row.get(target)]


def accepting(months: Sequence[str]) -> str:
    return json.dumps({"accepted": list(months)})


def number(month: str) -> int:
    """Months since the year 0."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_at(at: int) -> str:
    return f"{at // 12}-{at % 12 + 1:02d}"
