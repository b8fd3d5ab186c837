"""The report of a training run, read as a browser reads it."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from gate import Champion, Cheaper, judge
from report import ReportData, render
from report_matrix import MOST
from report_order import by_confusion
from report_redaction import redact

VOCABULARY = ["my", "order", "is", "late", "the", "card", "was", "declined", "please", "answer"]
SECTIONS = [
    "verdict",
    "metrics",
    "comparison",
    "confusion",
    "calibration",
    "classes",
    "errors",
    "curves",
    "data",
]
VOID = {"meta", "wbr", "br", "line", "circle", "rect", "polyline"}

Make = Callable[..., ReportData]


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


@pytest.fixture
def made(settings: dict[str, Any]) -> Make:
    """A run with a model that answers `value`, right in about `right` of the rows."""

    def make(
        classes: int = 4,
        rows: int = 120,
        right: float = 0.8,
        names: list[str] | None = None,
        text: str = "my order is late",
        **changes: Any,
    ) -> ReportData:
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
        ladder = {**settings, "learner": "embedding", "cheaper": "linear", "abstain": {"topic": 0.95}}
        evaluation = judge(
            test, said, known, Champion(champion, known), ladder, Cheaper("linear", cheaper, known)
        )
        data: dict[str, Any] = {
            "settings": ladder,
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

    return make


def test_page_answers_in_the_order_in_which_a_reader_asks(made: Make) -> None:
    page = Page(render(made()))
    found = [attributes["id"] for tag, attributes in page.elements if tag == "section"]
    assert found == [*SECTIONS, "settings"]


def test_verdict_shows_every_term_with_its_value_and_its_bound_and_failed_ones_first(made: Make) -> None:
    data = made()
    terms = Page(render(data)).under("rule", "target", "value", "bound", "verdict")
    assert len(terms) == len(data.evaluation["gate"]["terms"])
    assert [row[4] for row in terms] == sorted((row[4] for row in terms), key=lambda said: "passed" in said)
    macro_f1 = next(row for row in terms if row[0] == "macro F1")
    assert macro_f1[2].startswith(f"{data.evaluation['metrics']['topic']['macro_f1']:.3f} [")
    assert macro_f1[3] == "interval ≥ 0.8"


def test_same_run_gives_the_same_bytes(made: Make) -> None:
    assert render(made()) == render(made())


def test_page_asks_nobody_for_anything(made: Make) -> None:
    names = ["https://example.com/a.png", "//example.com", "url(http://example.com)"]
    page = Page(render(made(names=names)))
    for _tag, attributes in page.elements:
        assert not {"src", "srcset", "data", "action", "poster", "xlink:href"} & set(attributes)
        assert all(re.match("#", value or "") for name, value in attributes.items() if name == "href")
        assert not any("//" in (value or "") for value in attributes.values())
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.elements}
    assert "@import" not in render(made())


def test_page_has_no_script_but_its_own_whatever_a_class_or_a_project_is_called(made: Make) -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    data = made(
        names=[bad, "</svg></style><b>", "normal"], text=bad, vocabulary=["script", "alert", "img", "src"]
    )
    data.settings["project"] = bad
    data.evaluation["gate"]["sentence"] = bad
    data.history.append({"curve": bad, "x": 1, "y": 2, "target": bad})
    data.data_report.update({"rare": {bad: {bad: 3}}, "arrival": {"warnings": [bad]}, "files": {bad: 1}})
    page = Page(render(data))
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [
        attributes for _, attributes in page.elements if any(name.startswith("on") for name in attributes)
    ]
    assert "img" not in {tag for tag, _ in page.elements}
    assert bad in page.text


def test_text_of_a_mail_appears_only_in_words_that_many_mails_have(made: Make) -> None:
    text = (
        "Dear Please, my order 4711-0815 is late, Zaphod Beeblebrox wrote to zaphod@example.com and "
        "+49 170 1234567, IBAN DE89 3704 0044 0532 0130 00, see https://example.com/zaphod?x=1 . Best, Card"
    )
    page = render(made(text=text, right=0.5))
    assert "my order ••• is late" in page
    for secret in (
        "4711",
        "0815",
        "Zaphod",
        "zaphod",
        "Beeblebrox",
        "example.com",
        "170",
        "3704",
        "DE89",
        "Please",
        "Card",
    ):
        assert secret not in Page(page).text, secret


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("my order is late", "my order is late"),
        ("MY Order İS late", "MY Order ••• late"),
        ("J. Card, the order is late, please answer", "•••, the order is late, please answer"),
        ("mr order was late", "••• was late"),
        ("my order card@late.please is late", "my order ••• is late"),
        ("my order https://card.please/late is late", "my order ••• is late"),
        ("dear order, the card was declined", "•••, the card was declined"),
        ("please answer.\nOrder Card", "please answer. •••"),
        ("please answer, regards order", "please answer, •••."),
        ("the card was declined\u202eزينب 李雷 ١٢٣", "the card was declined•••"),
        ("order\u0000 <b>card</b>", "order <b>card</b>"),
        ("", ""),
    ],
)
def test_redaction_masks_names_numbers_and_what_no_other_text_has(text: str, shown: str) -> None:
    assert redact(text, frozenset(VOCABULARY)) == shown


def test_redaction_of_a_megabyte_is_short_and_quick() -> None:
    for text in ("my order " * 120_000, "." * 1_000_000, "a@" * 500_000, "best, " * 200_000, "x. " * 300_000):
        assert len(redact(text, frozenset(VOCABULARY))) <= 240


def test_matrix_at_77_classes_draws_what_happened_and_names_every_class_in_full(made: Make) -> None:
    names = [f"a_rather_long_name_of_a_class_number_{number:02d}" for number in range(77)]
    data = made(names=names, rows=1500)
    page = render(data)
    matrix = page[page.index('<svg class="matrix many"') :]
    matrix = matrix[: matrix.index("</svg>")]
    pairs = {
        (row["topic"], said["topic"]["value"]) for row, said in zip(data.rows, data.answers, strict=True)
    }
    assert matrix.count("<rect") == len(pairs)
    assert set(re.findall(r"<title>(a_rather_long_name_of_a_class_number_\d\d)</title>", matrix)) == set(
        names
    )


def test_page_of_77_classes_and_1500_rows_stays_small(made: Make) -> None:
    names = [f"a_rather_long_name_of_a_class_number_{number:02d}" for number in range(77)]
    data = made(names=names, rows=1500, right=0.6, text="my order is late " * 30)
    assert len(render(data).encode()) < 1_500_000


def test_matrix_of_more_classes_than_can_be_pointed_at_shows_those_with_most_errors(made: Make) -> None:
    page = Page(render(made(classes=MOST + 30, rows=400)))
    assert f"The {MOST} classes with most errors; 30 more are in the table of classes." in page.text
    assert len(page.under("class", "all rows")) == MOST + 30


def test_classes_that_are_confused_stand_side_by_side() -> None:
    matrix = np.diag([10] * 6)
    for one, other in ((0, 5), (5, 2), (1, 4)):
        matrix[one, other] = 4
    order = by_confusion(matrix)
    places = {number: place for place, number in enumerate(order)}
    assert sorted(order) == list(range(6))
    assert {abs(places[one] - places[other]) for one, other in ((0, 5), (5, 2), (1, 4))} == {1}


def test_most_confused_pairs_are_counted_with_their_share_of_the_true_class(made: Make) -> None:
    data = made(classes=2, rows=40, right=1.0)
    for number in (0, 2, 4):
        data.answers[number]["topic"]["value"] = "class_001"
    assert Page(render(data)).under("truth", "answered", "rows") == [
        ["class_000", "class_001", "3", "15.0 %"]
    ]


def test_class_without_a_held_out_row_is_listed_without_figures(made: Make) -> None:
    data = made()
    data.evaluation["labels"]["topic"].append("never_seen")
    lines = Page(render(data)).under("class", "all rows")
    assert lines[-1][:6] == ["never_seen", "", "0", "–", "–", "–"]


def test_table_of_classes_begins_with_the_worst_and_compares_with_the_champion(made: Make) -> None:
    data = made(classes=2, rows=40, right=1.0)
    champion = [{"topic": {"value": "class_000", "confidence": 0.9}} for _ in data.rows]
    data = replace(data, champion_answers=champion)
    for number in (0, 2, 4):
        data.answers[number]["topic"]["value"] = "class_001"
    lines = Page(render(data)).under("class", "all rows")
    assert [line[0] for line in lines] == ["class_000", "class_001"]
    # F1 34/37 against 2/3, and 40/43 against nothing.
    assert [line[7] for line in lines] == ["+0.25", "+0.93"]


def test_worst_errors_are_the_surest_twenty(made: Make) -> None:
    data = made(right=0.3)
    wrong = [
        said["topic"]["confidence"]
        for row, said in zip(data.rows, data.answers, strict=True)
        if row["topic"] != said["topic"]["value"]
    ]
    shown = next(
        table[1:] for table in reversed(Page(render(data)).tables) if table[0][:1] == ["text, redacted"]
    )
    assert [row[3] for row in shown] == [f"{100 * sure:.1f} %" for sure in sorted(wrong, reverse=True)[:20]]


def test_reliability_diagram_counts_every_answer(made: Make) -> None:
    data = made(rows=200)
    page = render(data)
    counts = re.findall(r"<title>(\d+) answers of confidence", page[page.index('id="calibration"') :])
    # Once at the bar, once at the dot.
    assert sum(map(int, counts)) == 2 * len(data.rows)


def test_corrections_of_callers_are_left_out(made: Make) -> None:
    data = made(rows=60)
    for row in data.rows[30:]:
        row["inference_id"] = "x"
    assert "30 held-out rows" in Page(render(data)).text


def test_report_without_champion_history_and_data_says_so(made: Make) -> None:
    data = made(champion_answers=None, cheaper_answers=None, history=[], vocabulary=[])
    data.evaluation["champion"] = {"compared": False, "reason": "no model is in service yet", "targets": {}}
    del data.evaluation["cheaper"], data.settings["cheaper"]
    text = Page(render(data)).text
    assert "no model is in service yet" in text
    assert "Nothing was compared." in text
    assert "± champion" not in text
    assert "None" not in text
    assert "Training wrote no history." in text


def test_evaluation_of_an_older_gate_is_shown_as_far_as_it_goes(made: Make) -> None:
    data = made()
    del data.evaluation["gate"]["terms"]
    for name in ("calibration_bound", "threshold", "coverage", "selective_accuracy"):
        del data.evaluation["metrics"]["topic"][name]
    data.evaluation["champion"]["targets"]["topic"] = {"difference": 0.1, "interval": [-0.02, 0.2]}
    assert data.evaluation["gate"]["sentence"] in Page(render(data)).text


def test_target_without_a_held_out_row_is_named_and_the_others_are_shown(made: Make) -> None:
    data = made()
    data.settings["targets"] = ["topic", "mood"]
    text = Page(render(data)).text
    assert "No held-out row has a mood" in text
    assert "topic 4 classes" in text


def test_row_without_the_truth_of_a_target_counts_for_the_others_only(made: Make) -> None:
    data = made(rows=40)
    del data.rows[0]["topic"]
    assert "of 39 rows wrong" in Page(render(data)).text


def test_forty_targets_in_any_script_are_drawn(made: Make) -> None:
    data = made(rows=40, names=["فاتورة", "配送", "נושא", "🙂"])
    targets = [f"נושא {number}" for number in range(40)]
    for row, said in zip(data.rows, data.answers, strict=True):
        for target in targets:
            row[target], said[target] = row["topic"], said["topic"]
    data.settings["targets"] = targets
    metrics = data.evaluation["metrics"]["topic"]
    data.evaluation["metrics"] = dict.fromkeys(targets, metrics)
    page = Page(render(data))
    assert [line[0] for line in page.under("target", "macro F1")] == targets


def test_a_curve_is_drawn_for_each_name_in_history_and_bad_points_are_left_out(made: Make) -> None:
    history: list[dict[str, Any]] = [
        {"curve": "macro F1 by rows", "x": x, "y": x / 10, "target": target}
        for x in range(5)
        for target in ("topic", "urgency")
    ]
    history += [
        {"curve": "loss by step", "x": 0, "y": float("nan")},
        {"curve": "loss by step", "x": 1, "y": None},
        {"stage": "fit", "rows": 3},
        {"curve": "seconds by trial", "x": 1, "y": 2.5},
    ]
    page = Page(render(made(history=history)))
    charts = [attributes for tag, attributes in page.elements if tag == "figure"]
    assert len(charts) == 2
    assert "macro F1 by rows" in page.text
    assert "loss by step" not in page.text


def test_data_section_tells_what_was_read_left_out_cleaned_and_late(made: Make) -> None:
    report = {
        "rows": 1234,
        "train": 1100,
        "test": 134,
        "feedback": 5,
        "files": {"mails.csv": 1234},
        "left_out": {"duplicates": 12, "contradictions": 0},
        "set_aside": {"no text": 2},
        "classes": {"topic": {"class_000": 321}},
        "rare": {"topic": {"fax": 3}},
        "mapped": {"topic": {"old": 31}},
        "arrival": {"warnings": ["no export of 2026-10"], "months": {"2026-09": {"rows": 1234}}},
        "cleaned": {"signature": {"rows": 40, "characters": 9001}},
        "duplicates_of_earlier": [{"file": "b.csv", "of": "a.csv", "rows": 2, "lines": [3, 4]}],
    }
    data = made(data_report=report)
    data.evaluation["classes"] = {"topic": {"new": ["fresh"], "removed": [], "renamed": {"old": "class_000"}}}
    text = Page(render(data)).text
    for said in (
        "1,234 rows",
        "! no export of 2026-10",
        "signature 40 9,001",
        "fax 3",
        "old 31",
        "duplicates 12",
    ):
        assert said in text
    assert "contradictions" not in text
    assert "b.csv repeats a.csv in lines 3, 4" in text
    assert "new: fresh" in text
    assert {line[0]: line[1] for line in Page(render(data)).under("class", "all rows")}["class_000"] == "321"


def test_answers_that_do_not_fit_to_the_rows_are_an_error(made: Make) -> None:
    data = made(rows=20, champion_answers=[{}] * 19)
    with pytest.raises(ValueError, match="20 rows, but 19 answers of the champion"):
        render(data)
