"""Takes out the sentences by which a company says that a mail was not meant for whoever reads it."""

import re

from reading.rules import Part, Piece, rules
from reading.speech import speaks

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
