"""What the sections of a report say, as plain values for the template: the verdict, the metrics, the
comparisons, the data and the settings. The charts of one target are in report/target.py."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from report.charts import Curve, Span, curve_chart, interval, number, percent, signed
from report.measures import Codes, Measured

RULES = {
    "macro_f1": "macro F1",
    "champion": "against the champion",
    "cheaper": "against the cheaper learner",
    "calibration_error": "calibration error",
}
# More points than pixels draw the same line.
CURVE_POINTS = 300


@dataclass(frozen=True)
class Term:
    """One rule of the gate as a line of a table; value and bound are empty where the rule is unknown here."""

    rule: str
    target: str
    value: str
    bound: str
    passed: bool
    said: str


def terms(evaluation: dict[str, Any], gate: dict[str, Any]) -> list[Term]:
    """The gate's terms, failed ones first."""
    lines = []
    for term in evaluation["gate"].get("terms", []):
        rule, target = term["rule"], term.get("target")
        value, bound = held_against(rule, target, evaluation, gate)
        lines.append(
            Term(
                RULES.get(rule, rule),
                target or "all together",
                value,
                bound,
                term["passed"],
                term.get("said", ""),
            )
        )
    return sorted(lines, key=lambda term: term.passed)


def held_against(
    rule: str, target: str | None, evaluation: dict[str, Any], gate: dict[str, Any]
) -> tuple[str, str]:
    """The value a rule looks at and the bound it must keep, in figures."""
    metrics = evaluation["metrics"].get(target, {})
    if rule == "macro_f1" and metrics:
        bound = gate.get("macro_f1", {}).get(target)
        low, high = metrics["macro_f1_interval"]
        said = f"{number(metrics['macro_f1'])} [{number(low)}, {number(high)}]"
        return said, "none" if bound is None else f"interval ≥ {bound}"
    if rule == "calibration_error" and metrics:
        bound = f"≤ {gate.get('calibration_error', 0.05)}"
        if "calibration_bound" in metrics:
            bound += f", or by chance {number(metrics['calibration_bound'])}"
        return number(metrics["calibration_error"]), bound
    if rule in ("champion", "cheaper"):
        compared = evaluation.get(rule, {}).get("targets", {})
        found = (
            compared if target is None else {name: compared[name] for name in [target] if name in compared}
        )
        values = [
            f"{name + ' ' if target is None and len(found) > 1 else ''}{signed(pair['difference'])} "
            f"[{signed(pair['interval'][0])}, {signed(pair['interval'][1])}]"
            for name, pair in found.items()
        ]
        bound = "interval not below 0" if rule == "champion" else "one interval above 0, none below"
        return "; ".join(values), bound if values else ""
    return "", ""


def metric_lines(evaluation: dict[str, Any], settings: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """A line a target, and the scale that the charts of all share, in words."""
    metrics = evaluation["metrics"]
    bounds = settings["gate"].get("macro_f1", {})
    lows = [
        low
        for found in metrics.values()
        for low in (found["macro_f1_interval"][0], found["accuracy_interval"][0])
    ]
    lows += [bound for target, bound in bounds.items() if target in metrics]
    span = Span(max(0.0, math.floor(20 * min(lows, default=0) - 0.5) / 20), 1.0)
    lines = []
    for target in settings["targets"]:
        found = metrics.get(target)
        if found is None:
            continue
        low, high = found["macro_f1_interval"]
        right, (least, most) = found["accuracy"], found["accuracy_interval"]
        bound = bounds.get(target)
        lines.append(
            {
                "target": target,
                "macro_f1": (number(found["macro_f1"]), number(low), number(high)),
                "macro_f1_chart": interval(
                    found["macro_f1"], low, high, span, bound, bound is None or low >= bound
                ),
                "accuracy": (number(right), number(least), number(most)),
                "accuracy_chart": interval(right, least, most, span, None, True),
                "error": number(found["calibration_error"]),
                "chance": number(found["calibration_bound"]) if "calibration_bound" in found else "",
                "threshold": number(found["threshold"], 2) if found.get("threshold") is not None else "",
                "coverage": percent(found["coverage"]) if "coverage" in found else "",
                "selective": percent(found["selective_accuracy"])
                if found.get("selective_accuracy") is not None
                else "",
            }
        )
    return lines, f"{span.low:.2g} to {span.high:.2g}"


def comparison(
    found: dict[str, Any], measured: dict[str, Measured], other: dict[str, Codes], name: str
) -> list[dict[str, Any]]:
    """This model against another: a line for each target that was compared.

    :param found: `targets` of evaluation.json's `champion` or `cheaper`
    :param other: the other model's answers by target, from which rows that only one gets right are counted
        where the evaluation does not say
    """
    widest = max((abs(end) for pair in found.values() for end in pair["interval"]), default=0) * 1.1 or 0.01
    lines = []
    for target, pair in found.items():
        low, high = pair["interval"]
        only_this, only_other = pair.get("only_this"), pair.get(f"only_{name}")
        if only_this is None and target in measured and target in other:
            hits, theirs = measured[target].hits, other[target] == measured[target].truth
            only_this, only_other = int((hits & ~theirs).sum()), int((theirs & ~hits).sum())
        shared = pair.get("shared_classes")
        lines.append(
            {
                "target": target,
                "difference": (signed(pair["difference"]), signed(low), signed(high)),
                "chart": interval(pair["difference"], low, high, Span(-widest, widest), 0.0, high >= 0),
                "only_this": only_this,
                "only_other": only_other,
                "p": probability(pair.get("mcnemar_p")),
                "detectable": number(pair["detectable"]) if pair.get("detectable") is not None else "",
                "rows": pair.get("rows"),
                "shared": len(shared) if isinstance(shared, list) else shared,
            }
        )
    return lines


def probability(p: float | None) -> str:
    return "" if p is None else "< 0.001" if p < 0.001 else number(p)


def curves(history: Sequence[dict[str, Any]]) -> list[tuple[str, Markup]]:
    """A name and a chart for each curve, in the order in which they first occur.

    A point that is not two finite numbers is left out.
    """
    by_curve: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for point in history:
        pair = [point.get(axis) for axis in ("x", "y")]
        if "curve" not in point or not all(isinstance(v, int | float) and math.isfinite(v) for v in pair):
            continue
        lines = by_curve.setdefault(str(point["curve"]), {})
        lines.setdefault(str(point.get("target") or ""), []).append(
            (float(pair[0] or 0), float(pair[1] or 0))
        )
    charts = []
    for name, lines in by_curve.items():
        drawn = [Curve(target, thinned(sorted(points))) for target, points in lines.items()]
        _, _, across = name.rpartition(" by ")
        charts.append((name, curve_chart(name, across if " by " in name else "", drawn)))
    return charts


def thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = -(-len(points) // CURVE_POINTS)
    return points[::-1][::step][::-1]


def flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings as lines: `gate.macro_f1.topic`, `0.85`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    else:
        yield name, "–" if value is None or value == {} else str(value)
