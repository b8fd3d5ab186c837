"""Measures the new model on the held-out rows, compares it with the champion and with the cheaper learner,
and lets the gate decide.

In:  processing/input/model     model.tar.gz of this run
     processing/input/test      rows.jsonl
     processing/input/champion  predictions.jsonl of ScoreChampion
     processing/input/report    report.json of Preprocess
     processing/input/cheaper   predictions.jsonl of FitCheaper, where the learner is not the cheapest
Out: processing/output/evaluation/evaluation.json  metrics, comparisons, verdict
     processing/output/evaluation/report.html      the same for people, with pictures
     processing/output/baseline/statistics.json    what the monitor will compare traffic with
     output/message                                the gate's sentence
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import job
from baseline import statistics
from classes import read_mapping
from evaluation.opponents import class_events, read_champion, read_cheaper
from evaluation.studio import studio
from gate import judge
from inference import answer, load
from measures import Answers
from reading import text_of
from report import ReportData, render
from rows import Row, is_feedback, read_rows


def main() -> str:
    settings = job.read_settings(job.code_dir())
    mapping = read_mapping(job.code_dir())
    inputs = job.base_dir() / "processing" / "input"
    outputs = job.base_dir() / "processing" / "output"
    rows = read_rows(inputs / "test")
    model = ask(inputs / "model" / "model.tar.gz", rows)
    champion, its_labels = read_champion(inputs / "champion" / "predictions.jsonl", mapping)
    cheaper = read_cheaper(inputs / "cheaper" / "predictions.jsonl")
    data = read_json(inputs / "report" / "report.json", {})

    events = class_events(its_labels, model.labels, mapping, data.get("rare", {}))
    evaluation = judge(rows, model.answers, model.labels, champion, settings, cheaper, events)
    evaluation["data"] = {
        "warnings": [
            *data.get("arrival", {}).get("warnings", []),
            *out_of_reach(model.calibration, settings.get("abstain", {})),
        ]
    }
    fair = [number for number, row in enumerate(rows) if not is_feedback(row)]
    asked, answers = [rows[number] for number in fair], [model.answers[number] for number in fair]
    evaluation["multiclass_classification_metrics"] = studio(asked, answers, settings["targets"][0])
    job.write_json(outputs / "evaluation" / "evaluation.json", evaluation)

    texts = [text_of(row, settings["fields"]) for row in rows]
    page = ReportData(
        settings=settings,
        evaluation=evaluation,
        rows=rows,
        texts=texts,
        answers=model.answers,
        champion_answers=champion.answers or None,
        cheaper_answers=cheaper.answers if cheaper else None,
        vocabulary=model.vocabulary,
        data_report=data,
        history=model.history,
        about=about(settings, data),
    )
    (outputs / "evaluation" / "report.html").write_text(render(page), encoding="utf-8")

    errors = {target: errors_of(asked, answers, target) for target in settings["targets"]}
    fair_texts = [texts[number] for number in fair]
    reference = statistics(fair_texts, answers, model.labels, model.vocabulary, errors, settings["seed"])
    (outputs / "baseline").mkdir(parents=True, exist_ok=True)
    (outputs / "baseline" / "statistics.json").write_text(
        json.dumps(reference, ensure_ascii=False, allow_nan=False), encoding="utf-8"
    )
    return str(evaluation["gate"]["sentence"])


@dataclass
class Asked:
    """The new model's answers, and what it says of itself."""

    answers: Answers
    labels: dict[str, list[str]]
    vocabulary: list[str]
    history: list[dict[str, Any]]
    # calibration.json: by target, how often the surest answers are right and the rest of it.
    calibration: dict[str, dict[str, Any]]


def ask(archive: Path, rows: list[Row]) -> Asked:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.unpack(archive, folder)
        return Asked(
            answers=answer(load(folder), rows),
            labels=read_json(folder / "labels.json"),
            vocabulary=(folder / "vocabulary.txt").read_text(encoding="utf-8").split(),
            history=read_json(folder / "history.json", []),
            calibration=read_json(folder / "calibration.json", {}),
        )


def out_of_reach(calibration: dict[str, dict[str, Any]], wanted: dict[str, float]) -> list[str]:
    """Targets whose answers cannot be right as often as abstain.accuracy asks, with what that means."""
    return [
        f"not even the surest answers of {target} are right {wanted[target]:.0%} of the time "
        f"({found['surest']:.0%}): it abstains below {found['threshold']:.0%} only; "
        "look at its labels, or lower abstain.accuracy"
        for target, found in calibration.items()
        if found.get("surest", 1.0) < wanted.get(target, 0.0)
    ]


def read_json(path: Path, absent: Any = None) -> Any:
    """The file's content, or `absent` where there is no file; without `absent` the file must be there."""
    if absent is not None and not path.exists():
        return absent
    return json.loads(path.read_text(encoding="utf-8"))


def errors_of(rows: list[Row], answers: Answers, target: str) -> dict[str, int]:
    # A row whose class is too rare to learn lacks that answer.
    hits = [
        said[target]["value"] == row[target] for row, said in zip(rows, answers, strict=True) if target in row
    ]
    return {"rows": len(hits), "wrong": hits.count(False)}


def about(settings: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """What the report names at its top; no times, so that equal runs have equal pages."""
    base_model = settings.get("base_model")
    return {
        **({"base model": base_model["name"]} if base_model else {}),
        **({"rows learned from": data["train"]} if "train" in data else {}),
    }


if __name__ == "__main__":
    job.run(main, "processing")
