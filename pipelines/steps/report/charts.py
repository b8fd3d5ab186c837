"""The small charts of a report, as inline SVG. Colours are classes of the page's style sheet, so that a chart
follows light and dark; every chart has a title that a screen reader says and a mouse shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from report.measures import AtThreshold, Bin

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """With its sign; zero has none."""
    shown = f"{value:+.{digits}f}"
    return shown[1:] if float(shown) == 0 else shown.replace("-", MINUS)


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def breakable(name: str) -> Markup:
    """A long name that may be broken after the signs that join its words."""
    return escape(name).replace("_", Markup("_<wbr>"))


def svg(width: float, height: float, title: str, parts: Iterable[Markup], kind: str = "") -> Markup:
    return Markup(
        '<svg class="{}" role="img" width="{:.0f}" height="{:.0f}" viewBox="0 0 {:.0f} {:.0f}">'
        "<title>{}</title>{}</svg>"
    ).format(kind, width, height, width, height, title, Markup("").join(parts))


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        kind, x1, y1, x2, y2
    )


def text(x: float, y: float, content: str, kind: str = "", anchor: str = "start") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, content
    )


def dot(x: float, y: float, radius: float, kind: str, title: str = "") -> Markup:
    said = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}">{}</circle>').format(
        kind, x, y, radius, said
    )


def bar(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> Markup:
    said = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>').format(
        kind, x, y, width, height, said
    )


def path(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    return Markup('<polyline class="{}" points="{}"/>').format(
        kind, " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    )


@dataclass(frozen=True)
class Span:
    """The part of a scale that a row of interval charts shares."""

    low: float
    high: float

    def at(self, value: float, width: float) -> float:
        """Where a value lies on `width` pixels; what is outside is drawn at the edge."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return width * min(max(share, 0.0), 1.0)


WIDE, TALL, EDGE = 140.0, 22.0, 5.0


def interval(value: float, low: float, high: float, span: Span, bound: float | None, good: bool) -> Markup:
    """A value with its interval; `bound` is the line it is held against."""

    def x(figure: float) -> float:
        return EDGE + span.at(figure, WIDE - 2 * EDGE)

    kind = "mark" if good else "mark bad"
    parts = [line(x(span.low), TALL / 2, x(span.high), TALL / 2, "grid")]
    title = f"{number(value)}, 95 % interval {number(low)} to {number(high)}"
    if bound is not None:
        parts.append(line(x(bound), 1, x(bound), TALL - 1, "bound"))
        title += f", held against {number(bound)}"
    parts += [line(x(low), TALL / 2, x(high), TALL / 2, f"{kind} thick"), dot(x(value), TALL / 2, 4, kind)]
    return svg(WIDE, TALL, title, parts, "cell")


# The plot inside the larger charts.
WIDTH, HEIGHT, LEFT, TOP = 380.0, 250.0, 44.0, 14.0
PLOT_WIDTH, PLOT_HEIGHT = 320.0, 192.0


def px(share: float) -> float:
    return LEFT + PLOT_WIDTH * share


def py(share: float) -> float:
    return TOP + PLOT_HEIGHT * (1 - share)


def shares(across: str, top: str, at: float) -> list[Markup]:
    """Axes of two shares, from 0 to 100 %; what goes across is called at the height `at`."""
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(line(px(0), py(tick), px(1), py(tick), "grid"))
        parts.append(text(px(0) - 6, py(tick) + 4, f"{tick:.0%}", "tick", "end"))
        parts.append(text(px(tick), py(0) + 16, f"{tick:.2g}", "tick", "middle"))
    parts.append(text(px(0.5), at, across, "axis", "middle"))
    parts.append(text(px(0), TOP - 4, top, "axis"))
    return parts


# The counts of a reliability chart stand in a strip of their own, below the axis.
STRIP = 34.0


def reliability_chart(bins: Sequence[Bin | None], name: str) -> Markup:
    """How often answers are right, by how sure they are; below, how many there are."""
    floor, width = py(0) + 20 + STRIP, PLOT_WIDTH / len(bins)
    parts = shares("confidence of the answer", "right", floor + 15)
    parts.append(line(px(0), py(0), px(1), py(1), "bound"))
    most = max((found.rows for found in bins if found), default=1)
    for at, found in enumerate(bins):
        if found is None:
            continue
        title = (
            f"{found.rows} answers of confidence {number(found.confidence, 2)} on average: "
            f"{percent(found.accuracy)} right, 95 % interval {percent(found.interval[0])} to "
            f"{percent(found.interval[1])}"
        )
        tall = max(1.0, (STRIP - 10) * found.rows / most)
        parts.append(bar(px(at / len(bins)) + 1, floor - tall, width - 2, tall, "count", title))
        parts.append(text(px((at + 0.5) / len(bins)), floor - tall - 3, f"{found.rows}", "tiny", "middle"))
        x = px(found.confidence)
        parts.append(line(x, py(found.interval[0]), x, py(found.interval[1]), "mark"))
        parts.append(dot(x, py(found.accuracy), 4, "mark", title))
    parts.append(text(px(0) - 6, floor - 2, "rows", "tick", "end"))
    return svg(WIDTH, floor + 20, f"Reliability of {name}: share right by confidence", parts, "chart")


