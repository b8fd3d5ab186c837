"""Who else answered the test rows: the champion and the cheaper learner, as their steps wrote it down."""

import json
from pathlib import Path
from typing import Any

from classes import Renames, changes
from gate import Champion, Cheaper

Labels = dict[str, list[str]]


def read_champion(path: Path, mapping: Renames) -> tuple[Champion, Labels]:
    """The champion under the names that classes have now, and its labels under the names of its day.

    A class of the champion that nothing is mapped to keeps its name: an answer that is wrong today.
    """
    header, answers = read(path)
    labels: Labels = header.get("labels", {})
    for answer in answers:
        for target, said in answer.items():
            said["value"] = mapping.get(target, {}).get(said["value"], said["value"])
    known = {
        target: sorted({mapping.get(target, {}).get(label, label) for label in learned})
        for target, learned in labels.items()
    }
    return Champion(answers, known, header["reason"]), labels


def read_cheaper(path: Path) -> Cheaper | None:
    """The cheaper learner; None where its step did not run, which the gate allows only where nobody asks."""
    if not path.exists():
        return None
    header, answers = read(path)
    return Cheaper(header["learner"], answers, header["labels"])


def class_events(
    champion: Labels, labels: Labels, mapping: Renames, rare: dict[str, dict[str, int]]
) -> dict[str, dict[str, Any]]:
    """By target what became of the champion's classes, and classes that few rows are of.

    :param champion: under the names of its day; empty without a champion, and then nothing became of anything
    :param rare: rows of each rare class, from the report of Preprocess
    """
    since = changes(champion, labels, mapping) if champion else {}
    nothing: dict[str, Any] = {"new": [], "removed": [], "renamed": {}, "merged": {}}
    return {target: {**(since.get(target) or nothing), "rare": rare.get(target, {})} for target in labels}


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, dict[str, Any]]]]:
    """The header line, then an answer a row."""
    with path.open(encoding="utf-8") as lines:
        return json.loads(next(lines)), [json.loads(line) for line in lines]
