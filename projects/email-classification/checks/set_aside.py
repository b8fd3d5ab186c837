"""Takes answers out of rows without losing the rows: the other targets of a row are learned from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sources import Source


def set_aside(
    sources: Sequence[Source], targets: Sequence[str], classes: Mapping[str, Collection[str]]
) -> tuple[list[Source], list[tuple[Source, str]]]:
    """The rows without their answers in some classes, and the answers taken: row and target, in order.

    A row without any other answer is left out.

    :param classes: by target those whose answers go
    """
    kept: list[Source] = []
    taken: list[tuple[Source, str]] = []
    for source in sources:
        gone = [target for target, labels in classes.items() if source.row.get(target) in labels]
        taken += [(source, target) for target in gone]
        row = {column: text for column, text in source.row.items() if column not in gone}
        if any(target in row for target in targets):
            kept.append(replace(source, row=row) if gone else source)
    return kept, taken
