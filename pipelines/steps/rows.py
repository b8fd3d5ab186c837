"""Rows on their way between steps: JSON Lines of flat objects, and the split that never changes its mind.

A row has a text for each field, and one for each target whose answer is known: an answer of a class too rare
to learn is taken out, and a row that a caller corrected has only what was corrected, with its `inference_id`.
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


def raw_text_of(row: Row, fields: Sequence[str]) -> str:
    """The fields as they came, in the order of the settings: what tells rows apart, and what the split sees.

    What a model reads is `reading.text_of` of the kind. Its rules change; a row's identity and side must not.
    """
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
