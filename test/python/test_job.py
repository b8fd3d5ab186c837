"""How a job ends: the note that SageMaker shows."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

import job


def test_the_sentence_a_processing_step_returns_is_its_exit_message(base: Path) -> None:
    job.run(lambda: "passed: all is well", "processing")
    assert (base / "output" / "message").read_text() == "passed: all is well"


def test_a_training_that_succeeds_leaves_no_failure(base: Path) -> None:
    job.run(lambda: None, "training")
    assert not (base / "output" / "failure").exists()


@pytest.mark.parametrize(("kind", "file"), [("processing", "message"), ("training", "failure")])
def test_a_step_that_raises_notes_the_error_and_the_last_calls(base: Path, kind: str, file: str) -> None:
    def broken() -> None:
        raise ValueError("no such column")

    with pytest.raises(SystemExit) as stopped:
        job.run(broken, kind)
    note = (base / "output" / file).read_text()
    assert stopped.value.code == 1
    assert note.startswith("ValueError: no such column; test_job.py:")
    assert 'in broken: raise ValueError("no such column")' in note
    assert "\n" not in note


def test_a_refusal_notes_its_problems_and_no_traceback(base: Path) -> None:
    def refuse() -> None:
        raise job.Refused("two problems:\na.csv: column 'body' is missing\na.csv: column 'x' is empty")

    with pytest.raises(SystemExit):
        job.run(refuse, "processing")
    note = (base / "output" / "message").read_text()
    assert note == "two problems: a.csv: column 'body' is missing; a.csv: column 'x' is empty"


def test_a_long_note_is_cut_between_characters_within_one_kilobyte(base: Path) -> None:
    job.run(lambda: "é" * 2000, "processing")
    note = (base / "output" / "message").read_bytes()
    assert 1000 < len(note) <= 1024
    assert note.decode("utf-8").endswith("é ...")


def test_a_report_with_not_a_number_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        job.write_json(tmp_path / "report.json", {"score": float("nan")})


def archive(path: Path, fill: Callable[[tarfile.TarFile], None]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        fill(tar)
    return path


def add(tar: tarfile.TarFile, name: str, content: bytes = b"x") -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def test_a_model_is_unpacked_with_its_folders(tmp_path: Path) -> None:
    packed = archive(tmp_path / "model.tar.gz", lambda tar: add(tar, "./code/inference.py", b"code"))
    job.unpack(packed, tmp_path / "model")
    assert (tmp_path / "model" / "code" / "inference.py").read_bytes() == b"code"


@pytest.mark.parametrize("name", ["../evil.py", "/tmp/evil.py", "code/../../evil.py"])  # noqa: S108
def test_fails_on_a_model_that_would_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    packed = archive(tmp_path / "model.tar.gz", lambda tar: add(tar, name))
    with pytest.raises(job.Refused, match="outside the folder"):
        job.unpack(packed, tmp_path / "model")
    assert not (tmp_path / "evil.py").exists()


def test_fails_on_a_model_that_holds_a_link(tmp_path: Path) -> None:
    def link(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo("code")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(member)

    with pytest.raises(job.Refused, match="link or a device"):
        job.unpack(archive(tmp_path / "model.tar.gz", link), tmp_path / "model")
