"""Learns to predict every target from the fields, with the learner that the settings name.

In:  input/data/train    rows.jsonl
     input/data/weights  files of the base model, where the learner has one
     checkpoints         what an interrupted run left, on spot
Out: model/              learner.json and the learner's own files, labels.json, calibration.json,
                         history.json, vocabulary.txt, and code/ so that the model answers with its own code

    python train.py    (SAGEMAKER_BASE_DIR points at a folder laid out like /opt/ml)

One row in five is set aside: a first fit on the others shows how sure the learner may be and from which
confidence on it answers; then all rows teach. What a learner is, and which there are: learners/__init__.py.
"""

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import job
from base_model import weights_of
from baseline import vocabulary_of, words
from calibration import Calibration, calibrate
from inference import Model
from learners import Learner, Task, learner
from learners import Model as Learned
from progress import Watch
from reading import text_of
from rows import Row, is_feedback, read_rows
from tuning import scores, tune

# Shares of the rows set aside: for a learner that learns again from all rows, and for one that does not.
ASIDE, ASIDE_FOR_GOOD = 0.2, 0.1
# Points of the learning curve, as shares of the rows that teach; the last is the calibration fit.
CURVE = (0.1, 0.25, 0.5)
# Beyond so many rows the curve's extra fits are no longer seconds.
CURVE_ROWS = 20_000


def main() -> None:
    settings = job.read_settings(job.code_dir())
    started = time.monotonic()
    data = job.base_dir() / "input" / "data"
    rows = read_rows(data / "train")
    weights = weights_of(data / "weights", settings)
    trained = learn(rows, settings, settings["learner"], weights, job.base_dir() / "checkpoints")
    save(trained, settings, job.base_dir() / "model")
    print(f"rows={len(rows)} seconds={time.monotonic() - started:.2f}")


@dataclass
class Trained:
    """A model as inference.py asks it, and what is known of how it came about."""

    model: Model
    knobs: dict[str, Any]
    history: list[dict[str, Any]]
    # What the model read, cleaned.
    texts: list[str]
    # By target, macro F1 on the rows set aside, of the fit that did not see them.
    validation: dict[str, float]


def learn(
    rows: Sequence[Row],
    settings: dict[str, Any],
    name: str,
    weights: Path | None,
    checkpoints: Path,
    curve: bool = True,
) -> Trained:
    """A calibrated model. The same rows, settings, weights and libraries give the same model.

    :param name: of the learner; FitCheaper names another than the settings do
    :param weights: folder of the base model's files; need not be there
    :param curve: whether to fit on parts of the rows as well, for the learning curve of the report
    :raises job.Refused: where there is no such learner, or its weights are missing
    """
    chosen, watch = learner(name), Watch(name)
    texts = [text_of(row, settings["fields"]) for row in rows]
    labels = {target: [row.get(target) for row in rows] for target in settings["targets"]}
    classes = {target: sorted({label for label in given if label}) for target, given in labels.items()}
    task = Task(
        texts=texts,
        labels=labels,
        classes=classes,
        seed=settings["seed"],
        weights=weights if weights and weights.is_dir() else None,
        checkpoints=checkpoints,
        knobs=dict(chosen.KNOBS),
        progress=watch,
    )
    fair = frozenset(number for number, row in enumerate(rows) if not is_feedback(row))
    share = ASIDE_FOR_GOOD if chosen.HOLDS_OUT else ASIDE
    rest, aside = set_aside(task, range(len(rows)), fair, share)
    print(f"train {name} learns from {len(rest)} rows, {len(aside)} are set aside to calibrate", flush=True)
    if settings.get("tune", 0) > 0:
        teach, check = set_aside(task, rest, fair, share)
        task.knobs = tune(chosen, task.part(teach), task.part(check), settings["tune"], watch)
    held = task.part(aside)
    watch.purpose = "" if chosen.HOLDS_OUT else "to calibrate"
    fitted = chosen.fit(task.part(rest), held)
    if curve and not chosen.HOLDS_OUT and len(rest) <= CURVE_ROWS:
        draw_curve(chosen, task, rest, held, watch)
    validation = point(watch, fitted, len(rest), held)
    watch.purpose = "on all rows"
    calibration = calibrated(fitted, task, held, settings)
    model = Model(
        learner=name,
        fields=list(settings["fields"]),
        classes=classes,
        learned=fitted if chosen.HOLDS_OUT else chosen.fit(task, None),
        calibration=calibration,
    )
    return Trained(model, task.knobs, watch.history, texts, validation)


