"""The parts of a report: masked texts, the confusion matrix, the charts."""

import re
from typing import Any

import numpy as np
import pytest
from report_page import VOCABULARY, Page, a_run

from report import render
from report.matrix import MOST
from report.order import by_confusion
from report.redaction import redact


def test_text_of_a_mail_appears_only_in_words_that_many_mails_have() -> None:
    text = (
        "Dear Please, my order 4711-0815 is late, Zaphod Beeblebrox wrote to zaphod@example.com and "
        "+49 170 1234567, IBAN DE89 3704 0044 0532 0130 00, see https://example.com/zaphod?x=1 . Best, Card"
    )
    page = render(a_run(text=text, right=0.5))
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


def test_matrix_at_77_classes_draws_what_happened_and_names_every_class_in_full() -> None:
    names = [f"a_rather_long_name_of_a_class_number_{number:02d}" for number in range(77)]
    data = a_run(names=names, rows=1500)
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


def test_matrix_of_more_classes_than_can_be_pointed_at_shows_those_with_most_errors() -> None:
    page = Page(render(a_run(classes=MOST + 30, rows=400)))
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


def test_most_confused_pairs_are_counted_with_their_share_of_the_true_class() -> None:
    data = a_run(classes=2, rows=40, right=1.0)
    for number in (0, 2, 4):
        data.answers[number]["topic"]["value"] = "class_001"
    assert Page(render(data)).under("truth", "answered", "rows") == [
        ["class_000", "class_001", "3", "15.0 %"]
    ]


def test_reliability_diagram_counts_every_answer() -> None:
    data = a_run(rows=200)
    page = render(data)
    counts = re.findall(r"<title>(\d+) answers of confidence", page[page.index('id="calibration"') :])
    # Once at the bar, once at the dot.
    assert sum(map(int, counts)) == 2 * len(data.rows)


def test_a_curve_is_drawn_for_each_name_in_history_and_bad_points_are_left_out() -> None:
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
    page = Page(render(a_run(history=history)))
    charts = [attributes for tag, attributes in page.elements if tag == "figure"]
    assert len(charts) == 2
    assert "macro F1 by rows" in page.text
    assert "loss by step" not in page.text
