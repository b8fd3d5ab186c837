"""Lets the tests import this project's files; the shared steps are on the path by pyproject.toml."""

import base64
import importlib
import os
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "sample")]

from reading import text_of  # noqa: E402 (the path is set above)

# An encoder that knows nothing but which of 600 words stand where: one node, OneHot of input_ids.
WORDS_ENCODER = base64.b64decode("""
CAg63AEKSwoJaW5wdXRfaWRzCgVkZXB0aAoGdmFsdWVzEhFsYXN0X2hpZGRlbl9zdGF0ZSIGT25lSG90KhQKBGF4aXMY////////
////AaABAhIFd29yZHMqExAHQgVkZXB0aEoIWAIAAAAAAAAqFggCEAFCBnZhbHVlc0oIAAAAAAAAgD9aJQoJaW5wdXRfaWRzEhgK
FggHEhIKBhIEcm93cwoIEgZ0b2tlbnNiMgoRbGFzdF9oaWRkZW5fc3RhdGUSHQobCAESFwoGEgRyb3dzCggSBnRva2VucwoDCNgE
QgQKABAR""")
WORDS = 600


@pytest.fixture
def settings() -> dict[str, Any]:
    return {
        "project": "mails",
        "environment": "dev",
        "kind": "email-classification@1",
        "fields": ["subject", "body"],
        "targets": ["topic", "urgency", "language"],
        "learner": "linear",
        "gate": {
            "macro_f1": {"topic": 0.6, "urgency": 0.5, "language": 0.8},
            "champion": "not_worse",
            # Of two hundred rows more than the default is chance.
            "calibration_error": 0.12,
        },
        "monitor": {"window": 200},
        "seed": 17,
        "test_share": 0.15,
    }


@pytest.fixture(scope="session")
def generator() -> ModuleType:
    """The sample's generator: rows for tests, as many as wanted."""
    return importlib.import_module("generate")


@pytest.fixture(scope="session")
def weights(generator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model's folder for the embedding learner, tiny, and as quick as it is simple."""
    folder = tmp_path_factory.mktemp("weights")
    (folder / "model.onnx").write_bytes(WORDS_ENCODER)
    texts = [text_of(mail, ["subject", "body"]) for mail in generator.mails(400, 3)]
    found = Counter(word for text in texts for word in re.findall(r"\w+", text.lower()))
    common = ["[UNK]", *(word for word, _ in found.most_common(WORDS - 1))]
    known = {word: number for number, word in enumerate(common)}
    tokenizer = Tokenizer(WordLevel(known, unk_token="[UNK]"))  # noqa: S106 (no password)
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The base model as `npm run weights` fetched it, or the folder that MLOPS_WEIGHTS names."""
    named = os.environ.get("MLOPS_WEIGHTS")
    fetched = sorted(Path.cwd().glob(".rehearsal/weights/*"))
    for folder in [Path(named)] if named else fetched:
        if (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file():
            return folder
    pytest.skip("no encoder is here: fetch it with npm run weights, or name its folder in MLOPS_WEIGHTS")
