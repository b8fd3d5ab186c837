"""Makes a mail's text fit for a report that is passed around: what could name a person is masked.

Kept are punctuation and words that at least two training texts have; a name that many mails carry is such a
word, so a report is still for the people who may see the data.
"""

import re
import unicodedata
from collections.abc import Set

MASK = "•••"
SHOWN = 240
# Enough to show 240 characters of; a mail may be a megabyte.
READ = 4000

TOKEN = re.compile(
    r"""
    (?P<address>(?:https?://|www\.)\S+ | [^\s@]{1,200}@\S+)
    | (?P<account>\b[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{2,4}){2,8}\b)
    | (?P<number>\w*\d[\d\w.,:/\\-]*)
    | (?P<word>[^\W\d]+)
    """,
    re.VERBOSE,
)
# After one of these comes a name, which may well be a word of the vocabulary.
TITLE = re.compile(
    r"mr|mrs|ms|miss|dr|prof|herrn?|frau|mme|mlle|monsieur|madame|señora?|sra?|signora?|"
    r"dear|hi|hello|hallo|lieber?|bonjour|cher|chère|hola|estimad[oa]|car[oa]",
    re.IGNORECASE,
)
# Below one of these, at the end of a mail, stands who wrote it.
CLOSING = re.compile(
    # These close a mail even without a comma, those only with one: "thanks for your help" is a sentence.
    r"\b(?:(regards|sincerely|grüßen?|gruß|mfg|atentamente|saludos|cordialement|salutations|saluti)\b[\s.,!–-]{1,5}|"
    r"(best|wishes|cheers|thanks|thank you|yours|danke|gracias|merci|grazie)\b[ .!]{0,3}[,\n–-]\s{0,4})"
    r"(?:\S+\s+){0,4}\S+\Z",
    re.IGNORECASE,
)
# The last words of a mail, where they are no sentence: often who wrote it.
LAST_WORDS = re.compile(r"(?<=[.!?\n])\s+(?:\S+\s+){0,2}\S*[^\s.!?…]\Z")
# What may stand between a title and a name, or between two names.
WITHIN_NAME = frozenset(" .-'’")
PUNCTUATION = ("P", "S", "Z")


def redact(text: str, vocabulary: Set[str], shown: int = SHOWN) -> str:
    """At most `shown` characters of the text, masked.

    Addresses, account numbers, digits, names after a title, last words below a greeting or a sentence, and
    every word that is not in the vocabulary.

    :param vocabulary: words in lower case, see baseline.vocabulary_of
    """
    plain = unicodedata.normalize("NFC", text[:READ]).rstrip()
    if len(text) <= READ:
        plain = LAST_WORDS.sub(f" {MASK}", CLOSING.sub(closed, plain))
    parts: list[str] = []
    end, after = 0, ""
    for token in TOKEN.finditer(plain):
        gap = plain[end : token.start()]
        end = token.end()
        parts.append(visible(gap))
        word = token["word"] or ""
        # People write "dear maria"; a second name has its capital, or it is no longer the name.
        name_follows = after == "title" or (after == "name" and word[:1].isupper())
        named = name_follows and WITHIN_NAME.issuperset(gap)
        initial = len(word) == 1 and (plain[end : end + 1] == "." or (word.isupper() and word != "I"))
        shows = known(word, vocabulary) and not named and not initial
        parts.append(word if shows else MASK)
        after = "title" if initial or TITLE.fullmatch(word) else "name" if named else ""
    parts.append(visible(plain[end:]))
    redacted = " ".join("".join(parts).split())
    redacted = re.sub(rf"{MASK}(?:\W*{MASK})+", MASK, redacted)
    return redacted if len(redacted) <= shown else redacted[: shown - 1].rstrip() + "…"


def closed(found: re.Match[str]) -> str:
    """The greeting stays, who sends it goes."""
    return f"{found[1] or found[2]}, {MASK}."


def known(word: str, vocabulary: Set[str]) -> bool:
    """Whether a word may be shown. A single small Latin letter tells nothing, and vocabularies have none."""
    return word.casefold() in vocabulary or (len(word) == 1 and word.isascii())


def visible(gap: str) -> str:
    """What stands between words: signs and spaces. Anything else, such as a mark that belongs to a letter, is
    dropped."""
    return "".join(
        " " if sign.isspace() else sign
        for sign in gap
        if sign.isspace() or unicodedata.category(sign)[0] in PUNCTUATION
    )
