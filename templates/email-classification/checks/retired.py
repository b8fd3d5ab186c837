"""Classes that are no longer asked for: classes.json maps them to null, and older exports still have them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from checks import shown
from checks.set_aside import set_aside
from sources import Source


@dataclass
class Retired:
    """How many answers in retired classes were set aside, by target and class; 0 where no row has one."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    # Rows that had no other answer.
    left_out: int = 0

    def sentence(self) -> str:
        """The retired classes in few words; empty without any."""
        parts = [
            f"{target} {', '.join(f'{shown(label)} ({count})' for label, count in counts.items())}"
            for target, counts in self.rows.items()
        ]
        return f"retired by classes.json, answers set aside: {'; '.join(parts)}" if parts else ""


def without_retired(
    sources: Sequence[Source], targets: Sequence[str], retired: Mapping[str, Collection[str]]
) -> tuple[list[Source], Retired]:
    """The rows without answers in retired classes. A row keeps its others; one without any is left out."""
    found = Retired({target: dict.fromkeys(sorted(names), 0) for target, names in retired.items() if names})
    kept, taken = set_aside(sources, targets, found.rows)
    for source, target in taken:
        found.rows[target][source.row[target]] += 1
    found.left_out = len(sources) - len(kept)
    return kept, found
