"""Tells a mail's own words from the mails quoted below it: an answer is read without them, a forwarded mail
with them."""

import re
from dataclasses import dataclass, field

from reading.passages import strip
from reading.rules import LIMITS, Lines, Piece, pattern, readable, rules
from reading.speech import ASKS, says_something

# A quoted paragraph may be one long line.
QUOTED = pattern("quote.lines")
REPLY, ANNOUNCED = Lines("reply"), Lines("announced")
BEGINS = re.compile("|".join(rule["begins"] for rule in rules("reply")), re.IGNORECASE)
ABOVE = Lines("forward", "original")
FORWARDS = frozenset(rule["id"] for rule in rules("forward"))
HEADER, FORM = Lines("header"), Lines("form")
LEVEL = re.compile(r"^ ?(?:>|&gt;) ?", re.IGNORECASE)
FROM, SENT, SUBJECT = "header.from", "header.sent", "header.subject"
YOU, POINTS = pattern("person.you"), pattern("person.points")
ADDRESS = re.compile(r"[<(\[:][^<>\s]{0,80}@")
MOMENT = re.compile(r"@|\b(?:19|20)\d\d\b|\b\d{1,2}[:h]\d\d\b")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
# '> 3 weeks' in the middle of a sentence.
COMPARED = re.compile(r"^ ?> ?[\d.,]")
SUBJECT_PREFIX, FORWARDED = pattern("prefix.subject"), pattern("prefix.forward")
# A mail that points at another says hardly more than that.
POINTING_WORDS = 20
# A header block has three labels within so many lines, of which one may be the rest of a long list.
HEADER_LINES, HEADER_LABELS = 7, 3


@dataclass
class Split:
    """A mail up to where a quoted one begins that goes to the end."""

    own: list[str] = field(default_factory=list)
    # Runs of '> ' lines, as they stood.
    quotes: list[list[str]] = field(default_factory=list)
    # What announced them.
    removed: list[Piece] = field(default_factory=list)
    # The rule that found the quoted mail, the lines that announce it, and all after them.
    rule: str | None = None
    heading: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def untangle(lines: list[str], forwarded: bool) -> tuple[list[str], list[Piece]]:
    """The lines to read, newest mail first.

    A mail of nothing but a quoted one, or that only greets above it, is read with it. So is a forwarded one.

    :param forwarded: the subject says so; the first mail below counts as forwarded
    """
    kept: list[str] = []
    removed: list[Piece] = []
    rest: list[str] = lines
    for _ in range(LIMITS["levels"]):
        split = divide(rest)
        own, gone = strip(split.own, guard=False)
        speaks = says_something(own)
        told = split.rule is not None and (forwarded or points_below(own))
        passed_on = split.rule in FORWARDS or told
        quoted = "\n".join(line for run in split.quotes for line in run)
        if own:
            kept += [*own, ""]
        removed += [*split.removed, *gone]
        if split.rule and (passed_on or not speaks):
            subject, header, rest = without_header(split.rest)
            # The mail below may have been passed on itself, as its subject says.
            forwarded = (forwarded and not passed_on) or passes_on(header)
            removed.append((split.rule, "\n".join([*split.heading, *header])))
            kept += subject
            removed += [("quote.lines", quoted)] if quoted else []
            rest = unquoted(rest)
        elif split.quotes and (not speaks or points_below(own)):
            rest = unquoted([line for run in split.quotes for line in [*run, ""]])
        else:
            removed += [("quote.lines", quoted)] if quoted else []
            if split.rule:
                removed.append((split.rule, "\n".join([*split.heading, *split.rest])))
            rest = []
            break
    if any(rest):
        removed.append(("quote.lines", "\n".join(rest)))
    if readable("\n".join(kept)):
        return kept, removed
    return strip(lines, guard=True)


def points_below(own: list[str]) -> bool:
    """Whether a short mail says that it is about the one below, or introduces it."""
    said = " ".join(own).strip()
    points = said.endswith((":", "：")) or POINTS.search(said) is not None
    return points and len(said.split()) <= POINTING_WORDS


def divide(lines: list[str]) -> Split:
    split = Split()
    number = 0
    while number < len(lines):
        line = lines[number]
        if QUOTED.match(line) and not compares(lines, number):
            end = end_of_quote(lines, number)
            if is_inserted(lines, number, end, split):
                split.own += [LEVEL.sub("", quoted) for quoted in lines[number:end]]
                number = end
                continue
            take_announcement(split)
            split.quotes.append(lines[number:end])
            number = end
            continue
        rule, length = boundary(lines, number)
        if rule is None:
            split.own.append(line)
            number += 1
            continue
        below = lines[number + length : number + length + 3]
        heading = lines[number : number + length]
        if rule.startswith("reply") and any(QUOTED.match(line) for line in below):
            # Quoted lines show where the quoted mail ends: what follows them is an answer, too.
            split.removed.append((rule, "\n".join(heading)))
            number += length
            continue
        if rule.startswith("reply") and not by_program(" ".join(heading)):
            # A sentence of the customer's, who goes on below what they quote.
            split.own.append(line)
            number += 1
            continue
        split.rule, split.heading, split.rest = rule, heading, lines[number + length :]
        break
    return split


