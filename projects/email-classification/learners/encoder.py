"""A sentence encoder as ONNX: texts become vectors. Needs onnxruntime and tokenizers, no torch.

The network takes input_ids and attention_mask (and token_type_ids where it has them). Its first output is a
vector a token, of which mean, largest and least make the text's vector; or a row a text, which is taken as
it is: the fine-tuned one gives margins.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from learners import Matrix

# Beside each other in the base model's folder, and in a model's.
MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
# Tokens a run of the network takes at most, padding counted: 64 short texts or a few long ones. Larger
# batches are no faster and take more memory.
BATCH_TOKENS = 4096
BATCH_ROWS = 64
# In service many requests are answered side by side, so one of them takes few threads.
SERVING_THREADS = 2


class Encoder:
    """A loaded encoder. Safe to use from several threads."""

    def __init__(self, folder: Path, max_tokens: int, threads: int = 0, rows: int = BATCH_ROWS) -> None:
        """
        :param folder: holds MODEL and TOKENIZER
        :param max_tokens: what a text has beyond is not read
        :param threads: for one run of the network; 0 takes every core
        :param rows: that a run of the network takes at most
        """
        self.folder, self.max_tokens, self.rows = folder, max_tokens, rows
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self.tokenizer.enable_truncation(max_tokens)
        self.tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.inter_op_num_threads = 1
        # Spinning threads answer no sooner here and take the cores from others.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        there = onnxruntime.get_available_providers()
        if "CUDAExecutionProvider" in there:
            # CUDA comes as packages, which the loader does not search: without this the GPU is passed over.
            onnxruntime.preload_dlls()
        providers = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in there]
        self.session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=providers)
        self.inputs = {given.name for given in self.session.get_inputs()}
        # Numbers a text; the network says how many it gives, and whether a token or a text.
        shape = self.session.get_outputs()[0].shape
        self.size = int(shape[-1]) * (3 if len(shape) == 3 else 1)

    def encode(self, texts: Sequence[str], told: Callable[[float], None] = lambda _: None) -> Matrix:
        """A row for each text (texts × size, float32).

        Texts of like length are run together, so that little of a batch is padding.

        :param told: the share that is done, after each batch
        """
        tokens = [found.ids for found in self.tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(tokens), self.size), np.float32)
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]), reverse=True)
        total = max(sum(map(len, tokens)), 1)
        start = done = 0
        while start < len(order):
            longest = max(len(tokens[order[start]]), 1)
            batch = order[start : start + max(min(self.rows, BATCH_TOKENS // longest), 1)]
            vectors[batch] = self._run([tokens[row] for row in batch], longest)
            start += len(batch)
            done += sum(len(tokens[row]) for row in batch)
            told(done / total)
        return vectors

    def _run(self, tokens: Sequence[Sequence[int]], longest: int) -> Matrix:
        ids = np.zeros((len(tokens), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self.session.run(None, {name: given[name] for name in self.inputs})[0]
        if states.ndim == 2:
            whole: Matrix = states
            return whole
        return pooled(states, mask[:, :, None] > 0)

    def save(self, folder: Path) -> None:
        """Puts the encoder beside what was learned on it: a model is complete in its folder."""
        for name in (MODEL, TOKENIZER):
            shutil.copyfile(self.folder / name, folder / name)


def pooled(states: Matrix, read: NDArray[np.bool_]) -> Matrix:
    """Mean, largest and least of a text's tokens (rows × 3 sizes), each of length 1.

    The mean alone is what such encoders are trained for; the other two brought 0.3 points of accuracy
    (BANKING77, 5 folds of the training rows), and cost nothing beside the network.
    """
    parts = [
        np.where(read, states, 0.0).sum(axis=1),
        np.where(read, states, -np.inf).max(axis=1),
        np.where(read, states, np.inf).min(axis=1),
    ]
    # A text without a token has no largest one.
    parts = [np.where(read.any(axis=1), part, 0.0) for part in parts]
    lengths = [np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) for part in parts]
    return np.hstack([part / length for part, length in zip(parts, lengths, strict=True)]).astype(np.float32)
