"""Answers rows with a trained model, whichever learner made it: in the server, in evaluation, and as the
champion of a later run.

`load(model_dir)` and `answer(model, rows)` are a contract that later versions of the pipeline rely on: a
model in service is asked through the code that was packed with it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import job
from calibration import Calibration, probabilities
from explain import explain as explained
from learners import Model as Learned
from learners import learner
from reading import read as read_row
from reading import text_of
from rows import Row
from server import Service, serve

# Rows a learner is given at once: enough to fill a machine, few enough to bound the memory of long mails.
BATCH = 256


@dataclass
class Model:
    """A learner's model with all it takes to answer."""

    # Name of the learner, see learners/.
    learner: str
    fields: list[str]
    # By target, in the order of the learner's margins.
    classes: dict[str, list[str]]
    learned: Learned
    calibration: dict[str, Calibration]


def load(model_dir: Path) -> Model:
    """The model that train.py saved; needs the libraries of its learner's serving environment only."""
    folder = Path(model_dir)
    about = read(folder / "learner.json")
    classes = read(folder / "labels.json")
    calibration = {
        target: Calibration(**found) for target, found in read(folder / "calibration.json").items()
    }
    learned = learner(about["name"]).load(folder, classes)
    return Model(about["name"], about["fields"], classes, learned, calibration)


def answer(model: Model, rows: Sequence[Row]) -> list[dict[str, dict[str, Any]]]:
    """For each row, by target, the most probable class (`value`), its calibrated probability (`confidence`),
    and whether that is too little to act on (`abstained`).

    A mail with nothing left to read is answered by how frequent the classes are, and abstained.
    """
    texts = [text_of(row, model.fields) for row in rows]
    answers: list[dict[str, dict[str, Any]]] = [{} for _ in rows]
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for target, sure in probable(model, batch).items():
            for number, best in enumerate(sure.argmax(axis=1)):
                confidence = round(float(sure[number, best]), 6)
                abstained = not batch[number] or confidence < model.calibration[target].threshold
                value = model.classes[target][best]
                answers[start + number][target] = {
                    "value": value,
                    "confidence": confidence,
                    "abstained": abstained,
                }
    return answers


def probable(model: Model, texts: Sequence[str], noisy: bool = True) -> dict[str, NDArray[np.float64]]:
    """By target the probabilities of cleaned texts (rows × classes, in the order of `model.classes`).

    :param noisy: with the noise that labels have, without which an explanation tells more of a sure answer
    """
    empty = [not text for text in texts]
    found = {}
    for target, margins in model.learned.margins(texts).items():
        calibration = model.calibration[target]
        found[target] = probabilities(margins, calibration.temperature, calibration.noise if noisy else 0.0)
        found[target][empty] = calibration.shares
    return found


def explain(model: Model, row: Row, seconds: float = 2.0) -> dict[str, Any]:
    """Which pieces of a row spoke for its answers, and what was not read at all; see explain.py."""
    reading = read_row(row, model.fields)
    return explained(reading, lambda texts: probable(model, texts, noisy=False), model.classes, seconds)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    fields = job.read_settings(job.code_dir())["fields"]

    def loaded() -> Service:
        model = load(job.base_dir() / "model")
        # The first answer is slow (lazy imports, cold caches): let nobody wait for it.
        answer(model, [dict.fromkeys(fields, "warm up")])
        return Service(lambda rows: answer(model, rows), lambda row, seconds: explain(model, row, seconds))

    serve(loaded, fields)


if __name__ == "__main__":
    main()
