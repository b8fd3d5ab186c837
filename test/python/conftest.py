"""What the tests of the shared steps have in common: folders laid out like /opt/ml, and steps run as
SageMaker does."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STEPS = Path(__file__).resolve().parents[2] / "pipelines" / "steps"
# What a kind brings that shared steps import.
READING = Path(__file__).resolve().parent / "reading.py"

SETTINGS: dict[str, Any] = {
    "project": "demo",
    "environment": "dev",
    "kind": "demo@1",
    "learner": "linear",
    "fields": ["text"],
    "targets": ["topic"],
    "gate": {"macro_f1": {"topic": 0.8}, "champion": "not_worse"},
    "monitor": {"window": 200},
    "seed": 17,
    "test_share": 0.15,
}


@pytest.fixture
def settings() -> dict[str, Any]:
    return json.loads(json.dumps(SETTINGS))  # type: ignore[no-any-return]


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base folder for steps that run in this process."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def bundle(settings: dict[str, Any]) -> Callable[..., Path]:
    """Writes a flat code bundle: the shared steps, the given files, the settings."""

    def write(folder: Path, files: dict[str, str] | None = None, **changes: Any) -> Path:
        shutil.copytree(STEPS, folder, ignore=shutil.ignore_patterns("__pycache__", "*.md"))
        shutil.copy(READING, folder)
        for name, content in (files or {}).items():
            (folder / name).write_text(content, encoding="utf-8")
        (folder / "settings.json").write_text(json.dumps({**settings, **changes}), encoding="utf-8")
        return folder

    return write
