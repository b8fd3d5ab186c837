"""What a model's world looked like when it passed the gate: the reference that the monitor compares traffic
with.

Measured on held-out rows, never on training rows, where a model is surer than it will ever be in service.
numpy only: the monitor starts every hour and must not wait for scikit-learn.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# More rows sharpen nothing that matters at windows of some hundred, but make the monitor slow.
MOST_ROWS = 3000
WORD = re.compile(r"[^\W\d_]{2,}")
TEXT_COLUMNS = ("words", "unknown", "capitals", "length")


def words(text: str) -> list[str]:
    """The words of a text in lower case: letters only, since a new order number is no news."""
    return WORD.findall(text.casefold())


def vocabulary_of(texts: Iterable[str]) -> list[str]:
    """The words of at least two texts. A word of a single one is often a name, and would leave with the
    baseline."""
    once: set[str] = set()
    known: set[str] = set()
    for text in texts:
        found = set(words(text))
        known |= found & once
        once |= found
    return sorted(known)


def describe(texts: Sequence[str], vocabulary: frozenset[str]) -> NDArray[np.float64]:
    """A row of numbers for each text, in the order of TEXT_COLUMNS.

    Number of words, of them unknown ones, share of capitals among the letters, logarithm of the length.
    """
    described = np.zeros((len(texts), len(TEXT_COLUMNS)))
    for number, text in enumerate(texts):
        found = words(text)
        described[number] = (
            len(found),
            sum(word not in vocabulary for word in found),
            sum(map(str.isupper, text)) / max(sum(map(str.isalpha, text)), 1),
            np.log1p(len(text)),
        )
    return described


def statistics(
    texts: Sequence[str],
    answers: Sequence[dict[str, dict[str, Any]]],
    labels: dict[str, list[str]],
    vocabulary: list[str],
    errors: dict[str, dict[str, int]],
    seed: int,
) -> dict[str, Any]:
    """The content of statistics.json, complete in itself: no other file is needed to watch the model.

    :param errors: by target `rows` and `wrong` at the gate, which reported errors are compared with
    """
    picked = list(range(len(texts)))
    if len(picked) > MOST_ROWS:
        picked = sorted(np.random.default_rng(seed).choice(len(texts), MOST_ROWS, replace=False).tolist())
    described = describe([texts[number] for number in picked], frozenset(vocabulary))
    return {
        "version": 1,
        "rows": len(picked),
        "labels": labels,
        "predicted": {
            target: [known.index(answers[number][target]["value"]) for number in picked]
            for target, known in labels.items()
        },
        "confidence": {
            target: [round(float(answers[number][target]["confidence"]), 4) for number in picked]
            for target in labels
        },
        "text": {
            name: [round(float(value), 4) for value in described[:, column]]
            for column, name in enumerate(TEXT_COLUMNS)
        },
        "errors": errors,
        "vocabulary": vocabulary,
    }
