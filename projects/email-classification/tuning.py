"""Looks for better knobs: a bounded random search, on rows set aside within the training rows.

Off unless `train.tune` of project.yaml names a number of trials. The first trial is the learner's own knobs,
so tuning finds nothing worse on its rows; calibration and test see other rows.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from learners import Learner, Model, Task
from progress import Watch


def draw(learner: Learner, trials: int, seed: int) -> list[dict[str, Any]]:
    """The knobs to try, each another: the learner's own, then random ones of its SPACE; fewer where that is
    small."""
    rng = np.random.default_rng(seed)
    drawn = [dict(learner.KNOBS)]
    # A space of few combinations is soon drawn whole; this many misses in a row end the search for another.
    misses = 0
    while len(drawn) < trials and misses < 100:
        knobs = dict(learner.KNOBS)
        for name, values in learner.SPACE.items():
            knobs[name] = values[int(rng.integers(len(values)))]
        misses = misses + 1 if knobs in drawn else 0
        if not misses:
            drawn.append(knobs)
    return drawn


def tune(learner: Learner, task: Task, held: Task, trials: int, watch: Watch) -> dict[str, Any]:
    """The knobs of the trial with the best macro F1 on `held`, the mean over targets; of equal ones the
    earlier."""
    scored: list[tuple[float, dict[str, Any]]] = []
    for number, knobs in enumerate(draw(learner, trials, task.seed), 1):
        task.knobs, watch.purpose = knobs, f"for trial {number}"
        score = float(np.mean(list(scores(learner.fit(task, held), held).values())))
        said = " ".join(f"{name}={knobs[name]}" for name in learner.SPACE)
        print(f"train {watch.what} tune {number} of {trials} macro_f1={score:.4f} {said}", flush=True)
        watch.point("tuning: macro F1 by trial", number, score, stage="tune", knobs=knobs)
        scored.append((score, knobs))
    return max(scored, key=lambda trial: trial[0])[1]


def scores(model: Model, held: Task) -> dict[str, float]:
    """Macro F1 by target on rows the model has not seen."""
    found = {}
    margins = model.margins(held.texts)
    for target, classes in held.classes.items():
        rows, truth = held.known(target)
        if rows:
            found[target] = macro_f1(truth, margins[target][rows].argmax(axis=1), len(classes))
    return found


def macro_f1(truth: NDArray[np.intp], said: NDArray[np.intp], classes: int) -> float:
    """The mean F1 of the classes that occur, as a class or as an answer."""
    both = np.bincount(truth[truth == said], minlength=classes)
    total = np.bincount(truth, minlength=classes) + np.bincount(said, minlength=classes)
    return float(np.mean(2 * both[total > 0] / total[total > 0])) if len(truth) else 0.0