def set_aside(
    task: Task, rows: Iterable[int], fair: frozenset[int], share: float
) -> tuple[list[int], list[int]]:
    """Of `rows` those that teach and those set aside: `share` of the known ones of every target.

    Drawn by a hash of seed and words, so that mails written from a form are on one side, as in rows.held_out.
    Corrections always teach: they are no fair sample. So does the last row of a class.
    """
    rows = list(rows)
    left = {target: Counter(given[row] for row in rows) for target, given in task.labels.items()}
    wanted = {target: round(share * (count.total() - count[None])) for target, count in left.items()}
    aside = set()
    for row in sorted(fair.intersection(rows), key=lambda row: (hashed(task.seed, task.texts[row]), row)):
        known = {target: label for target, given in task.labels.items() if (label := given[row]) is not None}
        if any(wanted[target] > 0 for target in known) and all(
            left[target][label] > 1 for target, label in known.items()
        ):
            aside.add(row)
            for target, label in known.items():
                left[target][label] -= 1
                wanted[target] -= 1
    return [row for row in rows if row not in aside], sorted(aside)


def hashed(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {' '.join(words(text))}".encode("utf-8", errors="replace")).digest()


def draw_curve(chosen: Learner, task: Task, rest: Sequence[int], held: Task, watch: Watch) -> None:
    """Points of the learning curve before the last: what more rows have brought, and so may bring."""
    order = sorted(rest, key=lambda row: hashed(task.seed + 1, task.texts[row]))
    for share in CURVE:
        rows = sorted(order[: round(share * len(order))])
        watch.purpose = f"for the learning curve, {len(rows)} rows"
        point(watch, chosen.fit(task.part(rows), held), len(rows), held)


def point(watch: Watch, model: Learned, rows: int, held: Task) -> dict[str, float]:
    """How good a model of so many rows is on those set aside, for the curve and for the person who waits."""
    found = scores(model, held)
    for target, score in found.items():
        watch.point("validation macro F1 by training rows", rows, score, target=target)
    measured = " ".join(f"{target}={score:.3f}" for target, score in found.items())
    print(f"train {watch.what} of {rows} rows: validation macro F1 {measured}", flush=True)
    return found


def calibrated(fitted: Learned, task: Task, held: Task, settings: dict[str, Any]) -> dict[str, Calibration]:
    """Every target's calibration, by what a model says of rows it has not seen."""
    margins, calibration = fitted.margins(held.texts), {}
    for target, classes in task.classes.items():
        _, codes = task.known(target)
        shares = np.bincount(codes, minlength=len(classes)) / len(codes)
        rows, truth = held.known(target)
        wanted = settings.get("abstain", {}).get(target, 0.0)
        found = calibrate(margins[target][rows], truth, wanted, [round(float(share), 6) for share in shares])
        print(
            f"target={target} classes={len(classes)} rows={len(codes)} "
            f"temperature={found.temperature:.3f} noise={found.noise:.3f} threshold={found.threshold:.3f}"
        )
        calibration[target] = found
    return calibration


def save(trained: Trained, settings: dict[str, Any], folder: Path) -> None:
    """Writes all that inference.py, evaluation and later runs need, in one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    model = trained.model
    about = {
        "name": model.learner,
        "fields": model.fields,
        "knobs": trained.knobs,
        "base_model": settings.get("base_model"),
    }
    job.write_json(folder / "learner.json", about)
    model.learned.save(folder)
    job.write_json(folder / "labels.json", model.classes)
    calibration = {target: found.as_json() for target, found in model.calibration.items()}
    job.write_json(folder / "calibration.json", calibration)
    job.write_json(folder / "history.json", trained.history)
    known = vocabulary_of(trained.texts)
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in known), encoding="utf-8")
    shutil.copytree(
        job.code_dir(), folder / "code", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
    )


if __name__ == "__main__":
    job.run(main, "training")
