"""Lets the tests import this project's files; the shared steps are on the path by pyproject.toml."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))


@pytest.fixture
def settings() -> dict[str, Any]:
    return {
        "fields": ["subject", "body"],
        "targets": ["topic", "urgency", "language"],
        "gate": {"macro_f1": {"topic": 0.6, "urgency": 0.5, "language": 0.8}, "champion": "not_worse"},
        "monitor": {"window": 200},
        "seed": 17,
        "test_share": 0.15,
    }


@pytest.fixture(scope="session")
def generator() -> ModuleType:
    """The sample's generator: rows for tests, as many as wanted."""
    spec = importlib.util.spec_from_file_location("generate", PROJECT / "sample" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
