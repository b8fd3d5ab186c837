"""Whether confidence means what it says: of the answers given with 0.9, nine in ten are right.

The error of a finite sample is never zero, not even of a model whose confidences are exactly right: 100 rows
in 15 bins show some 0.06 by chance alone. So the error is compared with what such a model would show on as
many rows, after the consistency resampling of Bröcker & Smith, "Increasing the Reliability of Reliability
Diagrams", Weather and Forecasting 22 (2007), and the test of Vaicenavicius et al., "Evaluating model
calibration in classification", AISTATS 2019.
"""

import numpy as np
from numpy.typing import NDArray

from resample import CELLS

BINS = 15
DRAWS = 1000
# How sure one must be that an error is more than chance before a model is refused for it.
LEVEL = 0.95


def calibration_error(confidence: NDArray[np.float64], hits: NDArray[np.bool_]) -> float:
    """How far confidence is from the share of right answers, on average over 15 bins of confidence."""
    gaps = np.bincount(bins_of(confidence), weights=confidence - hits, minlength=BINS)
    return float(np.abs(gaps).sum() / len(hits))


def chance_error(confidence: NDArray[np.float64], rng: np.random.Generator) -> tuple[float, float]:
    """The error that a perfectly calibrated model shows on average, and the one that it stays below 95 times
    in 100, on rows of these confidences.

    Such a model is right with exactly the probability it states, so hits are drawn from the confidences. The
    confidences themselves are kept: the question is about this model on these rows.
    """
    rows, bins = len(confidence), bins_of(confidence)
    member = (bins[:, None] == np.arange(BINS)).astype(np.float64)
    expected = confidence @ member
    step = max(1, CELLS // rows)
    errors = []
    for start in range(0, DRAWS, step):
        hits = rng.random((min(step, DRAWS - start), rows)) < confidence
        errors.append(np.abs(hits @ member - expected).sum(axis=1) / rows)
    drawn = np.concatenate(errors)
    return float(drawn.mean()), float(np.quantile(drawn, LEVEL))


def bins_of(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    bins: NDArray[np.int64] = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return bins
