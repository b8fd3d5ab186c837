"""Undoes what programs between sender and reader did to the letters: four decodings, each when its rule says
so."""

import html
import re
from collections.abc import Callable
from email.header import decode_header

import ftfy
import ftfy.badness

from reading.rules import Piece, pattern, rules

ESCAPES = re.compile(r"(?:=[0-9A-Fa-f]{2})++")
AMPERSANDS = re.compile(r"&(?:amp;)++(?=[a-zA-Z#])")
SOFT_BREAK = re.compile(r"=[ \t]{0,5}\n")
# One sign may stand in an address or an equation.
SIGNS = 2


def decode(text: str, *ids: str) -> tuple[str, list[Piece]]:
    """The text with the given rules applied, and by rule what stood there before, as far as it changed."""
    removed: list[Piece] = []
    for rule in rules("decode"):
        if rule["id"] in ids and pattern(rule["id"]).search(text):
            before, text = text, DECODINGS[rule["id"]](text)
            if text != before:
                removed.append((rule["id"], "\n".join(changed(before, text))))
    return text, removed


def changed(before: str, after: str) -> list[str]:
    """The lines that are no longer there."""
    kept = set(after.split("\n"))
    return [line for line in before.split("\n") if line not in kept]


def surrogates(text: str) -> str:
    """Joins the halves that belong together; a lone one becomes the mark of what could not be decoded."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def quoted_printable(text: str) -> str:
    signs: set[str] = set()
    for found in pattern("encoding.quoted-printable").finditer(text):
        signs.add(sign(found[0]))
        if len(signs) == SIGNS:
            break
    else:
        return text
    return ESCAPES.sub(
        lambda found: from_bytes(bytes.fromhex(found[0].replace("=", ""))), SOFT_BREAK.sub("", text)
    )


def sign(found: str) -> str:
    """What kind of sign was found; each letter is one of its own."""
    if found.endswith("="):
        return "soft break"
    if found[:3].upper() == "=3D":
        return "equals"
    # A western letter was found with the one after it.
    return found[:3].upper() if len(found) == len("=FCr") else found.upper()


def from_bytes(raw: bytes) -> str:
    """UTF-8, or the western encoding that mails had before."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def encoded_words(text: str) -> str:
    def word(found: re.Match[str]) -> str:
        try:
            parts = decode_header(found[0])
            return "".join(
                part.decode(charset or "ascii", "replace") if isinstance(part, bytes) else part
                for part, charset in parts
            )
        # An encoding nobody knows, or no base64: the letters stay as they are.
        except (LookupError, ValueError):
            return found[0]

    # Blank between two encoded words is not part of the text.
    joined = re.sub(r"\?=\s{1,5}=\?", "?==?", text)
    return pattern("encoding.words").sub(word, joined)


def entities(text: str) -> str:
    """Also where several programs encoded the ampersand of the one before."""
    return html.unescape(AMPERSANDS.sub("&", text))


def mojibake(text: str) -> str:
    """Line by line, as a mail may hold sound and broken ones."""
    lines = text.split("\n")
    return "\n".join(mended(line) if ftfy.badness.is_bad(line) else line for line in lines)


def mended(line: str) -> str:
    """A broken line; where a part of it was mended, the words that still look broken are tried one by one."""
    fixed = ftfy.fix_encoding(line)
    broken = pattern("encoding.mojibake")
    if fixed == line or broken.search(fixed) is None:
        return fixed
    return " ".join(mended_word(word) if broken.search(word) else word for word in fixed.split(" "))


def mended_word(word: str) -> str:
    try:
        return word.encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return word


DECODINGS: dict[str, Callable[[str], str]] = {
    "characters.surrogates": surrogates,
    "encoding.quoted-printable": quoted_printable,
    "encoding.words": encoded_words,
    "encoding.entities": entities,
    "encoding.mojibake": mojibake,
}
