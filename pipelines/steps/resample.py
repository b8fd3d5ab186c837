"""The bootstrap under every interval and threshold here: sums of columns over rows drawn with replacement."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

# Rows times draws that are counted at once: 32 MB of counts.
CELLS = 4_000_000


def sums(columns: Matrix, size: int, draws: int, rng: np.random.Generator) -> Matrix:
    """Draws `size` of the rows, `draws` times, and returns the sum of each column in each draw (draws ×
    columns).

    Accuracy, F1, chi-square and means are all functions of such sums, so that one matrix product does the
    work.
    """
    rows = len(columns)
    step = max(1, CELLS // max(rows, size))
    parts = []
    for start in range(0, draws, step):
        count = min(step, draws - start)
        picked = rng.integers(0, rows, size=(count, size)) + np.arange(count)[:, None] * rows
        weights = np.bincount(picked.ravel(), minlength=count * rows).reshape(count, rows)
        parts.append(weights.astype(np.float64) @ columns)
    return np.concatenate(parts)


def one_hot(values: NDArray[np.int64], count: int) -> Matrix:
    """A column for each of `count` classes; a value outside 0..count-1 is in none."""
    columns: Matrix = (values[:, None] == np.arange(count)).astype(np.float64)
    return columns


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a rate. Never of width zero, unlike a bootstrap of rows that are all alike."""
    if total == 0:
        return 0.0, 1.0
    z = 1.96
    rate = hits / total
    middle = rate + z * z / (2 * total)
    half = z * float(np.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total)))
    scale = 1 + z * z / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
