"""Watches the model in service: has its traffic drifted, is it wrong more often, and what did callers teach.

In:  processing/input/capture   captured requests and answers since the last judgement
     processing/input/feedback  corrections, if any
     processing/input/baseline  statistics.json of the released model package
Out: processing/output/report/report.json    for the function that makes metrics of it
     processing/output/labelled/rows.jsonl   corrected rows for the next training; no file when there are none

JUDGED_THROUGH, if set, is the capture key judged last: older files are here only so that late corrections can
be joined.
"""

import json
import os
from typing import Any

import job
from captured import Record, labelled_rows, read_captures, read_corrections
from drift import judge_windows, read_reference, traffic_columns
from resample import wilson
from rows import Row, text_of, write_rows


def main() -> str:
    settings = job.read_settings(job.code_dir())
    inputs = job.base_dir() / "processing" / "input"
    outputs = job.base_dir() / "processing" / "output"
    fields, targets = settings["fields"], settings["targets"]
    baseline = json.loads((inputs / "baseline" / "statistics.json").read_text(encoding="utf-8"))
    captured = read_captures(inputs / "capture", fields, targets)
    corrections = read_corrections(inputs / "feedback", targets)
    labelled = labelled_rows(captured.records, corrections)

    # The baseline is that of the newest answers' model; what an earlier one answered says nothing about this
    # one.
    version = captured.records[-1].version if captured.records else 0
    records = [record for record in captured.records if record.version == version]
    after = os.environ.get("JUDGED_THROUGH", "")
    fresh = [record for record in records if record.key > after]
    size = settings["monitor"]["window"]
    reference = read_reference(baseline)
    traffic = traffic_columns(
        reference, [text_of(record.row, fields) for record in fresh], [record.answer for record in fresh]
    )
    drift = judge_windows(reference, traffic, size, settings["seed"])
    windows = drift.pop("windows")
    report = {
        "records": len(fresh),
        "windows": windows,
        "window_size": size,
        "judged_through": captured.newest if windows else None,
        "drift": drift,
        "quality": judge_quality(records, corrections, baseline["errors"]),
        "labelled_rows": len(labelled),
        "unreadable": captured.unreadable,
    }
    report["sentence"] = sentence_of(report, len(corrections) - len(labelled))
    job.write_json(outputs / "report" / "report.json", report)
    (outputs / "labelled").mkdir(parents=True, exist_ok=True)
    if labelled:
        write_rows(outputs / "labelled", labelled)
    return str(report["sentence"])


def judge_quality(
    records: list[Record], corrections: dict[str, Row], errors: dict[str, dict[str, int]]
) -> dict[str, Any]:
    """Compares the rate of reported errors with the error measured at the gate; above 1 is significantly
    worse.

    Callers correct what annoys them, so the share of wrong answers *among corrections* means nothing.
    Reported errors among *all* answers is a lower bound on the true error: silence is not counted as
    agreement, only as no report. The score is the lower end of that rate's interval over the upper end of the
    gate's: it errs on the quiet side.
    """
    targets: dict[str, Any] = {}
    single = [record for record in records if record.siblings == 1]
    for target, gate in errors.items():
        said = [
            (record.answer[target]["value"], corrections[record.inference_id][target])
            for record in single
            if target in corrections.get(record.inference_id, {})
        ]
        wrong = sum(answer != truth for answer, truth in said)
        ratio = wilson(wrong, len(single))[0] / wilson(gate["wrong"], gate["rows"])[1]
        targets[target] = {
            "corrected": len(said),
            "wrong": wrong,
            "records": len(single),
            "score": round(ratio, 4) if said else None,
        }
    scores = [entry["score"] for entry in targets.values() if entry["score"] is not None]
    return {"score": max(scores, default=None), "targets": targets}


def sentence_of(report: dict[str, Any], unjoined: int) -> str:
    """One line for the exit message: drift, quality, and what was learned."""
    score, statistics = report["drift"]["score"], report["drift"]["statistics"]
    if score is None:
        parts = [f"{report['records']} records wait: {report['window_size']} make a window"]
    else:
        name = max(statistics, key=lambda key: statistics[key]["ratio"])
        found = statistics[name]
        parts = [
            f"{'drift' if score > 1 else 'no drift'}: score {score:.2f} over {report['windows']} windows of "
            f"{report['window_size']}, most in {name} {found['value']:.4g} "
            f"(threshold {found['threshold']:.4g})"
        ]
    for target, entry in report["quality"]["targets"].items():
        if entry["score"] is not None and entry["score"] > 1:
            parts.append(
                f"more errors of {target} than at the gate: {entry['wrong']} of {entry['records']} reported"
            )
    parts.append(f"{report['labelled_rows']} labelled rows")
    if unjoined:
        parts.append(f"{unjoined} corrections without their record")
    if report["unreadable"]:
        parts.append(f"{report['unreadable']} captured lines were unreadable")
    return "; ".join(parts)


if __name__ == "__main__":
    job.run(main, "processing")
