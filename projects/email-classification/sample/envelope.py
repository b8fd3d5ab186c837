"""How a mail arrives: what its program, its company and its thread put around what a person says.

None of it says what the mail is about, and some of it misleads: a quoted mail was about something else.
`cleaning.json` takes it out again.
"""

import html
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# By language: how programs announce a quoted mail, and what stands below a mail; <slots> as in phrases/.
AROUND: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("envelopes.json").read_text(encoding="utf-8")
)

# How a mail was sent, in shares: as a web form sends it, in lines, as an answer to a mail, as HTML.
SHARES = {"form": 0.45, "lines": 0.22, "reply": 0.18, "html": 0.15}
# How often a signature stands below the name, the name of a device below that, a disclaimer below all.
SIGNATURE, DEVICE, DISCLAIMER = 0.4, 0.25, 0.15
# How often a mail in HTML answers another one.
HTML_REPLY = 0.5


@dataclass(frozen=True)
class Said:
    """What somebody wrote: the subject, a greeting and a closing which may be empty, and what is between."""

    subject: str
    greeting: str
    sentences: list[str]
    closing: str


def sent(rng: random.Random, said: Said, earlier: str, language: str) -> tuple[str, str]:
    """Subject and body as they arrive; `earlier` is what an answer quotes."""
    around = AROUND[language]
    how = rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
    if how == "form":
        return said.subject, " ".join(filter(None, [said.greeting, *said.sentences, said.closing]))
    below = ending(rng, said.closing, around)
    answers = how == "reply" or (how == "html" and rng.random() < HTML_REPLY)
    subject = f"{rng.choice(around['answer'])} {said.subject}" if answers and said.subject else said.subject
    if how == "html":
        return subject, as_html(rng, said, below, around, earlier if answers else "")
    lines = [*paragraphs(said), *below]
    return subject, "\n".join([*lines, "", *quoted(rng, around, earlier)] if answers else lines)


def paragraphs(said: Said) -> list[str]:
    """The mail in lines: a greeting, an empty line, and what is said in one line."""
    greeting = [said.greeting, ""] if said.greeting else []
    return [*greeting, " ".join(said.sentences)]


def ending(rng: random.Random, closing: str, around: dict[str, Any]) -> list[str]:
    """The lines below what was said, an empty one first: "Regards, Anna" becomes two, a signature follows."""
    words, comma, name = closing.partition(", ")
    lines = ["", f"{words},", name] if comma else ["", closing] if closing else []
    if lines and rng.random() < SIGNATURE:
        lines += [*rng.choice([["-- "], []]), *rng.choice(around["signatures"])]
    if rng.random() < DEVICE:
        lines += ["", rng.choice(around["devices"])]
    if rng.random() < DISCLAIMER:
        lines += ["", around["disclaimer"]]
    return lines


def quoted(rng: random.Random, around: dict[str, Any], earlier: str) -> list[str]:
    """The mail that is answered, as mail programs quote it: under a header, or in marked lines."""
    mail = [around["thanks"], "", earlier, "", around["service"]]
    if rng.random() < 0.5:
        return [*around["header"], "", *mail]
    return [around["announced"], *(f"> {line}".rstrip() for line in mail)]


def as_html(rng: random.Random, said: Said, below: list[str], around: dict[str, Any], earlier: str) -> str:
    """The mail as a web mailer writes it: styles nobody sees, boxes, a quoted mail in a box of its own."""
    tag = rng.choice(["div", "p"])
    boxes = "".join(
        f"<{tag}>{html.escape(line, quote=False) or '&nbsp;'}</{tag}>" for line in [*paragraphs(said), *below]
    )
    style = "<style>p.MsoNormal{margin:0;font-size:11pt}</style>" if tag == "p" else ""
    quote = (
        f'<div class="gmail_quote"><div class="gmail_attr">{html.escape(around["announced"])}<br></div>'
        f"<blockquote>{html.escape(around['thanks'])}<br>{html.escape(earlier, quote=False)}</blockquote>"
        "</div>"
    )
    return f"<html><head>{style}</head><body>{boxes}{quote if earlier else ''}</body></html>"
