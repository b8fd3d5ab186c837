"""Two models on the same rows: what each reaches, how far apart they are, and which classes and rows changed.

    python differences.py REQUEST RESULT

REQUEST is JSON: {"test": folder, "this": folder, "against": folder, "targets": [...], "fields": [...],
"seed": 17, "flips": 20}; the folders hold rows.jsonl or predictions.jsonl. RESULT gets the differences as
JSON. Needs the code bundle of this side on its path, and numpy: texts are shown as a model reads them.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from measures import measure
from paired import compare, mcnemar
from reading import text_of
from rows import Row, is_feedback, read_rows

# A class is named as better or worse from so many rows on that only one model got right.
LEAST_CHANGED = 2
MOST_CLASSES = 8
SHOWN = 160

Answers = list[dict[str, dict[str, Any]]]


def main() -> None:
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rows = read_rows(Path(request["test"]))
    this, against = (read_answers(Path(request[name])) for name in ("this", "against"))
    fair = [n for n, row in enumerate(rows) if not is_feedback(row)]
    result = differences(
        [rows[n] for n in fair],
        [this[n] for n in fair],
        [against[n] for n in fair],
        request["targets"],
        request["fields"],
        request["seed"],
        request["flips"],
    )
    Path(sys.argv[2]).write_text(json.dumps(result, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def read_answers(folder: Path) -> Answers:
    """The answers that score.py wrote.

    :raises SystemExit: when the model could not be asked, with the reason
    """
    with (folder / "predictions.jsonl").open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
        if not header["champion"]:
            raise SystemExit(f"the models cannot be compared: {header['reason']}")
        return [json.loads(line) for line in lines]


def differences(
    rows: list[Row],
    this: Answers,
    against: Answers,
    targets: list[str],
    fields: list[str],
    seed: int,
    flips: int,
) -> dict[str, Any]:
    """The comparison, by target; a target that one of the models does not answer is left out and named."""
    found: dict[str, Any] = {"rows": len(rows), "targets": {}, "flips": [], "left_out": []}
    for target in targets:
        at = [n for n, row in enumerate(rows) if target in row and target in this[n] and target in against[n]]
        if not at:
            found["left_out"].append(target)
            continue
        truth = [rows[n][target] for n in at]
        mine, theirs = ([said[n][target] for n in at] for said in (this, against))
        one, other = ([answer["value"] for answer in said] for said in (mine, theirs))
        found["targets"][target] = {
            "rows": len(at),
            "this": measure(truth, mine, seed),
            "against": measure(truth, theirs, seed),
            "paired": compare(truth, one, other, seed).as_json("against"),
            "classes": changed_classes(truth, one, other),
        }
        found["flips"] += [
            flipped(rows[n], fields, target, new, old)
            for n, new, old in zip(at, mine, theirs, strict=True)
            if (new["value"] == rows[n][target]) != (old["value"] == rows[n][target])
        ]
    found["flipped"] = len(found["flips"])
    found["flips"] = most_telling(found["flips"], flips)
    return found


def changed_classes(truth: list[str], this: list[str], against: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Classes of which one model gets more rows right, the largest change first.

    `p` is McNemar's for the rows of that class alone: of many classes, one in twenty is below 0.05 by chance.
    """
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for label, one, other in zip(truth, this, against, strict=True):
        gained[label] += one == label != other
        lost[label] += other == label != one
    rows = Counter(truth)
    changed: list[dict[str, Any]] = [
        {
            "class": label,
            "rows": rows[label],
            "gained": gained[label],
            "lost": lost[label],
            "p": round(mcnemar(gained[label], lost[label]), 4),
        }
        for label in sorted(rows)
        if abs(gained[label] - lost[label]) >= LEAST_CHANGED
    ]
    changed.sort(key=lambda entry: (-abs(entry["gained"] - entry["lost"]), entry["class"]))
    return {
        "better": [entry for entry in changed if entry["gained"] > entry["lost"]][:MOST_CLASSES],
        "worse": [entry for entry in changed if entry["gained"] < entry["lost"]][:MOST_CLASSES],
    }


def flipped(
    row: Row, fields: list[str], target: str, one: dict[str, Any], other: dict[str, Any]
) -> dict[str, Any]:
    text = " ".join(text_of(row, fields).split())
    return {
        "target": target,
        "truth": row[target],
        "this": one["value"],
        "this_confidence": one["confidence"],
        "against": other["value"],
        "against_confidence": other["confidence"],
        "better": one["value"] == row[target],
        "text": text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…",
    }


def most_telling(flips: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Half of them lost rows, half gained ones, those first of which the wrong model was surest."""
    wrong = {True: "against_confidence", False: "this_confidence"}
    ordered = sorted(flips, key=lambda flip: (-flip[wrong[flip["better"]]], flip["text"]))
    lost, gained = ([flip for flip in ordered if flip["better"] is better] for better in (False, True))
    half = max(most // 2, most - len(gained))
    kept = lost[:half]
    return kept + gained[: most - len(kept)]


if __name__ == "__main__":
    main()
