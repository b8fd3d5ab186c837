"""What the best of the cheaper learners makes of the same rows: the costlier one must earn its price.

In:  processing/input/train    rows.jsonl
     processing/input/test     rows.jsonl
     processing/input/weights  files of the base model, where a cheaper learner has one
Out: processing/output/cheaper/predictions.jsonl  a header line, then one answer a row, in the order of the
test rows

Which of them is best is asked of rows set aside within the training rows; the test rows are for the gate. A
transformer that beats a poor embedding is not worth its price where TF-IDF beats both.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import job
from base_model import weights_of
from inference import answer
from rows import read_rows
from train import Trained, learn


def main() -> str:
    settings = job.read_settings(job.code_dir())
    names = cheaper_than(settings)
    inputs = job.base_dir() / "processing" / "input"
    output = job.base_dir() / "processing" / "output" / "cheaper"
    output.mkdir(parents=True, exist_ok=True)
    rows, train = read_rows(inputs / "test"), read_rows(inputs / "train")
    weights = weights_of(inputs / "weights", settings)
    started = time.monotonic()
    fits: dict[str, Trained] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            fits[name] = learn(train, settings, name, weights, Path(scratch), curve=False)
    seconds = round(time.monotonic() - started, 2)
    reached = {name: validated(fit) for name, fit in fits.items()}
    # Of equal ones the cheapest.
    best = max(names, key=lambda name: reached[name])
    model = fits[best].model
    header = {"learner": best, "labels": model.classes, "seconds": seconds, "validation_macro_f1": reached}
    with (output / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for line in [header, *answer(model, rows)]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    others = "".join(f", {name} {score:.3f}" for name, score in reached.items() if name != best)
    return (
        f"{best} is held against (validation macro F1 {reached[best]:.3f}{others}): {seconds:.0f} s, "
        f"{len(rows)} test rows answered"
    )


def cheaper_than(settings: dict[str, Any]) -> list[str]:
    """The learners before that of the settings, the cheapest first; all of them fit in this environment."""
    last = settings.get("cheaper")
    if not last:
        raise job.Refused("settings.json names no cheaper learner: this step has nothing to fit")
    learners = settings.get("learners", [last])
    return list(learners[: learners.index(last) + 1])


def validated(trained: Trained) -> float:
    """The mean macro F1 over targets on the rows that were set aside."""
    return round(float(np.mean(list(trained.validation.values()))), 4)


if __name__ == "__main__":
    job.run(main, "processing")
