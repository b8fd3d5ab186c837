"""The report of a training run: one HTML page, whole in itself, for whoever asks why the gate said yes or no.

It asks the network for nothing, needs no JavaScript for reading, and carries no text of a mail in clear: see
report/redaction.py. The same data give the same bytes.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.charts import breakable, percent
from report.measures import NO_ANSWER, Answers, Codes, Measured, codes_of, measure
from report.sections import comparison, curves, flat, metric_lines, terms
from report.target import part_of
from rows import Row, is_feedback

TEMPLATE = "template.html"


@dataclass(frozen=True)
class ReportData:
    """All that a report shows. Lists of rows, texts and answers run side by side: number n is one test row.

    Rows that came from feedback may be among them: they are left out, as at the gate.
    """

    # The bundle's settings.json: project, environment, kind, learner, targets, gate, abstain and the rest.
    settings: dict[str, Any]
    # evaluation.json as gate.judge returns it; a key that an older gate does not write may be missing.
    evaluation: dict[str, Any]
    # The test rows: the truth by target, which may be missing for some.
    rows: list[Row]
    # What the model read of each row, cleaned. Shown for the worst errors only, and only redacted.
    texts: list[str]
    # The new model's answers: {target: {"value", "confidence", "abstained"?}}.
    answers: Answers
    # The champion's answers to the same rows, its classes renamed as the project's mapping says; None without
    # a champion. A row's answer may lack a target.
    champion_answers: Answers | None = None
    # The cheaper learner's answers to the same rows; None where the gate asks for none.
    cheaper_answers: Answers | None = None
    # Words that at least two training texts have (vocabulary.txt): every other word of a text is masked.
    vocabulary: list[str] = field(default_factory=list)
    # report.json of Preprocess, or {}.
    data_report: dict[str, Any] = field(default_factory=dict)
    # history.json of training: points {"curve", "x", "y", "target"?}; one chart a curve. Others are ignored.
    history: list[dict[str, Any]] = field(default_factory=list)
    # What else the reader should know, name to value: commit, data version, seconds. No time of day by
    # default, or two equal runs would differ.
    about: dict[str, Any] = field(default_factory=dict)


def render(data: ReportData) -> str:
    """The page.

    :raises ValueError: when rows, texts and answers do not run side by side
    """
    data = without_feedback(data)
    settings, evaluation = data.settings, data.evaluation
    labels = evaluation.get("labels", {})
    measured = {
        target: measure(target, data.rows, data.answers, labels.get(target, []))
        for target in settings["targets"]
    }
    measured = {target: found for target, found in measured.items() if found.numbers}
    champion, cheaper = others(measured, data.champion_answers), others(measured, data.cheaper_answers)
    vocabulary = frozenset(data.vocabulary)
    metrics, scale = metric_lines(evaluation, settings)
    page = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters.update(percent=percent, breakable=breakable)
    return page.get_template(TEMPLATE).render(
        settings=settings,
        gate=evaluation["gate"],
        terms=terms(evaluation, settings["gate"]),
        rows=len(data.rows),
        metrics=metrics,
        scale=scale,
        missing=[target for target in settings["targets"] if target not in measured],
        comparisons=[
            against("champion", "The champion", evaluation, measured, champion),
            against(
                "cheaper",
                cheaper_title(evaluation.get("cheaper", {}).get("learner")),
                evaluation,
                measured,
                cheaper,
            ),
        ],
        parts=[
            part_of(
                found,
                data.texts,
                vocabulary,
                champion.get(target),
                evaluation["metrics"].get(target, {}),
                settings.get("abstain", {}).get(target),
                data.data_report.get("classes", {}).get(target, {}),
            )
            for target, found in measured.items()
        ],
        curves=curves(data.history),
        data=data.data_report,
        changes=evaluation.get("classes", {}),
        lines=list(flat(settings)),
        about=list(flat(data.about)),
    )


def without_feedback(data: ReportData) -> ReportData:
    """Only rows that the gate counts, see rows.is_feedback."""
    kept = [number for number, row in enumerate(data.rows) if not is_feedback(row)]

    def pick(name: str, items: list[Any]) -> list[Any]:
        if len(items) != len(data.rows):
            raise ValueError(f"the report has {len(data.rows)} rows, but {len(items)} {name}: give one a row")
        return [items[number] for number in kept]

    return replace(
        data,
        rows=pick("rows", data.rows),
        texts=pick("texts", data.texts),
        answers=pick("answers", data.answers),
        champion_answers=data.champion_answers and pick("answers of the champion", data.champion_answers),
        cheaper_answers=data.cheaper_answers and pick("answers of the cheaper learner", data.cheaper_answers),
    )


def others(measured: dict[str, Measured], answers: Answers | None) -> dict[str, Codes]:
    """Another model's answers by target, where it has any."""
    if not answers:
        return {}
    found = {target: codes_of(one, answers) for target, one in measured.items()}
    return {target: codes for target, codes in found.items() if (codes != NO_ANSWER).any()}


def cheaper_title(learner: str | None) -> str:
    return f"The cheaper learner: {learner}" if learner else "The cheaper learner"


def against(
    name: str,
    title: str,
    evaluation: dict[str, Any],
    measured: dict[str, Measured],
    answers: dict[str, Codes],
) -> dict[str, Any]:
    found = evaluation.get(name) or {}
    lines = comparison(found.get("targets", {}), measured, answers, name)
    return {"name": name, "title": title, "reason": found.get("reason", ""), "lines": lines}
