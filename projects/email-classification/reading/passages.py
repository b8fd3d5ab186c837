"""Takes out of one mail's own lines what its sender did not mean to say: banners, imprint, signature,
disclaimer."""

import re
from collections.abc import Callable

from reading.rules import LIMITS, Lines, Piece, pattern, readable, rules
from reading.speech import (
    ASKS,
    BANNER,
    CLOSING,
    CONTACT,
    DELIMITER,
    DEVICE,
    LINK,
    NAME_WORDS,
    THANKS,
    WORD_LETTERS,
    is_prose,
    speaks,
)

Part = tuple[list[str], list[Piece]]

WHOLE, FOOTER = Lines("line"), Lines("footer")
IMPRINT = Lines("imprint")
IMPRINT_ANYWHERE = pattern(rules("imprint")[0]["id"])
POSTSCRIPT = Lines("postscript")
CONTACTS, DETAILS = Lines("contact"), Lines("details")
PASSAGE = re.compile(
    "|".join(f"(?P<r{n}>{rule['pattern']})" for n, rule in enumerate(rules("passage"))), re.I
)
PASSAGE_IDS = [rule["id"] for rule in rules("passage")]
# A passage is looked for only where one of these letters stand: prose is read fast.
STEMS = re.compile("|".join(stem for rule in rules("passage") for stem in rule["stems"]), re.IGNORECASE)
SECONDS = re.compile("|".join(stem for rule in rules("passage") for stem in rule["seconds"]), re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?:;]\s")
STOP = re.compile(r"[.!?]\s")
# A sentence of a disclaimer, in characters: where no stop stands, it is looked at so far.
SENTENCE = 600

SIGNATURE_WORDS = 12
# So many words in small letters, and a line is no name, title or company.
PLAIN_WORDS = 2
# So many lines that say something may stand above a banner, below a footer.
ABOVE_BANNER, BELOW_FOOTER = 1, 2
# Between 'my company:' and its numbers stand its name and street.
INTRODUCED = 3


def strip(lines: list[str], guard: bool) -> Part:
    """The lines without what the rules name. A step that would leave a greeting and a name of something that
    was said is not taken; with `guard`, nor is one that leaves nothing."""
    removed: list[Piece] = []
    for step in STEPS:
        kept, gone = step(lines)
        emptied = guard and not readable("\n".join(kept)) and readable("\n".join(lines))
        if gone and not emptied and (speaks(kept) or not speaks(lines)):
            lines = kept
            removed += gone
    return lines, removed


def without_banners(lines: list[str]) -> Part:
    """Warnings stand above a mail: further down the sender is careful."""
    removed: list[Piece] = []
    kept: list[str] = []
    said = 0
    for line in lines:
        rule = BANNER.find(line) if said <= ABOVE_BANNER else None
        if rule:
            removed.append((rule, line))
        else:
            kept.append(line)
            said += bool(line)
    return kept, removed


def without_footers(lines: list[str]) -> Part:
    """What programs add stands below a mail: further up the sender tells of it."""
    removed: list[Piece] = []
    gone: set[int] = set()
    said = 0
    for number in range(len(lines) - 1, -1, -1):
        if said > BELOW_FOOTER:
            break
        line = lines[number]
        rule = DEVICE.find(line) or FOOTER.find(line)
        if rule is None and LINK.find(line) and has_program_beside(lines, number):
            rule = LINK.find(line)
        if rule:
            removed.insert(0, (rule, line))
            gone.add(number)
        else:
            said += bool(line) and WHOLE.find(line) is None
    return [line for number, line in enumerate(lines) if number not in gone], removed


def neighbour(lines: list[str], number: int, step: int) -> str:
    """The next line in a direction that is not empty, nothing beyond the ends."""
    number += step
    while 0 <= number < len(lines) and not lines[number]:
        number += step
    return lines[number] if 0 <= number < len(lines) else ""


