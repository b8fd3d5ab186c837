"""What the next cheaper learner makes of the same rows: the costlier one must earn its price at the gate.

In:  processing/input/train    rows.jsonl
     processing/input/test     rows.jsonl
     processing/input/weights  files of the base model, where the cheaper learner has one
Out: processing/output/cheaper/predictions.jsonl  a header line, then one answer a row, in the order of the
test rows
"""

import json
import tempfile
import time
from pathlib import Path

import job
from inference import answer
from rows import read_rows
from train import learn


def main() -> str:
    settings = job.read_settings(job.code_dir())
    name = settings.get("cheaper")
    if not name:
        raise job.Refused("settings.json names no cheaper learner: this step has nothing to fit")
    inputs = job.base_dir() / "processing" / "input"
    output = job.base_dir() / "processing" / "output" / "cheaper"
    output.mkdir(parents=True, exist_ok=True)
    rows = read_rows(inputs / "test")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        train = read_rows(inputs / "train")
        model = learn(train, settings, name, inputs / "weights", Path(scratch), curve=False).model
    seconds = round(time.monotonic() - started, 2)
    header = {"learner": name, "labels": model.classes, "seconds": seconds}
    with (output / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for line in [header, *answer(model, rows)]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return f"{name} learned in {seconds:.0f} s and answered {len(rows)} test rows"


if __name__ == "__main__":
    job.run(main, "processing")
