"""What the tests of the report share: a made-up run, and a page as a browser reads it."""

import json
from html.parser import HTMLParser
from typing import Any

import numpy as np

from gate import Champion, Cheaper, judge
from report import ReportData

VOCABULARY = ["my", "order", "is", "late", "the", "card", "was", "declined", "please", "answer"]
VOID = {"meta", "wbr", "br", "line", "circle", "rect", "polyline"}
SETTINGS: dict[str, Any] = {
    "project": "demo",
    "environment": "dev",
    "kind": "demo@1",
    "learner": "embedding",
    "cheaper": "linear",
    "fields": ["text"],
    "targets": ["topic"],
    "abstain": {"topic": 0.95},
    "gate": {"macro_f1": {"topic": 0.8}, "champion": "not_worse"},
    "seed": 17,
}


class Page(HTMLParser):
    """Elements in order, with the words in them; fails where tags do not close as they opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.words.append(data)
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def under(self, *head: str) -> list[list[str]]:
        """The rows of the first table whose head begins so."""
        return next(
            table[1:]
            for table in self.tables
            if [cell.split("[")[0].strip() for cell in table[0]][: len(head)] == list(head)
        )


def a_run(
    classes: int = 4,
    rows: int = 120,
    right: float = 0.8,
    names: list[str] | None = None,
    text: str = "my order is late",
    **changes: Any,
) -> ReportData:
    """A run of a model that is right in about `right` of the rows, against a worse champion and a worse
    cheaper learner; `changes` are fields of ReportData.
    """
    rng = np.random.default_rng(3)
    labels = names or [f"class_{number:03d}" for number in range(classes)]
    truth = [labels[number % len(labels)] for number in range(rows)]

    def answers(share: float) -> list[dict[str, dict[str, Any]]]:
        values = [
            label if rng.random() < share else labels[int(rng.integers(len(labels)))] for label in truth
        ]
        return [
            {"topic": {"value": value, "confidence": round(float(rng.uniform(0.3, 1)), 4)}}
            for value in values
        ]

    said, champion, cheaper = answers(right), answers(right - 0.1), answers(right - 0.3)
    test = [{"text": text, "topic": label} for label in truth]
    known = {"topic": sorted(labels)}
    settings: dict[str, Any] = json.loads(json.dumps(SETTINGS))
    evaluation = judge(
        test, said, known, Champion(champion, known), settings, Cheaper("linear", cheaper, known)
    )
    data: dict[str, Any] = {
        "settings": settings,
        "evaluation": evaluation,
        "rows": test,
        "texts": [text] * rows,
        "answers": said,
        "champion_answers": champion,
        "cheaper_answers": cheaper,
        "vocabulary": VOCABULARY,
        "history": [{"curve": "loss by step", "x": x, "y": 1 / (x + 1)} for x in range(20)],
    }
    return ReportData(**{**data, **changes})
