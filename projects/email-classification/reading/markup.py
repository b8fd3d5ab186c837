"""Reads HTML as a person sees it: lines of text, quoted mails with '> ' before each line."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from reading.rules import LIMITS, Piece, rules

# The HTML standard has parsers repeat these in every paragraph they are left open in: a hostile mail of 40 KB
# would take seconds. Nothing here depends on them.
FORMATTING = re.compile(
    r"</?(?:a|b|big|code|em|font|i|img|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^<>]*+>", re.IGNORECASE
)
# A parser compares every attribute with all others of its tag.
LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9:]{{0,20}}+)[^<>]{{{LIMITS['tag_characters']},}}+>?")
TAG = re.compile(r"<[^<>]*+>")
BLANK = re.compile(r"[^\S\xa0]+")
DROP, QUOTE = rules("drop")[0], rules("quote")[0]
DROPPED, BLOCKS = frozenset(DROP["tags"]), frozenset(rules("block")[0]["tags"])
PARAGRAPHS = frozenset(rules("paragraph")[0]["tags"])

# By name; None where an attribute has no value.
Attributes = dict[str, str | None]


def to_text(source: str, rule: str) -> tuple[str, list[Piece]]:
    """The text of an HTML mail, its tags as removed by the given rule, and what nobody would have seen."""
    page = Page()
    page.removed.append((rule, "".join(TAG.findall(source))))
    source = LONG_TAG.sub(r"<\1>", FORMATTING.sub("", source))
    end = beyond(source)
    if end is not None:
        page.removed.append(("limit", source[end:]))
        source = source[:end]
    root = LexborHTMLParser(source).root
    if root is not None:
        walk(root, page)
    return page.text(), page.removed


def beyond(source: str) -> int | None:
    """Where the first tag begins that is too many: a parser's time grows with the square of the nesting."""
    for number, found in enumerate(TAG.finditer(source)):
        if number == LIMITS["tags"]:
            return found.start()
    return None


def walk(root: LexborNode, page: "Page") -> None:
    """Goes through the tree in order; without recursion, as a mail may nest deeper than Python's stack."""
    # None: not read yet. Otherwise whether leaving the element ends a quoted mail.
    waiting: list[tuple[LexborNode, bool | None]] = [(root, None)]
    while waiting:
        node, quotes = waiting.pop()
        tag = node.tag or ""
        if quotes is not None:
            page.leave(tag, quotes)
        elif tag == "-text":
            page.add(node.text_content or "")
        elif tag[:1].isalpha():
            attributes = node.attributes
            style = styles(attributes) if attributes else ""
            if tag in DROPPED or any(hidden in style for hidden in DROP["styles"]):
                page.removed.append((DROP["id"], node.text(deep=True)))
                continue
            quotes = is_quote(attributes, tag, style)
            page.enter(tag, quotes, is_headed(attributes, style))
            waiting.append((node, quotes))
            first, child = len(waiting), node.child
            while child is not None:
                waiting.append((child, None))
                child = child.next
            waiting[first:] = waiting[: first - 1 : -1]


def styles(attributes: Attributes) -> str:
    """What the style attribute says, without spaces and capitals, each part with its semicolon."""
    given = attributes.get("style")
    return "".join(given.split()).casefold() + ";" if given else ""


def is_quote(attributes: Attributes, tag: str, style: str) -> bool:
    if tag in QUOTE["tags"] and not any(plain in style for plain in QUOTE["unless"]):
        return True
    if not attributes:
        return False
    classes = (attributes.get("class") or "").split()
    return any(name in QUOTE["classes"] for name in classes) or attributes.get("id") in QUOTE["ids"]


def is_headed(attributes: Attributes, style: str) -> bool:
    """Whether this is where a mail program puts sender and subject of the mail below, in any language."""
    if not attributes:
        return False
    return attributes.get("id") in QUOTE["headed"] or any(line in style for line in QUOTE["headed_styles"])


class Page:
    """Lines as they come into being; those of a quoted mail begin with '> ', as often as it is quoted."""

    def __init__(self) -> None:
        self.removed: list[Piece] = []
        self._quoted = 0
        self._preformatted = 0
        self._lines: list[str] = []
        self._line: list[str] = []

    def enter(self, tag: str, quotes: bool, headed: bool) -> None:
        self._break(tag)
        self._quoted += quotes
        self._preformatted += tag == "pre"
        if headed:
            self._end_line()
            self._lines.append(self._mark() + QUOTE["heading"])
        elif tag in ("td", "th"):
            self._line.append(" ")

    def leave(self, tag: str, quotes: bool) -> None:
        self._break(tag)
        self._quoted -= quotes
        self._preformatted -= tag == "pre"

    def add(self, text: str) -> None:
        if not self._preformatted:
            self._line.append(text)
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self._end_line()
            self._line.append(line)

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines)

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._end_line()
            self._lines.append(self._mark().rstrip())
        elif tag in BLOCKS:
            self._end_line()

    def _end_line(self) -> None:
        if not self._line:
            return
        line = BLANK.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line:
            self._lines.append(self._mark() + line)

    def _mark(self) -> str:
        return "> " * min(self._quoted, LIMITS["levels"])
