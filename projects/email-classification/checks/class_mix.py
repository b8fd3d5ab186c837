"""Whether the classes of one month are mixed like those of the months before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drift import chi_square

# Below this on either side a mix says nothing.
MIN_ROWS = 30
DRAWS = 5000
# One mix in a thousand is called moved when nothing did: with a month's export of three targets, once in 28
# years.
CHANCE = 0.001
# Of the rows, as many must be in other classes: many rows make every small change sure, and none of interest.
MOVED = 0.1
NAMED = 3


@dataclass
class Moved:
    """A mix that moved: the share of rows that changed class, and the classes that moved most, each with its
    share before and now."""

    share: float
    classes: list[tuple[str, float, float]]


def moved(before: Sequence[str], now: Sequence[str], seed: int) -> Moved | None:
    """Compares two months' classes; None where they are alike, or too few to tell.

    Chi-square with a permutation p: the months are dealt anew `DRAWS` times from all rows together, which
    holds for rare classes too.
    """
    if min(len(before), len(now)) < MIN_ROWS:
        return None
    counts = Counter(before), Counter(now)
    labels = sorted(counts[0] | counts[1])
    old, new = (np.array([count[label] for label in labels], dtype=np.int64) for count in counts)
    gaps = new / len(now) - old / len(before)
    share = float(np.abs(gaps).sum() / 2)
    if share < MOVED:
        return None
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(
        old + new, len(now), size=DRAWS, method="marginals"
    )
    # Column sums are the same in every deal, so the rest is what remains.
    sizes = len(now), len(before)
    drawn = chi_square(dealt.astype(float), sizes[0], (old + new - dealt).astype(float), sizes[1])
    seen = chi_square(new[None].astype(float), sizes[0], old[None].astype(float), sizes[1])[0]
    p = float((1 + np.count_nonzero(drawn >= seen - 1e-9)) / (1 + DRAWS))
    if p >= CHANCE:
        return None
    most = np.argsort(-np.abs(gaps), kind="stable")[:NAMED]
    return Moved(share, [(labels[i], old[i] / len(before), new[i] / len(now)) for i in most])
