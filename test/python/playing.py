"""Lays out code and runs steps as SageMaker does: a process of its own, an environment made from nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

STEPS = Path(__file__).resolve().parents[2] / "pipelines" / "steps"


def write_bundle(folder: Path, project: Path, settings: dict[str, Any]) -> Path:
    """A project's bundle, laid out as pipelines/code-bundle.ts does: files side by side, packages below."""
    for home in (STEPS, project):
        for kind in ("*.py", "*.json", "*.html"):
            packages = [package.parent for package in home.glob("*/__init__.py")]
            for file in [*home.glob(kind), *(file for package in packages for file in package.glob(kind))]:
                copy = folder / file.relative_to(home)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def start(base: Path, script: Path, **environment: str) -> subprocess.Popen[str]:
    """Starts a step in the environment SageMaker gives: nothing is inherited."""
    minimal = {"PATH": os.defpath, "HOME": str(base), "LANG": "C.UTF-8", "SAGEMAKER_BASE_DIR": str(base)}
    return subprocess.Popen(
        [sys.executable, str(script)],
        env={**minimal, **environment},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def play(base: Path, script: Path, **environment: str) -> tuple[int, str]:
    """Runs a step to its end; its exit code and all it printed."""
    with start(base, script, **environment) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out + err
