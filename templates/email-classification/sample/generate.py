"""Makes the sample: e-mails to an invented shop in three languages. The same seed gives the same file.

    python3 sample/generate.py --rows 3600 --seed 17 --out sample/emails.csv

No target can be predicted perfectly, and that is meant: some mails stand between two topics, some name two and are
about one, urgency is often left unsaid, some mix languages, and a few labels are wrong, as in any inbox.
"""

import argparse
import csv
import random
import re
from pathlib import Path

from phrases import (
    BETWEEN,
    CLOSINGS,
    DAYS,
    FILLERS,
    GREETINGS,
    NAMES,
    PRODUCTS,
    SUBJECTS,
    TOPICS,
    URGENCY,
)

COLUMNS = ["subject", "body", "topic", "urgency", "language"]
TOPIC_SHARES = {
    "delivery": 0.24,
    "billing": 0.20,
    "returns": 0.18,
    "technical": 0.15,
    "account": 0.12,
    "product": 0.11,
}
LANGUAGE_SHARES = {"en": 0.55, "de": 0.25, "es": 0.20}
URGENCY_SHARES = {"normal": 0.5, "high": 0.28, "low": 0.22}
# How often a mail stands between topics, names a second one, or mixes languages; and how often a label is just wrong.
BETWEEN_TOPICS, SECOND_TOPIC, MIXED_LANGUAGE = 0.08, 0.14, 0.06
WRONG = {"topic": 0.03, "urgency": 0.04, "language": 0.006}
# How often the urgency is said, hinted at with words that others use too, or left unsaid.
SAID = {"high": (0.80, 0.12), "normal": (0.0, 0.35), "low": (0.82, 0.06)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=3600)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("emails.csv"))
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(mails(args.rows, args.seed))


def mails(count: int, seed: int) -> list[dict[str, str]]:
    """`count` mails with different texts."""
    # Not for secrets: a sample has to be the same every time.
    rng = random.Random(seed)  # noqa: S311
    found: dict[str, dict[str, str]] = {}
    while len(found) < count:
        mail = write(rng)
        found.setdefault(f"{mail['subject']} {mail['body']}".casefold(), mail)
    return list(found.values())


def write(rng: random.Random) -> dict[str, str]:
    language, topic, urgency = (
        pick(rng, shares) for shares in (LANGUAGE_SHARES, TOPIC_SHARES, URGENCY_SHARES)
    )
    if rng.random() < BETWEEN_TOPICS:
        first, second, about = rng.choice(BETWEEN[language])
        topic = rng.choice([first, first, second])
    else:
        about = rng.choice(TOPICS[language][topic])
    sentences = [about]
    if rng.random() < 0.3:
        sentences.append(rng.choice(TOPICS[language][topic]))
    if rng.random() < SECOND_TOPIC:
        # What it is about usually comes first, not always.
        other = rng.choice(TOPICS[language][pick(rng, TOPIC_SHARES)])
        sentences.insert(rng.choice([0, len(sentences), len(sentences)]), other)
    for _ in range(rng.choice([0, 1, 1, 2])):
        sentences.insert(rng.randrange(len(sentences) + 1), rng.choice(FILLERS[language]))
    said, hinted = SAID[urgency]
    draw = rng.random()
    if draw < said:
        sentences.append(rng.choice(URGENCY[language][urgency]))
    elif draw < said + hinted:
        sentences.append(rng.choice(URGENCY[language]["soft"]))
    subject = (
        rng.choice([*SUBJECTS[language], about, about, about])
        if rng.random() < 0.8
        else rng.choice(sentences)
    )
    if rng.random() < MIXED_LANGUAGE:
        # Colleagues forward mails: a sentence, a subject or most of a mail in another language.
        other_language = pick(rng, LANGUAGE_SHARES)
        subject = rng.choice(SUBJECTS[other_language])
        for _ in range(rng.randrange(3)):
            sentences.append(rng.choice([*FILLERS[other_language], *TOPICS[other_language][topic]]))
    sentences = [rng.choice(GREETINGS[language]), *sentences, rng.choice(CLOSINGS[language])]
    labels = {"topic": topic, "urgency": urgency, "language": language}
    for target, shares in (
        ("topic", TOPIC_SHARES),
        ("urgency", URGENCY_SHARES),
        ("language", LANGUAGE_SHARES),
    ):
        if rng.random() < WRONG[target]:
            labels[target] = pick(rng, shares)
    body = " ".join(filter(None, (say(rng, sentence, language) for sentence in sentences)))
    return {"subject": say(rng, subject, language).rstrip("."), "body": by_hand(rng, body), **labels}


def say(rng: random.Random, phrase: str, language: str) -> str:
    """Chooses among alternatives and fills the slots."""
    phrase = re.sub(r"\(([^)]*)\)", lambda match: rng.choice(match[1].split("|")), phrase)
    slots = {
        "<product>": rng.choice(PRODUCTS[language]),
        "<day>": rng.choice(DAYS[language]),
        "<name>": rng.choice(NAMES),
        "<order>": f"{rng.choice(['A-', '#', 'ORD'])}{rng.randrange(10_000, 99_999)}",
        "<amount>": f"{rng.randrange(5, 400)},{rng.randrange(100):02d} EUR",
    }
    for slot, value in slots.items():
        phrase = phrase.replace(slot, value)
    return re.sub(r"\s+([.,?!])", r"\1", " ".join(phrase.split()))


def by_hand(rng: random.Random, text: str) -> str:
    """The way people type: some all small, few all capitals, a slip now and then."""
    style = rng.random()
    if style < 0.12:
        text = text.lower()
    elif style < 0.15:
        text = text.upper()
    return re.sub(r"\w{4,}", lambda match: slip(rng, match[0]) if rng.random() < 0.015 else match[0], text)


def slip(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])


def pick(rng: random.Random, shares: dict[str, float]) -> str:
    return rng.choices(list(shares), weights=list(shares.values()))[0]


if __name__ == "__main__":
    main()
