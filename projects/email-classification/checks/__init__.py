"""What must be true of labelled texts before anything is learned from them.

Each check returns problems in words for the owner of the data: what is wrong, where, what to do.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from rows import Row, identity, raw_text_of
from sources import Source, where

MIN_TEST_ROWS = 30
# People disagree on a few rows of every export; more is a fault of the export.
CONTRADICTIONS = 0.01
DUPLICATES = 0.5
# Share of rows whose text spells out their own label, and by how much that must exceed other rows' labels.
SPELLED_OUT = 0.8
SPELLED_OUT_MORE = 0.5
# Share of rows with the label in a form only machines write: [billing], topic: billing.
TAGGED = 0.02
LONGEST_NAME = 60


def without_duplicates(
    sources: Sequence[Source],
    fields: Sequence[str],
    targets: Sequence[str],
    problems: list[str],
    repeated_before: Collection[tuple[str, int]] = (),
) -> tuple[list[Source], dict[str, int]]:
    """One row a text, and how many were left out. Rows that contradict each other all go: none is known to be
    right.

    :param repeated_before: file and line of rows that an earlier export had; they are judged elsewhere
    """
    same: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        same[identity(raw_text_of(source.row, fields))].append(source)
    kept, contradicting, left_out, repeated = [], [], 0, 0
    for group in same.values():
        if len({tuple(source.row[target] for target in targets) for source in group}) > 1:
            contradicting += group
            continue
        # The row of the first export, which is not always the first by name.
        group.sort(key=lambda source: (source.file, source.line) in repeated_before)
        kept.append(group[0])
        left_out += len(group) - 1
        repeated += sum((source.file, source.line) not in repeated_before for source in group[1:])
    if len(contradicting) > CONTRADICTIONS * len(sources):
        problems += [
            f"{file}: {where(lines)} repeat a text with another answer in {' or '.join(targets)}: "
            f"decide on one (up to {CONTRADICTIONS:.0%} of the rows are left out without asking)"
            for file, lines in by_file(contradicting).items()
        ]
    if repeated > DUPLICATES * len(sources):
        problems.append(
            f"{repeated} of {len(sources)} rows repeat another row: an export that was joined twice? "
            "Remove them"
        )
    return kept, {"duplicates": left_out, "contradictions": len(contradicting)}


def spellings(rows: Sequence[Row], targets: Sequence[str]) -> list[str]:
    """Classes of which two differ in case or spacing only, so that one of them is a slip."""
    problems = []
    for target in targets:
        same: dict[str, list[str]] = defaultdict(list)
        counts = Counter(row[target] for row in rows)
        for label in sorted(counts):
            same[identity(label)].append(label)
        for labels in same.values():
            if len(labels) > 1:
                usual = max(labels, key=lambda label: counts[label])
                names = {label: usual for label in labels if label != usual}
                problems.append(
                    f"column {target!r} spells one class in several ways: {', '.join(map(shown, labels))}; "
                    f"map them in classes.json: {json.dumps({target: names}, ensure_ascii=False)}"
                )
    return problems


def leaks(given: Sequence[Row], fields: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Fields that hold the answer. A model would read it off and fail in service, where nobody has written it
    yet."""
    problems = []
    for target in targets:
        rows = [row for row in given if row.get(target)]
        labels = sorted({row[target] for row in rows})
        spelled = {label: re.compile(rf"(?<!\w){words_of(label)}(?!\w)", re.IGNORECASE) for label in labels}
        tagged = {label: tag_of(label, target) for label in labels}
        for field in fields:
            own = share([spelled[row[target]].search(row[field]) is not None for row in rows])
            # The same texts against the label of a row half the data away, unless it is the same label.
            others = [
                (row, other[target])
                for row, other in zip(rows, [*rows[len(rows) // 2 :], *rows], strict=False)
                if other[target] != row[target]
            ]
            chance = share([spelled[label].search(row[field]) is not None for row, label in others])
            tags = share([tagged[row[target]].search(row[field]) is not None for row in rows])
            if own > SPELLED_OUT and own - chance > SPELLED_OUT_MORE:
                problems.append(
                    f"column {field!r} holds the answer of {target!r} in {own:.0%} of the rows: remove it, "
                    "the model will not have it in service"
                )
            elif tags > TAGGED:
                problems.append(
                    f"column {field!r} is tagged with the answer of {target!r} in {tags:.0%} of the rows, "
                    f"such as [{labels[0]}] or {target}: {labels[0]}; remove the tags"
                )
    return problems


def words_of(label: str) -> str:
    """A pattern for a label as people write it: `card_arrival` also as "card arrival" and "card-arrival"."""
    return r"[\s_-]+".join(re.escape(word) for word in re.split(r"[\s_-]+", label.strip("_- ")))


def tag_of(label: str, target: str) -> re.Pattern[str]:
    """A label as machines write it: [billing], <billing>, #billing, topic: billing, topic="billing"."""
    words = words_of(label)
    named = rf"\b{re.escape(target)}\s*[:=]\s*[\"']?{words}(?!\w)"
    return re.compile(rf"[\[({{<]{words}[\])}}>]|#{words}(?!\w)|{named}", re.IGNORECASE)


def shown(label: str) -> str:
    """A class as a message names it. A column of texts has classes as long as a mail."""
    return repr(label if len(label) <= LONGEST_NAME else f"{label[:LONGEST_NAME]}...")


def by_file(sources: Sequence[Source]) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = defaultdict(list)
    for source in sources:
        lines[source.file].append(source.line)
    return {file: sorted(found) for file, found in lines.items()}


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
