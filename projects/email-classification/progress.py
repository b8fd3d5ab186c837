"""How far a training run is, for the person who waits and for the report."""

import sys
import time
from typing import Any

# A log of a job gets a line so often; on a terminal the one line changes with every call.
EVERY_SECONDS = 5.0
# Of a stage's figures the report draws so many points at most; more make no better curve.
MOST_POINTS = 400


class Watch:
    """Prints `train linear fit to calibrate 40 % loss=0.31 left=12s`, and keeps the figures as curves.

    Called as `learners.Progress`; `history` is what history.json will hold: a list of
    {"curve", "x", "y", "stage"}, of which the report draws one chart a curve.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        # What the next fit is for, as train.py says: a learner that learns several times prints as often.
        self.purpose = ""
        self.history: list[dict[str, Any]] = []
        self._stage = ""
        self._started = self._printed = time.monotonic()

    def __call__(self, stage: str, done: float, figures: dict[str, float]) -> None:
        """Told by a learner: a stage, the share of it that is done (0..1), and what is measured on the way.

        A figure becomes a curve of the report, by the share of the stage that was done.
        """
        now = time.monotonic()
        if stage != self._stage or done <= 0:
            self._stage, self._started, self._printed = stage, now, now
        for name, value in figures.items():
            self.point(f"{name} by share of {stage}", round(done, 4), value, stage=stage)
        spent = now - self._started
        left = f" left={spent / done - spent:.0f}s" if 0 < done < 1 else ""
        took = f" took={spent:.1f}s" if done >= 1 else ""
        measured = "".join(f" {name}={value:.4g}" for name, value in figures.items())
        named = f"{stage} {self.purpose}".strip()
        line = f"train {self.what} {named} {round(100 * done)} %{measured}{left}{took}"
        if sys.stdout.isatty():
            print(f"\r\x1b[K{line}", end="\n" if done >= 1 else "", flush=True)
        elif done >= 1 or now - self._printed >= EVERY_SECONDS:
            self._printed = now
            print(line, flush=True)

    def point(self, curve: str, x: float, y: float, **about: Any) -> None:
        """One point of a curve; every second of a curve goes when it has too many."""
        self.history.append({"curve": curve, "x": x, "y": round(float(y), 6), **about})
        own = [point for point in self.history if point["curve"] == curve]
        if len(own) > MOST_POINTS:
            gone = {id(point) for point in own[1::2]}
            self.history = [point for point in self.history if id(point) not in gone]
