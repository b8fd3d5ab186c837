"""What is measured of a model on held-out rows: metrics of one target, with bootstrapped intervals."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibrated import calibration_error, chance_error
from resample import Matrix, one_hot, sums

DRAWS = 2000

# By row and target: {"value", "confidence", "abstained"?}.
Answers = list[dict[str, dict[str, Any]]]
Answer = dict[str, Any]
Interval = list[float]


def measure(truth: list[str], answers: list[Answer], seed: int) -> dict[str, Any]:
    """The metrics of one target, as evaluation.json has them; all are from 0 to 1.

    `calibration_chance` is the error a perfectly calibrated model shows on average on so many rows, and
    `calibration_bound` the one it stays below 95 times in 100,
    `coverage` the share of answers that did not abstain, `selective_accuracy` their accuracy (None without
    any), and `threshold` the least confidence that was enough: 0 where none abstained, 1 where all did.
    """
    predicted = [answer["value"] for answer in answers]
    confidence = np.array([float(answer["confidence"]) for answer in answers])
    true, mine = codes(sorted({*truth, *predicted}), truth, predicted)
    hits = (true * mine).sum(axis=1) > 0
    columns = np.hstack([true, mine, true * mine])
    drawn = sums(columns, len(truth), DRAWS, np.random.default_rng(seed))
    right = np.split(drawn, 3, axis=1)[2].sum(axis=1) / len(truth)
    chance, most = chance_error(confidence, np.random.default_rng(seed))
    given = np.array([not answer.get("abstained", False) for answer in answers])
    return {
        "accuracy": rounded(hits.mean()),
        "accuracy_interval": interval(right),
        "macro_f1": rounded(macro_f1(*np.split(columns.sum(axis=0, keepdims=True), 3, axis=1))[0]),
        "macro_f1_interval": interval(macro_f1(*np.split(drawn, 3, axis=1))),
        "calibration_error": rounded(calibration_error(confidence, hits)),
        "calibration_chance": rounded(chance),
        "calibration_bound": rounded(most),
        "threshold": 0.0 if given.all() else rounded(confidence[given].min(initial=1.0)),
        "coverage": rounded(given.mean()),
        "selective_accuracy": rounded(hits[given].mean()) if given.any() else None,
    }


def codes(classes: list[str], *labellings: list[str]) -> list[Matrix]:
    """One-hot columns of each labelling; a label that is none of `classes` is in no column."""
    at = {label: index for index, label in enumerate(classes)}
    return [one_hot(np.array([at.get(label, -1) for label in said]), len(classes)) for said in labellings]


def macro_f1(true: Matrix, predicted: Matrix, both: Matrix) -> NDArray[np.float64]:
    """The mean F1 of the classes that occur in a draw, as a class or as an answer."""
    total = true + predicted
    f1 = np.divide(2 * both, total, out=np.zeros_like(total), where=total > 0)
    averages: NDArray[np.float64] = f1.sum(axis=1) / np.maximum((total > 0).sum(axis=1), 1)
    return averages


def interval(values: NDArray[np.float64]) -> Interval:
    """The middle 95 % of bootstrapped values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return [rounded(low), rounded(high)]


def rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)
