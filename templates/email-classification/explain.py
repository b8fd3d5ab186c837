"""Says which words spoke for an answer, for every learner alike: what the odds of it lose when a piece
of the text is left out.

That asks the model once a piece, so it is bounded in pieces and in time. A word that stands twice counts
little: left out once, it is still there.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reading import Reading

# By target a row for each text, probabilities in the order of the target's classes.
Probabilities = Callable[[Sequence[str]], Mapping[str, NDArray[np.floating[Any]]]]

MOST_PIECES = 48
# Texts a question: enough to be quick, few enough to stop in time.
BATCH = 8
# A text may take so many times what one took before: other requests are being answered beside this one.
MARGIN = 2.0
MOST_FOR, MOST_AGAINST = 10, 5
# Closer to 0 or 1 a probability is certain, and loses nothing.
LEAST = 1e-12
# Characters of a removed piece that are shown; a thread below a mail may be long.
SHOWN = 120
# Words; in scripts without spaces, two signs.
WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]{1,2}|[^\s\u2e80-\u9fff\uac00-\ud7af]+")


def explain(
    reading: Reading,
    probabilities: Probabilities,
    classes: Mapping[str, Sequence[str]],
    seconds: float = 2.0,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """What `inference.explain` answers for one row.

    :param seconds: no question is asked that would end later, as far as the last one tells; the whole text
        is asked in any case
    :returns: `targets`, by target the answered `value` and its `pieces`, those that spoke for it first, each
        with the `weight` that the logarithm of its odds, p / (1 - p), loses without it; `removed`, what was
        not read, from its beginning; `complete`, False where time ran out before each piece was left out
    """
    started = clock()
    text = reading.text
    sure = {target: rows[0] for target, rows in probabilities([text]).items()}
    best = {target: int(np.argmax(row)) for target, row in sure.items()}
    places = pieces(text)
    weights: dict[str, list[float]] = {target: [] for target in sure}
    asked = 0
    # The longest that a text took so far. The first may have been known already, since it was just answered:
    # questions grow from one text.
    each, size = clock() - started, 1
    while asked < len(places):
        before = clock()
        left = seconds - (before - started)
        size = min(size, len(places) if each <= 0 else int(left / (each * MARGIN)))
        if left <= 0 or size < 1:
            break
        batch = places[asked : asked + size]
        found = probabilities([text[:start] + text[end:] for start, end in batch])
        for target, rows in found.items():
            whole, without = sure[target][best[target]], rows[:, best[target]]
            weights[target] += (log_odds(whole) - log_odds(without)).tolist()
        asked += len(batch)
        each, size = max(each, (clock() - before) / len(batch)), min(2 * size, BATCH)
    return {
        "targets": {
            target: {
                "value": classes[target][best[target]],
                "pieces": strongest([text[start:end] for start, end in places], weights[target]),
            }
            for target in sure
        },
        "removed": [
            {
                "field": piece.field,
                "rule": piece.rule,
                "characters": len(piece.text),
                "text": piece.text[:SHOWN].encode("utf-8", "replace").decode(),
            }
            for piece in reading.removed
        ],
        "complete": asked == len(places),
    }


def pieces(text: str) -> list[tuple[int, int]]:
    """Where words begin and end; in a long text neighbours are one piece, at most MOST_PIECES."""
    words = [found.span() for found in WORD.finditer(text)]
    together = -(-len(words) // MOST_PIECES)
    groups = [words[at : at + together] for at in range(0, len(words), together or 1)]
    return [(group[0][0], group[-1][1]) for group in groups]


def strongest(texts: Sequence[str], weights: Sequence[float]) -> list[dict[str, Any]]:
    """The pieces that count, strongest for the answer first, strongest against it last."""
    # Three digits, however small: nothing that is left out moves a sure answer much, but the order counts.
    rounded = [(float(f"{weight:.3g}"), number) for number, weight in enumerate(weights)]
    ordered = sorted(rounded, key=lambda pair: (-pair[0], pair[1]))
    speak_for = [pair for pair in ordered if pair[0] > LEAST][:MOST_FOR]
    against = [pair for pair in ordered if pair[0] < -LEAST][-MOST_AGAINST:]
    return [{"text": texts[number], "weight": weight} for weight, number in [*speak_for, *against]]


def log_odds(probability: Any) -> Any:
    """Of odds, not of the probability: near certainty that hardly moves, whatever is left out."""
    certain = np.asarray(probability, dtype=np.float64)
    return np.log(np.maximum(certain, LEAST)) - np.log(np.maximum(1 - certain, LEAST))
