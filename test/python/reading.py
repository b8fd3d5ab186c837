"""Stands in for a kind's reading.py, which the shared steps import: here a mail is read as it came."""

from collections.abc import Mapping, Sequence


def text_of(row: Mapping[str, str], fields: Sequence[str]) -> str:
    return "\n".join(row[field] for field in fields)
