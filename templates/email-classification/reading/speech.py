"""Tells what a person says from greetings, names and what programs write: what is said is never taken out."""

import re

from reading.rules import Lines, pattern, readable

DEVICE, BANNER, LINK = Lines("device"), Lines("banner"), Lines("link")
DELIMITER, IMPRINT = Lines("signature"), Lines("imprint")
CLOSING, THANKS = Lines("closing"), Lines("thanks")
NOTHING = Lines("nothing")
ASKS = pattern("person.asks")
# Address, web site or number: part of a signature, however many words.
CONTACT = re.compile(r"@|www\.|https?:|\+?\d[\d /().-]{5,40}")
NAME_WORDS = 4
# A line of so many words with a stop is a sentence; a word of so many letters is no 'de' or 'van'.
SENTENCE_WORDS, WORD_LETTERS = 4, 4


def says_something(lines: list[str]) -> bool:
    """Whether any line does more than greet or point at the mail below."""
    return any(readable(line) and NOTHING.find(line) is None for line in lines)


def speaks(lines: list[str]) -> bool:
    """Whether any line is more than greeting, closing, name or what a program surely put there."""
    return any(
        readable(line)
        and not any(kind.find(line) for kind in (NOTHING, CLOSING, THANKS, DEVICE, BANNER, DELIMITER))
        and (LINK.find(line) is not None or not is_bare_name(line))
        for line in lines
    )


def is_bare_name(line: str) -> bool:
    """Whether a line is up to three words with capitals, as names are."""
    words = line.rstrip(",").split()
    if line.endswith((".", "!", "?", ":")) or any(map(str.isdigit, line)):
        return False
    return 0 < len(words) < NAME_WORDS and all(word[0].isupper() for word in words)


def is_prose(line: str) -> bool:
    """Whether a line is said to somebody: a sentence, or words that only a person uses."""
    words = line.split()
    plain = sum(len(word) >= WORD_LETTERS and word.isalpha() and word.islower() for word in words)
    if line.endswith((".", "!", "?")):
        last = words[-1].rstrip(".!?")
        if len(words) >= SENTENCE_WORDS or (last.islower() and last.isalpha() and len(last) > WORD_LETTERS):
            return True
    if ASKS.search(line):
        return True
    return len(words) >= SENTENCE_WORDS and plain >= (3 if CONTACT.search(line) else 2)


def is_introduced(lines: list[str], number: int, reach: int = 1) -> bool:
    """Whether one of the lines above ends in a colon: what follows is what the mail is about."""
    above = [line for line in lines[max(0, number - 2 * reach) : number] if line]
    return any(line.endswith((":", "：")) for line in above[-reach:])
