"""Where an interrupted training goes on: states on disk, and the signal that announces an interruption.

SageMaker copies the folder to S3 while a spot job runs, and back before it starts again; between SIGTERM and
the end lie 120 seconds.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, Self

import torch

from learners import Task

KEPT = 2
# Characters of a run's hash in the names of its files.
NAMED = 12
# What a shell says of a process that SIGTERM ended.
ENDED = 128 + signal.SIGTERM
# Knobs that change nothing about what is learned.
WITHOUT = ("precision", "checkpoint_seconds")


def fingerprint(task: Task, held: Task | None, weights: Path, knobs: dict[str, Any]) -> str:
    """What a run learns from, as a hash: rows, held rows, seed, knobs, base model, torch, kind of device."""
    given: list[object] = [[part.texts, part.labels, part.classes] if part else None for part in (task, held)]
    given += [task.seed, {name: value for name, value in knobs.items() if name not in WITHOUT}]
    given += [torch.__version__, torch.cuda.is_available()]
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode())
    for file in sorted(weights.iterdir()):
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class Checkpoints:
    """The states of one run: the newest KEPT, each complete or not there."""

    def __init__(self, folder: Path, run: str, seconds: float) -> None:
        """
        :param folder: made where the folder above it exists; otherwise nothing is written
        :param run: what the states belong to: a hash of data, knobs and base model
        :param seconds: between two states that due() asks for
        """
        self.folder, self.run, self.seconds = folder, run, seconds
        self.writes = folder.parent.is_dir()
        self.last = time.monotonic()

    def due(self) -> bool:
        return self.writes and time.monotonic() - self.last >= self.seconds

    def write(self, step: int, state: dict[str, Any]) -> None:
        if not self.writes:
            return
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"{self.run[:NAMED]}-{step:08}.pt"
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            torch.save({"run": self.run, "state": state}, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for old in self.own()[KEPT:]:
            old.unlink()
        self.last = time.monotonic()

    def own(self) -> list[Path]:
        """Newest first."""
        return sorted(self.folder.glob(f"{self.run[:NAMED]}-*.pt"), reverse=True)

    def newest(self) -> dict[str, Any] | None:
        """The newest state of this run, or None. What is another run's, or cannot be read, is said and left
        where it is: while knobs are tuned, every trial has its own."""
        for path in self.own():
            try:
                # Tensors and plain values only: a file that came over the network runs no code.
                found: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
                if found["run"] == self.run:
                    state: dict[str, Any] = found["state"]
                    return state
            except Exception as error:
                print(f"checkpoint {path.name} is left out, it cannot be read: {error}", file=sys.stderr)
        others = sorted(set(self.folder.glob("*.pt")) - set(self.own()))
        if others:
            print(
                f"checkpoints left out, they are of other rows, knobs, weights or torch: "
                f"{', '.join(path.name for path in others)}",
                file=sys.stderr,
            )
        return None


class Interruption:
    """Notes SIGTERM instead of dying of it, so that the work in hand can be put away first."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Self:
        # Python hands signals to the main thread only.
        self.hears = threading.current_thread() is threading.main_thread()
        if self.hears:
            self.before = signal.signal(signal.SIGTERM, self.note)
        return self

    def __exit__(self, *_: object) -> None:
        if self.hears:
            signal.signal(signal.SIGTERM, self.before)

    def note(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True