def boundary(lines: list[str], number: int) -> tuple[str | None, int]:
    """The rule by which a quoted mail begins at this line, and how many lines announce it."""
    line = lines[number]
    above = ABOVE.find(line)
    if above:
        return above, 1
    if begins_header(lines, number):
        # Its labels are read with the rest.
        return FROM, 0
    for length in (1, 2, 3):
        rule = announcement(lines[number : number + length])
        if rule:
            # 'Le colis …' begins like 'Le lun. … a écrit :' right below: the line before it is said.
            later = any(announcement(lines[number + skip : number + length]) for skip in range(1, length))
            return (None, 0) if later else (rule, length)
    return None, 0


def announcement(lines: list[str]) -> str | None:
    """The rule by which these lines, wrapped from one, announce a quoted mail."""
    if not all(lines) or not BEGINS.match(lines[0]):
        return None
    # The date comes first: a line without one is a sentence above an announcement.
    dated = any(sign == "@" or sign.isdigit() for sign in lines[0])
    return REPLY.find(" ".join(lines)) if dated else None


def by_program(announcement: str) -> bool:
    """Whether a program announces a mail here: by address or time, not in the words of a person."""
    if ADDRESS.search(announcement):
        return True
    return bool(MOMENT.search(announcement)) and not (YOU.search(announcement) or ASKS.search(announcement))


def is_inserted(lines: list[str], start: int, end: int, split: Split) -> bool:
    """Whether marked lines are something the sender pasted: several, right between two lines of theirs, and
    nothing has announced a mail. A single one is what they answer."""
    above = lines[start - 1] if start else ""
    below = lines[end] if end < len(lines) else ""
    announced = split.quotes or split.removed or ANNOUNCED.find(above)
    return end - start > 1 and bool(above and below) and not announced


def compares(lines: list[str], number: int) -> bool:
    """Whether the line goes on in a sentence with 'more than': a number, below words without an end."""
    above = lines[number - 1] if number else ""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    return (
        COMPARED.match(lines[number]) is not None
        and above[-1:].isalpha()
        and not QUOTED.match(above)
        and not QUOTED.match(below)
    )


def begins_header(lines: list[str], number: int) -> bool:
    if HEADER.find(lines[number]) is None:
        return False
    labels = [HEADER.find(line) for line in lines[number : number + HEADER_LINES]]
    strangers = 0
    found: set[str] = set()
    sure = False
    for line, label in zip(lines[number:], labels, strict=False):
        if FORM.find(line):
            return False
        strangers += label is None and bool(line)
        if strangers > 1:
            break
        if label:
            found.add(label)
            sure = sure or label == SUBJECT or "@" in line or (label == SENT and bool(CLOCK.search(line)))
    return sure and FROM in found and len(found) >= HEADER_LABELS


def without_header(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The words of the subject, the header's lines as they stood, and the mail below them."""
    subject: list[str] = []
    last = 0
    for number, line in enumerate(lines[: HEADER_LINES + 5]):
        label = HEADER.find(line.lstrip("> "))
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if label == SUBJECT:
            words = SUBJECT_PREFIX.sub("", line.split(":", 1)[-1].strip(" *"))
            subject += [words] if words else []
        # The rest of a long list of receivers has no label of its own.
        elif label is None and line and not (last and HEADER.find(following.lstrip("> "))):
            break
        if line:
            last = number + 1
    return subject, lines[:last], lines[last:]


def passes_on(header: list[str]) -> bool:
    """Whether the subject in a header says that its mail was passed on."""
    subjects = (line for line in header if HEADER.find(line.lstrip("> ")) == SUBJECT)
    return any(FORWARDED.match(line.split(":", 1)[-1].strip(" *")) for line in subjects)


def end_of_quote(lines: list[str], start: int) -> int:
    """The line after a run of quoted lines; an empty one between two of them belongs to it."""
    end = start
    while end < len(lines) and (
        QUOTED.match(lines[end]) or (not lines[end] and end + 1 < len(lines) and QUOTED.match(lines[end + 1]))
    ):
        end += 1
    return end


def take_announcement(split: Split) -> None:
    """Moves a line that announces the quoted lines below it from the mail to what is removed."""
    at = len(split.own) - 1
    while at >= 0 and not split.own[at]:
        at -= 1
    rule = ANNOUNCED.find(split.own[at]) if at >= 0 else None
    if rule:
        split.removed.append((rule, split.own[at]))
        split.own[at:] = []


def unquoted(lines: list[str]) -> list[str]:
    """Lines with one mark of quotation less, where the mail is quoted: a forwarded one often is not."""
    first = next((line for line in lines if line), "")
    return [LEVEL.sub("", line) for line in lines] if QUOTED.match(first) else lines
