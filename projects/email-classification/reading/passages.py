"""Takes out of one mail's own lines what its sender did not mean to say: banners, imprint, signature,
disclaimer."""

from reading.disclaimer import without_passages
from reading.rules import Lines, Part, Piece, pattern, readable, rules
from reading.signature import without_closings, without_delimited
from reading.speech import ASKS, BANNER, DEVICE, IMPRINT, LINK, is_introduced, is_prose, speaks

WHOLE, FOOTER = Lines("line"), Lines("footer")
IMPRINT_ANYWHERE = pattern(rules("imprint")[0]["id"])

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


STEPS = (
    without_banners,
    without_footers,
    without_lines,
    without_passages,
    without_imprint,
    without_delimited,
    without_closings,
)
