"""From margins to confidence, and from confidence to the decision to abstain. numpy only.

Both come from rows that the learner did not see (train.py sets them aside) and are kept in calibration.json.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from learners import UNSEEN, Matrix

# Margins ten times as large, to five percent of them: beyond, everything is certain or nothing is.
TEMPERATURES = (0.1, 20.0)
# Share of answers whose class is a matter of chance, whatever the text says: people label some mails wrongly.
NOISES = (0.0, 0.5)
# Temperature and noise are found in turns; they hardly move after some.
TURNS = 12
# Fewer answers than these tell nothing about how often such answers are right.
MIN_ROWS = 30
# An answer that is more likely wrong than right is no answer, however easily the others reach what is wanted.
UNLIKELY = 0.5


@dataclass
class Calibration:
    """How one target's margins become answers."""

    # Margins are divided by it before the softmax.
    temperature: float
    # Share of the probability that goes to all classes alike, after the softmax: no text is surer than that.
    noise: float
    # An answer of less confidence is given as abstained; 0 never abstains.
    threshold: float
    # Rows set aside that both come from; 0 where there was none: nothing is calibrated then.
    rows: int
    # Of these rows, how many of the answers above the threshold are right; None without such an answer.
    accuracy: float | None
    # How often the surest answers are right: where that is less than wanted, no threshold reaches it.
    surest: float
    # Share of each class among the rows that taught, in the order of the classes: what is known of an empty
    # mail.
    shares: list[float]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def probabilities(margins: Matrix, temperature: float, noise: float) -> NDArray[np.float64]:
    """The softmax of margins (rows × classes) at a temperature, with the noise that labels have.

    A temperature alone has one way to say that a tenth of the labels are wrong: to doubt every answer. With
    the noise apart, what is clear stays clear (Mnih & Hinton, "Learning to Label Aerial Images from Noisy
    Data", ICML 2012, here for classes that are mistaken alike).
    """
    scaled = margins.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    blurred: NDArray[np.float64] = (1 - noise) * shares + noise / shares.shape[1]
    return blurred


def calibrate(
    margins: Matrix, truth: NDArray[np.intp], wanted: float, shares: Sequence[float]
) -> Calibration:
    """One target's calibration.

    :param margins: of the rows set aside whose class is known
    :param truth: the classes of these rows, as columns of the margins
    :param wanted: how often an answer that is not abstained shall be right; 0 never abstains
    """
    # A class that only the rows set aside have: the model that all rows teach will know it, this one cannot.
    seen = margins[np.arange(len(truth)), truth] > UNSEEN if len(truth) else np.zeros(0, dtype=bool)
    margins, truth = margins[seen], truth[seen]
    if not len(truth):
        return Calibration(1.0, 0.0, 0.0, 0, None, 1.0, list(shares))
    temperature, noise = fitted(margins, truth)
    sure = probabilities(margins, temperature, noise)
    confidence, right = sure.max(axis=1), sure.argmax(axis=1) == truth
    bound, surest = threshold(confidence, right, wanted)
    answered = confidence >= bound
    accuracy = round(float(right[answered].mean()), 4) if answered.any() else None
    return Calibration(
        temperature=round(temperature, 6),
        noise=round(noise, 6),
        threshold=bound,
        rows=len(truth),
        accuracy=accuracy,
        surest=round(surest, 4),
        shares=list(shares),
    )


def fitted(margins: Matrix, truth: NDArray[np.intp]) -> tuple[float, float]:
    """The temperature and the noise under which the true classes are most probable."""
    at = np.arange(len(truth))

    def loss(temperature: float, noise: float) -> float:
        sure = probabilities(margins, temperature, noise)[at, truth]
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    low, high = (float(np.log(bound)) for bound in TEMPERATURES)
    logarithm, noise = 0.0, NOISES[0]
    for _ in range(TURNS):
        before = noise
        logarithm = lowest(lambda value: loss(float(np.exp(value)), noise), low, high)  # noqa: B023
        noise = lowest(lambda value: loss(float(np.exp(logarithm)), value), *NOISES)  # noqa: B023
        if abs(noise - before) < 1e-4:
            break
    return float(np.exp(logarithm)), noise


def lowest(loss: Callable[[float], float], low: float, high: float) -> float:
    """Where a loss with one minimum is lowest, by golden section; an end of the range where it lies there."""
    ends = [(loss(low), low), (loss(high), high)]
    golden = (np.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    below, above = loss(left), loss(right)
    while high - low > 1e-4:
        if below <= above:
            high, right, above = right, left, below
            left = high - golden * (high - low)
            below = loss(left)
        else:
            low, left, below = left, right, above
            right = low + golden * (high - low)
            above = loss(right)
    middle = (low + high) / 2
    return float(min([(loss(middle), middle), *ends])[1])


def threshold(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], wanted: float
) -> tuple[float, float]:
    """The lowest confidence from which on answers are right at least `wanted` of the time, and how often the
    surest ones are.

    Both must say so: what the calibrated confidences promise on average, and how many of these rows are
    right. The first alone believes a curve of two parameters, which is a point too sure at its upper end; the
    second alone looks for the luckiest cut. Where not even the surest answers are right so often, a threshold
    could only pick at random, and UNLIKELY alone counts.
    """
    if not wanted or len(confidence) < MIN_ROWS:
        return 0.0, 1.0
    order = np.argsort(-confidence, kind="stable")
    ordered, count = confidence[order], np.arange(1, len(order) + 1)
    promised, seen = np.cumsum(ordered) / count, np.cumsum(right[order]) / count
    surest = float(min(promised[MIN_ROWS - 1], seen[MIN_ROWS - 1 :].max()))
    # Answers that are equally sure are answered together.
    together = np.append(ordered[:-1] > ordered[1:], True)
    reached = np.flatnonzero((promised >= wanted) & (seen >= wanted) & (count >= MIN_ROWS) & together)
    if not len(reached):
        return UNLIKELY, surest
    # Rounded down, as answers are rounded: the row it was found at stays answered.
    last = reached[-1]
    found = float(np.floor(ordered[last] * 1e6) / 1e6) if last < len(ordered) - 1 else 0.0
    return max(found, UNLIKELY), surest
