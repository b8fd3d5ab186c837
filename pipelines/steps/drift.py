"""Compares windows of traffic with the baseline, statistic by statistic, each against a bootstrapped
threshold.

What is watched: the mix of predicted labels and the confidence of every target, the rate of unknown words,
the share of capitals and the length. Known limits: a class of few percent that vanishes is not seen at some
hundred rows, and mails of one caller in a row look like drift, since windows are taken for independent rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baseline import TEXT_COLUMNS, describe
from resample import Matrix, one_hot, sums

DRAWS = 8000
# Of windows without drift, 1 in 1000 exceeds some threshold: an hourly monitor is wrong every six weeks at
# worst.
FALSE_ALARMS = 0.001
# The statistics are brought to one scale by this quantile before the largest is looked at.
SCALE = 0.95
# Differences this small concern nobody, and keep a threshold off zero where a small baseline hardly varies:
# mean rank of the confidence, unknown words, share of capitals, logarithm of the length, chi-square.
SMALLEST = {"confidence": 0.03, "unknown_words": 0.005, "capitals": 0.015, "length": 0.03, "labels": 1.0}


@dataclass
class Reference:
    """A baseline in columns, ready to be summed: one-hot labels and confidence by target, then
    TEXT_COLUMNS."""

    labels: dict[str, list[str]]
    vocabulary: frozenset[str]
    # By target, sorted: confidence is compared by its rank among these, since the few unsure answers of a
    # nearly perfect target would decide over any mean.
    confidence: dict[str, NDArray[np.float64]]
    columns: Matrix


def read_reference(statistics: dict[str, Any]) -> Reference:
    """The content of statistics.json, see baseline.statistics."""
    labels: dict[str, list[str]] = statistics["labels"]
    confidence = {target: np.array(statistics["confidence"][target], dtype=np.float64) for target in labels}
    ranked = {target: np.sort(values) for target, values in confidence.items()}
    parts = []
    for target, known in labels.items():
        parts.append(one_hot(np.array(statistics["predicted"][target], dtype=np.int64), len(known)))
        parts.append(ranks(confidence[target], ranked[target]))
    parts += [np.array(statistics["text"][name], dtype=np.float64)[:, None] for name in TEXT_COLUMNS]
    return Reference(labels, frozenset(statistics["vocabulary"]), ranked, np.hstack(parts))


def traffic_columns(
    reference: Reference, texts: list[str], answers: list[dict[str, dict[str, Any]]]
) -> Matrix:
    """Captured rows in the columns of the reference. A label the baseline never knew is in none of its
    columns."""
    parts = []
    for target, known in reference.labels.items():
        code = {label: index for index, label in enumerate(known)}
        predicted = np.array([code.get(answer[target]["value"], -1) for answer in answers], dtype=np.int64)
        # Rounded as in the baseline, or equal confidences would not be equal.
        confidence = np.array([round(float(answer[target]["confidence"]), 4) for answer in answers])
        parts.append(one_hot(predicted, len(known)))
        parts.append(ranks(confidence, reference.confidence[target]))
    return np.hstack([*parts, describe(texts, reference.vocabulary)])


def ranks(values: NDArray[np.float64], ordered: NDArray[np.float64]) -> Matrix:
    """The share of the ordered values below each value, ties counted half; one column."""
    below, through = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    column: Matrix = ((below + through) / (2 * len(ordered)))[:, None]
    return column


def compare(
    labels: dict[str, list[str]], window: Matrix, size: int, against: Matrix, rows: int
) -> dict[str, NDArray[np.float64]]:
    """The statistics of windows by their sums (windows × columns), each against its line of reference
    sums."""
    values: dict[str, NDArray[np.float64]] = {}
    column = 0
    for target, known in labels.items():
        end = column + len(known)
        values[f"{target}.labels"] = chi_square(window[:, column:end], size, against[:, column:end], rows)
        column = end
        values[f"{target}.confidence"] = np.abs(window[:, column] / size - against[:, column] / rows)
        column += 1
    mine, theirs = (dict(zip(TEXT_COLUMNS, part[:, column:].T, strict=True)) for part in (window, against))
    unknown = [text["unknown"] / np.maximum(text["words"], 1) for text in (mine, theirs)]
    values["unknown_words"] = np.abs(unknown[0] - unknown[1])
    for name in ("capitals", "length"):
        values[name] = np.abs(mine[name] / size - theirs[name] / rows)
    return values


def chi_square(window: Matrix, size: int, against: Matrix, rows: int) -> NDArray[np.float64]:
    """The two-sample chi-square of label counts, for samples of different size."""
    total = window + against
    gap = np.sqrt(rows / size) * window - np.sqrt(size / rows) * against
    statistic: NDArray[np.float64] = np.divide(gap * gap, total, out=np.zeros_like(gap), where=total > 0).sum(
        axis=1
    )
    return statistic


def thresholds(reference: Reference, size: int, seed: int) -> dict[str, float]:
    """Thresholds for windows of exactly `size` rows, so that one window in 1000 without drift exceeds any of
    them.

    Each draw takes a window *and* a new reference from the baseline's rows: a baseline of some hundred rows
    is itself a sample, and thresholds that forget it raise an alarm in more than half of the windows without
    drift.
    """
    rng = np.random.default_rng(seed)
    rows = len(reference.columns)
    window = sums(reference.columns, size, DRAWS, rng)
    against = sums(reference.columns, rows, DRAWS, rng)
    drawn = compare(reference.labels, window, size, against, rows)
    scale = {name: float(np.quantile(values, SCALE)) + 1e-9 for name, values in drawn.items()}
    largest = np.max([drawn[name] / scale[name] for name in drawn], axis=0)
    factor = float(np.quantile(largest, 1 - FALSE_ALARMS))
    return {name: max(factor * scale[name], SMALLEST[name.rsplit(".", 1)[-1]]) for name in drawn}


def windows_of(records: int, size: int) -> list[slice]:
    """Windows of exactly `size` records; the last one is always the newest `size`, so it may overlap the one
    before."""
    starts = list(range(0, records - size + 1, size))
    if starts and starts[-1] + size < records:
        starts.append(records - size)
    return [slice(start, start + size) for start in starts]


def judge_windows(reference: Reference, traffic: Matrix, size: int, seed: int) -> dict[str, Any]:
    """Score and statistics over all windows: medians, so that one odd window among many wakes nobody.

    :returns: `score`, the median over windows of the largest value / threshold (None without a full window),
        and `statistics`, each with its own median value
    """
    windows = windows_of(len(traffic), size)
    if not windows:
        return {"score": None, "statistics": {}, "windows": 0}
    limits = thresholds(reference, size, seed)
    mine = np.array([traffic[window].sum(axis=0) for window in windows])
    against = reference.columns.sum(axis=0, keepdims=True).repeat(len(windows), axis=0)
    values = compare(reference.labels, mine, size, against, len(reference.columns))
    ratios = np.array([values[name] / limits[name] for name in values])
    statistics = {}
    for name, found in values.items():
        value = float(np.median(found))
        statistics[name] = {
            "value": round(value, 6),
            "threshold": round(limits[name], 6),
            "ratio": round(value / limits[name], 4),
        }
    score = round(float(np.median(ratios.max(axis=0))), 4)
    return {"score": score, "statistics": statistics, "windows": len(windows)}
