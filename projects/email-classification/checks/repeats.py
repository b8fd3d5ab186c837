"""Rows of an export that an earlier month's export had already, and whole exports that came twice."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from rows import identity, raw_text_of
from sources import Source, where

# An export of which so much had come before is that export again. Few rows may all be repeated by chance.
WHOLE = 0.9
WHOLE_ROWS = 10
# Fewer repeated rows than that are form mails; they are counted, not warned of.
NOTABLE = 0.1
LINES = 100
NAMED = 3


@dataclass
class Repeats:
    """`rows` are those left out, by their place; `entries` says so by pair of files, as report.json has "
    "it."""

    rows: set[tuple[str, int]] = field(default_factory=set)
    entries: list[dict[str, Any]] = field(default_factory=list)
    notable: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def repeats(by_month: dict[str, list[Source]], fields: Sequence[str], accepted: Collection[str]) -> Repeats:
    """Finds them, months in order.

    :param accepted: months whose exports may repeat others: their repeated rows are left out like any
    """
    found = Repeats()
    first: dict[str, str] = {}
    for month in sorted(by_month):
        mine: dict[str, str] = {}
        lines: dict[tuple[str, str], list[int]] = defaultdict(list)
        total = Counter(source.file for source in by_month[month])
        for source in by_month[month]:
            text = identity(raw_text_of(source.row, fields))
            if text in first:
                found.rows.add((source.file, source.line))
                lines[source.file, first[text]].append(source.line)
            else:
                mine.setdefault(text, source.file)
        first |= mine
        for file, rows in total.items():
            mentioned = {of: at for (name, of), at in lines.items() if name == file}
            if mentioned:
                note(found, file, rows, mentioned, None if month in accepted else month)
    return found


def note(found: Repeats, file: str, rows: int, lines: dict[str, list[int]], month: str | None) -> None:
    """Notes what a file repeats of earlier ones.

    :param month: the month to accept if the whole file is repeated; None where that was done
    """
    found.entries += [
        {"file": file, "of": of, "rows": len(at), "lines": at[:LINES]} for of, at in lines.items()
    ]
    repeated = sorted(line for at in lines.values() for line in at)
    of = " and ".join(sorted(lines, key=lambda name: -len(lines[name]))[:NAMED])
    said = f"{file} repeats {of} in {where(repeated)} of its {rows}"
    if len(repeated) >= max(WHOLE * rows, WHOLE_ROWS) and month:
        found.problems.append(
            f"{said}: the same export twice, or one that grows? Keep one of the files, or accept it by "
            f'arrival.json: {{"accepted": ["{month}"]}}'
        )
    elif len(repeated) >= NOTABLE * rows:
        found.notable.append({"file": file, "of": of, "sentence": f"{said}: each text is learned from once"})
