"""Takes out of a mail what its sender did not say in it, by the rules of cleaning.json.

The same text always gives the same text, cleaning twice changes nothing, and where there was something to
read something is left. Time grows with the length of the text, whatever stands in it.
"""

import re
import unicodedata
from collections.abc import Callable

from reading import encodings, markup
from reading.disclaimer import without_passages
from reading.rules import LIMITS, Piece, pattern, readable, rules
from reading.speech import speaks
from reading.thread import untangle

REMOVE, REPLACE = rules("remove"), rules("replace")
MARKUP, PREFIX, FORWARDING = rules("markup")[0], rules("prefix")[0], rules("forwarding")[0]
# What a surrogate pair left, and what a transport did, comes before HTML, which may have been encoded.
BEFORE_HTML = ("encoding.quoted-printable", "encoding.words")
AFTER_HTML = ("encoding.entities", "encoding.mojibake")
LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\u2028\u2029]")
# Also half of a letter that was read in the wrong encoding: a line end where none was mended.
NEXT_LINE = re.compile("\x85")
BLANK = re.compile(r"[^\S\n]+")
EMPTY_LINES = re.compile(r"\n{3,}")
# A subject: one line of at most so many characters.
SHORT = 300


def clean(text: str, forwarded: bool = False) -> tuple[str, list[Piece]]:
    """The text that a model reads, and what was taken out: a rule's id and the letters it took.

    :param forwarded: another field says that the mail was passed on; see `is_forwarded`
    """
    removed: list[Piece] = []
    for _ in range(LIMITS["passes"]):
        # Decoding may bring up what other rules look for: it is done when nothing changes any more.
        cleaned, gone = once(text, forwarded)
        if cleaned == text:
            break
        # Spaces that went are nothing that anyone wants to see.
        removed += [(rule, piece) for rule, piece in gone if piece]
        text, forwarded = cleaned, False
    return text, removed


def is_forwarded(text: str) -> bool:
    """Whether a text is a subject that says the mail was passed on."""
    return len(text) <= SHORT and "\n" not in text and pattern(FORWARDING["id"]).match(text) is not None


def once(text: str, forwarded: bool) -> tuple[str, list[Piece]]:
    removed: list[Piece] = []

    def take(step: Callable[[str], tuple[str, list[Piece]]]) -> None:
        """Takes a step, unless it leaves nothing of something."""
        nonlocal text
        after, gone = step(text)
        if after != text and (readable(after) or not readable(text)):
            text = after
            removed.extend(gone)

    take(lambda value: encodings.decode(value, "characters.surrogates"))
    take(without_characters)
    take(lambda value: (LINE_ENDS.sub("\n", value), []))
    take(lambda value: encodings.decode(value, *BEFORE_HTML))
    if pattern(MARKUP["id"]).search(text):
        # Also where nothing is left: a mail of tags alone says nothing.
        text, removed[len(removed) :] = markup.to_text(text, MARKUP["id"])
    take(lambda value: limited(value, LIMITS["read_characters"]))
    take(lambda value: encodings.decode(value, *AFTER_HTML))
    take(lambda value: (NEXT_LINE.sub("\n", value), []))
    take(lambda value: (tidy(value), []))
    if "\n" in text or ">" in text:
        take(lambda value: by_lines(value, forwarded))
    else:
        take(alone)
    take(replaced)
    take(lambda value: (tidy(value), []))
    take(lambda value: limited(value, LIMITS["keep_characters"]))
    return text, removed


def without_characters(text: str) -> tuple[str, list[Piece]]:
    removed: list[Piece] = []
    for rule in REMOVE:
        found = pattern(rule["id"]).findall(text)
        if found:
            removed.append((rule["id"], "".join(found)))
            text = pattern(rule["id"]).sub("", text)
    return text, removed


def by_lines(text: str, forwarded: bool) -> tuple[str, list[Piece]]:
    kept, removed = untangle(text.split("\n"), forwarded)
    return tidy("\n".join(kept)), removed


def alone(text: str) -> tuple[str, list[Piece]]:
    """A text of one line: a subject, or a mail that lost its line ends."""
    kept, removed = without_passages([text])
    if speaks([text]) and not speaks(kept):
        kept, removed = [text], []
    text = "\n".join(kept)
    found = pattern(PREFIX["id"]).match(text) if len(text) <= SHORT else None
    if found and readable(text[found.end() :]):
        removed.append((PREFIX["id"], found[0]))
        text = text[found.end() :]
    return text, removed


def replaced(text: str) -> tuple[str, list[Piece]]:
    removed: list[Piece] = []
    for rule in REPLACE:
        found = [match[0] for match in pattern(rule["id"]).finditer(text)]
        if found:
            removed.append((rule["id"], "\n".join(found)))
            text = pattern(rule["id"]).sub(rule["with"], text)
    return text, removed


def tidy(text: str) -> str:
    """One form of each letter, single spaces, at most one empty line."""
    text = unicodedata.normalize("NFC", BLANK.sub(" ", text))
    return EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def limited(text: str, characters: int) -> tuple[str, list[Piece]]:
    """The beginning of a long text, up to the end of a word where there is one near."""
    if len(text) <= characters:
        return text, []
    end = max(text.rfind(" ", characters - 100, characters), text.rfind("\n", characters - 100, characters))
    end = end if end > 0 else characters
    return text[:end].rstrip(), [("limit", text[end:])]
