"""The order of the classes in a confusion matrix: what is confused with each other stands side by side, so
that errors gather near the diagonal."""

import numpy as np
from numpy.typing import NDArray


def by_confusion(matrix: NDArray[np.int64]) -> list[int]:
    """Positions of the classes in the order to draw them.

    Chains of classes are joined, the most confused first (average linkage on the share of rows confused
    either way); of the four ways to join two chains, the one whose touching ends are confused most. What is
    confused with nothing keeps its place in the alphabet, at the end.
    """
    count = len(matrix)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    likeness = shares + shares.T
    np.fill_diagonal(likeness, 0)
    # Between chains: the sum over their pairs of classes, and the sizes to make it a mean.
    between = likeness.copy()
    sizes = np.ones(count)
    chains: list[list[int]] = [[number] for number in range(count)]
    for _ in range(count - 1):
        means = between / np.outer(sizes, sizes)
        first, second = sorted(int(n) for n in np.unravel_index(means.argmax(), means.shape))
        if means[first, second] <= 0:
            break
        chains[first] = joined(chains[first], chains[second], likeness)
        chains[second] = []
        between[first] += between[second]
        between[:, first] += between[:, second]
        between[first, first] = 0
        between[second] = between[:, second] = 0
        sizes[first] += sizes[second]
    # The chains with most in them first; Python's sort keeps equals in order.
    return [number for chain in sorted(chains, key=len, reverse=True) for number in chain]


def joined(left: list[int], right: list[int], likeness: NDArray[np.float64]) -> list[int]:
    ways = [(one, other) for one in (left, left[::-1]) for other in (right, right[::-1])]
    one, other = max(ways, key=lambda way: float(likeness[way[0][-1], way[1][0]]))
    return one + other
