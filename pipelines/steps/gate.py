"""Decides whether a model may be registered: one boolean and one sentence.

A target passes when the lower end of its macro F1's 95 % interval reaches the bound of project.yaml: a lucky
draw of a few test rows is no evidence. Others answered the same rows and are compared in pairs: the champion,
than which the model must not be significantly worse, and the cheaper learner, than which it must be
significantly better. And its confidences must mean what they say. What decided is a list of terms.
"""

from dataclasses import dataclass, field
from typing import Any

from measures import Answers, measure
from paired import Paired, compare
from rows import Row, is_feedback
from verdict import (
    Term,
    about_calibration,
    about_champion,
    about_cheaper,
    about_classes,
    about_macro_f1,
    sentence_of,
)

# Fewer rows than these tell a difference of ten points from chance in no case: no comparison is better.
FEWEST_COMPARED = 30
# The error that a calibrated model may show where project.yaml says nothing.
CALIBRATION_ERROR = 0.05


@dataclass
class Champion:
    """What ScoreChampion wrote: the champion's answers to the test rows, or why there are none.

    Answers and labels are in the names that classes have now.
    """

    answers: Answers = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    reason: str = ""


@dataclass
class Cheaper:
    """What FitCheaper wrote: the answers of the cheaper learner, fitted on the same rows as the model."""

    learner: str
    answers: Answers
    labels: dict[str, list[str]]


