"""Watches the model in service: has its traffic drifted, is it wrong more often, and what did callers teach.

In:  processing/input/capture   captured requests and answers, to be judged
     processing/input/feedback  corrections that came since the last run, of these answers or of older ones
     processing/input/context   captured files of the hours of the older ones: to join, not to judge
     processing/input/baseline  statistics.json of the released model package
Out: processing/output/report/report.json    for the function that makes metrics of it
     processing/output/labelled/rows.jsonl   corrected rows for the next training; no file when there are none
"""

import json
from collections import Counter
from typing import Any

import job
from captured import Record, labelled_rows, read_captures, read_corrections
from drift import judge_windows, read_reference, traffic_columns
from reading import text_of
from resample import wilson
from rows import Row, write_rows

# Of a key: yyyy/mm/dd/hh.
HOUR = 13


def main() -> str:
    settings = job.read_settings(job.code_dir())
    inputs = job.base_dir() / "processing" / "input"
    outputs = job.base_dir() / "processing" / "output"
    fields, targets, size = settings["fields"], settings["targets"], settings["monitor"]["window"]
    baseline = json.loads((inputs / "baseline" / "statistics.json").read_text(encoding="utf-8"))
    captured = read_captures(inputs / "capture", fields, targets)
    context = read_captures(inputs / "context", fields, targets)
    corrections = read_corrections(inputs / "feedback", targets)
    labelled = labelled_rows([*context.records, *captured.records], corrections)

    # The baseline is that of the model in service, which gave the newest answer; what another answered says
    # nothing about it. Not the highest version: people roll back.
    version = captured.records[-1].version if captured.records else 0
    records = [record for record in captured.records if record.version == version]
    older = [record for record in context.records if record.version == version]
    reference = read_reference(baseline)
    traffic = traffic_columns(
        reference, [text_of(record.row, fields) for record in records], [record.answer for record in records]
    )
    drift = judge_windows(reference, traffic, size, settings["seed"])
    windows = drift.pop("windows")
    report = {
        "records": len(records),
        "windows": windows,
        "window_size": size,
        "judged_through": captured.newest if windows else None,
        "drift": drift,
        "quality": judge_quality(records, older, corrections, baseline["errors"]),
        "labelled_rows": len(labelled),
        "unreadable": captured.unreadable + context.unreadable,
    }
    report["sentence"] = sentence_of(report, len(corrections) - len(labelled))
    job.write_json(outputs / "report" / "report.json", report)
    (outputs / "labelled").mkdir(parents=True, exist_ok=True)
    if labelled:
        write_rows(outputs / "labelled", labelled)
    return str(report["sentence"])


def judge_quality(
    records: list[Record],
    older: list[Record],
    corrections: dict[str, Row],
    errors: dict[str, dict[str, int]],
) -> dict[str, Any]:
    """Compares the rate of reported errors with the error measured at the gate; above 1 is significantly
    worse.

    Callers correct what annoys them, so the share of wrong answers *among corrections* means nothing.
    Reported errors among *all* answers is a lower bound on the true error: an answer that nobody corrected
    counts as right. The score is the lower end of that rate's interval over the upper end of the gate's: it
    errs on the quiet side.

    :param older: answers of the hours that late corrections led to. An hour is here only because it had a
        correction, so one error of each is not counted, or quiet hours would look bad
    """
    targets: dict[str, Any] = {}
    judged = [*records, *older]
    late = {id(record) for record in older}
    for target, gate in errors.items():
        said = [
            (record, record.answer[target]["value"] != corrections[record.inference_id][target])
            for record in judged
            if target in corrections.get(record.inference_id, {})
        ]
        wrong = [record for record, is_wrong in said if is_wrong]
        hours = Counter(record.key[:HOUR] for record in wrong if id(record) in late)
        counted = len(wrong) - len(hours)
        ratio = wilson(counted, len(judged))[0] / wilson(gate["wrong"], gate["rows"])[1]
        targets[target] = {
            "corrected": len(said),
            "wrong": len(wrong),
            "records": len(judged),
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
