"""Decides whether a model may be registered: one boolean and one sentence.

A target passes when the lower end of its macro F1's 95 % interval reaches the bound of project.yaml: a lucky
draw of a few test rows is no evidence. With a champion, both models answered the same rows, so their
difference is bootstrapped in pairs; `not_worse` refuses when even the upper end of that interval is below
zero.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resample import Matrix, one_hot, sums
from rows import Row, is_feedback

DRAWS = 2000
BINS = 15
# A package's description takes 1024 characters, an exit message 1 KB.
LONGEST = 1000

Answers = list[dict[str, dict[str, Any]]]
Interval = list[float]


@dataclass
class Champion:
    """What ScoreChampion wrote: the champion's answers to the test rows, or why there are none."""

    answers: Answers = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    reason: str = ""


def judge(
    rows: list[Row],
    answers: Answers,
    labels: dict[str, list[str]],
    champion: Champion,
    settings: dict[str, Any],
) -> dict[str, Any]:
    """The evaluation: metrics by target, the comparison with the champion, and the gate's verdict.

    :param rows: test rows; those that came from feedback are reported, but decide nothing
    :param labels: the classes the new model knows, by target
    :param settings: `targets`, `gate.macro_f1` by target, `gate.champion` (not_worse or ignored), `seed`
    """
    rule = settings["gate"].get("champion", "not_worse")
    if rule not in ("not_worse", "ignored"):
        raise ValueError(f"gate.champion {rule!r} is unknown: use not_worse or ignored")
    if champion.answers and len(champion.answers) != len(rows):
        raise ValueError(f"the champion gave {len(champion.answers)} answers to {len(rows)} rows")
    base = [number for number, row in enumerate(rows) if not is_feedback(row)]
    metrics: dict[str, Any] = {}
    differences: dict[str, Any] = {}
    failed: list[str] = []
    passed: list[str] = []
    told: list[str] = [] if champion.answers else [champion.reason]
    for target in settings["targets"]:
        labelled = [number for number in base if target in rows[number]]
        if not labelled:
            failed.append(f"no test row has a {target}")
            continue
        comparable = bool(champion.answers) and champion.labels.get(target) == labels[target]
        if champion.answers and not comparable:
            told.append(f"the champion knows other classes of {target}, so only the bound counts")
        scores = Scores(
            [rows[number][target] for number in labelled],
            [answers[number][target] for number in labelled],
            [champion.answers[number][target] for number in labelled] if comparable else None,
            np.random.default_rng(settings["seed"]),
        )
        metrics[target] = scores.metrics()
        value, (low, high) = metrics[target]["macro_f1"], metrics[target]["macro_f1_interval"]
        measured = f"macro_f1 of {target} {value:.4f} [{low:.4f}, {high:.4f}]"
        bound = settings["gate"].get("macro_f1", {}).get(target)
        if bound is None:
            passed.append(f"{measured} (no bound)")
        elif value < bound:
            failed.append(f"{measured} is below {bound}")
        elif low < bound:
            failed.append(f"{measured} may be below {bound}: its interval must lie above")
        else:
            passed.append(f"{measured} reaches {bound}")
        if comparable:
            difference, interval = scores.difference()
            differences[target] = {"difference": difference, "interval": interval}
            against = f"{difference:+.4f} [{interval[0]:+.4f}, {interval[1]:+.4f}] against the champion"
            if rule == "not_worse" and interval[1] < 0:
                failed.append(f"macro_f1 of {target} is worse: {against}, bound 0")
            else:
                told.append(f"{target} {against}")
    verdict = "refused" if failed else "passed"
    sentence = f"{verdict}: {'; '.join([*(failed or passed), *filter(None, told)])}"
    return {
        "gate": {"passed": not failed, "sentence": shorten(sentence)},
        "rows": len(base),
        "metrics": metrics,
        "champion": {
            "compared": bool(differences),
            "reason": champion.reason or "; ".join(text for text in told if "other classes" in text),
            "targets": differences,
        },
        "feedback": corrected(rows, answers, champion.answers, settings["targets"]),
    }


