"""The confusion matrix as a heat map that stays readable from 2 classes to 100.

Rows are true classes, columns answers, colour the share of the row. What is right is grey, so that errors
stand out; a pair that never happened is empty. Few classes: big cells with counts. Many: small cells with the
count as a small digit, names at the sides abbreviated and in full under the mouse.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from report.charts import bar, line, percent, svg, text
from report.order import by_confusion

FEW = 12
# More cells are too small to point at: those with most errors are drawn.
MOST = 100
# Upper ends of the shares of a colour, of errors and of what is right; more than the last is the darkest.
WRONG = (0.05, 0.10, 0.20, 0.40)
RIGHT = (0.50, 0.70, 0.85, 0.95)

# Widths of a letter in the fonts of the style sheet, the widest that a machine may have.
LETTER, SMALL_LETTER = 8.0, 6.0


@dataclass(frozen=True)
class Sizes:
    """Measures of a heat map in pixels; names are cut to `longest` letters, and stand `upright` where a cell
    is narrower than they are long."""

    cell: float
    # Room for the names at the left and at the top.
    left: float
    top: float
    right: float
    longest: int
    upright: bool


@dataclass(frozen=True)
class Drawn:
    chart: Markup
    classes: int
    left_out: int


def sizes_for(names: Sequence[str]) -> Sizes:
    longest = max(len(name) for name in names)
    count = len(names)
    if count <= FEW:
        cell = min(72.0, max(48.0, 600 / count))
        shown = min(longest, 22)
        upright = longest * LETTER > cell
        left, along = max(84.0, LETTER * shown + 12), LETTER * shown
        # Names lean by 55 degrees: the last one reaches beyond the cells.
        return Sizes(
            cell, left, 0.83 * along + 24 if upright else 40, 0.58 * along if upright else 4, shown, upright
        )
    cell = 18.0 if count <= 40 else 12.0 if count <= 80 else 10.0
    shown = min(longest, 24)
    return Sizes(cell, max(84, SMALL_LETTER * shown + 12), SMALL_LETTER * shown + 16, 4, shown, True)


def matrix_chart(matrix: NDArray[np.int64], classes: Sequence[str], target: str) -> Drawn:
    """
    :param matrix: rows by true class (down) and answered class (across)
    """
    errors = matrix.sum(axis=1) + matrix.sum(axis=0) - 2 * np.diag(matrix)
    picked = sorted(np.argsort(-errors, kind="stable")[:MOST].tolist())
    shown = matrix[np.ix_(picked, picked)]
    order = by_confusion(shown)
    shown = shown[np.ix_(order, order)]
    names = [classes[picked[at]] for at in order]
    totals = matrix.sum(axis=1)[[picked[at] for at in order]]
    sizes = sizes_for(names)
    edge = sizes.cell * len(names)
    few = len(names) <= FEW
    parts = [*frame(names, sizes, edge), *labels(names, sizes, edge, few)]
    for i, j in zip(*np.nonzero(shown), strict=True):
        parts += cell(int(shown[i, j]), int(totals[i]), names[i], names[j], int(i), int(j), sizes, few)
    title = f"Confusion matrix of {target}: true class down, answered class across, {len(names)} classes"
    foot = 0 if few else sizes.top
    chart = svg(
        sizes.left + edge + sizes.right,
        sizes.top + edge + foot + 4,
        title,
        parts,
        "matrix few" if few else "matrix many",
    )
    return Drawn(chart, len(names), len(classes) - len(names))


def frame(names: Sequence[str], sizes: Sizes, edge: float) -> list[Markup]:
    """A line every class where they are few, every five where they are many."""
    step = 1 if len(names) <= FEW else 5
    parts = []
    for at in [*range(0, len(names), step), len(names)]:
        along = at * sizes.cell
        parts.append(line(sizes.left + along, sizes.top, sizes.left + along, sizes.top + edge, "grid"))
        parts.append(line(sizes.left, sizes.top + along, sizes.left + edge, sizes.top + along, "grid"))
    return parts


def labels(names: Sequence[str], sizes: Sizes, edge: float, few: bool) -> list[Markup]:
    parts = [
        text(sizes.left - 8, sizes.top - 22, "answered →", "axis", "end"),
        text(sizes.left - 8, sizes.top - 8, "truth ↓", "axis", "end"),
    ]
    for at, name in enumerate(names):
        middle = (at + 0.5) * sizes.cell
        short = abbreviated(name, sizes.longest)
        down = sizes.top + middle
        parts.append(titled(short, name, sizes.left - 6, down + 3.5, "end", None))
        across = sizes.left + middle
        if not sizes.upright:
            parts.append(titled(short, name, across, sizes.top - 10, "middle", None))
            continue
        parts.append(titled(short, name, across + 3, sizes.top - 6, "start", -55 if few else -90))
        if not few:
            parts.append(titled(short, name, across + 3, sizes.top + edge + 6, "end", -90))
    return parts


def abbreviated(name: str, longest: int) -> str:
    """Cut in the middle: names of many classes begin alike."""
    if len(name) <= longest:
        return name
    head = longest // 2
    return f"{name[:head]}…{name[head + 1 - longest :]}"


def titled(short: str, full: str, x: float, y: float, anchor: str, turned: int | None) -> Markup:
    """A name, abbreviated, with the full one under the mouse."""
    turn = f"rotate({turned} {x:.1f} {y:.1f})" if turned else ""
    return Markup(
        '<text class="name" x="{:.1f}" y="{:.1f}" text-anchor="{}" transform="{}">{}<title>{}</title></text>'
    ).format(x, y, anchor, turn, short, full)


def cell(
    count: int, total: int, truth: str, answered: str, row: int, column: int, sizes: Sizes, few: bool
) -> list[Markup]:
    share = count / total
    right = row == column
    level = sum(share > upper for upper in (RIGHT if right else WRONG)) + 1
    kind = f"right r{level}" if right else f"e{level}"
    title = f"{truth} → {answered}: {count} of {total} rows ({percent(share)})"
    x, y = sizes.left + column * sizes.cell, sizes.top + row * sizes.cell
    parts = [bar(x + 0.5, y + 0.5, sizes.cell - 1, sizes.cell - 1, kind, title)]
    middle = x + sizes.cell / 2
    if few:
        parts.append(text(middle, y + sizes.cell / 2 + 1, str(count), f"on {kind}", "middle"))
        said = "< 1 %" if share < 0.005 else percent(share, 0)
        parts.append(text(middle, y + sizes.cell / 2 + 15, said, f"on share {kind}", "middle"))
    elif row != column and count < 100:
        parts.append(text(middle, y + sizes.cell / 2 + 3, str(count), f"on {kind}", "middle"))
    return parts
