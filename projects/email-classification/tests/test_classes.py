"""The mapping of old names of classes, and what it makes of months in which classes change."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import job
from classes import apply, changes, read_mapping, read_retired
from rows import Row


@pytest.fixture
def mapped(tmp_path: Path) -> Callable[[str], dict[str, dict[str, str]]]:
    """Reads a classes.json of the given content in a project with the targets topic and urgency."""

    def write(content: str) -> dict[str, dict[str, str]]:
        (tmp_path / "settings.json").write_text(json.dumps({"targets": ["topic", "urgency"]}))
        (tmp_path / "classes.json").write_text(content, encoding="utf-8")
        return read_mapping(tmp_path)

    return write


Mapped = Callable[[str], dict[str, dict[str, str]]]


def test_the_template_maps_nothing(mapped: Mapped) -> None:
    content = (Path(__file__).resolve().parents[1] / "classes.json").read_text()
    assert mapped(content) == {"topic": {}, "urgency": {}}


def test_a_project_may_have_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"targets": ["topic"]}')
    assert read_mapping(tmp_path) == {"topic": {}}


def test_a_chain_is_followed_to_its_end(mapped: Mapped) -> None:
    found = mapped('{"topic": {"a": "b", "b": "c", "x": "c"}}')
    assert found["topic"] == {"a": "c", "b": "c", "x": "c"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"theme": {"a": "b"}}', "classes.json: 'theme' is no target; the project's are topic, urgency"),
        (
            '{"topic": {"a": "b", "b": "c", "c": "b"}}',
            "classes.json: topic: 'b' → 'c' → 'b' goes round in a circle: no name is the last; "
            "remove one of these entries",
        ),
        ('{"topic": {"a": "a"}}', "classes.json: topic: 'a' is mapped onto itself: remove the entry"),
        ('{"topic": {"a": 7}}', "classes.json: topic: 'a' is mapped to 7; allowed are the names of classes"),
        ('{"topic": {"a": ""}}', "classes.json: topic: 'a' is mapped to \"\"; allowed are"),
        ('{"topic": {"a": " b"}}', "'a' → ' b': classes are compared without the spaces around them"),
        ('{"topic": {"a": "b", "a": "c"}}', "classes.json: 'a' stands there twice: keep one"),
        ('{"topic": ["a"]}', 'classes.json: topic: ["a"] is no object; write {"<old>": "<new>"}'),
        ('["a"]', 'classes.json: ["a"] is no object; write {"<target>": {"<old>": "<new>"}}'),
        ('{"topic": {', "classes.json: no JSON: Expecting property name"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapped: Mapped, content: str, said: str) -> None:
    with pytest.raises(job.Refused) as refused:
        mapped(content)
    assert said in str(refused.value)


def test_a_class_mapped_to_null_is_retired_and_no_rename(mapped: Mapped, tmp_path: Path) -> None:
    found = mapped('{"topic": {"fax": null, "telex": "fax", "invoice": "billing"}}')
    assert found["topic"] == {"telex": "fax", "invoice": "billing"}
    assert read_retired(tmp_path) == {"topic": ["fax"]}


def test_names_every_problem_of_the_mapping_at_once(mapped: Mapped) -> None:
    with pytest.raises(job.Refused) as refused:
        mapped('{"theme": {}, "topic": {"a": "a"}, "urgency": {"x": "y", "y": "x"}}')
    assert len(str(refused.value).splitlines()) == 4


def test_rows_get_the_names_of_today_and_are_counted_by_their_old_ones() -> None:
    rows: list[Row] = [
        {"body": "1", "topic": "invoice", "urgency": "low"},
        {"body": "2", "topic": "billing", "urgency": "low"},
        {"body": "3", "urgency": "invoice", "inference_id": "i"},
    ]
    before = json.dumps(rows)
    found, counts = apply(rows, {"topic": {"invoice": "billing", "never": "billing"}, "urgency": {}})
    assert [row.get("topic") for row in found] == ["billing", "billing", None]
    assert found[2]["urgency"] == "invoice"
    assert counts == {"topic": {"invoice": 1, "never": 0}}
    assert json.dumps(rows) == before


def test_two_names_that_swap_are_a_circle_and_one_that_is_taken_over_is_a_merge(mapped: Mapped) -> None:
    mapping = mapped('{"topic": {"invoice": "billing"}}')
    found = changes({"topic": ["billing", "invoice"]}, {"topic": ["billing"]}, mapping)["topic"]
    assert found == {"new": [], "removed": [], "renamed": {}, "merged": {"billing": ["billing", "invoice"]}}


def test_says_what_is_new_removed_renamed_and_merged() -> None:
    champion = {"topic": ["account", "fax", "invoice", "parcel", "post"]}
    labels = {"topic": ["account", "billing", "events", "shipping"], "language": ["de", "en"]}
    mapping = {"topic": {"invoice": "billing", "parcel": "shipping", "post": "shipping"}}
    nothing: dict[str, Any] = {"removed": [], "renamed": {}, "merged": {}}
    assert changes(champion, labels, mapping) == {
        "topic": {
            "new": ["events"],
            "removed": ["fax"],
            "renamed": {"invoice": "billing"},
            "merged": {"shipping": ["parcel", "post"]},
        },
        "language": {**nothing, "new": ["de", "en"]},
    }


def test_a_class_renamed_to_one_too_rare_to_learn_is_removed() -> None:
    found = changes({"topic": ["a", "old"]}, {"topic": ["a"]}, {"topic": {"old": "newer"}})
    assert found["topic"] == {"new": [], "removed": ["old"], "renamed": {}, "merged": {}}


def test_nothing_changed_is_nothing_said() -> None:
    labels = {"topic": ["a", "b"]}
    assert changes(labels, labels, {}) == {"topic": {"new": [], "removed": [], "renamed": {}, "merged": {}}}