def has_program_beside(lines: list[str], number: int) -> bool:
    """Whether the line above or below is no person's, either: a customer asks for the same in these words."""
    around = [neighbour(lines, number, 1), neighbour(lines, number, -1)]
    return any(
        WHOLE.find(line) or FOOTER.find(line) or (LINK.find(line) and line != lines[number])
        for line in around
    )


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
    the mail is about. So may be those that a line above introduces, or that somebody goes on below."""
    found = [number for number, line in enumerate(lines) if IMPRINT.find(line) and not ASKS.search(line)]
    runs: list[list[int]] = []
    for number in found:
        between = [line for line in lines[runs[-1][-1] + 1 : number] if line] if runs else []
        if runs and len(between) <= 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    heard = max((number for number, line in enumerate(lines) if runs and line and is_prose(line)), default=-1)
    removed: list[Piece] = []
    gone: set[int] = set()
    for run in runs:
        if is_introduced(lines, run[0], INTRODUCED) or heard > run[-1]:
            continue
        if sum(len(IMPRINT_ANYWHERE.findall(lines[number])) for number in run) > 1:
            numbers = range(run[0], run[-1] + 1)
            gone.update(numbers)
            removed.append(("imprint.company", "\n".join(lines[number] for number in numbers)))
    return [line for number, line in enumerate(lines) if number not in gone], removed


def is_introduced(lines: list[str], number: int, reach: int = 1) -> bool:
    """Whether one of the lines above ends in a colon: what follows is what the mail is about."""
    above = [line for line in lines[max(0, number - 2 * reach) : number] if line]
    return any(line.endswith((":", "：")) for line in above[-reach:])


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


def without_passages(lines: list[str]) -> Part:
    """A disclaimer goes from the beginning of its sentence: whole as a paragraph of its own below a mail,
    else to the last sentence with its words."""
    removed: list[Piece] = []
    paragraphs: list[str] = []
    spoken = False
    for paragraph in "\n".join(lines).split("\n\n"):
        # A space for each line end: the places stay the same.
        flat = paragraph.replace("\n", " ")
        found = disclaimer(flat) if STEMS.search(flat) else None
        rest = paragraph
        if found:
            start = found.start()
            if not paragraph[start].isupper():
                start = sentence_start(paragraph, start)
            end = len(paragraph) if spoken and not start else end_of_disclaimer(flat, found.end())
            removed.append((PASSAGE_IDS[int(str(found.lastgroup)[1:])], paragraph[start:end].strip()))
            rest = "\n".join(part for part in (paragraph[:start].rstrip(), paragraph[end:].lstrip()) if part)
        paragraphs.append(rest)
        spoken = spoken or speaks(rest.split("\n"))
    return ("\n\n".join(paragraphs).split("\n"), removed) if removed else (lines, [])


def disclaimer(text: str) -> re.Match[str] | None:
    """The first passage with a second sign of a disclaimer, in its sentence or as the next one."""
    for found in PASSAGE.finditer(text):
        start = sentence_start(text, found.start())
        end = stop(text, found.end())
        if SECONDS.search(text, start, end):
            return found
        following = text[end : stop(text, end)]
        if PASSAGE.search(following) or len(set(map(str.casefold, SECONDS.findall(following)))) > 1:
            return found
    return None


def end_of_disclaimer(text: str, at: int) -> int:
    """Where the last sentence ends that has a disclaimer's words; sentences of others go on below."""
    end = last = stop(text, at)
    while end < len(text) and end - last <= SENTENCE:
        end, start = stop(text, end), end
        if SECONDS.search(text, start, end) or STEMS.search(text, start, end):
            last = end
    return last


def stop(text: str, at: int) -> int:
    """Where the sentence ends that goes on at a place."""
    found = STOP.search(text, at, at + SENTENCE)
    return found.end() if found else min(len(text), at + SENTENCE)


def sentence_start(text: str, at: int) -> int:
    """Where the sentence begins; a line counts as one, since names stand above disclaimers without a stop."""
    start = text.rfind("\n", 0, at) + 1
    ends = [found.end() for found in SENTENCE_END.finditer(text, max(start, at - 300), at)]
    return max([start, *ends])


STEPS = (
    without_banners,
    without_footers,
    without_lines,
    without_passages,
    without_imprint,
    without_delimited,
    without_closings,
)
