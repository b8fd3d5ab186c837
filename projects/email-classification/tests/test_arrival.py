"""Exports month by month: what is late, missing, unusual or repeated, and the story of classes that "
"change."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import job
from checks.arrival import Arrived, check, month_of, read_accepted
from checks.class_mix import moved
from classes import changes, read_mapping
from playing import play, write_bundle
from preprocess import prepare
from rows import Row
from sources import Source, Sources

PROJECT = Path(__file__).resolve().parents[1]
STEPS = Path(job.__file__).parent
COLUMNS = ["subject", "body", "topic", "urgency", "language"]


@pytest.mark.parametrize(
    ("path", "month"),
    [
        ("2026-10.csv", "2026-10"),
        ("emails_2026_10.csv", "2026-10"),
        ("emails202610.csv", "2026-10"),
        ("2026/10/emails.csv", "2026-10"),
        ("year=2026/month=9/part-0001.jsonl", "2026-09"),
        ("export-2026-10-31.csv", "2026-10"),
        ("export_20261031.csv", "2026-10"),
        ("export_20261031T024000.csv", "2026-10"),
        ("export_20261031024000.csv", "2026-10"),
        ("2025-12/export-2026-01.csv", "2026-01"),
        ("emails.csv", None),
        ("2026.csv", None),
        ("emails-2026-13.csv", None),
        ("ticket-1202610.csv", None),
        ("v1.2.csv", None),
    ],
)
def test_an_export_belongs_to_the_month_in_its_path(path: str, month: str | None) -> None:
    assert month_of(path) == month


Months = dict[str, Sequence[Row]]


def exports(months: Months, columns: dict[str, list[str]] | None = None) -> Sources:
    """Sources with one file a month, `2026-01.csv` and so on."""
    base = [
        Source(f"{month}.csv", line, dict(row))
        for month, rows in months.items()
        for line, row in enumerate(rows, start=2)
    ]
    files = {f"{month}.csv": len(rows) for month, rows in months.items()}
    return Sources(base=base, files=files, columns=dict.fromkeys(files, COLUMNS) | (columns or {}))


def numbered(count: int, start: int = 0, labels: Sequence[str] = ("billing", "returns")) -> list[Row]:
    return [
        {
            "subject": "",
            "body": f"mail {n}",
            "topic": labels[n % len(labels)],
            "urgency": ("low", "high")[n % 2],
            "language": ("de", "en")[n % 2],
        }
        for n in range(start, start + count)
    ]


def look(settings: dict[str, Any], months: Months, started: str = "", *accepted: str, **more: Any) -> Arrived:
    at = datetime.fromisoformat(started).replace(tzinfo=UTC) if started else None
    return check(exports(months, more.get("columns")), settings, accepted, at)


def usual(sizes: Sequence[int], first: int = 1) -> Months:
    return {
        f"2026-{number:02d}": numbered(size, number * 100_000)
        for number, size in enumerate(sizes, start=first)
    }


def test_usual_months_are_counted_and_nothing_is_said(settings: dict[str, Any]) -> None:
    found = look(settings, usual([100, 110, 95, 120]), "2026-05-09")
    assert (found.problems, found.warnings, found.unchecked) == ([], [], None)
    assert found.months["2026-04"] == {"rows": 120, "files": ["2026-04.csv"]}


def test_without_months_nothing_is_checked_and_that_is_said(settings: dict[str, Any]) -> None:
    found = check(Sources(columns={"emails.csv": COLUMNS}), settings)
    assert (found.problems, found.warnings) == ([], [])
    assert found.unchecked is not None
    assert "no file of the data has a month in its path" in found.unchecked


def test_a_month_missing_between_others_is_a_warning_until_it_is_accepted(settings: dict[str, Any]) -> None:
    months = usual([100] * 6)
    del months["2026-03"], months["2026-04"]
    assert look(settings, months).warnings == [
        "no export of 2026-03, 2026-04 although there are 2026-01 and 2026-06: bring it, or accept the gap "
        "by "
        'arrival.json: {"accepted": ["2026-03", "2026-04"]}'
    ]
    assert look(settings, months, "", "2026-03", "2026-04").warnings == []


@pytest.mark.parametrize(
    ("started", "late"),
    [
        ("2026-03-31", None),
        ("2026-04-10", None),
        ("2026-04-11", "2026-03"),
        ("2026-05-01", "2026-03"),
        ("2026-05-11", "2026-03, 2026-04"),
    ],
)
def test_an_export_is_late_from_the_eleventh_of_the_next_month(
    settings: dict[str, Any], started: str, late: str | None
) -> None:
    found = look(settings, usual([100, 100]), started)
    assert found.notes == ([f"{late} is late"] if late else [])
    if late:
        assert f"the export of {late} is late on {started}; the newest is of 2026-02" in found.warnings[0]


def test_over_the_turn_of_the_year_december_is_due(settings: dict[str, Any]) -> None:
    assert look(settings, usual([100], 11), "2027-01-11").notes == ["2026-12 is late"]
    assert look(settings, usual([100], 12), "2027-01-11").notes == []


def test_a_month_that_lies_ahead_has_the_wrong_name(settings: dict[str, Any]) -> None:
    found = look(settings, usual([100, 100, 100]), "2026-02-20")
    assert "2026-03.csv is of 2026-03, which lies ahead on 2026-02-20: is its name right?" in found.warnings


@pytest.mark.parametrize(("rows", "more"), [(250, "hold more than one month"), (40, "cut off")])
def test_a_month_of_half_or_twice_the_usual_rows_is_a_warning(
    settings: dict[str, Any], rows: int, more: str
) -> None:
    found = look(settings, usual([100, 110, 95, rows]))
    assert found.problems == []
    assert (
        f"2026-04 has {rows} rows; the 3 months before have 100 in the median (95 to 110)"
        in found.warnings[0]
    )
    assert more in found.warnings[0]


@pytest.mark.parametrize("sizes", [[100, 110, 95, 130], [4, 2, 5, 9], [40, 400, 100, 250], [2, 5]])
def test_what_chance_or_earlier_months_explain_is_not_said(
    settings: dict[str, Any], sizes: list[int]
) -> None:
    assert look(settings, usual(sizes)).warnings == []


@pytest.mark.parametrize(("rows", "limit"), [(19, "below 1/5"), (501, "above 5 times")])
def test_a_fifth_or_five_times_the_usual_rows_are_refused_until_a_person_accepts_them(
    settings: dict[str, Any], rows: int, limit: str
) -> None:
    months = usual([100, 110, 95, rows])
    [problem] = look(settings, months).problems
    assert (
        f"2026-04 has {rows} rows; the 3 months before have 100 in the median (95 to 110): {limit}" in problem
    )
    assert 'accept it by arrival.json: {"accepted": ["2026-04"]}' in problem
    assert look(settings, months, "", "2026-04").problems == []
    assert look(settings, usual([100, 110, rows])).problems == []


def test_a_month_that_still_runs_may_have_few_rows(settings: dict[str, Any]) -> None:
    months = usual([100, 110, 95, 15])
    assert look(settings, months, "2026-04-05").problems == []
    assert look(settings, months, "2026-05-05").problems != []


def test_columns_that_came_or_went_are_named(settings: dict[str, Any]) -> None:
    found = look(
        settings,
        usual([100, 100]),
        columns={"2026-01.csv": [*COLUMNS, "agent"], "2026-02.csv": [*COLUMNS, "sla", "team"]},
    )
    assert found.notes == ["column 'sla', 'team' appeared", "column 'agent' vanished"]
    assert "column 'agent' vanished in 2026-02 (compared with 2026-01)" in found.warnings[1]


def test_a_mix_of_classes_that_moved_names_the_three_that_moved_most(settings: dict[str, Any]) -> None:
    before = ["account", "billing", "returns", "technical"]
    now = ["billing", "billing", "billing", "returns", "technical", "events"]
    months: Months = {"2026-01": numbered(400, 0, before), "2026-02": numbered(300, 1000, now)}
    found = look(settings, months)
    assert found.notes == ["topic 'account' may be 'events' now", "other mix of topic in 2026-02"]
    assert (
        "the classes of topic are mixed otherwise in 2026-02 (300 rows) than before (400 rows): 42% of the "
        "rows "
        "moved, which chance does in less than one month of 1000; most of all 'account' 25.0% → 0.0%, "
        "'billing' 25.0% → 50.0%, 'events' 0.0% → 16.7%"
    ) in found.warnings[1]


def test_a_class_that_is_gone_where_another_came_is_asked_about_with_the_entry_for_classes_json(
    settings: dict[str, Any],
) -> None:
    months = usual([100, 100])
    months["2026-03"] = numbered(100, 900_000, ("invoices", "returns"))
    found = look(settings, months)
    assert "topic 'billing' may be 'invoices' now" in found.notes
    assert 'say so in classes.json: {"topic": {"billing": "invoices"}}' in " ".join(found.warnings)
    # A class that only came, or that is far more frequent than the one that went, is no new name.
    months["2026-03"] = numbered(100, 900_000, ("billing", "returns", "party"))
    assert not any("may be" in note for note in look(settings, months).notes)
    months["2026-03"] = numbered(12, 900_000, ("invoices", "returns"))
    assert not any("may be" in note for note in look(settings, months).notes)


def test_the_same_mix_is_called_moved_by_chance_in_hardly_any_of_sixty_months() -> None:
    rng = np.random.default_rng(3)
    shares = rng.dirichlet(np.full(40, 0.5))
    labels = [f"class {n}" for n in range(40)]
    false = sum(
        moved(list(rng.choice(labels, 300, p=shares)), list(rng.choice(labels, 60, p=shares)), draw)
        is not None
        for draw in range(60)
    )
    assert false <= 1


def test_rows_of_an_earlier_export_are_learned_from_once_and_named(settings: dict[str, Any]) -> None:
    months = usual([100, 100, 100])
    months["2026-02"] = [*months["2026-02"], *months["2026-01"][:3]]
    months["2026-03"] = [*months["2026-03"], *months["2026-01"][:1], *months["2026-02"][:20]]
    rows, report = prepare(exports(months), settings)
    assert len(rows) == 300
    assert report["duplicates_of_earlier"] == [
        {"file": "2026-02.csv", "of": "2026-01.csv", "rows": 3, "lines": [102, 103, 104]},
        {"file": "2026-03.csv", "of": "2026-01.csv", "rows": 1, "lines": [102]},
        {"file": "2026-03.csv", "of": "2026-02.csv", "rows": 20, "lines": list(range(103, 123))},
    ]
    assert report["left_out"]["duplicates"] == 24
    assert report["arrival"]["warnings"] == [
        "2026-03.csv repeats 2026-02.csv and 2026-01.csv in 21 rows (lines 102, 103, 104, 105, 106 and 16 "
        "more) "
        "of its 121: each text is learned from once"
    ]


def test_of_a_repeated_row_the_one_of_the_earlier_month_stays_whatever_the_files_are_called(
    settings: dict[str, Any],
) -> None:
    months = usual([100, 100])
    sources = exports(months)
    late = {**months["2026-01"][0], "subject": " "}
    sources.base.insert(0, Source("a-2026-03.csv", 2, late))
    sources.columns["a-2026-03.csv"] = COLUMNS
    rows, report = prepare(sources, settings, accepted=["2026-03"])
    assert late not in rows
    assert report["duplicates_of_earlier"][0]["file"] == "a-2026-03.csv"


def test_an_export_that_came_twice_is_refused_with_both_names(settings: dict[str, Any]) -> None:
    months = usual([100, 100])
    months["2026-03"] = [*months["2026-02"][:95], *numbered(5, 900)]
    [problem] = look(settings, months).problems
    assert problem.startswith(
        "2026-03.csv repeats 2026-02.csv in 95 rows (lines 2, 3, 4, 5, 6 and 90 more) of its 100"
    )
    assert "Keep one of the files" in problem
    assert look(settings, months, "", "2026-03").problems == []


def test_an_export_that_grows_every_month_is_refused_with_all_it_repeats(settings: dict[str, Any]) -> None:
    months = usual([100, 100])
    months["2026-03"] = [*months["2026-01"], *months["2026-02"]]
    assert "2026-03.csv repeats 2026-01.csv and 2026-02.csv in 200 rows" in look(settings, months).problems[0]


@pytest.mark.parametrize("content", ['["2026-10"]', '{"accept": []}', '{"accepted": ["October"]}', "{"])
def test_an_arrival_file_that_is_not_understood_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "arrival.json").write_text(content)
    with pytest.raises(job.Refused, match=r"^arrival\.json: "):
        read_accepted(tmp_path)


def test_the_template_accepts_no_month_and_a_project_needs_no_arrival_file(tmp_path: Path) -> None:
    assert (read_accepted(PROJECT), read_accepted(tmp_path)) == ([], [])


class Story:
    """A project whose customer exports every month; preprocess runs as SageMaker would run it."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.code = folder / "processing" / "input" / "code"
        self.data = folder / "processing" / "input" / "data" / "base" / ("0" * 64)
        self.data.mkdir(parents=True)
        write_bundle(self.code, PROJECT, settings)

    def export(self, month: str, rows: Sequence[Row]) -> None:
        with (self.data / f"mails-{month}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(rows)

    def write(self, name: str, value: object) -> None:
        (self.code / name).write_text(json.dumps(value))

    def run(self, started: str) -> tuple[int, str, dict[str, Any]]:
        """Exit code, exit message, and report.json where the run wrote one."""
        status, printed = play(self.folder, self.code / "preprocess.py", STARTED_AT=started)
        note = self.folder / "output" / "message"
        report = self.folder / "processing" / "output" / "report" / "report.json"
        assert note.exists(), printed
        return status, note.read_text(), json.loads(report.read_text()) if status == 0 else {}


def test_classes_that_are_renamed_merged_new_and_removed_are_told_and_never_stop_the_month(
    tmp_path: Path, generator: ModuleType, settings: dict[str, Any]
) -> None:
    story = Story(tmp_path, settings)
    mails: list[Row] = generator.mails(1800, 23)
    renamed = {"billing": "invoices", "returns": "parcels", "delivery": "parcels"}

    story.export("2026-01", mails[:600])
    status, sentence, report = story.run("2026-02-01T02:40:00Z")
    assert (status, report["mapped"], report["arrival"]["warnings"]) == (0, {}, [])
    known = sorted(report["classes"]["topic"])
    assert "billing" in known

    # In February billing is called invoices, returns and delivery become parcels, two mails ask for events.
    february = [{**row, "topic": renamed.get(row["topic"], row["topic"])} for row in mails[600:1200]]
    february[0]["topic"] = february[1]["topic"] = "events"
    story.export("2026-02", february)
    status, sentence, report = story.run("2026-03-01T02:40:00Z")
    assert status == 0
    assert (
        "too few rows to learn, set aside: topic 'events' (2 rows, mails-2026-02.csv lines 2, 3)" in sentence
    )
    assert "other mix of topic in 2026-02" in sentence
    assert {"billing", "invoices", "returns", "parcels"} < set(report["classes"]["topic"])
    assert report["rare"] == {"topic": {"events": 2}}
    assert report["rare_rows"] == {"topic": {"events": [{"file": "mails-2026-02.csv", "lines": [2, 3]}]}}

    # A person says so in classes.json: January is read under the new names, the mix is as it was.
    story.write("classes.json", {"topic": renamed})
    status, sentence, report = story.run("2026-03-01T02:41:00Z")
    assert (status, report["arrival"]["warnings"]) == (0, [])
    assert set(report["classes"]["topic"]) == {renamed.get(name, name) for name in known}
    assert report["mapped"]["topic"] == {
        old: sum(row["topic"] == old for row in mails[:600]) for old in sorted(renamed)
    }

    # March brings enough events to learn, and February's file once more under a second name.
    march = [{**row, "topic": renamed.get(row["topic"], row["topic"])} for row in mails[1200:]]
    for row in march[:20]:
        row["topic"] = "events"
    story.export("2026-03", march)
    status, sentence, report = story.run("2026-04-01T02:40:00Z")
    assert (status, report["classes"]["topic"]["events"], report["rare"]) == (0, 22, {})
    now = {"topic": sorted(report["classes"]["topic"])}
    assert changes({"topic": [*known, "fax"]}, now, read_mapping(story.code))["topic"] == {
        "new": ["events"],
        "removed": ["fax"],
        "renamed": {"billing": "invoices"},
        "merged": {"parcels": ["delivery", "returns"]},
    }
    story.export("2026-04", february)
    status, sentence, _ = story.run("2026-05-01T02:40:00Z")
    assert status == 1
    assert "mails-2026-04.csv repeats mails-2026-02.csv in 600 rows" in sentence


def test_the_step_says_in_one_line_what_is_late(
    tmp_path: Path, generator: ModuleType, settings: dict[str, Any]
) -> None:
    story = Story(tmp_path, settings)
    story.export("2026-01", generator.mails(400, 23))
    status, sentence, report = story.run("2026-03-12T02:40:00.123Z")
    assert (status, len(report["arrival"]["warnings"])) == (0, 1)
    assert sentence.endswith("held out; 2026-02 is late")


def test_an_empty_export_is_refused(tmp_path: Path, generator: ModuleType, settings: dict[str, Any]) -> None:
    story = Story(tmp_path, settings)
    story.export("2026-01", generator.mails(400, 23))
    story.export("2026-02", [])
    status, sentence, _ = story.run("2026-03-01T02:40:00Z")
    assert status == 1
    assert "mails-2026-02.csv: a header and no row: an export that failed?" in sentence
