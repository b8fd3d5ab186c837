"""The monitoring job on the layouts that SageMaker captures and callers correct."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from captured import Record, labelled_rows, read_capture, read_captures, read_corrections
from monitor import judge_quality
from playing import play
from traffic import LABELS, Answers, reference, traffic

HOUR = "2026/11/21/10"


def line(number: int, text: str, answer: dict[str, Any], version: int = 1, encoding: str = "JSON") -> str:
    def side(value: object) -> dict[str, str]:
        data = json.dumps(value)
        if encoding == "BASE64":
            data = base64.b64encode(data.encode()).decode()
        return {"observedContentType": "application/json", "data": data, "encoding": encoding}

    captured = {
        "endpointInput": {**side({"rows": [{"text": text}]}), "mode": "INPUT"},
        "endpointOutput": {**side({"modelVersion": version, "predictions": [answer]}), "mode": "OUTPUT"},
    }
    about = {"eventId": f"e-{number}", "inferenceId": f"i-{number}", "inferenceTime": "2026-11-21T10:00:00Z"}
    return json.dumps({"captureData": captured, "eventMetadata": about, "eventVersion": "0"}) + "\n"


def correction(inference_id: str, **truth: str) -> str:
    data = {"data": json.dumps(truth), "encoding": "JSON"}
    about = {"eventId": inference_id}
    return json.dumps({"groundTruthData": data, "eventMetadata": about, "eventVersion": "0"}) + "\n"


def put(folder: Path, name: str, content: str, hour: str = HOUR) -> None:
    path = folder / hour / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def capture(folder: Path, texts: list[str], answers: Answers, version: int = 1, minute: int = 0) -> None:
    for start in range(0, len(texts), 40):
        part = range(start, min(start + 40, len(texts)))
        lines = "".join(line(number, texts[number], answers[number], version) for number in part)
        put(folder, f"{minute:02d}-{start // 40:02d}-000-aaaa.jsonl", lines)


def watch(base: Path, bundle: Callable[..., Path]) -> tuple[dict[str, Any], str]:
    inputs = base / "processing" / "input"
    (inputs / "baseline").mkdir(parents=True)
    (inputs / "baseline" / "statistics.json").write_text(json.dumps(reference()))
    code, printed = play(base, bundle(inputs / "code") / "monitor.py")
    assert code == 0, printed
    report = json.loads((base / "processing" / "output" / "report" / "report.json").read_text())
    return report, (base / "output" / "message").read_text()


def test_normal_traffic_scores_below_one_and_moves_the_mark(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    capture(tmp_path / "processing" / "input" / "capture", *traffic(410, 3))
    report, message = watch(tmp_path, bundle)
    assert 0 < report["drift"]["score"] < 1
    assert (report["records"], report["windows"], report["window_size"]) == (410, 3, 200)
    assert report["judged_through"] == f"{HOUR}/00-10-000-aaaa.jsonl"
    assert report["quality"]["score"] is None
    assert message == report["sentence"]
    assert message.startswith("no drift: score 0.")


def test_too_few_records_wait_and_are_not_marked_as_judged(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    inputs = tmp_path / "processing" / "input"
    capture(inputs / "capture", *traffic(60, 3))
    put(inputs / "feedback", "i-3_2026112110.jsonl", correction("i-3", topic="returns"))
    report, message = watch(tmp_path, bundle)
    assert report["drift"] == {"score": None, "statistics": {}}
    assert report["judged_through"] is None
    assert message == "60 records wait: 200 make a window; 1 labelled rows"


def test_answers_of_an_earlier_version_are_not_held_against_the_one_in_service(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    folder = tmp_path / "processing" / "input" / "capture"
    texts, answers = traffic(300, 3, shares=(1.0, 0.0, 0.0))
    capture(folder, texts, answers, version=7, minute=1)
    texts, answers = traffic(200, 4)
    capture(folder, texts, answers, version=3, minute=2)
    report, _ = watch(tmp_path, bundle)
    assert (report["records"], report["windows"]) == (200, 1)
    assert report["drift"]["score"] < 1


def test_corrections_become_rows_to_learn_from_also_of_answers_judged_before(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    inputs = tmp_path / "processing" / "input"
    capture(inputs / "capture", *traffic(200, 3))
    late = line(900, "old mail", {"topic": {"value": "billing", "confidence": 0.9}})
    put(inputs / "context", "59-00-000-aaaa.jsonl", late, hour="2026/11/20/09")
    put(inputs / "feedback", "i-900_2026112009.jsonl", correction("i-900", topic="returns"))
    put(inputs / "feedback", "i-none_2026112009.jsonl", correction("i-none", topic="returns"))
    put(inputs / "feedback", "empty.jsonl", "")
    report, message = watch(tmp_path, bundle)
    rows = (tmp_path / "processing" / "output" / "labelled" / "rows.jsonl").read_text()
    assert json.loads(rows) == {"text": "old mail", "topic": "returns", "inference_id": "i-900"}
    assert (report["records"], report["labelled_rows"]) == (200, 1)
    assert message.endswith("; 1 labelled rows; 1 corrections without their record")


def test_nothing_learned_leaves_no_file(tmp_path: Path, bundle: Callable[..., Path]) -> None:
    put(tmp_path / "processing" / "input" / "capture", "empty.jsonl", "", hour=".")
    report, _ = watch(tmp_path, bundle)
    assert (report["records"], report["judged_through"]) == (0, None)
    assert list((tmp_path / "processing" / "output" / "labelled").iterdir()) == []


def test_reads_captures_in_base64_and_counts_lines_that_are_not_ours(tmp_path: Path) -> None:
    answer = {"topic": {"value": "billing", "confidence": 0.9}}
    lines = line(1, "a mail", answer, encoding="BASE64") + 'not json\n{"captureData": {}}\n'
    put(tmp_path, "00-00-000-a.jsonl", lines)
    captured = read_captures(tmp_path, ["text"], ["topic"])
    assert [record.row for record in captured.records] == [{"text": "a mail"}]
    assert captured.unreadable == 2


def test_the_request_by_which_a_release_tried_the_model_is_no_traffic(tmp_path: Path) -> None:
    answer = {"topic": {"value": "billing", "confidence": 0.9}}
    smoke = line(1, "smoke test", answer).replace('"i-1"', '"smoke-v1"')
    put(tmp_path, "00-00-000-a.jsonl", smoke + line(2, "a mail", answer))
    captured = read_captures(tmp_path, ["text"], ["topic"])
    assert [record.inference_id for record in captured.records] == ["i-2"]
    assert captured.unreadable == 0


def test_a_later_correction_replaces_an_earlier_one_target_by_target(tmp_path: Path) -> None:
    put(tmp_path, "i-1_2026112110.jsonl", correction("i-1", topic="billing", urgency="high"), "2026/11/21/10")
    put(tmp_path, "i-1_2026112110.jsonl", correction("i-1", topic="returns"), "2026/11/21/11")
    assert read_corrections(tmp_path, ["topic", "urgency"]) == {
        "i-1": {"topic": "returns", "urgency": "high"}
    }


def captured_batch(
    rows: list[dict[str, str]], answers: list[dict[str, Any]], **more: object
) -> dict[str, Any]:
    sides = {
        "endpointInput": {"rows": rows, **more},
        "endpointOutput": {"modelVersion": 1, "predictions": answers},
    }
    data = {side: {"data": json.dumps(value), "encoding": "JSON"} for side, value in sides.items()}
    return {"captureData": data, "eventMetadata": {"eventId": "e", "inferenceId": "i-1"}, "eventVersion": "0"}


def test_each_row_of_a_batch_has_an_inference_id_and_can_be_corrected() -> None:
    answer = {"topic": {"value": "billing", "confidence": 0.9, "abstained": True}}
    one, two = {"text": "a"}, {"text": "b"}
    batch = read_capture(captured_batch([one, two], [answer, answer], batch=True), "k", ["text"], ["topic"])
    assert batch is not None
    assert [record.inference_id for record in batch] == ["i-1.0", "i-1.1"]
    assert labelled_rows(batch, {"i-1.1": {"topic": "returns"}, "i-1": {"topic": "account"}}) == [
        {"text": "b", "topic": "returns", "inference_id": "i-1.1"}
    ]


@pytest.mark.parametrize(
    ("rows", "more", "ids"),
    [
        (1, {}, ["i-1"]),
        (1, {"batch": False}, ["i-1"]),
        (1, {"batch": True}, ["i-1.0"]),
        (2, {}, ["i-1.0", "i-1.1"]),
    ],
)
def test_a_batch_of_one_is_told_from_a_single_row(rows: int, more: dict[str, object], ids: list[str]) -> None:
    answer = {"topic": {"value": "billing", "confidence": 0.9}}
    line = captured_batch([{"text": "a"}] * rows, [answer] * rows, **more)
    found = read_capture(line, "k", ["text"], ["topic"])
    assert [record.inference_id for record in found or []] == ids


def test_rows_that_got_an_error_are_left_out_and_keep_their_place(tmp_path: Path) -> None:
    answer = {"topic": {"value": "billing", "confidence": 0.9}}
    error = {"error": "text must be a text"}
    some = captured_batch([{"text": "a"}, {}, {"text": "c"}], [answer, error, answer])
    none = captured_batch([{}], [error])
    put(tmp_path, "00-00-000-a.jsonl", json.dumps(some) + "\n" + json.dumps(none) + "\n")
    captured = read_captures(tmp_path, ["text"], ["topic"])
    assert [record.inference_id for record in captured.records] == ["i-1.0", "i-1.2"]
    assert captured.unreadable == 0


def test_a_target_may_be_called_error() -> None:
    answer = {"error": {"value": "yes", "confidence": 0.9}}
    found = read_capture(captured_batch([{"text": "a"}], [answer]), "k", ["text"], ["error"])
    assert [record.answer for record in found or []] == [answer]


def test_an_abstained_answer_counts_as_its_best_guess(tmp_path: Path, bundle: Callable[..., Path]) -> None:
    texts, answers = traffic(200, 3)
    for answer in answers:
        answer["topic"]["abstained"] = answer["topic"]["confidence"] < 0.8
    capture(tmp_path / "processing" / "input" / "capture", texts, answers)
    report, _ = watch(tmp_path, bundle)
    assert 0 < report["drift"]["score"] < 1


def test_drift_is_judged_by_what_the_kind_reads_of_a_mail(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    texts, answers = traffic(200, 3)
    capture(tmp_path / "processing" / "input" / "capture", [f"{text} >>QUOTED" for text in texts], answers)
    reading = 'def text_of(row, fields):\n    return row["text"].split(" >>")[0]\n'
    report, _ = watch(tmp_path, lambda folder: bundle(folder, {"reading.py": reading}))
    assert report["drift"]["statistics"]["capitals"]["value"] == 0
    assert report["drift"]["score"] < 1


def answered(count: int, key: str) -> list[Record]:
    said = {"topic": {"value": LABELS["topic"][1], "confidence": 0.9}}
    return [Record(key, f"{key}-{number}", 1, {"text": "a"}, said) for number in range(count)]


@pytest.mark.parametrize(("wrong", "is_worse"), [(5, False), (60, True)])
def test_quality_is_the_rate_of_reported_errors_among_all_answers(wrong: int, is_worse: bool) -> None:
    records = answered(400, f"{HOUR}/a")
    corrections = {record.inference_id: {"topic": "returns"} for record in records[:wrong]}
    report = judge_quality(records, [], corrections, {"topic": {"rows": 400, "wrong": 20}})
    assert report["targets"]["topic"]["wrong"] == wrong
    assert (report["score"] > 1) is is_worse


def test_callers_who_confirm_do_not_make_a_model_worse() -> None:
    records = answered(400, f"{HOUR}/a")
    corrections = {record.inference_id: {"topic": "billing"} for record in records[:300]}
    report = judge_quality(records, [], corrections, {"topic": {"rows": 400, "wrong": 20}})
    assert report["targets"]["topic"] == {"corrected": 300, "wrong": 0, "records": 400, "score": 0.0}


def test_quiet_hours_that_a_late_correction_led_to_do_not_look_bad() -> None:
    """Ten hours of eight answers with one error each are all the errors of a much longer time."""
    older = [record for hour in range(10) for record in answered(8, f"2026/11/20/{hour:02d}/a")]
    corrections = {record.inference_id: {"topic": "returns"} for record in older[::8]}
    report = judge_quality([], older, corrections, {"topic": {"rows": 400, "wrong": 8}})
    assert report["targets"]["topic"]["wrong"] == 10
    assert report["score"] < 1
