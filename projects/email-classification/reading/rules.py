"""The rules of cleaning.json, compiled: what cleaner.py and its neighbours go by."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "cleaning.json"
DATA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
LIMITS: dict[str, int] = DATA["limits"]

# A rule's id and what it took out.
Piece = tuple[str, str]
# The lines that stay, and what was taken out of them.
Part = tuple[list[str], list[Piece]]

# A letter, a digit, or a picture sign: without one there is nothing to read.
READABLE = re.compile(r"[^\W_]|[\u2190-\u2bff\U0001f000-\U0001faff]")


def readable(text: str) -> bool:
    return READABLE.search(text) is not None


@cache
def rules(kind: str) -> list[dict[str, Any]]:
    """The rules of a kind, in the order of the file."""
    return [rule for rule in DATA["rules"] if rule["kind"] == kind]


@cache
def pattern(rule_id: str) -> re.Pattern[str]:
    """What a rule looks for: its pattern, or its phrases in the frame of their kind."""
    rule = next(rule for rule in DATA["rules"] if rule["id"] == rule_id)
    # Joiners and marks have no case, and a class of them is faster without.
    return re.compile(
        source(rule), re.MULTILINE if rule["kind"] == "remove" else re.MULTILINE | re.IGNORECASE
    )


def source(rule: dict[str, Any]) -> str:
    if "pattern" in rule:
        return str(rule["pattern"])
    framed = str(DATA["kinds"][rule["kind"]]["frame"]).replace("PHRASES", "|".join(rule["phrases"]))
    return framed.replace("NAMES", "|".join(rule.get("names", [])))


class Lines:
    """All line rules of some kinds as one expression: a line is looked at once."""

    def __init__(self, *kinds: str) -> None:
        chosen = [rule for kind in kinds for rule in rules(kind)]
        self._ids = [rule["id"] for rule in chosen]
        named = (f"(?P<r{number}>{source(rule)})" for number, rule in enumerate(chosen))
        self._any = re.compile("|".join(named), re.IGNORECASE)

    def find(self, line: str) -> str | None:
        """The id of the first rule that the line meets; long lines are prose and meet none."""
        if not line or len(line) > LIMITS["line_characters"]:
            return None
        found = self._any.match(line)
        # The rules' own groups have no names, so the last named group is the rule's.
        return self._ids[int(str(found.lastgroup)[1:])] if found else None
