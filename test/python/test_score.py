"""Scoring the champion with its own code."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playing import play

# A model of an earlier time: it answers every mail with the word in its own module, of a name ours has too.
INFERENCE = """
import json
from pathlib import Path

import rows


def load(model_dir):
    return json.loads((Path(model_dir) / "answer.json").read_text())


def answer(model, rows_to_answer):
    assert all(set(row) == {"text"} for row in rows_to_answer)
    return [{"topic": {"value": rows.WORD, "confidence": model["confidence"]}} for _ in rows_to_answer]
"""


def champion(folder: Path, bundle: Callable[..., Path], archive: Path, **changes: Any) -> None:
    code = bundle(folder / "code", {"inference.py": INFERENCE, "rows.py": 'WORD = "old"\n'}, **changes)
    (folder / "answer.json").write_text('{"confidence": 0.7}')
    (folder / "labels.json").write_text('{"topic": ["new", "old"]}')
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as tar:
        for name in (code.name, "answer.json", "labels.json"):
            tar.add(folder / name, arcname=name)


def score(base: Path, bundle: Callable[..., Path]) -> tuple[list[Any], int, str]:
    inputs = base / "processing" / "input"
    (inputs / "test").mkdir(parents=True)
    rows = [{"text": f"mail {number}", "topic": "new"} for number in range(3)]
    (inputs / "test" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, printed = play(
        base, bundle(inputs / "code", {"inference.py": "raise SystemExit('not mine')"}) / "score.py"
    )
    predictions = base / "processing" / "output" / "predictions" / "predictions.jsonl"
    lines = (
        [json.loads(line) for line in predictions.read_text().splitlines()] if predictions.exists() else []
    )
    return lines, code, printed


def test_the_champion_answers_with_its_own_modules_and_sees_no_labels(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    archive = tmp_path / "base" / "processing" / "input" / "model" / "model.tar.gz"
    champion(tmp_path / "old", bundle, archive)
    lines, code, printed = score(tmp_path / "base", bundle)
    assert code == 0, printed
    assert lines[0] == {"champion": True, "reason": "", "labels": {"topic": ["new", "old"]}}
    assert lines[1:] == [{"topic": {"value": "old", "confidence": 0.7}}] * 3


def test_a_marker_says_that_there_is_no_champion(tmp_path: Path, bundle: Callable[..., Path]) -> None:
    (tmp_path / "processing" / "input" / "model").mkdir(parents=True)
    (tmp_path / "processing" / "input" / "model" / "marker.json").write_text("{}")
    lines, code, _ = score(tmp_path, bundle)
    assert (code, lines) == (0, [{"champion": False, "reason": "no model is in service yet"}])


def test_a_champion_that_reads_a_field_which_is_gone_is_not_compared(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    archive = tmp_path / "base" / "processing" / "input" / "model" / "model.tar.gz"
    champion(tmp_path / "old", bundle, archive, fields=["text", "sender"])
    lines, code, _ = score(tmp_path / "base", bundle)
    assert (code, lines) == (0, [{"champion": False, "reason": "the champion reads sender, which is gone"}])


def test_fails_when_the_input_holds_neither_model_nor_marker(
    tmp_path: Path, bundle: Callable[..., Path]
) -> None:
    lines, code, _ = score(tmp_path, bundle)
    assert (code, lines) == (1, [])
    assert "neither model.tar.gz nor marker.json" in (tmp_path / "output" / "message").read_text()
