"""How this kind reads a row: what the model is given, in training and in service, and what was left out.

Shared steps import `text_of` of the project they are bundled with. No learner's library is needed here: the
monitor starts every hour and must not wait for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reading.cleaner import clean, is_forwarded


@dataclass(frozen=True)
class Removed:
    """What a rule of cleaning.json took out of a field."""

    field: str
    rule: str
    text: str


@dataclass(frozen=True)
class Reading:
    """The one text a model reads, empty where the row says nothing, and what was taken out of its fields."""

    text: str
    removed: list[Removed]


def read(row: Mapping[str, str], fields: Sequence[str]) -> Reading:
    """Reads a row: its fields in the order of the settings, each cleaned, those that are left a line each."""
    # The subject says whether a mail was passed on; which field that is, nobody knows but its words.
    forwarded = any(is_forwarded(row[field]) for field in fields)
    texts: list[str] = []
    removed: list[Removed] = []
    for field in fields:
        text, pieces = clean(row[field], forwarded)
        texts += [text] if text else []
        removed += [Removed(field, rule, piece) for rule, piece in pieces]
    return Reading("\n".join(texts), removed)


def text_of(row: Mapping[str, str], fields: Sequence[str]) -> str:
    """The one text a model reads."""
    return read(row, fields).text
