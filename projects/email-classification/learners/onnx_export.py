"""A fine-tuned network as ONNX, in int8 where asked, and whether it still answers the same."""

import logging
import warnings
from collections.abc import Mapping
from math import comb
from pathlib import Path
from shutil import copyfile

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

import job
from learners import Matrix, Task
from learners.encoder import MODEL, TOKENIZER

# Operators of the ONNX version that every onnxruntime since 1.14 runs.
OPSET = 17
# The export is compared on so many rows. It may lose this share of accuracy, or what so few rows cannot tell
# from chance: after a trial run on some hundred rows margins are close, and many answers change either way.
COMPARED = 1000
MOST_LOST = 0.02
CHANCE = 0.05


def export(network: torch.nn.Module, weights: Path, folder: Path, precision: str) -> None:
    """Writes MODEL and TOKENIZER into the folder.

    :param network: takes input_ids and attention_mask (rows × tokens), gives margins (rows × classes of all
    targets)
    :param weights: the base model's folder; its tokenizer is part of the model
    :param precision: ``float32`` or ``int8`` (weights; activations are quantized as they come)
    """
    if precision not in ("float32", "int8"):
        raise job.Refused(
            f"precision {precision!r} in learners/transformer.py is neither 'float32' nor 'int8'"
        )
    copyfile(weights / TOKENIZER, folder / TOKENIZER)
    example = torch.ones((2, 4), dtype=torch.long)
    axes = {0: "rows", 1: "tokens"}
    with warnings.catch_warnings():
        # The tracing exporter is no longer torch's default: the newer one writes graphs that quantize_dynamic
        # refuses (a transposed weight keeps its old shape).
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval().cpu(),
            (example, example),
            str(folder / MODEL),
            dynamo=False,
            opset_version=OPSET,
            input_names=["input_ids", "attention_mask"],
            output_names=["margins"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "margins": {0: "rows"}},
        )
    if precision == "int8":
        quantize(folder / MODEL)


def quantize(path: Path) -> None:
    """Puts weights in int8 in place, a scale a column.

    Seven of the eight bits: processors without VNNI add pairs of products in 16 bits, which eight would
    overflow. The model answers alike on all of them. The heads are small and stay as they are.
    """
    graph = onnx.load(str(path)).graph
    heads = [node.name for node in graph.node if any(name.startswith("head.") for name in node.input)]
    whole = path.with_suffix(".float32.onnx")
    path.rename(whole)
    # Advice to optimize the graph first; onnxruntime does that when it loads it.
    logging.getLogger().addFilter(quiet := lambda record: "pre-processing" not in record.getMessage())
    try:
        quantize_dynamic(
            str(whole),
            str(path),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=heads,
        )
    finally:
        logging.getLogger().removeFilter(quiet)
    whole.unlink()


def compare(rows: Task, trained: Mapping[str, Matrix], exported: Mapping[str, Matrix]) -> dict[str, float]:
    """What the export costs, of the worst target: the share of rows that it answers otherwise than the
    trained network, and by how much fewer answers are right.

    :param rows: whose margins these are; a row without a class counts in the first figure only
    :raises job.Refused: where MOST_LOST of the right answers are lost, and more than chance could lose
    """
    differing, lost = 0.0, 0.0
    for target in rows.classes:
        before, after = trained[target].argmax(axis=1), exported[target].argmax(axis=1)
        differing = max(differing, float(np.mean(before != after)))
        known, truth = rows.known(target)
        was, now = before[known] == truth, after[known] == truth
        worse, better = int(np.sum(was & ~now)), int(np.sum(now & ~was))
        share = (worse - better) / max(len(known), 1)
        if share > MOST_LOST and by_chance(worse, better) < CHANCE:
            raise job.Refused(
                f"{target}: exported in int8 the model answers {worse} of {len(known)} rows wrong that it "
                f"had right, and {better} right that it had wrong; at most {MOST_LOST:.0%} may be lost: "
                "set precision to 'float32' in learners/transformer.py"
            )
        lost = max(lost, share)
    return {"answers that differ": differing, "accuracy lost": lost}


def by_chance(worse: int, better: int) -> float:
    """How probable so many worse among the changed answers are if neither is likelier (sign test)."""
    changed = worse + better
    return float(sum(comb(changed, number) for number in range(worse, changed + 1)) / 2**changed)
