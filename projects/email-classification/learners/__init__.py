"""Learners of this kind behind one interface, cheapest first: linear, embedding, transformer.

A learner is a module here. train.py hands it a Task, calibrates the Model it returns, and saves it;
inference.py loads it again by the name in learner.json. Each brings its own libraries, so it is imported only
when it is asked for: linear never needs onnxruntime, embedding never torch.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

import job

Matrix = NDArray[np.float32]
# A stage (`fit`, `encode`), the share of it that is done (0..1), and figures such as {"loss": 0.31}.
Progress = Callable[[str, float, dict[str, float]], None]

# The margin of a class that no row of a task has: no answer, whatever the temperature, and still a number.
UNSEEN = -1e4


def silent(stage: str, done: float, figures: dict[str, float]) -> None:
    """Progress that nobody watches."""


@dataclass
class Task:
    """What a learner is given."""

    # Cleaned, see reading.text_of.
    texts: list[str]
    # By target the class of each text, None where it is unknown: a correction names some targets only.
    labels: dict[str, list[str | None]]
    # By target, sorted: the columns of margins. Those of the whole run, so a part may lack rows of some.
    classes: dict[str, list[str]]
    seed: int
    # Folder of the base model's files; None for a learner that needs none.
    weights: Path | None
    # What an interrupted run of the same learner may have left; need not exist, and is kept only on spot.
    checkpoints: Path
    # The learner's KNOBS, or what tuning chose.
    knobs: dict[str, Any]
    progress: Progress = silent
    # What a learner keeps between fits on parts of the same rows, such as encodings. Parts share it.
    memory: dict[str, Any] = field(default_factory=dict)

    def part(self, rows: Sequence[int]) -> "Task":
        """The same task on some of its rows."""
        labels = {target: [given[row] for row in rows] for target, given in self.labels.items()}
        return replace(self, texts=[self.texts[row] for row in rows], labels=labels)

    def known(self, target: str) -> tuple[list[int], NDArray[np.intp]]:
        """The rows whose class of `target` is known, and its position in `classes[target]`."""
        position = {label: at for at, label in enumerate(self.classes[target])}
        rows = [row for row, label in enumerate(self.labels[target]) if label is not None]
        codes = [position[label] for label in self.labels[target] if label is not None]
        return rows, np.array(codes, dtype=np.intp)


class Model(Protocol):
    """What a learner learned."""

    def margins(self, texts: Sequence[str]) -> dict[str, Matrix]:
        """By target rows × classes, larger is likelier; before the temperature, which train.py finds.

        A class the model never saw has UNSEEN.
        """
        ...

    def save(self, folder: Path) -> None:
        """Writes the learner's own files into an existing folder; the same model writes the same bytes."""
        ...


class Learner(Protocol):
    """A module of this folder."""

    # Defaults of all knobs, and what tuning may try for some of them.
    KNOBS: dict[str, Any]
    SPACE: dict[str, list[Any]]
    # Whether fit() wants held rows (to stop early) and is called once. Otherwise train.py fits without the
    # rows set aside, calibrates, and fits again on all.
    HOLDS_OUT: bool

    def fit(self, task: Task, held: Task | None) -> Model:
        """Learns every target. The same task gives the same model.

        :param held: rows set aside, to watch the loss on and to stop by; None where all rows teach
        :raises job.Refused: where the base model's files are missing
        """
        ...

    def load(self, folder: Path, classes: dict[str, list[str]]) -> Model:
        """The model that save() wrote."""
        ...


def learner(name: str) -> Learner:
    """The learner of that name.

    :raises job.Refused: where this kind has none
    """
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise job.Refused(f"{name!r} is no learner of this kind: there is no learners/{name}.py") from None
    return cast("Learner", module)


def need(task: Task, name: str, files: Sequence[str]) -> Path:
    """The folder of the base model, with the files a learner cannot do without.

    :raises job.Refused: naming what is missing and how it comes
    """
    folder = task.weights
    missing = [file for file in files if folder is None or not (folder / file).is_file()]
    if folder is None or missing:
        raise job.Refused(
            f"learner {name} needs {', '.join(missing)} of its base model, and "
            f"{'the run has no weights' if folder is None else f'{folder} lacks them'}: "
            "name the files in base_models.yaml, then stage them with npm run weights -- <project>"
        )
    return folder
