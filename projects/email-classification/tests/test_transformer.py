"""The transformer, fine-tuned on a few words: a network of some thousand numbers learns in a second."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is in the environment of the transformer only")
pytest.importorskip("peft", reason="peft is in the environment of the transformer only")

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

import job
from learners import UNSEEN, Matrix, Task, finetuning, onnx_export, transformer
from learners.batches import batches, plan, weigh
from learners.checkpoints import ENDED, KEPT

PROJECT = Path(__file__).resolve().parents[1]
TOPICS = {"billing": "invoice refund payment card", "delivery": "parcel courier late lost"}
MOODS = {"calm": "please thanks kindly", "cross": "now angry terrible"}
KNOBS: dict[str, Any] = {
    **transformer.KNOBS,
    "epochs": 3,
    "batch": 8,
    "patience": 2,
    "rank": 4,
    "rate": 5e-3,
    "checkpoint_seconds": 0.0,
}

Say = Callable[[str, float, dict[str, float]], None]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model of two small layers, with random numbers."""
    folder = tmp_path_factory.mktemp("weights")
    words = " ".join([*TOPICS.values(), *MOODS.values(), "the a is my"]).split()
    vocabulary = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def mails(weights: Path, checkpoints: Path, rows: int = 60, seed: int = 1, **knobs: Any) -> Task:
    rng = np.random.default_rng(seed)
    texts, topics, moods = [], [], []
    for number in range(rows):
        topic, mood = list(TOPICS)[number % 2], list(MOODS)[number // 2 % 2]
        words = [*rng.choice(TOPICS[topic].split(), 3), *rng.choice(MOODS[mood].split(), 3)]
        words += list(rng.choice(["the", "a", "is", "my"], rng.integers(0, 6)))
        texts.append(" ".join(rng.permutation(words)))
        topics.append(topic)
        moods.append(mood)
    return Task(
        texts=texts,
        labels={"topic": list(topics), "mood": list(moods)},
        classes={"topic": sorted(TOPICS), "mood": sorted(MOODS)},
        seed=7,
        weights=weights,
        checkpoints=checkpoints,
        knobs={**KNOBS, **knobs},
    )


def right(task: Task, margins: dict[str, Matrix], target: str) -> float:
    rows, truth = task.known(target)
    return float(np.mean(margins[target][rows].argmax(axis=1) == truth))


def at_step(number: int, do: Callable[[], None]) -> Say:
    """Progress that does something when the loss is told for the n-th time."""
    told = 0

    def say(_stage: str, _done: float, figures: dict[str, float]) -> None:
        nonlocal told
        told += "loss" in figures
        if told == number and "loss" in figures:
            do()

    return say


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_learns_every_target_and_answers_as_saved(weights: Path, tmp_path: Path, method: str) -> None:
    task = mails(weights, tmp_path / "none" / "c", method=method, epochs=6)
    held = mails(weights, tmp_path / "none" / "c", 40, 2)
    model = transformer.fit(task, held)
    margins = model.margins(held.texts)
    assert right(held, margins, "topic") > 0.8
    assert right(held, margins, "mood") > 0.8
    model.save(tmp_path)
    again = transformer.load(tmp_path, task.classes).margins(held.texts)
    for target in task.classes:
        np.testing.assert_allclose(again[target], margins[target], atol=1e-5)


def test_heads_know_their_classes_before_the_encoder_learns(weights: Path, tmp_path: Path) -> None:
    held = mails(weights, tmp_path, 40, 2)
    model = transformer.fit(mails(weights, tmp_path / "none" / "c", rate=0.0, epochs=1), held)
    assert right(held, model.margins(held.texts), "mood") > 0.8


def test_the_same_task_gives_the_same_files(weights: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        task = mails(weights, tmp_path / "none" / name, epochs=1)
        transformer.fit(task, mails(weights, tmp_path, 20, 2)).save(tmp_path / name)
    for file in ("model.onnx", "tokenizer.json", "heads.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("step", [3, 8, 9, 15])
def test_a_run_ended_by_sigterm_goes_on_to_the_same_model(weights: Path, tmp_path: Path, step: int) -> None:
    held = mails(weights, tmp_path, 20, 2)
    whole = transformer.fit(mails(weights, tmp_path / "none" / "c"), held).margins(held.texts)
    task = mails(weights, tmp_path / "checkpoints", checkpoint_seconds=3600.0)
    task.progress = at_step(step, terminate)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        transformer.fit(task, held)
    assert ended.value.code == ENDED
    assert signal.getsignal(signal.SIGTERM) is before
    (checkpoint,) = (tmp_path / "checkpoints").iterdir()
    assert checkpoint.name.endswith(f"-{step:08}.pt")
    told: list[float] = []
    task.progress = lambda _stage, done, _figures: told.append(done)
    resumed = transformer.fit(task, held).margins(held.texts)
    assert told == sorted(told)
    for target in task.classes:
        np.testing.assert_allclose(resumed[target], whole[target], atol=1e-5)


def test_a_killed_run_goes_on_from_its_last_whole_checkpoint(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    held = mails(weights, tmp_path, 20, 2)
    whole = transformer.fit(mails(weights, tmp_path / "none" / "c", method="full"), held).margins(held.texts)
    task = mails(weights, tmp_path / "checkpoints", method="full")
    task.progress = at_step(12, die)
    with pytest.raises(KeyboardInterrupt):
        transformer.fit(task, held)
    kept = sorted((tmp_path / "checkpoints").iterdir())
    assert [path.name.split("-")[1] for path in kept] == ["00000010.pt", "00000011.pt"]
    assert len(kept) == KEPT
    kept[1].write_bytes(kept[1].read_bytes()[:1000])
    kept[1].with_suffix(".unfinished").write_bytes(b"")
    task.progress = lambda *_: None
    resumed = transformer.fit(task, held).margins(held.texts)
    said = capsys.readouterr()
    assert "-00000011.pt is left out, it cannot be read" in said.err
    assert "goes on after step 10 of 24" in said.out
    np.testing.assert_allclose(resumed["topic"], whole["topic"], atol=1e-5)


def test_a_checkpoint_of_other_rows_or_knobs_is_left_out_and_said(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = tmp_path / "checkpoints"
    transformer.fit(mails(weights, checkpoints, seed=3, epochs=1), None)
    held = mails(weights, tmp_path, 20, 2)
    model = transformer.fit(mails(weights, checkpoints, epochs=1), held)
    said = capsys.readouterr()
    assert "checkpoints left out, they are of other rows, knobs, weights or torch: " in said.err
    assert "-00000008.pt" in said.err
    assert "goes on" not in said.out
    alone = transformer.fit(mails(weights, tmp_path / "none" / "c", epochs=1), held)
    np.testing.assert_allclose(
        model.margins(held.texts)["mood"], alone.margins(held.texts)["mood"], atol=1e-5
    )


def test_a_finished_run_is_not_learned_again(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = mails(weights, tmp_path / "checkpoints", epochs=1)
    first = transformer.fit(task, None).margins(task.texts)
    again = transformer.fit(task, None).margins(task.texts)
    assert "goes on after step 8 of 8" in capsys.readouterr().out
    np.testing.assert_array_equal(first["topic"], again["topic"])


def test_without_a_place_for_checkpoints_none_are_written(weights: Path, tmp_path: Path) -> None:
    transformer.fit(mails(weights, tmp_path / "none" / "checkpoints", epochs=1), None)
    assert list(tmp_path.iterdir()) == []


def test_a_row_without_a_class_does_not_teach_that_target(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path / "none" / "c")
    task.labels["mood"] = [None if row < 8 else label for row, label in enumerate(task.labels["mood"])]
    run = finetuning.Tuning(task, None, weights, task.knobs)
    topic, mood = run.network.parts(run.network.head.weight.detach().clone().T)
    run.advance(list(range(8)))
    topic_after, mood_after = run.network.parts(run.network.head.weight.detach().T)
    assert torch.equal(mood, mood_after)
    assert not torch.equal(topic, topic_after)


def test_a_row_that_knows_no_class_is_no_hindrance(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path / "none" / "c", 24, epochs=1)
    for labels in task.labels.values():
        labels[0] = labels[8] = None
    held = mails(weights, tmp_path, 16, 2)
    held.labels["mood"] = [None] * 16
    margins = transformer.fit(task, held).margins(["invoice", ""])
    assert np.isfinite(margins["topic"]).all()
    assert margins["mood"].shape == (2, 2)


def test_a_class_that_no_row_has_is_never_answered(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path / "none" / "c")
    task.classes["topic"] = ["billing", "closing", "delivery"]
    margins = transformer.fit(task, None).margins(task.texts)["topic"]
    assert (margins[:, 1] < UNSEEN / 2).all()
    assert (margins[:, [0, 2]] > UNSEEN / 2).all()


def test_rare_classes_weigh_more_up_to_the_cap_and_one_on_average(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path)
    task.classes["topic"] = ["a", "b", "c", "d"]
    task.labels["topic"] = [*["a"] * 45, *["b"] * 14, "c"]
    plain = weigh(task, "topic", 0.5, 100.0).numpy()
    assert plain[1] / plain[0] == pytest.approx((45 / 14) ** 0.5, rel=1e-5)
    assert plain[3] == 0.0
    assert plain @ [45, 14, 1, 0] == pytest.approx(60, rel=1e-5)
    capped = weigh(task, "topic", 0.5, 2.0).numpy()
    assert capped[2] / capped[1] == pytest.approx(2 / (20 / 14) ** 0.5, rel=1e-5)
    assert weigh(task, "topic", 0.0, 4.0).tolist() == [1.0, 1.0, 1.0, 0.0]


def test_an_epoch_has_every_row_once_in_an_order_of_its_own() -> None:
    ids = [[1] * (row % 9 + 1) for row in range(100)]
    first, second = batches(ids, 8, 1, 0), batches(ids, 8, 1, 1)
    assert sorted(row for batch in first for row in batch) == list(range(100))
    assert first == batches(ids, 8, 1, 0)
    assert first != second


@pytest.mark.parametrize(
    ("rows", "chosen"), [(150, (16, 10)), (2765, (16, 6)), (7675, (32, 4)), (200_000, (32, 3))]
)
def test_few_rows_are_shown_more_often(rows: int, chosen: tuple[int, int]) -> None:
    assert plan(rows, None, None) == chosen
    assert plan(rows, 8, 2) == (8, 2)


def test_stops_when_the_held_rows_no_longer_gain(weights: Path, tmp_path: Path) -> None:
    task, held = mails(weights, tmp_path / "none" / "c", epochs=30), mails(weights, tmp_path, 40, 2)
    scores: list[float] = []

    def say(_stage: str, _done: float, figures: dict[str, float]) -> None:
        scores.extend(value for name, value in figures.items() if name == "validation macro F1")

    task.progress = say
    model = transformer.fit(task, held)
    assert len(scores) < 30
    assert max(scores) == scores[-1 - KNOBS["patience"]] > max(scores[-KNOBS["patience"] :]) - 1e-9
    assert right(held, model.margins(held.texts), "topic") > 0.8


def test_an_export_that_loses_answers_is_refused_and_one_that_only_swaps_them_is_not(
    weights: Path, tmp_path: Path
) -> None:
    task = mails(weights, tmp_path)
    trained = {target: np.eye(2, dtype=np.float32)[task.known(target)[1]] for target in task.classes}
    assert onnx_export.compare(task, trained, trained) == {"answers that differ": 0.0, "accuracy lost": 0.0}
    worse = {**trained, "mood": trained["mood"].copy()}
    worse["mood"][:10] = worse["mood"][:10, ::-1]
    with pytest.raises(job.Refused, match="mood: exported in int8 the model answers 10 of 60 rows wrong"):
        onnx_export.compare(task, trained, worse)
    swapped = {**trained, "mood": trained["mood"].copy()}
    swapped["mood"][10:20] = swapped["mood"][10:20, ::-1]
    assert onnx_export.compare(task, worse, swapped)["answers that differ"] == pytest.approx(20 / 60)


def test_float32_is_as_trained_and_int8_smaller(weights: Path, tmp_path: Path) -> None:
    sizes = {}
    for precision in ("float32", "int8"):
        task = mails(weights, tmp_path / "none" / "c", epochs=1, precision=precision)
        told: list[dict[str, float]] = []
        task.progress = lambda _stage, _done, figures, told=told: told.append(figures)  # type: ignore[misc]
        transformer.fit(task, None).save(tmp_path)
        sizes[precision] = (tmp_path / "model.onnx").stat().st_size
        if precision == "float32":
            assert told[-1] == {"answers that differ": 0.0, "accuracy lost": 0.0}
    assert sizes["int8"] < sizes["float32"]


def test_an_answer_does_not_depend_on_the_mails_beside_it(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path / "none" / "c", epochs=1)
    model = transformer.fit(task, None)
    together = model.margins(task.texts)["topic"]
    alone = np.concatenate([model.margins([text])["topic"] for text in task.texts])
    np.testing.assert_allclose(alone, together, atol=1e-6)


def test_a_saved_model_is_loaded_without_torch_and_without_a_network(weights: Path, tmp_path: Path) -> None:
    task = mails(weights, tmp_path / "none" / "c", epochs=1)
    model = transformer.fit(task, None)
    model.save(tmp_path)
    code = (
        "import sys, json\n"
        "for name in ('torch', 'transformers', 'peft'): sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from learners import transformer\n"
        f"model = transformer.load(Path({str(tmp_path)!r}), {task.classes!r})\n"
        f"print(json.dumps(model.margins({task.texts[:3]!r})['topic'].tolist()))\n"
    )
    paths = os.pathsep.join([str(PROJECT), str(Path(job.__file__).parent)])
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    np.testing.assert_allclose(json.loads(done.stdout), model.margins(task.texts[:3])["topic"], atol=1e-5)


def test_fits_without_asking_any_host(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked a host")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    transformer.fit(mails(weights, tmp_path / "none" / "c", 16, epochs=1), None)
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_says_what_is_missing_or_unknown(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(job.Refused, match=r"learner transformer needs config\.json, model\.safetensors"):
        transformer.fit(mails(tmp_path, tmp_path / "c"), None)
    with pytest.raises(job.Refused, match=r"method 'prompt' .* there is lora, full"):
        transformer.fit(mails(weights, tmp_path / "c", method="prompt"), None)
    with pytest.raises(job.Refused, match=r"precision 'int4' .* there is int8, float32"):
        transformer.fit(mails(weights, tmp_path / "c", precision="int4", epochs=1), None)
