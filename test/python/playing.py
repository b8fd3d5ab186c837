"""Runs steps as SageMaker does: a process of its own, an environment made from nothing."""

import os
import subprocess
import sys
from pathlib import Path


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
