"""What a model promises, whichever learner made it: calibrated answers for every target, always the same."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from calibration import calibrate, probabilities, threshold
from inference import Model, answer, explain, load, probable
from playing import write_bundle
from rows import Row
from train import learn, save

PROJECT = Path(__file__).resolve().parents[1]
EMPTY = {"subject": "", "body": " \n"}


@pytest.fixture(scope="module")
def mails(generator: ModuleType) -> list[Row]:
    rows: list[Row] = generator.mails(900, 5)
    return rows


@pytest.fixture(scope="module", params=["linear", "embedding"])
def name(request: pytest.FixtureRequest) -> str:
    learner: str = request.param
    return learner


@pytest.fixture
def fit(name: str, weights: Path, tmp_path: Path) -> Any:
    """Trains as train.py does; the learning curve is left out, for it changes no model."""

    def fitted(rows: list[Row], settings: dict[str, Any]) -> Model:
        return learn(rows, settings, name, weights, tmp_path, curve=False).model

    return fitted


@pytest.fixture(scope="module")
def model(name: str, weights: Path, mails: list[Row]) -> Model:
    """Taught by 700 mails; of the topics it gives, 90 % shall be right."""
    settings = {
        "fields": ["subject", "body"],
        "targets": ["topic", "urgency", "language"],
        "seed": 17,
        "abstain": {"topic": 0.9},
    }
    return learn(mails[:700], settings, name, weights, Path("none"), curve=False).model


def right(answers: list[Any], rows: list[Row], target: str) -> float:
    hits = [said[target]["value"] == row[target] for said, row in zip(answers, rows, strict=True)]
    return float(np.mean(hits))


def test_learns_every_target_better_than_the_commonest_class(model: Model, mails: list[Row]) -> None:
    answers = answer(model, mails[700:])
    for target, least in (("topic", 0.7), ("urgency", 0.65), ("language", 0.9)):
        assert right(answers, mails[700:], target) > least
        assert all(0 < said[target]["confidence"] <= 1 for said in answers)


def test_confidence_is_about_the_share_of_right_answers(model: Model, mails: list[Row]) -> None:
    answers = answer(model, mails[700:])
    sure = np.mean([said["topic"]["confidence"] for said in answers])
    assert sure == pytest.approx(right(answers, mails[700:], "topic"), abs=0.12)


def test_the_same_rows_and_seed_give_the_same_files(
    name: str, weights: Path, mails: list[Row], settings: dict[str, Any], tmp_path: Path
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        save(learn(mails[:300], settings, name, weights, tmp_path), settings, folder)
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} for folder in folders
    )
    assert {"learner.json", "labels.json", "calibration.json", "history.json", "vocabulary.txt"} < set(first)
    assert first == second


def test_learns_from_rows_that_name_some_targets_only(
    fit: Any, mails: list[Row], settings: dict[str, Any]
) -> None:
    fields = ("subject", "body", "topic")
    partial = [{**{key: row[key] for key in fields}, "inference_id": "i"} for row in mails[300:]]
    model = fit([*mails[:300], *partial], settings)
    assert set(answer(model, mails[:1])[0]) == {"topic", "urgency", "language"}


def test_two_classes_work_as_well(fit: Any, mails: list[Row], settings: dict[str, Any]) -> None:
    rows = [{**row, "language": "en" if row["language"] == "en" else "other"} for row in mails[:400]]
    answers = answer(fit(rows, {**settings, "targets": ["language"]}), rows)
    assert right(answers, rows, "language") > 0.95
    assert min(said["language"]["confidence"] for said in answers) >= 0.5


def test_one_class_and_a_class_with_one_row_stop_nothing(
    fit: Any, mails: list[Row], settings: dict[str, Any]
) -> None:
    rows = [{**row, "urgency": "normal"} for row in mails[:120]]
    rows[60]["topic"] = "something of its own"
    model = fit(rows, settings)
    assert "something of its own" in model.classes["topic"]
    assert {said["urgency"]["value"] for said in answer(model, rows)} == {"normal"}


def test_a_saved_model_answers_alike_and_brings_labels_words_and_code(
    name: str, weights: Path, mails: list[Row], settings: dict[str, Any], tmp_path: Path
) -> None:
    trained = learn(mails[:300], settings, name, weights, tmp_path)
    save(trained, settings, tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert answer(loaded, mails[:5]) == answer(trained.model, mails[:5])
    assert json.loads((tmp_path / "model" / "learner.json").read_text())["name"] == name
    assert (tmp_path / "model" / "code" / "job.py").is_file()
    assert "invoice" in (tmp_path / "model" / "vocabulary.txt").read_text().split()
    assert "account" in (tmp_path / "model" / "labels.json").read_text()
    curve = [point for point in trained.history if point["curve"] == "validation macro F1 by training rows"]
    assert sorted({point["x"] for point in curve}) == [24, 60, 120, 240]


def test_many_rows_are_answered_in_their_order_and_each_as_if_alone(model: Model, mails: list[Row]) -> None:
    together = answer(model, mails[:400])
    for number in (0, 255, 256, 399):
        alone = answer(model, [mails[number]])[0]
        for target, said in together[number].items():
            assert said["value"] == alone[target]["value"]
            assert said["confidence"] == pytest.approx(alone[target]["confidence"], abs=1e-5)
    assert answer(model, []) == []


def test_answers_are_abstained_below_the_threshold_only(model: Model, mails: list[Row]) -> None:
    answers, bound = answer(model, mails[700:]), model.calibration["topic"].threshold
    assert 0 < bound <= 0.99
    assert {said["topic"]["abstained"] for said in answers} == {True, False}
    for said in answers:
        assert said["topic"]["abstained"] == (said["topic"]["confidence"] < bound)
        # No share of right answers is wanted of the urgency.
        assert said["urgency"]["abstained"] is False


def test_a_mail_with_nothing_to_read_is_abstained_with_how_frequent_the_classes_are(
    model: Model, mails: list[Row]
) -> None:
    said = answer(model, [mails[0], EMPTY])[1]["language"]
    languages = [row["language"] for row in mails[:700]]
    commonest = max(set(languages), key=languages.count)
    share = pytest.approx(languages.count(commonest) / 700, abs=1e-5)
    assert said == {"value": commonest, "confidence": share, "abstained": True}


def test_says_which_words_spoke_for_an_answer(model: Model) -> None:
    told = explain(model, {"subject": "", "body": "My invoice and something else."}, seconds=20)
    assert told["complete"] is True
    assert told["targets"]["topic"]["pieces"][0]["text"] == "invoice"


# What a serving environment does not have must not be asked for.
SERVE = """
import sys
for name in {absent}: sys.modules[name] = None
sys.path.insert(0, "{code}")
import inference
from pathlib import Path
print(inference.answer(inference.load(Path("{model}")), [dict(subject="Invoice", body="It is wrong")]))
"""


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("linear", ["onnxruntime", "tokenizers"]),
        ("embedding", ["sklearn", "scipy", "joblib", "torch"]),
    ],
)
def test_a_model_is_served_without_the_libraries_of_other_learners(
    name: str, absent: list[str], weights: Path, mails: list[Row], settings: dict[str, Any], tmp_path: Path
) -> None:
    trained = learn(mails[:300], settings, name, weights, tmp_path, curve=False)
    save(trained, settings, tmp_path / "model")
    write_bundle(tmp_path / "model" / "code", PROJECT, settings)
    script = SERVE.format(absent=absent, code=tmp_path / "model" / "code", model=tmp_path / "model")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "'topic'" in done.stdout


def test_the_temperature_makes_overconfident_margins_modest() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, size=500)
    said = np.where(rng.random(500) < 0.8, truth, 1 - truth)
    margins = (np.eye(2)[said] * 10).astype(np.float32)
    found = calibrate(margins, truth, 0.0, [0.5, 0.5])
    sure = probabilities(margins, found.temperature, found.noise).max(axis=1)
    assert sure == pytest.approx(np.mean(said == truth), abs=0.02)


def test_the_threshold_is_the_lowest_confidence_from_which_answers_are_right_often_enough() -> None:
    rng = np.random.default_rng(3)
    sure = rng.uniform(0, 4, size=4000)
    truth = (rng.random(4000) > 1 / (1 + np.exp(-sure))).astype(np.intp)
    margins = np.stack([sure, np.zeros(4000)], axis=1).astype(np.float32)
    found = calibrate(margins, truth, 0.95, [0.8, 0.2])
    assert found.accuracy == pytest.approx(0.95, abs=0.02)
    confidence = probabilities(margins, found.temperature, found.noise).max(axis=1)
    # Fewer would be right as often as wanted, more would not.
    answered = confidence >= found.threshold
    assert min(confidence[answered].mean(), (truth == 0)[answered].mean()) == pytest.approx(0.95, abs=0.001)
    assert calibrate(margins, truth, 0.0, [0.8, 0.2]).threshold == 0


def test_confidence_that_promises_more_than_is_seen_answers_less() -> None:
    confidence = np.linspace(0.999, 0.91, 200)
    right = np.ones(200, dtype=np.bool_)
    assert threshold(confidence, right, 0.95)[0] == 0.5
    # Right in four of five where the confidence says nine of ten.
    right[100::5] = False
    found, _ = threshold(confidence, right, 0.95)
    assert right[confidence >= found].mean() >= 0.95 > right[confidence >= found - 0.01].mean()


def test_what_even_the_surest_answers_do_not_reach_is_told_and_leaves_unlikely_answers_abstained() -> None:
    # One label in five is wrong, whatever the margin.
    truth = np.array([0, 0, 0, 0, 1] * 80)
    margins = np.tile(np.array([[3.0, 0.0]], np.float32), (400, 1))
    found = calibrate(margins, truth, 0.95, [0.8, 0.2])
    assert found.surest == pytest.approx(0.8, abs=0.01)
    assert found.threshold == 0.5


def test_a_target_that_is_right_often_enough_abstains_only_where_it_is_likelier_wrong() -> None:
    truth = np.array([0, 1] * 50)
    margins = (np.eye(2)[truth] * 8).astype(np.float32)
    assert calibrate(margins, truth, 0.95, [0.5, 0.5]).threshold == 0.5


def test_too_few_rows_to_tell_never_abstain() -> None:
    wrong = np.tile(np.array([[3.0, 0.0]], np.float32), (20, 1))
    assert calibrate(wrong, np.array([0, 1] * 10), 0.95, [0.5, 0.5]).threshold == 0


def test_probabilities_add_up_to_one_for_any_text(model: Model) -> None:
    found = probable(model, ["invoice", "", "ü" * 3000, "\u4f60\u597d"])
    assert all(rows.sum(axis=1) == pytest.approx(1, abs=1e-4) for rows in found.values())
