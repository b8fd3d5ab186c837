"""Scores the model in service, the champion, over this run's test rows, with the champion's own code.

In:  processing/input/model  model.tar.gz of the champion, or marker.json when there is none
     processing/input/test   rows.jsonl
Out: processing/output/predictions/predictions.jsonl  a header line, then one answer a row, in the order of
the rows

Runs in the champion's image, which may be years old: standard library only, and the contract
`inference.load(model_dir)`, `inference.answer(model, rows)` is frozen in version 1.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path

import job
from rows import read_rows


def main() -> str:
    inputs = job.base_dir() / "processing" / "input"
    output = job.base_dir() / "processing" / "output" / "predictions"
    output.mkdir(parents=True, exist_ok=True)
    archive = inputs / "model" / "model.tar.gz"
    if not archive.exists():
        if not (inputs / "model" / "marker.json").exists():
            raise job.Refused("the model input holds neither model.tar.gz nor marker.json")
        header: dict[str, object] = {"champion": False, "reason": "no model is in service yet"}
        (output / "predictions.jsonl").write_text(json.dumps(header) + "\n", encoding="utf-8")
        return "there is no champion to compare with"

    rows = read_rows(inputs / "test")
    with tempfile.TemporaryDirectory() as folder:
        header, answers = score(archive, Path(folder), rows)
    with (output / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for line in [header, *answers]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return f"the champion answered {len(answers)} test rows" if answers else str(header["reason"])


def score(
    archive: Path, folder: Path, rows: list[dict[str, str]]
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The header and the champion's answers; no answers, and why, where this run's rows lack a field it
    reads."""
    job.unpack(archive, folder)
    settings = job.read_settings(folder / "code")
    absent = [field for field in settings["fields"] if not all(field in row for row in rows)]
    if absent:
        return {"champion": False, "reason": f"the champion reads {', '.join(absent)}, which is gone"}, []
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))

    # The champion's own modules have the names of ours: it must not see this run's.
    own = str(job.code_dir())
    sys.path[:] = [str(folder / "code"), *(entry for entry in sys.path if Path(entry).resolve() != Path(own))]
    for name in [path.stem for path in job.code_dir().glob("*.py")]:
        sys.modules.pop(name, None)
    inference = importlib.import_module("inference")
    fields = [{field: row[field] for field in settings["fields"]} for row in rows]
    answers = inference.answer(inference.load(folder), fields)
    if len(answers) != len(rows):
        raise ValueError(f"the champion gave {len(answers)} answers to {len(rows)} rows")
    return {"champion": True, "reason": "", "labels": labels}, answers


if __name__ == "__main__":
    job.run(main, "processing")
