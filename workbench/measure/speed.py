"""How fast and how large a trained model is: rows a second in batches, milliseconds for one row, megabytes.

    python speed.py MODEL_FOLDER ROWS_FOLDER RESULT

Asks the model through the code that is packed with it, as a server does. One thread: what a small instance
gives a request while others are answered.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from statistics import median, quantiles

# Before any library that counts processors is loaded.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

SINGLE = 200
BATCH = 1000


def main() -> None:
    model_folder, rows_folder, result = (Path(argument) for argument in sys.argv[1:])
    sys.path.insert(0, str(model_folder / "code"))
    inference = importlib.import_module("inference")
    settings = json.loads((model_folder / "code" / "settings.json").read_text(encoding="utf-8"))
    with (rows_folder / "rows.jsonl").open(encoding="utf-8") as lines:
        rows = [{field: row[field] for field in settings["fields"]} for row in map(json.loads, lines)]
    started = time.perf_counter()
    model = inference.load(model_folder)
    inference.answer(model, rows[:1])
    loaded = time.perf_counter() - started

    batch = rows[:BATCH]
    started = time.perf_counter()
    inference.answer(model, batch)
    per_second = len(batch) / (time.perf_counter() - started)
    singles = []
    for number in range(SINGLE):
        started = time.perf_counter()
        inference.answer(model, [rows[number % len(rows)]])
        singles.append((time.perf_counter() - started) * 1000)
    files = [path for path in model_folder.rglob("*") if path.is_file() and "code" not in path.parts]
    measured = {
        "load_seconds": round(loaded, 3),
        "rows_per_second": round(per_second, 1),
        "p50_ms": round(median(singles), 3),
        "p95_ms": round(quantiles(singles, n=20)[-1], 3),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 2),
    }
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
