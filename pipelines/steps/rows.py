"""Rows on their way between steps: JSON Lines of flat objects, and the split that never changes its mind.

A row has a text for each field and each target. A row that a caller corrected also has `inference_id`, and
only the targets that were corrected.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

Row = dict[str, str]

ROWS_FILE = "rows.jsonl"
FEEDBACK_KEY = "inference_id"


def read_rows(folder: Path) -> list[Row]:
    """The rows another step wrote to its output folder."""
    with (folder / ROWS_FILE).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_rows(folder: Path, rows: Iterable[Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ROWS_FILE).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def is_feedback(row: Row) -> bool:
    """Whether the row came from a caller's correction.

    Corrections are no fair sample (people correct what is wrong), so they teach but neither gate nor baseline
    counts them.
    """
    return FEEDBACK_KEY in row


def text_of(row: Row, fields: Sequence[str]) -> str:
    """The one text a model reads: the fields, in the order of the settings."""
    return "\n".join(row[field] for field in fields)


def identity(text: str) -> str:
    """What makes two texts the same row: words and signs, without case and spacing."""
    return " ".join(text.casefold().split())


def held_out(text: str, share: float) -> bool:
    """Whether a text belongs to the test rows: `share` of all texts do, and each always stays on its side.

    The hash looks at letters only, so that a mail written from a form, where just the number differs, is not
    in train and test at once. No seed enters it: a champion was trained under the same split, so no test row
    ever taught it.
    """
    letters = re.sub(r"[^\w]|_", " ", re.sub(r"\d+", "0", unicodedata.normalize("NFKC", text).casefold()))
    digest = hashlib.sha256(" ".join(letters.split()).encode("utf-8", errors="replace")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