def threshold_chart(
    points: Sequence[AtThreshold], chosen: float | None, wanted: float | None, name: str
) -> Markup:
    """Share answered and accuracy of the answered, along the threshold."""
    parts = shares("answers below this confidence are withheld", "", HEIGHT - 8)
    if wanted:
        parts.append(line(px(0), py(wanted), px(1), py(wanted), "bound"))
    if chosen is not None:
        parts.append(line(px(chosen), py(0), px(chosen), py(1), "chosen"))
        side, shift = ("start", 5) if chosen < 0.5 else ("end", -5)
        parts.append(text(px(chosen) + shift, py(0) - 6, f"threshold {number(chosen, 2)}", "said", side))
    parts.append(path([(px(point.threshold), py(point.answered)) for point in points], "second"))
    right = [(px(point.threshold), py(point.accuracy)) for point in points if point.accuracy is not None]
    parts.append(path(right, "first"))
    if right:
        below = max(right[0][1], py(wanted) if wanted else 0.0)
        parts.append(text(right[0][0] + 6, below + 15, "right, of what is answered", "name s0"))
    half = min(points, key=lambda point: abs(point.answered - 0.5))
    if half.answered < 0.9:
        parts.append(text(px(half.threshold) - 8, py(half.answered) + 4, "answered", "name s2", "end"))
    return svg(WIDTH, HEIGHT, f"Share answered and accuracy of {name} by threshold", parts, "chart")


@dataclass(frozen=True)
class Curve:
    """A line of a learning curve: finite points in the order of x, and what it is called."""

    name: str
    points: list[tuple[float, float]]


def curve_chart(title: str, across: str, curves: Sequence[Curve]) -> Markup:
    """Lines over a common x. Their names stand at their ends, moved apart where they would overlap."""
    every = [point for curve in curves for point in curve.points]
    wide = nice(min(x for x, _ in every), max(x for x, _ in every))
    tall = nice(min(y for _, y in every), max(y for _, y in every))
    # Room for the names at the right.
    room = min(110.0, 12 + 6.2 * max(len(curve.name) for curve in curves)) if len(curves) > 1 else 12
    plot = WIDTH - LEFT - room
    parts = []
    for tick in ticks(tall):
        y = py(tall.at(tick, 1))
        parts += [line(LEFT, y, LEFT + plot, y, "grid"), text(LEFT - 6, y + 4, f"{tick:.4g}", "tick", "end")]
    for tick in ticks(wide):
        parts.append(text(LEFT + wide.at(tick, plot), py(0) + 16, f"{tick:,.6g}", "tick", "middle"))
    parts.append(text(LEFT + plot / 2, HEIGHT - 8, across, "axis", "middle"))
    ends = spread([py(tall.at(curve.points[-1][1], 1)) for curve in curves])
    for at, (curve, end) in enumerate(zip(curves, ends, strict=True)):
        points = [(LEFT + wide.at(x, plot), py(tall.at(y, 1))) for x, y in curve.points]
        parts.append(path(points, f"series s{at % 4}"))
        if len(points) <= 12:
            parts += [dot(x, y, 3, f"series s{at % 4} dot") for x, y in points]
        if len(curves) > 1:
            name = curve.name if len(curve.name) <= 16 else curve.name[:15] + "…"
            parts.append(text(points[-1][0] + 7, end + 4, name, f"name s{at % 4}"))
    return svg(WIDTH, HEIGHT, title, parts, "chart")


def nice(low: float, high: float) -> Span:
    """A little room around the values; around a single value, some all the same."""
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return Span(low - room, high + room)


def ticks(span: Span) -> list[float]:
    """Three to six round values within the span."""
    rough = (span.high - span.low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = -(-span.low // step)
    found = []
    while (value := first * step) <= span.high:
        # Never minus zero.
        found.append(round(value, 12) + 0.0)
        first += 1
    return found


def spread(heights: Sequence[float], apart: float = 13.0) -> list[float]:
    """The heights, moved down where two would be closer than `apart` pixels."""
    moved = list(heights)
    last = None
    for at in sorted(range(len(heights)), key=lambda n: heights[n]):
        if last is not None and moved[at] - last < apart:
            moved[at] = last + apart
        last = moved[at]
    return moved
