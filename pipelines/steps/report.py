"""The report of a training run: one HTML page, whole in itself, for whoever asks why the gate said yes or no.

It asks the network for nothing, needs no JavaScript for reading, and carries no text of a mail in clear: see
report_redaction.py. The same data give the same bytes.
"""

from dataclasses import dataclass, field
from typing import Any

from rows import Row

Answers = list[dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class ReportData:
    """All that a report shows. Lists of rows, texts and answers run side by side: number n is one test row.

    Rows that came from feedback may be among them: they are left out, as at the gate.
    """

    # The bundle's settings.json: project, environment, kind, learner, fields, targets, gate, seed and the rest.
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
    # What else the reader should know, name to value: commit, data version, seconds. No time of day by default,
    # or two equal runs would differ.
    about: dict[str, Any] = field(default_factory=dict)


def render(data: ReportData) -> str:
    """The page."""
    raise NotImplementedError(data.settings["project"])
