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
    r"\b(regards|wishes|best|cheers|thanks|thank you|sincerely|yours|grüße|grüßen|gruß|mfg|danke|atentamente|"
    r"saludos|gracias|cordialement|merci|salutations|saluti|grazie)\b[ .!]{0,3}[,\n–-]\s{0,4}"
    r"(?:\S+\s+){0,5}\S+\Z",
    re.IGNORECASE,
)
# What may stand between a title and a name, or between two names.
WITHIN_NAME = frozenset(" .-'’")
PUNCTUATION = ("P", "S", "Z")


def redact(text: str, vocabulary: Set[str], shown: int = SHOWN) -> str:
    """At most `shown` characters of the text, masked: addresses, account numbers, digits, names after a title
    or below a greeting, and every word that is not in the vocabulary.

    :param vocabulary: words in lower case, see baseline.vocabulary_of
    """
    plain = unicodedata.normalize("NFC", text[:READ]).rstrip()
    if len(text) <= READ:
        plain = CLOSING.sub(rf"\1, {MASK}", plain)
    parts: list[str] = []
    end, name_follows = 0, False
    for token in TOKEN.finditer(plain):
        gap = plain[end : token.start()]
        end = token.end()
        parts.append(visible(gap))
        word = token["word"]
        name_follows = name_follows and WITHIN_NAME.issuperset(gap)
        named = name_follows and word is not None and word[:1].isupper()
        initial = word is not None and len(word) == 1 and word != "I" and word.isupper()
        parts.append(word if word and not named and not initial and known(word, vocabulary) else MASK)
        name_follows = named or initial or (word is not None and TITLE.fullmatch(word) is not None)
    parts.append(visible(plain[end:]))
    redacted = " ".join("".join(parts).split())
    redacted = re.sub(rf"{MASK}(?:\W*{MASK})+", MASK, redacted)
    return redacted if len(redacted) <= shown else redacted[: shown - 1].rstrip() + "…"


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
