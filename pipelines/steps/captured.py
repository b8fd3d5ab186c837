"""Reads what SageMaker captured and what callers corrected, in the layouts AWS documents.

A captured line: {"captureData": {"endpointInput": {"data", "encoding"}, "endpointOutput": {...}},
"eventMetadata": {"eventId", "inferenceId"}, "eventVersion": "0"}; a correction: {"groundTruthData": {"data",
"encoding"}, "eventMetadata": {"eventId": <inference id>}, ...}, whose data is a JSON object of the corrected
targets.

The inference id of a captured request is that of its answer. A request of many rows ("batch": true in what
was captured, or several rows) has answers with ids of their own, `<id>.<position>` from 0.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rows import FEEDBACK_KEY, Row

# Inference ids of smoke requests, as lambda/release-model/smoke.ts writes them.
SMOKE = "smoke-"


@dataclass
class Record:
    """One answered row, and the key of the file it was captured in."""

    key: str
    inference_id: str
    version: int
    row: Row
    answer: dict[str, dict[str, Any]]


@dataclass
class Captured:
    records: list[Record]
    # Key of the newest file that holds a record, relative to the manifest's prefix; None without any.
    newest: str | None
    # Lines that hold no answered rows of this project's fields and targets.
    unreadable: int


def read_captures(folder: Path, fields: Sequence[str], targets: Sequence[str]) -> Captured:
    """Every captured file, oldest first: the keys are made of times, so their order is that of the
    answers."""
    paths = sorted(folder.rglob("*.jsonl"), key=lambda path: path.relative_to(folder).as_posix())
    records: list[Record] = []
    unreadable = 0
    for path in paths:
        key = path.relative_to(folder).as_posix()
        for line in lines_of(path):
            if is_smoke(line):
                continue
            found = read_capture(line, key, fields, targets)
            records += found or []
            unreadable += found is None
    return Captured(records, records[-1].key if records else None, unreadable)


def is_smoke(line: Any) -> bool:
    """Whether the line is the request by which a release tried the model; nobody asked that."""
    about = line.get("eventMetadata") if isinstance(line, dict) else None
    return isinstance(about, dict) and str(about.get("inferenceId", "")).startswith(SMOKE)


def read_capture(line: Any, key: str, fields: Sequence[str], targets: Sequence[str]) -> list[Record] | None:
    """The answered rows of a captured line, without those that got an error for an answer; None if it is not
    one of ours, for one odd line must not stop the monitor."""
    try:
        request = payload(line["captureData"]["endpointInput"])
        reply = payload(line["captureData"]["endpointOutput"])
        about = line["eventMetadata"]
        rows, answers = request["rows"], reply["predictions"]
        inference_id = about.get("inferenceId") or about["eventId"]
        many = len(rows) > 1 or request.get("batch") is True
        return [
            Record(
                key=key,
                inference_id=f"{inference_id}.{number}" if many else inference_id,
                version=int(reply["modelVersion"]),
                row={field: str(row[field]) for field in fields},
                answer={target: answer[target] for target in targets},
            )
            for number, (row, answer) in enumerate(zip(rows, answers, strict=True))
            # A target may have that name; its answer is no text.
            if not isinstance(answer.get("error"), str)
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def read_corrections(folder: Path, targets: Sequence[str]) -> dict[str, Row]:
    """The corrected targets by inference id; corrected twice, the later word counts."""
    corrections: dict[str, Row] = {}
    paths = sorted(folder.rglob("*.jsonl"), key=lambda path: path.relative_to(folder).as_posix())
    for path in paths:
        for line in lines_of(path):
            try:
                truth = payload(line["groundTruthData"])
                inference_id = line["eventMetadata"]["eventId"]
                given = {target: truth[target] for target in targets if isinstance(truth.get(target), str)}
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
            corrections.setdefault(inference_id, {}).update(given)
    return corrections


def labelled_rows(records: Sequence[Record], corrections: dict[str, Row]) -> list[Row]:
    """Rows to learn from: the captured fields and the targets a caller named, no others.

    What was not corrected is unknown, not right: to teach the model its own answers would make it surer, not
    better.
    """
    return [
        {**record.row, **corrections[record.inference_id], FEEDBACK_KEY: record.inference_id}
        for record in records
        if corrections.get(record.inference_id)
    ]


def payload(side: Any) -> Any:
    """The captured body. SageMaker encodes it in base64 unless the endpoint lists its content type as
    JSON."""
    data = side["data"]
    if side.get("encoding") == "BASE64":
        data = base64.b64decode(data).decode("utf-8")
    return json.loads(data)


def lines_of(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    yield None
