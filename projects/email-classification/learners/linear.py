"""TF-IDF of words and characters, a linear classifier a target: seconds on a CPU, and hard to beat below
10,000 rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from learners import UNSEEN, Matrix, Task

KNOBS: dict[str, Any] = {
    # Strength of the classifier: smaller is smoother.
    "C": 0.5,
    # Words carry the meaning; character pieces survive typing errors and endings.
    "words": 2,
    "characters": 4,
    # Pieces of a single text teach nothing and are half of the model's size.
    "min_rows": 2,
}
SPACE: dict[str, list[Any]] = {
    "C": [0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 2.0],
    "words": [1, 2, 3],
    "characters": [3, 4, 5, 6],
    "min_rows": [1, 2, 3],
}
HOLDS_OUT = False

FILE = "model.joblib"


@dataclass
class Linear:
    """By target, weights (features × classes) and bias, float32."""

    vectorizers: list[Any]
    weights: dict[str, Matrix]
    bias: dict[str, Matrix]

    def margins(self, texts: Sequence[str]) -> dict[str, Matrix]:
        if not len(texts):
            return {target: np.zeros((0, len(bias)), np.float32) for target, bias in self.bias.items()}
        features = features_of(self.vectorizers, texts)
        return {target: features @ weights + self.bias[target] for target, weights in self.weights.items()}

    def save(self, folder: Path) -> None:
        joblib.dump(
            {"vectorizers": self.vectorizers, "weights": self.weights, "bias": self.bias}, folder / FILE
        )


def fit(task: Task, held: Task | None) -> Linear:  # noqa: ARG001 (stops by itself)
    """The targets one after the other: liblinear has one random generator a process, which threads would
    share."""
    vectorizers = vectorizers_of(task.knobs)
    task.progress("fit", 0.0, {})
    features = hstack([vectorizer.fit_transform(task.texts) for vectorizer in vectorizers], format="csr")
    for vectorizer in vectorizers:
        # A memory address that scikit-learn keeps as a cache key: all that would differ between two runs.
        vars(vectorizer).pop("_stop_words_id", None)
    weights, bias = {}, {}
    # Counting the pieces takes about as long as a target.
    steps = len(task.classes) + 1
    for number, (target, classes) in enumerate(task.classes.items(), 1):
        task.progress("fit", number / steps, {})
        rows, codes = task.known(target)
        weights[target], bias[target] = separate(
            features[rows], codes, len(classes), task.knobs["C"], task.seed
        )
    task.progress("fit", 1.0, {})
    return Linear(vectorizers, weights, bias)


def vectorizers_of(knobs: dict[str, Any]) -> list[Any]:
    shared = {"min_df": knobs["min_rows"], "sublinear_tf": True, "dtype": np.float32}
    return [
        TfidfVectorizer(ngram_range=(1, knobs["words"]), **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, knobs["characters"]), **shared),
    ]


def features_of(vectorizers: Sequence[Any], texts: Sequence[str]) -> csr_matrix:
    return hstack([vectorizer.transform(texts) for vectorizer in vectorizers], format="csr")


def separate(
    features: csr_matrix, codes: Any, classes: int, strength: float, seed: int
) -> tuple[Matrix, Matrix]:
    """Weights (features × classes) and bias; classes that no row has get UNSEEN."""
    weights = np.zeros((features.shape[1], classes), np.float32)
    bias = np.full(classes, UNSEEN, np.float32)
    seen = np.unique(codes)
    if len(seen) == 1:
        bias[seen] = 0.0
        return weights, bias
    svc = LinearSVC(C=strength, random_state=seed).fit(features, codes)
    if len(seen) == 2:
        # With two classes scikit-learn keeps the margin of the second only.
        weights[:, seen] = np.vstack([-svc.coef_, svc.coef_]).T
        bias[seen] = np.hstack([-svc.intercept_, svc.intercept_])
    else:
        weights[:, seen], bias[seen] = svc.coef_.T, svc.intercept_
    return weights, bias


def load(folder: Path, classes: dict[str, list[str]]) -> Linear:  # noqa: ARG001 (the bias has their number)
    return Linear(**joblib.load(folder / FILE))
