"""Measures the new model on the held-out rows, compares it with the champion, and lets the gate decide.

In:  processing/input/model     model.tar.gz of this run
     processing/input/test      rows.jsonl
     processing/input/champion  predictions.jsonl of ScoreChampion
Out: processing/output/evaluation/evaluation.json  metrics, comparison, verdict
     processing/output/baseline/statistics.json    what the monitor will compare traffic with
     output/message                                the gate's sentence
"""

import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import job
from baseline import statistics
from gate import Answers, Champion, judge
from inference import answer, load
from rows import Row, is_feedback, read_rows, text_of


def main() -> str:
    settings = job.read_settings(job.code_dir())
    inputs = job.base_dir() / "processing" / "input"
    outputs = job.base_dir() / "processing" / "output"
    rows = read_rows(inputs / "test")
    with tempfile.TemporaryDirectory() as folder:
        job.unpack(inputs / "model" / "model.tar.gz", Path(folder))
        labels = json.loads((Path(folder) / "labels.json").read_text(encoding="utf-8"))
        vocabulary = (Path(folder) / "vocabulary.txt").read_text(encoding="utf-8").split()
        answers = answer(load(Path(folder)), rows)
    champion = read_champion(inputs / "champion" / "predictions.jsonl")

    evaluation = judge(rows, answers, labels, champion, settings)
    fair = [number for number, row in enumerate(rows) if not is_feedback(row)]
    rows, answers = [rows[number] for number in fair], [answers[number] for number in fair]
    evaluation["multiclass_classification_metrics"] = studio(rows, answers, settings["targets"][0])
    job.write_json(outputs / "evaluation" / "evaluation.json", evaluation)

    errors = {
        target: {"rows": len(rows), "wrong": count_wrong(rows, answers, target)}
        for target in settings["targets"]
    }
    texts = [text_of(row, settings["fields"]) for row in rows]
    reference = statistics(texts, answers, labels, vocabulary, errors, settings["seed"])
    (outputs / "baseline").mkdir(parents=True, exist_ok=True)
    (outputs / "baseline" / "statistics.json").write_text(
        json.dumps(reference, ensure_ascii=False, allow_nan=False), encoding="utf-8"
    )
    return str(evaluation["gate"]["sentence"])


def read_champion(path: Path) -> Champion:
    with path.open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
        answers = [json.loads(line) for line in lines]
    return Champion(answers, header.get("labels", {}), header["reason"])


def count_wrong(rows: list[Row], answers: Answers, target: str) -> int:
    return sum(said[target]["value"] != row[target] for row, said in zip(rows, answers, strict=True))


def studio(rows: list[Row], answers: Answers, target: str) -> dict[str, Any]:
    """The first target's metrics in the layout that SageMaker Studio draws."""
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for row, said in zip(rows, answers, strict=True):
        confusion[row[target]][said[target]["value"]] += 1
    predicted = Counter(said[target]["value"] for said in answers)
    weighted = {"recall": 0.0, "precision": 0.0, "f1": 0.0}
    for label, found in confusion.items():
        weight, right = found.total() / len(rows), found[label]
        weighted["recall"] += weight * right / found.total()
        weighted["precision"] += weight * right / max(predicted[label], 1)
        weighted["f1"] += weight * 2 * right / (found.total() + predicted[label])
    metrics = {
        f"weighted_{name}": {"value": round(value, 4), "standard_deviation": "NaN"}
        for name, value in weighted.items()
    }
    accuracy = sum(found[label] for label, found in confusion.items()) / len(rows)
    return {
        "accuracy": {"value": round(accuracy, 4), "standard_deviation": "NaN"},
        **metrics,
        "confusion_matrix": {
            label: dict(sorted(found.items())) for label, found in sorted(confusion.items())
        },
    }


if __name__ == "__main__":
    job.run(main, "processing")
