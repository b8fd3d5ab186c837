"""What the gate says, in words: a term for each rule and target, and one sentence of them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paired import Paired

# A package's description takes 1024 characters, an exit message 1 KB.
LONGEST = 1000
# More names of classes than these nobody reads in a sentence.
NAMED = 3


@dataclass(frozen=True)
class Term:
    """One rule of the gate, for one target or (None) for all together."""

    # macro_f1, champion, cheaper or calibration_error.
    rule: str
    target: str | None
    passed: bool
    said: str


# What people ask first stands first.
ORDER = ("macro_f1", "champion", "cheaper", "calibration_error")


def sentence_of(terms: Sequence[Term], told: Sequence[str]) -> str:
    """The verdict, then what failed, what passed, and what is only told; the end is what gets cut."""
    ordered = sorted(terms, key=lambda term: (term.passed, ORDER.index(term.rule)))
    verdict = "passed" if all(term.passed for term in terms) else "refused"
    return shorten(f"{verdict}: {'; '.join([*(term.said for term in ordered), *told])}")


def about_macro_f1(target: str, metrics: dict[str, Any], bound: float | None) -> Term:
    value, (low, high) = metrics["macro_f1"], metrics["macro_f1_interval"]
    measured = f"macro_f1 of {target} {value:.4f} [{low:.4f}, {high:.4f}]"
    if bound is None:
        return Term("macro_f1", target, True, f"{measured} (no bound)")
    if value < bound:
        return Term("macro_f1", target, False, f"{measured} is below {bound}")
    if low < bound:
        said = f"{measured} may be below {bound}: its interval must lie above"
        return Term("macro_f1", target, False, said)
    return Term("macro_f1", target, True, f"{measured} reaches {bound}")


def about_calibration(target: str, metrics: dict[str, Any], bound: float, rows: int) -> Term:
    """Refused where the error is above the bound by more than chance adds to an error on so many rows."""
    error, most = metrics["calibration_error"], metrics["calibration_bound"]
    limit = max(most, bound + most - metrics["calibration_chance"])
    said = f"calibration error of {target} {error:.3f}"
    if error <= bound:
        return Term("calibration_error", target, True, f"{said} within {bound}")
    if error <= limit:
        said += f" is above {bound}, but with {rows:,} rows up to {limit:.3f} may be chance"
        return Term("calibration_error", target, True, said)
    said += f" is above {bound}, and with {rows:,} rows chance explains {limit:.3f} at most"
    return Term("calibration_error", target, False, said)


# How probable what is seen may be between equals.
LEVEL = 0.05


def about_champion(target: str, found: Paired, part: str) -> Term:
    """:param part: what was compared, `the 12 shared classes of ` where it was not everything"""
    against = f"{found.figures()} against the champion"
    if found.worse:
        said = f"macro_f1 of {part}{target} is worse: {against}, bound 0"
        return Term("champion", target, False, said)
    on = f" on {found.rows:,} rows" if part else ""
    return Term("champion", target, True, f"{part}{target} {against}{on}")


def about_cheaper(learner: str, cheaper: str, found: dict[str, Paired]) -> Term:
    """Better on one target at least, worse on none.

    Better by the interval and by McNemar's test, whose 5 % are shared among the targets: with three of them
    an equal learner would otherwise be better on some one too often (Bonferroni).
    """
    better = [target for target, pair in found.items() if pair.better and pair.p <= LEVEL / len(found)]
    worse = [target for target, pair in found.items() if pair.worse]
    if worse:
        shown, verb = worse, "is worse than"
    elif better:
        shown, verb = better, "beats"
    else:
        shown, verb = list(found), "is not better than"
    said = f"{learner} {verb} {cheaper} on {', '.join(details(found[name], name, cheaper) for name in shown)}"
    rows, detectable = extent([found[name] for name in shown])
    said += f"; with {rows} rows a difference of {detectable} is told from chance eight times in ten"
    others = [f"{name} {found[name].difference:+.4f}" for name in found if name not in shown]
    if others:
        said += f" ({', '.join(others)})"
    passed = bool(better) and not worse
    return Term("cheaper", None, passed, said if passed else f"{said}: use {cheaper}, or bring more rows")


def details(pair: Paired, target: str, cheaper: str) -> str:
    p = "< 0.0001" if pair.p < 0.0001 else f"{pair.p:.2g}"
    split = f"{pair.only_this:,} rows only it gets right, {pair.only_other:,} only {cheaper}"
    return f"{target}: {pair.figures()}, {split} (McNemar p {p})"


def extent(pairs: Sequence[Paired]) -> tuple[str, str]:
    """Rows and detectable differences, one figure each where targets hardly differ."""
    rows = sorted({pair.rows for pair in pairs})
    detectable = sorted({f"{pair.detectable:.3f}" for pair in pairs})
    return (
        f"{rows[0]:,}" if len(rows) == 1 else f"{rows[0]:,} to {rows[-1]:,}",
        detectable[0] if len(detectable) == 1 else f"{detectable[0]} to {detectable[-1]}",
    )


def about_classes(classes: dict[str, dict[str, Any]]) -> list[str]:
    """What became of the classes, a clause a target: `topic: new refund; removed fax`."""
    clauses = []
    for target, events in classes.items():
        parts = [
            f"{what} {names(events[key])}"
            for key, what in (("new", "new"), ("removed", "removed"))
            if events.get(key)
        ]
        if events.get("new") and events.get("removed"):
            parts[-1] += " (renamed? map it)"
        parts += [f"{old} is now {new}" for old, new in list(events.get("renamed", {}).items())[:NAMED]]
        parts += [
            f"{names(olds)} are now {new}" for new, olds in list(events.get("merged", {}).items())[:NAMED]
        ]
        if events.get("rare"):
            rare = [f"{label} ({rows} rows)" for label, rows in events["rare"].items()]
            parts.append(f"rare {names(rare)}")
        if parts:
            clauses.append(f"classes of {target}: {', '.join(parts)}")
    return clauses


def names(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return ", ".join(labels[:NAMED]) + more


def shorten(sentence: str) -> str:
    """Cuts at a word, with bytes counted: project owners may name targets in any script."""
    data = sentence.encode("utf-8")
    if len(data) <= LONGEST:
        return sentence
    return data[: LONGEST - 4].decode("utf-8", errors="ignore").rsplit(" ", 1)[0] + " ..."
