"""Takes out the words that end a mail, with the name, the company and the numbers below them."""

from collections.abc import Callable

from reading.rules import LIMITS, Lines, Part, Piece
from reading.speech import (
    CLOSING,
    CONTACT,
    DELIMITER,
    IMPRINT,
    NAME_WORDS,
    THANKS,
    WORD_LETTERS,
    is_introduced,
    is_prose,
)

POSTSCRIPT = Lines("postscript")
CONTACTS, DETAILS = Lines("contact"), Lines("details")

SIGNATURE_WORDS = 12
# So many words in small letters, and a line is no name, title or company.
PLAIN_WORDS = 2


def without_delimited(lines: list[str]) -> Part:
    """A signature below its delimiter goes as far as it looks like one; in a list it is its sender's."""
    kept: list[str] = []
    removed: list[Piece] = []
    number = 0
    while number < len(lines):
        rule = DELIMITER.find(lines[number])
        end = end_of_signature(lines, number + 1, is_signature) if rule else number
        following = lines[end] if end < len(lines) else ""
        ends = not following or POSTSCRIPT.find(following) or DELIMITER.find(following)
        if rule and ends and begins_signature(lines, number + 1) and not is_introduced(lines, number):
            removed.append((rule, "\n".join(lines[number:end])))
            number = end
        else:
            kept.append(lines[number])
            number += 1
    return kept, removed


def begins_signature(lines: list[str], number: int) -> bool:
    """Whether a name or the like stands here, or nothing: items of a list begin with small letters, sums."""
    first = next((line for line in lines[number : number + 2] if line), "A")
    return bool(CONTACT.search(first)) or not (first[0].islower() or first[0].isdigit())


def without_closings(lines: list[str]) -> Part:
    kept: list[str] = []
    removed: list[Piece] = []
    last = max((number for number, line in enumerate(lines) if line), default=-1)
    number = 0
    while number < len(lines):
        rule, belongs = CLOSING.find(lines[number]), is_signature
        if rule is None:
            rule, belongs = THANKS.find(lines[number]), is_name
            if rule and signs_to_the_end(lines, number + 1):
                belongs = is_signature
        end = (
            above_details(lines, number + 1, end_of_signature(lines, number + 1, belongs)) if rule else number
        )
        # Right above a sentence they close nothing, nor do thanks in the middle, nor the first words.
        goes_on = any(lines[end : end + 1]) and (belongs is is_name or end == number + 1)
        closes = belongs is is_signature or end > number + 1 or end > last
        if rule and not begins_mail(lines, number) and closes and not goes_on:
            removed.append((rule, "\n".join(lines[number:end]).strip()))
            number = end
        else:
            kept.append(lines[number])
            number += 1
    return kept, removed


def signs_to_the_end(lines: list[str], start: int) -> bool:
    """Whether a name stands here, and below it nothing but a signature that says how somebody is reached."""
    rest = [line for line in lines[start:] if line]
    return (
        len(rest) > 1
        and is_name(rest[0])
        and all(is_signature(line) for line in rest)
        and any(CONTACTS.find(line) or CONTACT.search(line) for line in rest)
    )


def begins_mail(lines: list[str], number: int) -> bool:
    """Whether this is one of the first two lines, and nobody said a sentence above it."""
    return number == 0 or (number == 1 and not is_prose(lines[0]))


def end_of_signature(lines: list[str], start: int, belongs: Callable[[str], bool]) -> int:
    """The line after the last that belongs to a signature; empty ones below it stay."""
    end = start
    for number in range(start, min(len(lines), start + LIMITS["signature_lines"])):
        if lines[number] and (POSTSCRIPT.find(lines[number]) or not belongs(lines[number])):
            break
        if lines[number]:
            end = number + 1
    return end


def above_details(lines: list[str], start: int, end: int) -> int:
    """Where a signature ends above a paragraph such as "Order: 4711": people sign, then give details."""
    for number in range(start + 1, end):
        if lines[number - 1] or not lines[number]:
            continue
        paragraph = lines[number : next((at for at in range(number, end) if not lines[at]), end)]
        contacts = [line for line in paragraph if CONTACTS.find(line) or IMPRINT.find(line)]
        details = [line for line in paragraph if is_detail(line) and line not in contacts]
        if len(details) > len(contacts):
            while number > start and not lines[number - 1]:
                number -= 1
            return number
    return end


def is_detail(line: str) -> bool:
    """Whether a line is label and value, or says something in words that no name or title has."""
    words = [word for word in line.split() if len(word) >= WORD_LETTERS and word.isalpha()]
    return DETAILS.find(line) is not None or sum(word.islower() for word in words) >= PLAIN_WORDS


def is_signature(line: str) -> bool:
    if line.endswith("?") or is_prose(line):
        return False
    words = len(line.split())
    if CONTACT.search(line):
        return True
    return words <= SIGNATURE_WORDS and (words == 1 or not line[0].islower())


def is_name(line: str) -> bool:
    if line.endswith((".", "!", "?", ":", ",")) or len(line) > LIMITS["line_characters"]:
        return False
    words = line.split()
    return len(words) <= NAME_WORDS and line[0].isupper() and not any(map(str.isdigit, line))
