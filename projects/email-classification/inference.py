"""Answers rows with a trained model: in the server, in evaluation, and as the champion of a later run.

`load(model_dir)` and `answer(model, rows)` are a contract that later versions of the pipeline rely on: a
model in service is asked through the code that was packed with it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack

import job
from rows import Row, text_of
from server import serve

MODEL_FILE = "model.joblib"

Model = dict[str, Any]


def load(model_dir: Path) -> Model:
    """The model train.py wrote: `fields`, `vectorizers` and, by target, `labels`, `weights`, `bias`,
    `temperature`."""
    model: Model = joblib.load(Path(model_dir) / MODEL_FILE)
    return model


def answer(model: Model, rows: Sequence[Row]) -> list[dict[str, dict[str, Any]]]:
    """For each row the most probable class of each target, with its calibrated probability."""
    if not rows:
        return []
    features = features_of(model["vectorizers"], [text_of(row, model["fields"]) for row in rows])
    answers: list[dict[str, dict[str, Any]]] = [{} for _ in rows]
    for target, learned in model["targets"].items():
        probabilities = softmax((features @ learned["weights"] + learned["bias"]) / learned["temperature"])
        for number, best in enumerate(probabilities.argmax(axis=1)):
            confidence = round(float(probabilities[number, best]), 6)
            answers[number][target] = {"value": learned["labels"][best], "confidence": confidence}
    return answers


def features_of(vectorizers: Sequence[Any], texts: Sequence[str]) -> csr_matrix:
    return hstack([vectorizer.transform(texts) for vectorizer in vectorizers], format="csr")


def softmax(margins: Any) -> Any:
    """Probabilities from margins (rows × classes), safe for large ones."""
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def main() -> None:
    fields = job.read_settings(job.code_dir())["fields"]

    def loaded() -> Any:
        model = load(job.base_dir() / "model")
        # The first answer is slow (lazy imports, cold caches): let nobody wait for it.
        answer(model, [dict.fromkeys(fields, "warm up")])
        return lambda rows: answer(model, rows)

    serve(loaded, fields)


if __name__ == "__main__":
    main()
