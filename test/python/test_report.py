"""The report of a training run, read as a browser reads it: what stands in it, and what never does."""

import re
from dataclasses import replace

import pytest
from report_page import Page, a_run

from report import render

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


def test_page_answers_in_the_order_in_which_a_reader_asks() -> None:
    page = Page(render(a_run()))
    found = [attributes["id"] for tag, attributes in page.elements if tag == "section"]
    assert found == [*SECTIONS, "settings"]


def test_verdict_shows_every_term_with_its_value_and_its_bound_and_failed_ones_first() -> None:
    data = a_run()
    terms = Page(render(data)).under("rule", "target", "value", "bound", "verdict")
    assert len(terms) == len(data.evaluation["gate"]["terms"])
    assert [row[4] for row in terms] == sorted((row[4] for row in terms), key=lambda said: "passed" in said)
    macro_f1 = next(row for row in terms if row[0] == "macro F1")
    assert macro_f1[2].startswith(f"{data.evaluation['metrics']['topic']['macro_f1']:.3f} [")
    assert macro_f1[3] == "interval ≥ 0.8"


def test_same_run_gives_the_same_bytes() -> None:
    assert render(a_run()) == render(a_run())


def test_page_asks_nobody_for_anything() -> None:
    names = ["https://example.com/a.png", "//example.com", "url(http://example.com)"]
    page = Page(render(a_run(names=names)))
    for _tag, attributes in page.elements:
        assert not {"src", "srcset", "data", "action", "poster", "xlink:href"} & set(attributes)
        assert all(re.match("#", value or "") for name, value in attributes.items() if name == "href")
        assert not any("//" in (value or "") for value in attributes.values())
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.elements}
    assert "@import" not in render(a_run())


def test_page_has_no_script_but_its_own_whatever_a_class_or_a_project_is_called() -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    data = a_run(
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


def test_page_of_77_classes_and_1500_rows_stays_small() -> None:
    names = [f"a_rather_long_name_of_a_class_number_{number:02d}" for number in range(77)]
    data = a_run(names=names, rows=1500, right=0.6, text="my order is late " * 30)
    assert len(render(data).encode()) < 1_500_000


def test_class_without_a_held_out_row_is_listed_without_figures() -> None:
    data = a_run()
    data.evaluation["labels"]["topic"].append("never_seen")
    lines = Page(render(data)).under("class", "all rows")
    assert lines[-1][:6] == ["never_seen", "", "0", "–", "–", "–"]


def test_table_of_classes_begins_with_the_worst_and_compares_with_the_champion() -> None:
    data = a_run(classes=2, rows=40, right=1.0)
    champion = [{"topic": {"value": "class_000", "confidence": 0.9}} for _ in data.rows]
    data = replace(data, champion_answers=champion)
    for number in (0, 2, 4):
        data.answers[number]["topic"]["value"] = "class_001"
    lines = Page(render(data)).under("class", "all rows")
    assert [line[0] for line in lines] == ["class_000", "class_001"]
    # F1 34/37 against 2/3, and 40/43 against nothing.
    assert [line[7] for line in lines] == ["+0.25", "+0.93"]


def test_worst_errors_are_the_surest_twenty() -> None:
    data = a_run(right=0.3)
    wrong = [
        said["topic"]["confidence"]
        for row, said in zip(data.rows, data.answers, strict=True)
        if row["topic"] != said["topic"]["value"]
    ]
    shown = next(
        table[1:] for table in reversed(Page(render(data)).tables) if table[0][:1] == ["text, redacted"]
    )
    assert [row[3] for row in shown] == [f"{100 * sure:.1f} %" for sure in sorted(wrong, reverse=True)[:20]]


def test_corrections_of_callers_are_left_out() -> None:
    data = a_run(rows=60)
    for row in data.rows[30:]:
        row["inference_id"] = "x"
    assert "30 held-out rows" in Page(render(data)).text


def test_report_without_champion_history_and_data_says_so() -> None:
    data = a_run(champion_answers=None, cheaper_answers=None, history=[], vocabulary=[])
    data.evaluation["champion"] = {"compared": False, "reason": "no model is in service yet", "targets": {}}
    del data.evaluation["cheaper"], data.settings["cheaper"]
    text = Page(render(data)).text
    assert "no model is in service yet" in text
    assert "Nothing was compared." in text
    assert "± champion" not in text
    assert "None" not in text
    assert "Training wrote no history." in text


def test_evaluation_of_an_older_gate_is_shown_as_far_as_it_goes() -> None:
    data = a_run()
    del data.evaluation["gate"]["terms"]
    for name in ("calibration_bound", "threshold", "coverage", "selective_accuracy"):
        del data.evaluation["metrics"]["topic"][name]
    data.evaluation["champion"]["targets"]["topic"] = {"difference": 0.1, "interval": [-0.02, 0.2]}
    assert data.evaluation["gate"]["sentence"] in Page(render(data)).text


def test_target_without_a_held_out_row_is_named_and_the_others_are_shown() -> None:
    data = a_run()
    data.settings["targets"] = ["topic", "mood"]
    text = Page(render(data)).text
    assert "No held-out row has a mood" in text
    assert "topic 4 classes" in text


def test_row_without_the_truth_of_a_target_counts_for_the_others_only() -> None:
    data = a_run(rows=40)
    del data.rows[0]["topic"]
    assert "of 39 rows wrong" in Page(render(data)).text


def test_forty_targets_in_any_script_are_drawn() -> None:
    data = a_run(rows=40, names=["فاتورة", "配送", "נושא", "🙂"])
    targets = [f"נושא {number}" for number in range(40)]
    for row, said in zip(data.rows, data.answers, strict=True):
        for target in targets:
            row[target], said[target] = row["topic"], said["topic"]
    data.settings["targets"] = targets
    metrics = data.evaluation["metrics"]["topic"]
    data.evaluation["metrics"] = dict.fromkeys(targets, metrics)
    page = Page(render(data))
    assert [line[0] for line in page.under("target", "macro F1")] == targets


def test_data_section_tells_what_was_read_left_out_cleaned_and_late() -> None:
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
    data = a_run(data_report=report)
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


def test_answers_that_do_not_fit_to_the_rows_are_an_error() -> None:
    data = a_run(rows=20, champion_answers=[{}] * 19)
    with pytest.raises(ValueError, match="20 rows, but 19 answers of the champion"):
        render(data)
