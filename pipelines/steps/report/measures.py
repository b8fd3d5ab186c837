"""The figures behind the charts of a report, from truth and answers of one target. Pure; numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibrated import BINS, bins_of
from resample import wilson
from rows import Row

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
Answers = list[dict[str, dict[str, Any]]]

PAIRS = 15
CURVE_POINTS = 80
# A share of fewer rows jumps with every single one.
FEWEST = 10
# The code of an answer that is missing.
NO_ANSWER = -1


@dataclass(frozen=True)
class Measured:
    """One target on the rows that have a truth for it. Codes are positions in `classes`."""

    target: str
    # Sorted: what the model knows, what the rows are, and what anybody answered.
    classes: list[str]
    # Positions of the rows among all rows.
    numbers: list[int]
    truth: Codes
    predicted: Codes
    confidence: Floats

    @property
    def hits(self) -> NDArray[np.bool_]:
        hits: NDArray[np.bool_] = self.truth == self.predicted
        return hits


def measure(target: str, rows: Sequence[Row], answers: Answers, labels: Sequence[str]) -> Measured:
    """
    :param labels: classes the model knows; one that no test row has is among the classes all the same
    """
    numbers = [n for n, row in enumerate(rows) if target in row and target in answers[n]]
    truth = [rows[n][target] for n in numbers]
    predicted = [str(answers[n][target]["value"]) for n in numbers]
    classes = sorted({*labels, *truth, *predicted})
    at = {label: position for position, label in enumerate(classes)}
    return Measured(
        target,
        classes,
        numbers,
        np.array([at[label] for label in truth], dtype=np.int64),
        np.array([at[label] for label in predicted], dtype=np.int64),
        np.array([float(answers[n][target]["confidence"]) for n in numbers]),
    )


def codes_of(measured: Measured, answers: Answers) -> Codes:
    """Another model's answers to the same rows; NO_ANSWER where it has none, or one of a class unknown
    here."""
    at = {label: position for position, label in enumerate(measured.classes)}
    given = [answers[n].get(measured.target) for n in measured.numbers]
    return np.array(
        [at.get(str(said["value"]), NO_ANSWER) if said else NO_ANSWER for said in given], np.int64
    )


def confusion(measured: Measured, predicted: Codes | None = None) -> Codes:
    """Rows by true class (down) and answered class (across)."""
    count = len(measured.classes)
    said = measured.predicted if predicted is None else predicted
    answered = said != NO_ANSWER
    cells = measured.truth[answered] * count + said[answered]
    return np.bincount(cells, minlength=count * count).reshape(count, count)


@dataclass(frozen=True)
class OfClass:
    """One line of the per-class table. A figure is None where nothing was there to measure."""

    name: str
    rows: int
    answered: int
    precision: float | None
    recall: float | None
    f1: float | None
    interval: tuple[float, float] | None
    # F1 of this model minus the champion's.
    change: float | None
    # The class it was most often taken for, and how often.
    taken_for: str
    taken: int


def by_class(measured: Measured, champion: Codes | None) -> list[OfClass]:
    """Worst F1 first; classes that no row has and nothing was answered for come last.

    The interval of F1 is Wilson's on hits / (hits + misses + false alarms), of which F1 is a function.
    """
    matrix = confusion(measured)
    hits, rows, answered = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    before = None
    if champion is not None:
        other = confusion(measured, champion)
        # A row without an answer is a miss: it counts below the line.
        before = f1_scores(np.diag(other), rows, other.sum(axis=0))
    scores = f1_scores(hits, rows, answered)
    lines = []
    for at, name in enumerate(measured.classes):
        seen = int(rows[at] + answered[at])
        errors = matrix[at].copy()
        errors[at] = 0
        worst = int(errors.argmax())
        share = wilson(int(hits[at]), seen - int(hits[at]))
        lines.append(
            OfClass(
                name,
                int(rows[at]),
                int(answered[at]),
                ratio(hits[at], answered[at]),
                ratio(hits[at], rows[at]),
                float(scores[at]) if seen else None,
                (2 * share[0] / (1 + share[0]), 2 * share[1] / (1 + share[1])) if seen else None,
                float(scores[at] - before[at]) if before is not None and seen else None,
                measured.classes[worst] if errors[worst] else "",
                int(errors[worst]),
            )
        )
    return sorted(lines, key=lambda line: (line.f1 is None, line.f1, line.name))


def f1_scores(hits: Codes, rows: Codes, answered: Codes) -> Floats:
    scores: Floats = 2 * hits / np.maximum(rows + answered, 1)
    return scores


def ratio(part: Any, whole: Any) -> float | None:
    return float(part / whole) if whole else None


@dataclass(frozen=True)
class Pair:
    """Rows of one class that were answered as another."""

    truth: str
    answered: str
    rows: int
    # Of all rows of the true class.
    share: float


def confused_pairs(measured: Measured, most: int = PAIRS) -> list[Pair]:
    """The pairs with most rows, then with the larger share."""
    matrix = confusion(measured)
    rows = matrix.sum(axis=1)
    names = measured.classes
    pairs = [
        Pair(names[i], names[j], int(matrix[i, j]), float(matrix[i, j] / rows[i]))
        for i, j in zip(*np.nonzero(matrix), strict=True)
        if i != j
    ]
    return sorted(pairs, key=lambda pair: (-pair.rows, -pair.share, pair.truth, pair.answered))[:most]


@dataclass(frozen=True)
class Bin:
    """Answers of about one confidence: how sure, and how often right."""

    confidence: float
    accuracy: float
    interval: tuple[float, float]
    rows: int


def reliability(measured: Measured) -> list[Bin | None]:
    """The bins that the calibration error is computed from, None where no answer lies in one."""
    at = bins_of(measured.confidence)
    bins: list[Bin | None] = []
    for number in range(BINS):
        inside = at == number
        rows = int(inside.sum())
        right = int(measured.hits[inside].sum())
        mean = float(measured.confidence[inside].mean()) if rows else 0.0
        bins.append(Bin(mean, right / rows, wilson(right, rows), rows) if rows else None)
    return bins


@dataclass(frozen=True)
class AtThreshold:
    """What happens when answers below a confidence are withheld."""

    threshold: float
    answered: float
    # None where too few answers are left to tell.
    accuracy: float | None


def by_threshold(measured: Measured) -> list[AtThreshold]:
    """The curve of share answered and accuracy of what is answered, along the threshold from 0 to 1."""
    order = np.argsort(measured.confidence, kind="stable")
    confidence = measured.confidence[order]
    right = np.cumsum(measured.hits[order][::-1])[::-1]
    total = len(confidence)
    points = []
    for threshold in np.linspace(0, 1, CURVE_POINTS + 1).tolist():
        below = int(np.searchsorted(confidence, threshold))
        left = total - below
        accuracy = float(right[below] / left) if left >= FEWEST else None
        points.append(AtThreshold(threshold, left / total, accuracy))
    return points


def worst_errors(measured: Measured, most: int) -> list[int]:
    """Positions in `measured` of the wrong answers, the surest first."""
    wrong = np.flatnonzero(~measured.hits)
    return [int(n) for n in wrong[np.argsort(-measured.confidence[wrong], kind="stable")][:most]]


def lost_to(measured: Measured, other: Codes, most: int) -> list[int]:
    """Positions of rows that the other model gets right and this one does not, the surest first."""
    lost = np.flatnonzero(~measured.hits & (other == measured.truth))
    return [int(n) for n in lost[np.argsort(-measured.confidence[lost], kind="stable")][:most]]
