"""Learns to predict every target from the fields: TF-IDF of words and characters, a linear classifier a
target.

In:  input/data/train  rows.jsonl
Out: model/            model.joblib, labels.json, vocabulary.txt, and code/ so that the model answers with its
own code

    python train.py    (SAGEMAKER_BASE_DIR points at a folder laid out like /opt/ml)
"""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

import job
from baseline import vocabulary_of
from inference import MODEL_FILE, Model, softmax
from rows import Row, read_rows, text_of

# Words carry the meaning; character pieces survive typing errors and endings.
WORDS = {"ngram_range": (1, 2)}
CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 5)}
# Pieces of a single text teach nothing and are half of the model's size; float32 halves it again.
SHARED = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
# Strength of the classifier: smaller is smoother.
C = 0.5
# One row in five shows how sure the classifier may be.
CALIBRATION_SHARE = 0.2


def main() -> None:
    settings = job.read_settings(job.code_dir())
    started = time.monotonic()
    rows = read_rows(job.base_dir() / "input" / "data" / "train")
    model = fit(rows, settings)
    save(model, rows, settings["fields"], job.base_dir() / "model")
    print(f"rows={len(rows)} seconds={time.monotonic() - started:.2f}")


def fit(rows: Sequence[Row], settings: dict[str, Any]) -> Model:
    """A model as inference.py reads it. The same rows and seed give the same model."""
    fields = settings["fields"]
    texts = [text_of(row, fields) for row in rows]
    vectorizers = [TfidfVectorizer(**WORDS, **SHARED), TfidfVectorizer(**CHARACTERS, **SHARED)]
    features = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers], format="csr")
    for vectorizer in vectorizers:
        # A memory address that scikit-learn keeps as a cache key: all that would differ between two runs.
        vars(vectorizer).pop("_stop_words_id", None)
    targets = {}
    for target in settings["targets"]:
        # A correction names some targets only.
        known = [number for number, row in enumerate(rows) if target in row]
        labels = np.array([rows[number][target] for number in known])
        targets[target] = classifier(features[known], labels, settings["seed"])
        print(f"target={target} classes={len(targets[target]['labels'])} rows={len(known)}")
    return {"fields": fields, "vectorizers": vectorizers, "targets": targets}


def classifier(features: csr_matrix, labels: Any, seed: int) -> dict[str, Any]:
    """Margins by LinearSVC, made probabilities by one temperature.

    The temperature comes from rows the classifier has not seen, then the classifier learns from all rows. The
    two fits run one after the other: liblinear has one random generator a process, threads would share it.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    cut = round(len(labels) * CALIBRATION_SHARE)
    aside, rest = order[:cut], order[cut:]
    temperature = 1.0
    if len(np.unique(labels[rest])) > 1:
        classes, weights, bias = linear(features[rest], labels[rest], seed)
        # A class whose few rows are all aside has no margin to calibrate.
        aside = aside[np.isin(labels[aside], classes)]
        margins = features[aside] @ weights + bias
        temperature = fit_temperature(margins, np.searchsorted(classes, labels[aside]))
    classes, weights, bias = linear(features, labels, seed)
    return {
        "labels": classes.tolist(),
        "weights": weights.astype(np.float32),
        "bias": bias.astype(np.float32),
        "temperature": temperature,
    }


def linear(features: csr_matrix, labels: Any, seed: int) -> tuple[Any, Any, Any]:
    """Classes in order, weights (features × classes) and bias."""
    svc = LinearSVC(C=C, random_state=seed).fit(features, labels)
    weights, bias = svc.coef_.T, svc.intercept_
    if len(svc.classes_) == 2:
        # With two classes scikit-learn keeps the margin of the second only.
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return svc.classes_, np.ascontiguousarray(weights), bias


def fit_temperature(margins: Any, truth: Any) -> float:
    """The temperature under which the true classes are most probable."""
    if not len(truth):
        return 1.0
    at = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        probabilities = softmax(margins / np.exp(log_temperature))
        return float(-np.log(np.maximum(probabilities[at, truth], 1e-12)).mean())

    # From margins ten times as large to five percent: beyond, everything is certain or nothing is.
    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 2.3), method="bounded").x))


def save(model: Model, rows: Sequence[Row], fields: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / MODEL_FILE)
    labels = {target: learned["labels"] for target, learned in model["targets"].items()}
    job.write_json(folder / "labels.json", labels)
    words = vocabulary_of(text_of(row, fields) for row in rows)
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    shutil.copytree(
        job.code_dir(), folder / "code", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
    )


if __name__ == "__main__":
    job.run(main, "training")
