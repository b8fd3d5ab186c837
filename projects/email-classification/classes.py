"""Classes that got another name: the mapping in classes.json, and what changed since the champion learned.

    {"topic": {"invoice": "billing", "payment": "billing"}}

says old name → new name; two old names of one new name are merged. Old exports and old corrections keep the
old names; they are read under the new ones. A name mapped to null is retired: nobody asks for it any more,
and what older exports say of it is set aside.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import job
from rows import Row

CLASSES_FILE = "classes.json"

# By target: old name → the name it has now.
Renames = dict[str, dict[str, str]]


class Changes(TypedDict):
    """What happened to the classes of one target since the champion learned them."""

    new: list[str]
    removed: list[str]
    renamed: dict[str, str]
    # New name → the champion's classes that are in it now.
    merged: dict[str, list[str]]


def read_mapping(folder: Path) -> Renames:
    """The renames of a bundle for each of its targets, each old name with the name it has in the end.

    :param folder: holds settings.json, and classes.json if there is anything to map
    :raises job.Refused: with all problems of the file, one a line
    """
    targets: list[str] = job.read_settings(folder)["targets"]
    given = read_file(folder)
    problems = [
        f"{CLASSES_FILE}: {name!r} is no target; the project's are {', '.join(targets)}"
        for name in given
        if name not in targets
    ]
    mapping: Renames = {}
    for target in targets:
        names = given.get(target, {})
        wrong = wrong_names(target, names)
        problems += wrong
        if not wrong:
            kept = {old: new for old, new in names.items() if new is not None}
            mapping[target], cycles = followed(target, kept)
            problems += cycles
    if problems:
        raise job.Refused("\n".join(["classes cannot be mapped:", *problems]))
    return mapping


def read_retired(folder: Path) -> dict[str, list[str]]:
    """The classes that classes.json maps to null, by target; the file is one that `read_mapping` takes."""
    return {
        target: [old for old, new in names.items() if new is None]
        for target, names in read_file(folder).items()
        if None in names.values()
    }


def read_file(folder: Path) -> dict[str, Any]:
    file = folder / CLASSES_FILE
    return read_object(file.read_text(encoding="utf-8-sig")) if file.is_file() else {}


def read_object(text: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        if twice:
            raise job.Refused(f"{CLASSES_FILE}: {', '.join(map(repr, twice))} stands there twice: keep one")
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise job.Refused(f"{CLASSES_FILE}: no JSON: {error.msg} in line {error.lineno}") from None
    if not isinstance(value, dict):
        raise job.Refused(
            f"{CLASSES_FILE}: {json.dumps(value)[:60]} is no object; write "
            '{"<target>": {"<old>": "<new>"}}'
        )
    return value


def wrong_names(target: str, names: Any) -> list[str]:
    if not isinstance(names, dict):
        return [
            f'{CLASSES_FILE}: {target}: {json.dumps(names)[:60]} is no object; write {{"<old>": "<new>"}}'
        ]
    problems = []
    for old, new in names.items():
        if new is None and old.strip():
            continue
        if not isinstance(new, str) or not new.strip() or not old.strip():
            problems.append(
                f"{CLASSES_FILE}: {target}: {old!r} is mapped to {json.dumps(new)[:60]}; allowed are the "
                "names of classes, texts that are not empty, and null for a class that is retired"
            )
        elif (old, new) != (old.strip(), new.strip()):
            problems.append(
                f"{CLASSES_FILE}: {target}: {old!r} → {new!r}: classes are compared without the spaces "
                "around them; remove those"
            )
        elif old == new:
            problems.append(f"{CLASSES_FILE}: {target}: {old!r} is mapped onto itself: remove the entry")
    return problems


def followed(target: str, names: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Each old name with the end of its chain (old → new → newer), and the circles, each named once."""
    ends: dict[str, str] = {}
    circles: dict[frozenset[str], str] = {}
    for old in names:
        path = [old]
        while path[-1] in names and names[path[-1]] not in path:
            path.append(names[path[-1]])
        if path[-1] in names:
            circle = path[path.index(names[path[-1]]) :]
            circles.setdefault(frozenset(circle), " → ".join(map(repr, [*circle, circle[0]])))
        ends[old] = path[-1]
    return ends, [
        f"{CLASSES_FILE}: {target}: {circle} goes round in a circle: no name is the last; remove one of "
        "these entries"
        for circle in circles.values()
    ]


def apply(rows: Sequence[Row], mapping: Renames) -> tuple[list[Row], dict[str, dict[str, int]]]:
    """The rows under the names of today, and how many rows had each old name, by target.

    Rows of base data and corrections alike; an old name that no row has is counted as 0.
    """
    counts = {target: dict.fromkeys(names, 0) for target, names in mapping.items() if names}
    mapped = []
    for row in rows:
        changed = {
            target: mapping[target][row[target]]
            for target in counts
            if target in row and row[target] in mapping[target]
        }
        for target in changed:
            counts[target][row[target]] += 1
        mapped.append({**row, **changed} if changed else row)
    return mapped, counts


def changes(
    champion_labels: Mapping[str, Sequence[str]], labels: Mapping[str, Sequence[str]], mapping: Renames
) -> dict[str, Changes]:
    """What happened to the classes of each target of the new model.

    A champion's class that is mapped to a class the new model does not know is removed. A target the champion
    never learned has new classes only.

    :param champion_labels: as the champion wrote them, under the names of its day
    """
    found: dict[str, Changes] = {}
    for target, current in labels.items():
        names = mapping.get(target, {})
        came_from: dict[str, list[str]] = defaultdict(list)
        for old in champion_labels.get(target, []):
            came_from[names.get(old, old)].append(old)
        entry: Changes = {"new": [], "removed": [], "renamed": {}, "merged": {}}
        entry["new"] = sorted(set(current) - set(came_from))
        for label, olds in sorted(came_from.items()):
            if label not in current:
                entry["removed"] += sorted(olds)
            elif len(olds) > 1:
                entry["merged"][label] = sorted(olds)
            elif olds != [label]:
                entry["renamed"][olds[0]] = label
        entry["removed"].sort()
        found[target] = entry
    return found
