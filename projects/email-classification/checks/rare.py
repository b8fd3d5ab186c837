"""Classes with too few rows to learn: their answers are set aside and named, the rest is learned from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from checks import shown
from checks.set_aside import set_aside
from sources import SHOWN, Source

# Below this a class is neither learned nor measured: of 8 rows one or two are held out.
MIN_CLASS_ROWS = 8
# More answers in rare classes than that: the column holds something else than classes.
RARE_ANSWERS = 0.5


@dataclass
class Rare:
    """Answers in classes with too few rows, by target and class: how many there are, and where the first "
    "stand."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    where: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    # Rows that had no other answer.
    left_out: int = 0

    def sentence(self) -> str:
        """The rare classes in few words, the first of them with their places; empty without any."""
        parts = []
        for target, counts in self.rows.items():
            named = [
                f"{shown(label)} ({count} row{'s' * (count > 1)}, {placed(self.where[target][label][0])})"
                for label, count in counts.items()
            ][:SHOWN]
            more = [f"{len(counts) - SHOWN} more"] if len(counts) > SHOWN else []
            parts.append(f"{target} {', '.join([*named, *more])}")
        return f"too few rows to learn, set aside: {'; '.join(parts)}" if parts else ""


def without_rare(sources: Sequence[Source], targets: Sequence[str]) -> tuple[list[Source], Rare, list[str]]:
    """The rows without the answers of rare classes, those answers, and what makes a target unlearnable.

    A row keeps its other answers; one without any is left out.
    """
    rare, problems = Rare(), []
    counts = {target: Counter(s.row[target] for s in sources if target in s.row) for target in targets}
    for target, found in counts.items():
        few = {label: count for label, count in sorted(found.items()) if count < MIN_CLASS_ROWS}
        if few:
            rare.rows[target] = few
            rare.where[target] = {label: [] for label in few}
        problems += unlearnable(target, found, few)
    kept, taken = set_aside(sources, targets, rare.rows)
    for source, target in taken:
        note_place(rare.where[target][source.row[target]], source)
    rare.left_out = len(sources) - len(kept)
    return kept, rare, problems


def unlearnable(target: str, found: Counter[str], few: dict[str, int]) -> list[str]:
    """Why a target cannot be learned from the classes that remain."""
    left = [label for label in found if label not in few]
    named = ", ".join(f"{shown(label)} ({count})" for label, count in list(few.items())[:SHOWN])
    named += f" and {len(few) - SHOWN} more" if len(few) > SHOWN else ""
    too_few = f"classes with fewer than {MIN_CLASS_ROWS} rows: {named}"
    if found and len(left) < 2:
        has = f"one class, {shown(left[0])}" if left else f"no class with {MIN_CLASS_ROWS} rows"
        besides = f", besides {too_few}" if few else ""
        return [
            f"column {target!r} has {has}{besides}: nothing can be learned; add rows of other classes, or "
            "remove it from the targets in project.yaml"
        ]
    if sum(few.values()) > RARE_ANSWERS * found.total():
        return [
            f"column {target!r} has most of its answers in {too_few}: does it hold classes? Merge them "
            "in classes.json, or name another column in project.yaml"
        ]
    return []


def note_place(places: list[dict[str, Any]], source: Source) -> None:
    """Adds a row to the first few places of a class, lines of one file together."""
    if sum(len(place["lines"]) for place in places) < SHOWN:
        if not places or places[-1]["file"] != source.file:
            places.append({"file": source.file, "lines": []})
        places[-1]["lines"].append(source.line)


def placed(place: dict[str, Any]) -> str:
    lines = place["lines"]
    return f"{place['file']} line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}"
