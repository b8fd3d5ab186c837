"""Texts and labels as tensors, and the order in which rows teach."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from learners import Task

# The code of a label that is unknown: the row does not teach that target.
IGNORED = -1
# Rows of like length make a batch, found among so many batches' rows: little is filling, and the order stays
# random.
BUCKET = 32

# Rows from which on batches are large, and the sizes below and from there.
MANY, SMALL_BATCH, LARGE_BATCH = 5_000, 16, 32
# So many steps bring an encoder where it no longer gains (BANKING77, and the sample), in so many epochs.
STEPS, LEAST_EPOCHS, MOST_EPOCHS = 950, 3, 10


class Tokens:
    """Reads texts as the base model's tokens."""

    def __init__(self, weights: Path, limit: int) -> None:
        """
        :param limit: tokens of a text that are read
        """
        self.limit = limit
        self.tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self.tokenizer.enable_truncation(limit)
        self.tokenizer.no_padding()

    def read(self, texts: Sequence[str]) -> list[list[int]]:
        return [found.ids for found in self.tokenizer.encode_batch(list(texts))]


def tensors(rows: Sequence[Sequence[int]], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers and mask (rows × longest row)."""
    longest = max(1, *map(len, rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask[at, : len(row)] = 1
    return ids.to(device), mask.to(device)


def codes(task: Task) -> torch.Tensor:
    """Position of each row's class in each target's classes (rows × targets), IGNORED where it is unknown."""
    found = torch.full((len(task.texts), len(task.classes)), IGNORED, dtype=torch.long)
    for column, target in enumerate(task.classes):
        rows, known = task.known(target)
        found[rows, column] = torch.from_numpy(known.astype(np.int64))
    return found


def weigh(task: Task, target: str, power: float, cap: float) -> torch.Tensor:
    """What a row of each class counts: (mean rows of a class / rows of the class) ** power, at most `cap`.

    A class without rows gets 0. Over the rows the mean is 1, so that targets count alike.
    """
    _, known = task.known(target)
    rows = np.bincount(known, minlength=len(task.classes[target])).astype(float)
    there = rows > 0
    if not there.any():
        return torch.zeros(len(rows))
    weights = np.where(there, np.minimum((rows[there].mean() / np.maximum(rows, 1)) ** power, cap), 0.0)
    return torch.from_numpy(weights / (weights @ rows / rows.sum())).float()


def plan(rows: int, batch: int | None, epochs: int | None) -> tuple[int, int]:
    """Rows of a batch, and epochs, where not given: few rows are shown more often, in smaller batches."""
    size = batch or (SMALL_BATCH if rows < MANY else LARGE_BATCH)
    steps = math.ceil(rows / size)
    return size, epochs or min(MOST_EPOCHS, max(LEAST_EPOCHS, math.ceil(STEPS / steps)))


def batches(ids: Sequence[Sequence[int]], size: int, seed: int, epoch: int) -> list[list[int]]:
    """Every row once, in the order of this epoch: it follows from seed and epoch alone."""
    rng = np.random.default_rng([seed, epoch])
    shuffled = rng.permutation(len(ids)).tolist()
    found = []
    for start in range(0, len(shuffled), size * BUCKET):
        alike = sorted(shuffled[start : start + size * BUCKET], key=lambda row: len(ids[row]))
        found += [alike[at : at + size] for at in range(0, len(alike), size)]
    return [found[at] for at in rng.permutation(len(found))]
