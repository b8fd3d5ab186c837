"""Metrics of one target in the layout that SageMaker Studio draws for a model package.

See https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from collections import Counter, defaultdict
from typing import Any

from measures import Answers
from rows import Row


def studio(rows: list[Row], answers: Answers, target: str) -> dict[str, Any]:
    """`multiclass_classification_metrics`: weighted by how frequent classes are, and the confusion matrix."""
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    # A row whose class is too rare to learn lacks that answer.
    known = [(row, said) for row, said in zip(rows, answers, strict=True) if target in row]
    for row, said in known:
        confusion[row[target]][said[target]["value"]] += 1
    predicted = Counter(said[target]["value"] for _, said in known)
    weighted = {"recall": 0.0, "precision": 0.0, "f1": 0.0}
    for label, found in confusion.items():
        weight, right = found.total() / len(known), found[label]
        weighted["recall"] += weight * right / found.total()
        weighted["precision"] += weight * right / max(predicted[label], 1)
        weighted["f1"] += weight * 2 * right / (found.total() + predicted[label])
    metrics = {
        f"weighted_{name}": {"value": round(value, 4), "standard_deviation": "NaN"}
        for name, value in weighted.items()
    }
    accuracy = sum(found[label] for label, found in confusion.items()) / max(len(known), 1)
    return {
        "accuracy": {"value": round(accuracy, 4), "standard_deviation": "NaN"},
        **metrics,
        "confusion_matrix": {
            label: dict(sorted(found.items())) for label, found in sorted(confusion.items())
        },
    }
