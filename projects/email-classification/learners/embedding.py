"""A frozen sentence encoder and a logistic regression a target: knows what words mean before it sees a row.

The encoder takes most of the time, so every text is encoded once a run. Needs scikit-learn to learn, but only
numpy, onnxruntime and tokenizers to answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from learners import UNSEEN, Matrix, Task, need
from learners.encoder import MODEL, SERVING_THREADS, TOKENIZER, Encoder

KNOBS: dict[str, Any] = {
    # Strength of the classifier: smaller is smoother.
    "C": 20.0,
    # What a mail has beyond is not read. A page of English has about 600 tokens.
    "max_tokens": 256,
}
SPACE: dict[str, list[Any]] = {"C": [3.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0]}
HOLDS_OUT = False

HEAD = "head.npz"
# More steps of lbfgs than any data here took (77 classes: some 200).
STEPS = 2000


@dataclass
class Embedding:
    """By target, weights (vector × classes) and bias, float32."""

    encoder: Encoder
    # The encoder's own, or one that remembers while a run goes on.
    encode: Callable[[Sequence[str]], Matrix]
    weights: dict[str, Matrix]
    bias: dict[str, Matrix]

    def margins(self, texts: Sequence[str]) -> dict[str, Matrix]:
        vectors = self.encode(texts)
        return {target: vectors @ weights + self.bias[target] for target, weights in self.weights.items()}

    def save(self, folder: Path) -> None:
        self.encoder.save(folder)
        # By position: a target may have a name that no file can.
        learned: dict[str, Any] = {
            f"{kind}{number}": values[target]
            for number, target in enumerate(self.weights)
            for kind, values in (("weights", self.weights), ("bias", self.bias))
        }
        np.savez(folder / HEAD, max_tokens=np.array(self.encoder.max_tokens), **learned)


def fit(task: Task, held: Task | None) -> Embedding:  # noqa: ARG001 (stops by itself)
    folder = need(task, "embedding", (MODEL, TOKENIZER))
    max_tokens = task.knobs["max_tokens"]
    encoder = task.memory.get("encoder") or Encoder(folder, max_tokens)
    task.memory["encoder"] = encoder
    known: dict[str, Matrix] = task.memory.setdefault("vectors", {})

    def encode(texts: Sequence[str]) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            task.progress("encode", 0.0, {})
            found = encoder.encode(new, lambda done: task.progress("encode", done, {}))
            known.update(zip(new, found, strict=True))
        return np.array([known[text] for text in texts], np.float32).reshape(-1, encoder.size)

    vectors = encode(task.texts)
    weights, bias = {}, {}
    for number, (target, classes) in enumerate(task.classes.items(), 1):
        task.progress("fit", (number - 1) / len(task.classes), {})
        rows, codes = task.known(target)
        weights[target], bias[target] = separate(vectors[rows], codes, len(classes), task.knobs["C"])
    task.progress("fit", 1.0, {})
    return Embedding(encoder, encode, weights, bias)


def separate(vectors: Matrix, codes: Any, classes: int, strength: float) -> tuple[Matrix, Matrix]:
    """Weights (vector × classes) and bias; classes that no row has get UNSEEN."""
    # Not on top: the serving environment has no scikit-learn.
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    weights = np.zeros((vectors.shape[1], classes), np.float32)
    bias = np.full(classes, UNSEEN, np.float32)
    seen = np.unique(codes)
    if len(seen) == 1:
        bias[seen] = 0.0
        return weights, bias
    # One thread: several add in another order, and wait for each other longer than they help.
    with threadpool_limits(1):
        learned = LogisticRegression(C=strength, max_iter=STEPS).fit(vectors, codes)
    if len(seen) == 2:
        # With two classes scikit-learn keeps the margin of the second only.
        weights[:, seen] = np.vstack([-learned.coef_, learned.coef_]).T / 2
        bias[seen] = np.hstack([-learned.intercept_, learned.intercept_]) / 2
    else:
        weights[:, seen], bias[seen] = learned.coef_.T, learned.intercept_
    return weights, bias


def load(folder: Path, classes: dict[str, list[str]]) -> Embedding:
    with np.load(folder / HEAD) as saved:
        encoder = Encoder(folder, int(saved["max_tokens"]), SERVING_THREADS)
        weights = {target: saved[f"weights{number}"] for number, target in enumerate(classes)}
        bias = {target: saved[f"bias{number}"] for number, target in enumerate(classes)}
    return Embedding(encoder, encoder.encode, weights, bias)
