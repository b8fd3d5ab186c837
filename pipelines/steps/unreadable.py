"""Why a file of data cannot be read: what its bytes look like, where a quote was opened that breaks a row.

A person who exports data sees none of this in a spreadsheet, so each answer says what the file looks like and
how to make it readable.
"""

import re
from collections.abc import Sequence
from pathlib import Path

HEAD = 4096
# Lines that show the encoding; a file of another encoding may consist of such lines.
SAMPLE = 1000
# More high bytes than letters with accents ever make in a line of a western language.
OTHER_SCRIPT = 0.3
SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook (.xlsx): save it as CSV UTF-8",
    b"\x1f\x8b": "compressed with gzip: unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls): save it as CSV UTF-8",
    b"PAR1": "a Parquet file: export it as CSV or JSON Lines",
}
MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
# A cell in quotes up to the end of the cell; quotes inside it are doubled.
QUOTED = re.compile(r'"(?:[^"]++|"")*+" *(?=[,\r\n]|\Z)')
PLAIN = re.compile(r"[^,\r\n]*")


def unreadable(path: Path, name: str) -> str | None:
    """What keeps a file from being read as UTF-8 text, with the remedy; None if nothing does."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return f"{name}: no text but {kind}"
    wide = wide_encoding(head)
    if wide:
        return f"{name}: not UTF-8: it looks like {wide}; {converted(name, wide)}"
    wrong: list[tuple[int, int, bytes]] = []
    bad, zeros, first_zero, accented = 0, 0, 0, False
    with path.open("rb") as file:
        line = 1
        for piece in file:
            try:
                piece.decode("utf-8")
                accented = accented or not piece.isascii()
            except UnicodeDecodeError as error:
                bad += 1
                if len(wrong) < SAMPLE:
                    wrong.append((line + returns(piece[: error.start]), error.start, piece))
            if b"\0" in piece:
                zeros += 1
                first_zero = first_zero or line + returns(piece[: piece.index(b"\0")])
            line += returns(piece) + piece.endswith(b"\n")
    if zeros:
        return (
            f"{name}: a NUL byte stands in {lines(zeros, first_zero)}: the file is damaged or no text; "
            "export it again"
        )
    if not wrong:
        return None
    at, start, piece = wrong[0]
    encoding = narrow_encoding([piece for _, _, piece in wrong])
    where = f"{name}: not UTF-8 in {lines(bad, at)} (byte {piece[start]:#04x})"
    if accented:
        return (
            f"{where}, while other lines are: files of two encodings were joined; convert those that look "
            f"like {encoding or 'no encoding known here'} before they are joined"
        )
    if encoding is None:
        return (
            f"{where}: it looks like an 8-bit encoding of another script, such as Windows-1251 or Shift_JIS; "
            f"{converted(name, 'ITS-ENCODING')}"
        )
    return f"{where}: it looks like {encoding}; {converted(name, encoding)}"


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 and UTF-32 by their byte order mark; UTF-16 without one by every second byte being zero."""
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) / 4 and min(even, odd) < max(even, odd) / 8:
        return "UTF-16LE" if odd > even else "UTF-16BE"
    return None


def narrow_encoding(pieces: Sequence[bytes]) -> str | None:
    """Which western 8-bit encoding lines that are no UTF-8 look like; None where it is none of them."""
    text = b"".join(pieces)
    high = [byte for byte in text if byte > 0x7F]
    if len(high) > OTHER_SCRIPT * len(text):
        return None
    if not any(byte < 0xA0 for byte in high):
        return "ISO-8859-1 (Latin-1)"
    try:
        text.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return "Windows-1252"


def converted(name: str, encoding: str) -> str:
    short = Path(name).name
    plain = encoding.split(" ")[0].upper()
    return (
        f"convert it: iconv -f {plain} -t UTF-8 {short} > new-{short}, or save it as CSV UTF-8; "
        "keep only the new file"
    )


def open_quote(record: Sequence[str]) -> int:
    """Which line of a broken record opened the quote that breaks it, from 0.

    :param record: the record's lines with their ends, as a file gives them
    """
    text = "".join(record)
    at = 0
    while at < len(text):
        while text.startswith(" ", at):
            at += 1
        cell = (QUOTED if text.startswith('"', at) else PLAIN).match(text, at)
        if cell is None:
            break
        # Over the comma or line end after the cell.
        at = cell.end() + 1
    before = text[:at]
    return before.count("\n") + before.count("\r") - before.count("\r\n")


def returns(piece: bytes) -> int:
    """Line ends of a piece that are a carriage return alone."""
    return piece.count(b"\r") - piece.count(b"\r\n")


def lines(count: int, first: int) -> str:
    return f"line {first}" if count == 1 else f"{count} lines, first in line {first}"
