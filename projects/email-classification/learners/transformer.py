"""The encoder fine-tuned, with a linear head a target: needs a GPU or some minutes of patience, and the most
rows.

Torch is here while it learns (finetuning.py). What is saved is ONNX (onnx_export.py), so serving needs
onnxruntime and tokenizers only, and margins come from the exported network already when train.py calibrates:
what is calibrated is what answers.

The same task gives the same model on the same type of machine: orders and dropout follow the seed, algorithms
are deterministic ones. Another processor, GPU or number of cores adds in another order and gives other last
digits.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import finalize

import job
from learners import Matrix, Task, need
from learners.encoder import BATCH_ROWS, SERVING_THREADS, Encoder

# Files of the base model that training reads.
FILES = ("config.json", "model.safetensors", "tokenizer.json")

KNOBS: dict[str, Any] = {
    # "lora" learns small matrices beside the frozen ones, "full" every layer above the word vectors: on 8,500
    # rows as good, at more than twice the time.
    "method": "lora",
    "rank": 16,
    "alpha": 32,
    # Beside the dropout of the encoder itself; on a CPU it costs a quarter of the time.
    "dropout": 0.0,
    # Peak learning rate; None takes what suits the method (RATES in finetuning.py).
    "rate": None,
    "warm_up": 0.1,
    "decay": 0.01,
    "clip": 1.0,
    "smoothing": 0.0,
    # Rows a step, and epochs at most; None takes what suits the number of rows (plan in batches.py). It ends
    # earlier when macro F1 on the held rows has not risen for `patience` epochs: the first may cost some,
    # while the rate is high, and the last gain most.
    "batch": None,
    "epochs": None,
    "patience": 3,
    # A text's first tokens; a word is one or two. Time grows with what texts have, not with this.
    "max_tokens": 256,
    # A class weighs (mean rows of a class / its rows) to this power, at most the cap: 0 weighs all rows
    # alike.
    "class_weights": 0.5,
    "class_weight_cap": 4.0,
    # Of the model that answers: "int8" for a CPU, a quarter of the size and twice as fast; "float32" for a
    # GPU, which runs int8 slower than that.
    "precision": "int8",
    # How much work an interruption may cost.
    "checkpoint_seconds": 60.0,
}
SPACE: dict[str, list[Any]] = {
    "rate": [5e-4, 1e-3, 2e-3],
    "rank": [8, 16, 32],
    "smoothing": [0.0, 0.1],
    "class_weights": [0.0, 0.5],
}
HOLDS_OUT = True

PRECISIONS = ("int8", "float32")

# The columns of the network's one output, by target in order, and how it reads a text.
LAYOUT = "heads.json"


class Model:
    """A fine-tuned network, exported."""

    def __init__(
        self,
        folder: Path,
        classes: dict[str, list[str]],
        layout: dict[str, Any],
        threads: int = 0,
        owned: TemporaryDirectory[str] | None = None,
    ) -> None:
        """
        :param folder: holds model.onnx and tokenizer.json, as long as the model lives
        :param owned: that folder, where it goes when the model goes
        """
        # Activations get one scale a run, so rows that are run together change each other's answers: of 1,475
        # rows 1 %. Alone they take hardly longer (2.0 instead of 1.8 ms of a core).
        rows = 1 if layout["precision"] == "int8" else BATCH_ROWS
        self.network = Encoder(folder, int(layout["max_tokens"]), threads, rows)
        self.classes, self.layout = classes, layout
        if owned:
            finalize(self, owned.cleanup)
        gpu = "CUDAExecutionProvider" in self.network.session.get_providers()
        if gpu and layout["precision"] == "int8":
            print(
                'a model in int8 on a GPU is slow: train with precision "float32" in learners/transformer.py'
            )

    def margins(self, texts: Sequence[str]) -> dict[str, Matrix]:
        return self.by_target(self.network.encode(texts))

    def by_target(self, rows: Matrix) -> dict[str, Matrix]:
        """Splits the network's output (rows × classes of all targets, in order)."""
        margins, start = {}, 0
        for target, classes in self.classes.items():
            margins[target] = rows[:, start : start + len(classes)]
            start += len(classes)
        return margins

    def save(self, folder: Path) -> None:
        self.network.save(folder)
        (folder / LAYOUT).write_text(json.dumps(self.layout, indent=2) + "\n", encoding="utf-8")


def fit(task: Task, held: Task | None) -> Model:
    """Fine-tunes, exports, and checks that the export answers as the trained network does.

    An interrupted run goes on from task.checkpoints and ends with the same model.

    :raises job.Refused: where files of the base model are missing, or the export answers too many rows
    otherwise
    """
    # Torch takes seconds to import and is not there where models are served.
    from learners import finetuning, onnx_export

    knobs = {**KNOBS, **task.knobs}
    if knobs["precision"] not in PRECISIONS:
        raise job.Refused(
            f"precision {knobs['precision']!r} of the transformer: there is {', '.join(PRECISIONS)}"
        )
    weights = need(task, "transformer", FILES)
    tuned = finetuning.tune(task, held, weights, knobs)
    owned = TemporaryDirectory(prefix="transformer-")
    folder = Path(owned.name)
    onnx_export.export(tuned.network, weights, folder, knobs["precision"])
    layout = {
        "max_tokens": tuned.tokens.limit,
        "precision": knobs["precision"],
        "targets": {target: len(classes) for target, classes in task.classes.items()},
    }
    model = Model(folder, task.classes, layout, owned=owned)
    rows = held or task
    rows = rows.part(range(min(len(rows.texts), onnx_export.COMPARED)))
    trained = model.by_target(finetuning.margins(tuned, rows.texts))
    task.progress("export", 1.0, onnx_export.compare(rows, trained, model.margins(rows.texts)))
    return model


def load(folder: Path, classes: dict[str, list[str]]) -> Model:
    """The model that Model.save() wrote: onnxruntime and tokenizers, no torch."""
    layout = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
    return Model(folder, classes, layout, SERVING_THREADS)
