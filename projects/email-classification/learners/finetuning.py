"""Fine-tunes an encoder with a linear head a target, in torch; stops early, and goes on where it was
interrupted.
"""

import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Read when the libraries are imported. A job has no network, and nothing is looked for there. The third makes
# cuBLAS deterministic. The last lets threads that wait sleep: beside other work on the same cores, spinning
# made a step four times as long.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", CUBLAS_WORKSPACE_CONFIG=":4096:8")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from learners import Matrix, Task
from learners.batches import IGNORED, Tokens, batches, codes, plan, tensors, weigh
from learners.checkpoints import ENDED, Checkpoints, Interruption, fingerprint
from learners.head_start import start as start_head
from learners.network import Network, build, merge
from tuning import macro_f1

# Peak learning rates by method.
RATES = {"lora": 1e-3, "full": 1e-4}
# Rows a forward pass takes where nothing is learned.
ASKED = 128


@dataclass
class Tuned:
    """What tune() made: the network with its adapters merged in, and how it reads texts."""

    network: Network
    tokens: Tokens


class Tuning:
    """One run: everything that changes while it learns, so that it can be put away and taken up again."""

    def __init__(self, task: Task, held: Task | None, weights: Path, knobs: dict[str, Any]) -> None:
        torch.manual_seed(task.seed)
        # Where an operation has no deterministic form on a GPU, torch warns rather than ends an hour's work.
        torch.use_deterministic_algorithms(True, warn_only=True)
        self.task, self.held, self.knobs = task, held, knobs
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = build(weights, task, knobs).to(self.device)
        self.tokens = Tokens(weights, int(knobs["max_tokens"]))
        self.ids = self.tokens.read(task.texts)
        self.codes = codes(task).to(self.device)
        self.weights = [
            weigh(task, target, knobs["class_weights"], knobs["class_weight_cap"]).to(self.device)
            for target in task.classes
        ]
        self.batch, epochs = plan(len(self.ids), knobs["batch"], knobs["epochs"])
        self.steps = math.ceil(len(self.ids) / self.batch)
        self.total = self.steps * epochs
        rate = knobs["rate"] if knobs["rate"] is not None else RATES[knobs["method"]]
        self.learned = {name: part for name, part in self.network.named_parameters() if part.requires_grad}
        self.optimizer = torch.optim.AdamW(
            [
                {"params": parts(self.learned, "encoder."), "lr": rate, "weight_decay": knobs["decay"]},
                # Not decayed: it would wear off UNSEEN.
                {"params": parts(self.learned, "head."), "lr": rate, "weight_decay": 0.0},
            ]
        )
        warm = max(1, round(knobs["warm_up"] * self.total))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / warm, max(0.0, (self.total - step) / max(1, self.total - warm))),
        )
        # bfloat16 where the GPU has it (A10G and later), otherwise float16 with its gradients scaled; float32
        # on a CPU.
        self.half = torch.bfloat16
        if self.device.type == "cuda" and not torch.cuda.is_bf16_supported():
            self.half = torch.float16
        self.scaler = torch.amp.GradScaler(
            self.device.type, enabled=self.device.type == "cuda" and self.half is torch.float16
        )
        self.step, self.bad = 0, 0
        self.best: dict[str, Any] = {"score": -1.0, "weights": {}}
        self.said: list[tuple[float, dict[str, float]]] = []

    def learn(self, kept: Checkpoints) -> None:
        """All epochs, or until the held rows say it is enough; then the best weights are the network's."""
        with Interruption() as interruption:
            while self.step < self.total and self.bad < self.knobs["patience"]:
                epoch, start = divmod(self.step, self.steps)
                for rows in batches(self.ids, self.batch, self.task.seed, epoch)[start:]:
                    loss = self.advance(rows)
                    if self.step % max(1, self.total // 200) == 0:
                        self.say({"loss": loss})
                    if self.step % self.steps == 0:
                        self.judge()
                    if interruption.asked or kept.due():
                        kept.write(self.step, self.state())
                    if interruption.asked:
                        print(f"interrupted after step {self.step} of {self.total}", file=sys.stderr)
                        sys.exit(ENDED)
            kept.write(self.step, self.state())
        if self.best["weights"]:
            self.put(self.best["weights"])

    def advance(self, rows: list[int]) -> float:
        """One step on the rows of a batch; its loss."""
        self.network.train()
        ids, mask = tensors([self.ids[row] for row in rows], self.device)
        with torch.autocast(self.device.type, self.half, enabled=self.device.type == "cuda"):
            margins = self.network(ids, mask)
        loss = self.loss(margins, self.codes[torch.tensor(rows, device=self.device)])
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)
        clip_grad_norm_(self.learned.values(), self.knobs["clip"])
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())

    def loss(self, margins: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """Class-weighted cross-entropy, the mean over targets of which a row is known.

        :param truth: rows × targets, IGNORED where a row does not know
        """
        losses = [
            cross_entropy(
                part.float(),
                truth[:, target],
                weights,
                ignore_index=IGNORED,
                label_smoothing=self.knobs["smoothing"],
            )
            for target, (part, weights) in enumerate(
                zip(self.network.parts(margins), self.weights, strict=True)
            )
            if bool((truth[:, target] != IGNORED).any())
        ]
        return torch.stack(losses).mean()

    def start(self) -> None:
        """Before the first step: heads for the encoder as it is, the first candidate for the best."""
        told = self.task.progress
        vectors = ask(self.network, self.ids, self.network.vectors, lambda done: told("encode", done, {}))
        start_head(self.network.head, vectors, lambda margins: self.loss(margins, self.codes))
        self.judge()

    def judge(self) -> None:
        """After an epoch: macro F1 on the held rows, the mean over targets; the best weights are kept."""
        if self.held is None:
            return
        margins = ask(self.network, self.tokens.read(self.held.texts), self.network).cpu()
        found = []
        for part, (target, classes) in zip(
            self.network.parts(margins), self.held.classes.items(), strict=True
        ):
            rows, truth = self.held.known(target)
            if rows:
                found.append(macro_f1(truth, part[rows].numpy().argmax(axis=1), len(classes)))
        score = float(np.mean(found)) if found else 0.0
        self.bad += 1
        if score > self.best["score"]:
            self.bad = 0
            weights = {name: part.detach().cpu().clone() for name, part in self.learned.items()}
            self.best = {"score": score, "weights": weights}
        self.say({"validation macro F1": score})

    def say(self, figures: dict[str, float]) -> None:
        done = 0.99 * self.step / self.total
        self.said.append((done, figures))
        self.task.progress("fit", done, figures)

    def put(self, weights: dict[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, part in self.learned.items():
                part.copy_(weights[name])

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, as tensors and plain values."""
        return {
            "step": self.step,
            "bad": self.bad,
            "best": self.best,
            "said": self.said,
            "weights": {name: part.detach() for name, part in self.learned.items()},
            "optimizer": self.optimizer.state_dict(),
            "schedule": {"last_epoch": self.schedule.last_epoch},
            "scaler": self.scaler.state_dict(),
            "random": [torch.get_rng_state(), *torch.cuda.get_rng_state_all()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.step, self.bad, self.best = state["step"], state["bad"], state["best"]
        self.put(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.last_epoch = state["schedule"]["last_epoch"]
        self.scaler.load_state_dict(state["scaler"])
        torch.set_rng_state(state["random"][0])
        torch.cuda.set_rng_state_all(state["random"][1:])
        for done, figures in state["said"]:
            self.said.append((done, figures))
            self.task.progress("fit", done, figures)


def parts(learned: dict[str, torch.nn.Parameter], prefix: str) -> list[torch.nn.Parameter]:
    return [part for name, part in learned.items() if name.startswith(prefix)]


def ask(
    network: Network,
    ids: Sequence[Sequence[int]],
    what: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    told: Callable[[float], None] = lambda _: None,
) -> torch.Tensor:
    """What the network says of each row now, without learning.

    :param what: the network, for margins, or its `vectors`
    """
    network.eval()
    device = network.head.weight.device
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    found = []
    with torch.no_grad():
        for start in range(0, len(order), ASKED):
            found.append(what(*tensors([ids[row] for row in order[start : start + ASKED]], device)))
            told(min(1.0, (start + ASKED) / len(order)))
    back = torch.empty(len(order), dtype=torch.long)
    back[order] = torch.arange(len(order))
    return torch.cat(found)[back.to(device)]


def margins(tuned: Tuned, texts: Sequence[str]) -> Matrix:
    """What the trained network says, before it is exported (rows × classes of all targets)."""
    found: Matrix = ask(tuned.network, tuned.tokens.read(texts), tuned.network).cpu().numpy()
    return found


def tune(task: Task, held: Task | None, weights: Path, knobs: dict[str, Any]) -> Tuned:
    """Learns, from the start or from the newest checkpoint of the same run.

    SIGTERM ends the process with ENDED, a checkpoint written.
    """
    known = {row for target in task.classes for row in task.known(target)[0]}
    task = task.part(sorted(known))
    run = Tuning(task, held, weights, knobs)
    kept = Checkpoints(task.checkpoints, fingerprint(task, held, weights, knobs), knobs["checkpoint_seconds"])
    state = kept.newest()
    if state is None:
        run.start()
    else:
        run.restore(state)
        print(f"goes on after step {run.step} of {run.total}", flush=True)
    run.learn(kept)
    merge(run.network)
    task.progress("fit", 1.0, {})
    return Tuned(run.network, run.tokens)
