"""What every step shares: where SageMaker mounts things, the bundle's settings, and how a job ends.

A job runs with network isolation and knows no AWS API: it reads folders, writes folders, and says how it went
in one short file that SageMaker shows as the job's exit message (processing) or failure reason (training).
Standard library only, and nothing newer than Python 3.9: score.py runs in the image of an older model.
"""

import json
import os
import shutil
import sys
import tarfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# SageMaker shows the first 1 KB of the file, and fails the job when that is not UTF-8.
NOTE_BYTES = 1024
FRAMES = 3


class Refused(Exception):
    """A job stops because of what it was given, not because of a fault in the code: the note carries no
    traceback.

    Its lines are the problems, one a line; all of them go to the log, as many as fit into the note.
    """


def base_dir() -> Path:
    """The folder SageMaker mounts: /opt/ml, or SAGEMAKER_BASE_DIR where a laptop plays a container."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def code_dir() -> Path:
    """The flat code bundle this file lies in."""
    return Path(__file__).resolve().parent


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings of a bundle: fields, targets, gate, monitor, seed, test_share and who it belongs to."""
    settings: dict[str, Any] = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    return settings


def run(main: Callable[[], object], kind: str) -> None:
    """Runs a step and leaves its note.

    What `main` returns, if it is a string, is the sentence for people: printed, and the exit message of a
    processing job. An exception becomes the note instead, the traceback goes to the log, and the process ends
    with 1.

    :param kind: ``processing`` or ``training``; SageMaker reads ``output/message`` of the one,
    ``output/failure`` of the other
    """
    note = base_dir() / "output" / {"processing": "message", "training": "failure"}[kind]
    try:
        sentence = main()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        # A headline ends with a colon; the problems below it become a list.
        write_note(note, "; ".join(str(refusal).splitlines()).replace(":; ", ": "))
        sys.exit(1)
    except Exception as error:
        traceback.print_exc()
        write_note(note, reason(error))
        sys.exit(1)
    if isinstance(sentence, str):
        print(sentence)
        if kind == "processing":
            write_note(note, sentence)


def reason(error: BaseException) -> str:
    """The last lines of a traceback in one: the error, then where it was raised, deepest call first."""
    calls = [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:])
    ]
    return "; ".join([f"{type(error).__name__}: {error}", *calls])


def write_note(note: Path, text: str) -> None:
    """Writes one line of at most 1 KB, cut between characters."""
    note.parent.mkdir(parents=True, exist_ok=True)
    line = " ".join(text.split()).encode("utf-8", errors="replace")
    if len(line) > NOTE_BYTES:
        line = line[: NOTE_BYTES - 4].decode("utf-8", errors="ignore").encode("utf-8") + b" ..."
    note.write_bytes(line)


def write_json(path: Path, value: object) -> None:
    """Writes a report, readable, with its folder. NaN is an error here: it is no JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a model.tar.gz, plain files only, none outside `folder`.

    tarfile's own `data` filter is missing from the Pythons that some distributions still ship.
    """
    root = folder.resolve()
    with tarfile.open(archive) as tar:
        for member in tar:
            target = (root / member.name).resolve()
            if target != root and root not in target.parents:
                raise Refused(f"{archive.name}: {member.name!r} would be written outside the folder")
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            source = tar.extractfile(member) if member.isreg() else None
            if source is None:
                raise Refused(
                    f"{archive.name}: {member.name!r} is a link or a device; a model has plain files only"
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
