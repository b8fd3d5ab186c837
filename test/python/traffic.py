"""Invented traffic with known shares, and a baseline of it."""

from typing import Any

import numpy as np

from baseline import statistics

LABELS = {"topic": ["account", "billing", "returns"]}
WORDS = [
    "invoice",
    "parcel",
    "refund",
    "password",
    "broken",
    "late",
    "please",
    "help",
    "order",
    "size",
    "again",
]
Answers = list[dict[str, dict[str, Any]]]


def traffic(count: int, seed: int, shares: tuple[float, ...] = (0.2, 0.5, 0.3)) -> tuple[list[str], Answers]:
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, size=rng.integers(4, 12))) for _ in range(count)]
    labels = rng.choice(LABELS["topic"], size=count, p=shares)
    confidence = rng.beta(8, 2, size=count)
    pairs = zip(labels, confidence, strict=True)
    return texts, [{"topic": {"value": str(label), "confidence": float(sure)}} for label, sure in pairs]


def reference(count: int = 400, seed: int = 0) -> dict[str, Any]:
    texts, answers = traffic(count, seed)
    return statistics(texts, answers, LABELS, sorted(WORDS), {"topic": {"rows": count, "wrong": 20}}, 17)
