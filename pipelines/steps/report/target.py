"""The part of a report that is about one target: its errors, its calibration, its classes."""

import math
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from report.charts import Span, interval, number, percent, reliability_chart, signed, threshold_chart
from report.matrix import Drawn, matrix_chart
from report.measures import (
    Codes,
    Measured,
    Pair,
    by_class,
    by_threshold,
    confused_pairs,
    confusion,
    lost_to,
    reliability,
    worst_errors,
)
from report.redaction import redact

ERRORS = 20
LOST = 10


@dataclass(frozen=True)
class Mail:
    """A wrongly answered row, its text redacted."""

    text: str
    truth: str
    answered: str
    confidence: str


@dataclass(frozen=True)
class ClassLine:
    """A line of the per-class table: what is shown, and by what it is sorted."""

    name: str
    learned: int | None
    rows: int
    precision: str
    recall: str
    f1: str
    sort_f1: float
    chart: Markup
    change: str
    sort_change: float
    taken_for: str
    taken: int


@dataclass(frozen=True)
class TargetPart:
    target: str
    # Rows with a truth; with none, all else is empty.
    rows: int
    wrong: int
    # Whether the champion answered, so that classes can be compared.
    compared: bool
    matrix: Drawn
    pairs: list[Pair]
    reliability: Markup
    threshold: Markup
    classes: list[ClassLine]
    scale: str
    errors: list[Mail]
    lost: list[Mail]


def part_of(
    measured: Measured,
    texts: list[str],
    vocabulary: Set[str],
    champion: Codes | None,
    metrics: dict[str, Any],
    abstain: float | None,
    learned: dict[str, int],
) -> TargetPart:
    """
    :param texts: of all rows; shown redacted only
    :param champion: its answers to the rows of `measured`, or None
    :param metrics: of this target in evaluation.json
    :param abstain: the accuracy that the threshold was chosen for; 0 or None: never abstains
    :param learned: rows of each class in the data, as far as Preprocess said
    """

    def mail(at: int) -> Mail:
        return Mail(
            redact(texts[measured.numbers[at]], vocabulary),
            measured.classes[measured.truth[at]],
            measured.classes[measured.predicted[at]],
            percent(float(measured.confidence[at])),
        )

    chosen = metrics.get("threshold")
    classes, scale = class_lines(measured, champion, learned)
    return TargetPart(
        target=measured.target,
        rows=len(measured.truth),
        wrong=int((~measured.hits).sum()),
        compared=champion is not None,
        matrix=matrix_chart(confusion(measured), measured.classes, measured.target),
        pairs=confused_pairs(measured),
        reliability=reliability_chart(reliability(measured), measured.target),
        threshold=threshold_chart(by_threshold(measured), chosen or None, abstain or None, measured.target),
        classes=classes,
        scale=scale,
        errors=[mail(at) for at in worst_errors(measured, ERRORS)],
        lost=[] if champion is None else [mail(at) for at in lost_to(measured, champion, LOST)],
    )


def class_lines(
    measured: Measured, champion: Codes | None, learned: dict[str, int]
) -> tuple[list[ClassLine], str]:
    """The lines, and the scale of their charts in words."""
    found = by_class(measured, champion)
    lowest = min((line.interval[0] for line in found if line.interval), default=0.0)
    # One scale for all classes, from the tenth below the lowest end.
    span = Span(math.floor(lowest * 10) / 10, 1.0)
    lines = []
    for line in found:
        chart = Markup("")
        if line.f1 is not None and line.interval is not None:
            chart = interval(line.f1, *line.interval, span, None, True)
        lines.append(
            ClassLine(
                line.name,
                learned.get(line.name),
                line.rows,
                shown(line.precision),
                shown(line.recall),
                shown(line.f1),
                2.0 if line.f1 is None else line.f1,
                chart,
                "" if line.change is None else signed(line.change, 2),
                0.0 if line.change is None else line.change,
                line.taken_for,
                line.taken,
            )
        )
    return lines, f"{span.low:.1f} to 1"


def shown(figure: float | None) -> str:
    return "–" if figure is None else number(figure, 2)