class Scores:
    """One target's scores and their bootstrap: every figure is a function of sums over rows."""

    def __init__(
        self,
        truth: list[str],
        answers: list[dict[str, Any]],
        champion: list[dict[str, Any]] | None,
        rng: np.random.Generator,
    ) -> None:
        predicted = [answer["value"] for answer in answers]
        other = [answer["value"] for answer in champion] if champion else predicted
        classes = {label: index for index, label in enumerate(sorted({*truth, *predicted, *other}))}
        codes = [np.array([classes[label] for label in labels]) for labels in (truth, predicted, other)]
        self.count = len(classes)
        self.hits = codes[0] == codes[1]
        self.confidence = np.array([float(answer["confidence"]) for answer in answers])
        true, mine, theirs = (one_hot(code, self.count) for code in codes)
        columns = np.hstack([true, mine, true * mine, theirs, true * theirs])
        self.exact = columns.sum(axis=0, keepdims=True)
        self.draws = sums(columns, len(truth), DRAWS, rng)
        self.rows = len(truth)

    def metrics(self) -> dict[str, Any]:
        accuracy = self.draws[:, 2 * self.count : 3 * self.count].sum(axis=1) / self.rows
        return {
            "accuracy": rounded(self.hits.mean()),
            "accuracy_interval": interval(accuracy),
            "macro_f1": rounded(self.mine(self.exact)[0]),
            "macro_f1_interval": interval(self.mine(self.draws)),
            "calibration_error": rounded(calibration_error(self.confidence, self.hits)),
        }

    def difference(self) -> tuple[float, Interval]:
        """New minus champion, both on the same rows of each draw."""
        exact = self.mine(self.exact) - self.theirs(self.exact)
        return rounded(exact[0]), interval(self.mine(self.draws) - self.theirs(self.draws))

    def mine(self, drawn: Matrix) -> NDArray[np.float64]:
        true, mine, both, _, _ = np.split(drawn, 5, axis=1)
        return macro_f1(true, mine, both)

    def theirs(self, drawn: Matrix) -> NDArray[np.float64]:
        true, _, _, theirs, both = np.split(drawn, 5, axis=1)
        return macro_f1(true, theirs, both)


def macro_f1(true: Matrix, predicted: Matrix, both: Matrix) -> NDArray[np.float64]:
    """The mean F1 of the classes that occur in a draw, as a class or as an answer."""
    total = true + predicted
    f1 = np.divide(2 * both, total, out=np.zeros_like(total), where=total > 0)
    averages: NDArray[np.float64] = f1.sum(axis=1) / np.maximum((total > 0).sum(axis=1), 1)
    return averages


def calibration_error(confidence: NDArray[np.float64], hits: NDArray[np.bool_]) -> float:
    """How far confidence is from the share of right answers, on average over 15 bins of confidence."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - hits, minlength=BINS)
    return float(np.abs(gaps).sum() / len(hits))


def corrected(rows: list[Row], answers: Answers, champion: Answers, targets: list[str]) -> dict[str, Any]:
    """How many of the held-out corrections each model gets right: evidence for a person, no part of the
    gate."""
    report: dict[str, Any] = {}
    for target in targets:
        at = [number for number, row in enumerate(rows) if is_feedback(row) and target in row]
        right = sum(answers[n][target]["value"] == rows[n][target] for n in at)
        old = sum(champion[n].get(target, {}).get("value") == rows[n][target] for n in at) if champion else 0
        report[target] = {"rows": len(at), "right": right, "champion_right": old}
    return report


def interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return [rounded(low), rounded(high)]


def rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)


def shorten(sentence: str) -> str:
    """Cuts at a word, with bytes counted: project owners may name targets in any script."""
    data = sentence.encode("utf-8")
    if len(data) <= LONGEST:
        return sentence
    return data[: LONGEST - 4].decode("utf-8", errors="ignore").rsplit(" ", 1)[0] + " ..."
