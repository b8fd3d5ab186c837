"""Two models on the same rows: is one better, or was it luck?

Both answered the same rows, so what they agree on cancels out: a bootstrap of the rows gives the interval of
the difference in macro F1, and McNemar's exact test looks at the rows that only one of them got right
(McNemar, Psychometrika 12, 1947).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures import DRAWS, Interval, codes, interval, macro_f1, rounded
from resample import Matrix, sums

# The fewest rows, all in favour of one model, that McNemar's exact test tells from chance: 2 / 2**6 < 5 %.
FEWEST = 6
# Standard errors of a difference that a test of 5 % on two sides finds eight times in ten: 1.96 + 0.84.
FOUND = 2.8


@dataclass(frozen=True)
class Paired:
    """This model against another, in the figures of evaluation.json."""

    rows: int
    # Macro F1 of this one minus that of the other, and its 95 % interval.
    difference: float
    interval: Interval
    # Rows that only one of the two got right, and how probable such a split is between equals.
    only_this: int
    only_other: int
    p: float
    # The difference that so many rows tell from chance eight times in ten.
    detectable: float

    @property
    def better(self) -> bool:
        return self.interval[0] > 0

    @property
    def worse(self) -> bool:
        return self.interval[1] < 0

    def figures(self) -> str:
        low, high = self.interval
        return f"{self.difference:+.4f} [{low:+.4f}, {high:+.4f}]"

    def as_json(self, other: str) -> dict[str, Any]:
        """As evaluation.json has it.

        :param other: what the other model is called there, `champion` or `cheaper`
        """
        return {
            "difference": self.difference,
            "interval": self.interval,
            "rows": self.rows,
            "only_this": self.only_this,
            f"only_{other}": self.only_other,
            "mcnemar_p": self.p,
            "detectable": self.detectable,
        }


def compare(
    truth: list[str], this: list[str], other: list[str], seed: int, classes: list[str] | None = None
) -> Paired:
    """Compares the answers of two models, row by row.

    :param classes: those that macro F1 is the mean of; without them, all that occur
    """
    known = sorted({*truth, *this, *other}) if classes is None else classes
    true, mine, theirs = codes(known, truth, this, other)
    columns = np.hstack([true, mine, true * mine, theirs, true * theirs])
    drawn = sums(columns, len(truth), DRAWS, np.random.default_rng(seed))
    low, high = interval(difference(drawn))
    right = np.array([[a == b, a == c] for a, b, c in zip(truth, this, other, strict=True)])
    only_this, only_other = int((right[:, 0] > right[:, 1]).sum()), int((right[:, 1] > right[:, 0]).sum())
    return Paired(
        rows=len(truth),
        difference=rounded(difference(columns.sum(axis=0, keepdims=True))[0]),
        interval=[low, high],
        only_this=only_this,
        only_other=only_other,
        p=round(mcnemar(only_this, only_other), 6),
        # Models that hardly differ have a narrow interval, which says nothing about how far two models must
        # be apart to be told apart: never less than the fewest rows that tell.
        detectable=rounded(max(FOUND * float(difference(drawn).std()), FEWEST / len(truth))),
    )


def difference(drawn: Matrix) -> NDArray[np.float64]:
    true, mine, hit, theirs, their_hit = np.split(drawn, 5, axis=1)
    return macro_f1(true, mine, hit) - macro_f1(true, theirs, their_hit)


def mcnemar(one: int, other: int) -> float:
    """How probable a split at least as uneven is when each of the rows falls to either side alike (exact, two
    sides)."""
    total, term, tail = one + other, 1, 0
    for k in range(min(one, other) + 1):
        tail += term
        term = term * (total - k) // (k + 1)
    p: float = 2 * tail / 2**total
    return min(1.0, p)