def judge(
    rows: list[Row],
    answers: Answers,
    labels: dict[str, list[str]],
    champion: Champion,
    settings: dict[str, Any],
    cheaper: Cheaper | None = None,
    classes: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The evaluation: metrics by target, the comparisons, and the gate's verdict.

    :param rows: test rows; those that came from feedback are reported, but decide nothing
    :param labels: the classes the new model knows, by target
    :param settings: `targets`, `learner`, `cheaper` (a learner or None), `seed`, and of `gate`: `macro_f1` by
        target, `champion` (not_worse or ignored), `cheaper` (better, told or ignored), `calibration_error`
    :param classes: what became of the champion's classes, by target; told, decides nothing
    :raises ValueError: when answers do not fit to the rows, or the cheaper learner must be beaten and did not
        answer: never a silent pass
    """
    gate, seed = settings["gate"], settings["seed"]
    not_worse = one_of(gate, "champion", "not_worse") == "not_worse"
    better = one_of(gate, "cheaper", "better") == "better"
    fits(rows, champion.answers, "the champion")
    if cheaper is not None:
        fits(rows, cheaper.answers, cheaper.learner)
    elif better and settings.get("cheaper") is not None:
        raise ValueError(
            f"the gate asks whether the model beats {settings['cheaper']}, but there are no answers of it: "
            "run cheaper.py, or set gate.cheaper to ignored"
        )

    base = [number for number, row in enumerate(rows) if not is_feedback(row)]
    at = {target: [n for n in base if target in rows[n]] for target in settings["targets"]}
    asked = {target: numbers for target, numbers in at.items() if numbers}
    metrics = {
        target: measure([rows[n][target] for n in numbers], [answers[n][target] for n in numbers], seed)
        for target, numbers in asked.items()
    }
    champions, apart = against_champion(rows, answers, labels, champion, asked, seed)
    cheapers = against_cheaper(rows, answers, labels, cheaper, asked, seed) if cheaper else {}

    most = gate.get("calibration_error", CALIBRATION_ERROR)
    missing = [target for target in at if target not in asked]
    terms = [Term("macro_f1", target, False, f"no test row has a {target}") for target in missing]
    told: list[Term] = []
    for target, measured in metrics.items():
        terms.append(about_macro_f1(target, measured, gate.get("macro_f1", {}).get(target)))
        terms.append(about_calibration(target, measured, most, len(asked[target])))
    for target, found in champions.items():
        part = "" if found.pair.rows == len(asked[target]) else f"the {len(found.shared)} shared classes of "
        (terms if not_worse else told).append(about_champion(target, found.pair, part))
    if cheaper and cheapers:
        (terms if better else told).append(about_cheaper(settings["learner"], cheaper.learner, cheapers))

    said = [f"{term.said} (ignored)" for term in told] + apart + about_classes(classes or {})
    return {
        "gate": {
            "passed": all(term.passed for term in terms),
            "sentence": sentence_of(terms, said),
            "terms": [vars(term) for term in terms],
        },
        "learner": settings.get("learner"),
        "labels": labels,
        "rows": len(base),
        "metrics": metrics,
        "champion": {
            "compared": bool(champions),
            "reason": "; ".join(apart),
            "targets": {target: found.as_json() for target, found in champions.items()},
        },
        "cheaper": {
            "learner": cheaper.learner if cheaper else settings.get("cheaper"),
            "compared": bool(cheapers),
            "reason": "" if cheapers else why_not_cheaper(settings),
            "targets": {target: found.as_json("cheaper") for target, found in cheapers.items()},
        },
        "classes": classes or {},
        "feedback": corrected(rows, answers, champion.answers, settings["targets"]),
    }


@dataclass(frozen=True)
class Shared:
    """The comparison with the champion on the classes that both know."""

    pair: Paired
    shared: list[str]

    def as_json(self) -> dict[str, Any]:
        return {**self.pair.as_json("champion"), "shared_classes": self.shared}


def against_champion(
    rows: list[Row],
    answers: Answers,
    labels: dict[str, list[str]],
    champion: Champion,
    asked: dict[str, list[int]],
    seed: int,
) -> tuple[dict[str, Shared], list[str]]:
    """By target the comparison on rows whose true class both know; and why there is none, where there is
    none."""
    if not champion.answers:
        return {}, [champion.reason] if champion.reason else []
    found: dict[str, Shared] = {}
    apart: list[str] = []
    for target, numbers in asked.items():
        shared = sorted(set(labels[target]) & set(champion.labels.get(target, [])))
        both = [number for number in numbers if rows[number][target] in shared]
        if len(both) < FEWEST_COMPARED:
            apart.append(too_few(target, shared, len(both)))
        else:
            pair = compare(*said(rows, answers, champion.answers, target, both), seed, shared)
            found[target] = Shared(pair, shared)
    return found, apart


def too_few(target: str, shared: list[str], rows: int) -> str:
    if not shared:
        return f"the champion shares no class of {target}, so only the bound counts"
    return (
        f"the champion shares {len(shared)} classes of {target}, but only {rows} rows have one of them "
        f"(to compare takes {FEWEST_COMPARED}), so only the bound counts"
    )


def against_cheaper(
    rows: list[Row],
    answers: Answers,
    labels: dict[str, list[str]],
    cheaper: Cheaper,
    asked: dict[str, list[int]],
    seed: int,
) -> dict[str, Paired]:
    """By target the comparison on all rows: both learned from the same, so they know the same classes."""
    for target in asked:
        if sorted(cheaper.labels.get(target, [])) != sorted(labels[target]):
            raise ValueError(f"{cheaper.learner} knows other classes of {target}: it learned other rows")
    return {
        target: compare(*said(rows, answers, cheaper.answers, target, numbers), seed)
        for target, numbers in asked.items()
    }


def said(
    rows: list[Row], answers: Answers, others: Answers, target: str, at: list[int]
) -> tuple[list[str], list[str], list[str]]:
    """Truth and the answers of both, side by side."""
    return (
        [rows[number][target] for number in at],
        [answers[number][target]["value"] for number in at],
        [others[number][target]["value"] for number in at],
    )


def why_not_cheaper(settings: dict[str, Any]) -> str:
    if settings.get("cheaper") is None:
        return f"{settings.get('learner')} is the cheapest learner"
    return "gate.cheaper is ignored, so it was not fitted"


RULES = {"champion": ("not_worse", "ignored"), "cheaper": ("better", "told", "ignored")}


def one_of(gate: dict[str, Any], key: str, default: str) -> str:
    """A rule of the gate, which must be one that is known: a misspelt rule would rule nothing."""
    rule = str(gate.get(key, default))
    if rule not in RULES[key]:
        raise ValueError(f"gate.{key} {rule!r} is unknown: use {' or '.join(RULES[key])}")
    return rule


def fits(rows: list[Row], answers: Answers, who: str) -> None:
    if answers and len(answers) != len(rows):
        raise ValueError(f"{who} gave {len(answers)} answers to {len(rows)} rows")


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
