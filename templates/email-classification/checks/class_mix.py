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
# A class of which so many rows are due and none comes is gone: chance does that once in 3,000 months.
SURE = 8
# A new name is about as frequent as the old one was, within this factor.
ALIKE = 2


@dataclass
class Moved:
    """A mix that moved: the share of rows that changed class, and the classes that moved most, each with its
    share before and now."""

    share: float
    classes: list[tuple[str, float, float]]


def renamed(before: Sequence[str], now: Sequence[str]) -> list[tuple[str, str]]:
    """Classes that are gone in one month, each with the new one that is closest in share, if one is close."""
    counts = Counter(before), Counter(now)
    if not before or not now:
        return []
    # So many rows were to be expected that none of them is no chance.
    gone = [
        label
        for label, count in counts[0].items()
        if not counts[1][label] and count / len(before) * len(now) >= SURE
    ]
    came = [label for label in counts[1] if not counts[0][label]]
    pairs = []
    for old in sorted(gone, key=lambda label: (-counts[0][label], label)):
        share = counts[0][old] / len(before)
        ratios = {new: counts[1][new] / len(now) / share for new in came}
        close = [new for new, ratio in ratios.items() if 1 / ALIKE <= ratio <= ALIKE]
        if close:
            best = min(close, key=lambda new: (abs(np.log(ratios[new])), new))
            came.remove(best)
            pairs.append((old, best))
    return pairs


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
