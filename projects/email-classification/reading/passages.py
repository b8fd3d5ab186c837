"""Takes out of one mail's own lines what its sender did not mean to say: banners, imprint, signature,
disclaimer."""

import re
from collections.abc import Callable

from reading.rules import LIMITS, Lines, Piece, pattern, readable, rules

Part = tuple[list[str], list[Piece]]

WHOLE = Lines("line", "footer")
IMPRINT = Lines("imprint")
IMPRINT_ANYWHERE = pattern(rules("imprint")[0]["id"])
DELIMITER = Lines("signature")
CLOSING, THANKS = Lines("closing"), Lines("thanks")
POSTSCRIPT = Lines("postscript")
NOTHING = Lines("nothing")
PASSAGE = re.compile(
    "|".join(f"(?P<r{n}>{rule['pattern']})" for n, rule in enumerate(rules("passage"))), re.I
)
PASSAGE_IDS = [rule["id"] for rule in rules("passage")]
# A passage is looked for only where one of these letters stand: prose is read fast.
STEMS = re.compile("|".join(stem for rule in rules("passage") for stem in rule["stems"]), re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?:;]\s")

# Address, web site or number: part of a signature, however many words.
CONTACT = re.compile(r"@|www\.|https?:|\+?\d[\d /().-]{5,40}")
SIGNATURE_WORDS, NAME_WORDS = 12, 4


def strip(lines: list[str], guard: bool) -> Part:
    """The lines without what the rules name. With `guard`, a step that would leave nothing is not taken."""
    removed: list[Piece] = []
    for step in STEPS:
        kept, gone = step(lines)
        if gone and not (guard and not readable("\n".join(kept)) and readable("\n".join(lines))):
            lines = kept
            removed += gone
    return lines, removed


def says_something(lines: list[str]) -> bool:
    """Whether any line does more than greet or point at the mail below."""
    return any(readable(line) and NOTHING.find(line) is None for line in lines)


def without_lines(lines: list[str]) -> Part:
    kept, removed = [], []
    for line in lines:
        rule = WHOLE.find(line)
        if rule is None:
            kept.append(line)
        else:
            removed.append((rule, line))
    return kept, removed


def without_imprint(lines: list[str]) -> Part:
    """Two lines of company data with at most one other between them are an imprint; a single one may be what
    the mail is about."""
    found = [number for number, line in enumerate(lines) if IMPRINT.find(line)]
    runs: list[list[int]] = []
    for number in found:
        between = [line for line in lines[runs[-1][-1] + 1 : number] if line] if runs else []
        if runs and len(between) <= 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    removed: list[Piece] = []
    gone: set[int] = set()
    for run in runs:
        if sum(len(IMPRINT_ANYWHERE.findall(lines[number])) for number in run) > 1:
            numbers = range(run[0], run[-1] + 1)
            gone.update(numbers)
            removed.append(("imprint.company", "\n".join(lines[number] for number in numbers)))
    return [line for number, line in enumerate(lines) if number not in gone], removed


def without_delimited(lines: list[str]) -> Part:
    """A signature below its delimiter goes to the end, unless it is too long to be one."""
    removed: list[Piece] = []
    end = len(lines)
    below = 0
    for number in range(len(lines) - 1, -1, -1):
        if below > LIMITS["signature_lines"]:
            break
        rule = DELIMITER.find(lines[number])
        if rule:
            removed.append((rule, "\n".join(lines[number:end])))
            end, below = number, 0
        elif POSTSCRIPT.find(lines[number]):
            break
        else:
            below += bool(lines[number])
    return lines[:end], removed


def without_closings(lines: list[str]) -> Part:
    kept: list[str] = []
    removed: list[Piece] = []
    number = 0
    while number < len(lines):
        rule, belongs = CLOSING.find(lines[number]), is_signature
        if rule is None:
            rule, belongs = THANKS.find(lines[number]), is_name
        end = end_of_signature(lines, number + 1, belongs) if rule else number
        # Thanks in the middle of a mail, above a sentence, close nothing.
        if rule and (belongs is is_signature or end > number + 1 or not any(lines[end:])):
            removed.append((rule, "\n".join(lines[number:end]).strip()))
            number = end
        else:
            kept.append(lines[number])
            number += 1
    return kept, removed


def end_of_signature(lines: list[str], start: int, belongs: Callable[[str], bool]) -> int:
    """The line after the last that belongs to a signature; empty ones below it stay."""
    end = start
    for number in range(start, min(len(lines), start + LIMITS["signature_lines"])):
        if lines[number] and (POSTSCRIPT.find(lines[number]) or not belongs(lines[number])):
            break
        if lines[number]:
            end = number + 1
    return end


def is_signature(line: str) -> bool:
    return not line.endswith("?") and (len(line.split()) <= SIGNATURE_WORDS or bool(CONTACT.search(line)))


def is_name(line: str) -> bool:
    if line.endswith((".", "!", "?", ":", ",")) or len(line) > LIMITS["line_characters"]:
        return False
    words = line.split()
    return len(words) <= NAME_WORDS and line[0].isupper() and not any(map(str.isdigit, line))


def without_passages(lines: list[str]) -> Part:
    """A disclaimer goes from the beginning of its sentence to the end of its paragraph."""
    removed: list[Piece] = []
    paragraphs: list[str] = []
    for paragraph in "\n".join(lines).split("\n\n"):
        # A space for each line end: the places stay the same.
        found = PASSAGE.search(paragraph.replace("\n", " ")) if STEMS.search(paragraph) else None
        if found:
            start = found.start()
            if not paragraph[start].isupper():
                start = sentence_start(paragraph, start)
            removed.append((PASSAGE_IDS[int(str(found.lastgroup)[1:])], paragraph[start:]))
            paragraph = paragraph[:start].rstrip()
        paragraphs.append(paragraph)
    return ("\n\n".join(paragraphs).split("\n"), removed) if removed else (lines, [])


def sentence_start(text: str, at: int) -> int:
    """Where the sentence begins; a line counts as one, since names stand above disclaimers without a stop."""
    start = text.rfind("\n", 0, at) + 1
    ends = [found.end() for found in SENTENCE_END.finditer(text, max(start, at - 300), at)]
    return max([start, *ends])


STEPS = (without_lines, without_imprint, without_delimited, without_closings, without_passages)
