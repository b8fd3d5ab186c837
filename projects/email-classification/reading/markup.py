"""Reads HTML as a person sees it: lines of text, quoted mails with '> ' before each line."""

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from reading.rules import LIMITS, Piece, rules
from reading.speech import LINK, speaks

# The HTML standard has parsers repeat these in every paragraph they are left open in: a hostile mail of 40 KB
# would take seconds. Nothing here depends on them.
FORMATTING = re.compile(
    r"</?(?:a|b|big|code|em|font|i|img|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^<>]*+>", re.IGNORECASE
)
# A parser compares every attribute with all others of its tag.
LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9:]{{0,20}}+)[^<>]{{{LIMITS['tag_characters']},}}+>?")
TAG = re.compile(r"<[^<>]*+>")
# Half of a letter that was read in the wrong encoding may be \x85 or \xa0.
BLANK = re.compile(r"[^\S\x85\xa0]+")
LINKED = re.compile(r"<a\s[^<>]*+>([^<>]{1,80})</a\s?>", re.IGNORECASE)
DROP, QUOTE = rules("drop")[0], rules("quote")[0]
DROPPED, BLOCKS = frozenset(DROP["tags"]), frozenset(rules("block")[0]["tags"])
PARAGRAPHS = frozenset(rules("paragraph")[0]["tags"])

# A tag has a known name, and is bare, ends or has attributes.
NAMES = (
    "a|abbr|acronym|address|applet|area|article|aside|b|base|basefont|bdi|bdo|bgsound|big|blink|blockquote|body|br"
    "|button|caption|center|cite|code|col|colgroup|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset"
    "|figcaption|figure|font|footer|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label"
    "|legend|li|link|main|map|mark|marquee|meta|nav|nobr|noframes|ol|optgroup|option|p|param|picture|pre|progress|q"
    "|s|samp|section|small|source|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul"
    "|var|video|audio|wbr|(?:o|v|w|m|x|st\\d|u\\d|xml|asp):[a-z]\\w{0,30}"
)
UNREAD = "|".join([*DROP["tags"], "script", "style"])
BARE = "nowrap|noshade|hidden|async|defer|compact"
AFTER = rf"(?=\s{{0,50}}/?>|\s{{1,50}}[\w:@.-]{{1,60}}\s{{0,5}}=|\s{{1,50}}(?:{BARE})\b|\s{{0,50}}\Z)"
STRANGER = re.compile(rf"<(?!!--|!\[|!doctype|\?xml|/?(?:{NAMES}|{UNREAD}){AFTER})", re.IGNORECASE)
STRANGER_IN_PLAIN = re.compile(rf"<(?!!--|!\[|\?xml|/?(?:{NAMES}){AFTER})", re.IGNORECASE)
DOCUMENT = re.compile(
    rf"<(?:!doctype|(?:html|head|body|meta|div|p|table|td|span|style){AFTER})", re.IGNORECASE
)

# By name; None where an attribute has no value.
Attributes = dict[str, str | None]


def to_text(source: str, rule: str) -> tuple[str, list[Piece]]:
    """The text of an HTML mail, its tags as removed by the given rule, and what nobody would have seen."""
    source = without_strangers(source)
    links: list[Piece] = []

    def unlinked(found: re.Match[str]) -> str:
        name = LINK.find(html.unescape(found[1]).strip())
        if name:
            links.append((name, found[1]))
        return "" if name else found[0]

    page = read(LINKED.sub(unlinked, source), rule)
    if links and not speaks(page.text().split("\n")):
        # Somebody who asks for just that.
        page = read(source, rule)
    else:
        page.removed += links
    return page.text(), page.removed


def without_strangers(source: str) -> str:
    """HTML in which '<' begins nothing but tags: an address or a comparison stays, and so does what somebody
    shows of HTML in a mail that is none."""
    strangers = STRANGER if DOCUMENT.search(source) else STRANGER_IN_PLAIN
    return strangers.sub("&lt;", source)


def read(source: str, rule: str) -> "Page":
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
    return page


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
            quotes = (
                is_quote(attributes, tag, style)
                if attributes or tag not in QUOTE["tags"]
                else page.announced()
            )
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
    if attributes and tag in QUOTE["tags"] and not any(plain in style for plain in QUOTE["unless"]):
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

    def announced(self) -> bool:
        """Whether the last line announces a quoted mail: without one, a bare quotation is the sender's."""
        self._end_line()
        above = next((line for line in reversed(self._lines) if line), "")
        return above.endswith((":", "：")) and any(sign == "@" or sign.isdigit() for sign in above)

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
        line = BLANK.sub(" ", "".join(self._line)).strip(" ")
        self._line.clear()
        if line.strip():
            self._lines.append(self._mark() + line)

    def _mark(self) -> str:
        return "> " * min(self._quoted, LIMITS["levels"])
