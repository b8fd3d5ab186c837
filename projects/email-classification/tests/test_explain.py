"""Which words spoke for an answer, asked of a tiny model whose weights are known."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explain import MOST_AGAINST, MOST_FOR, MOST_PIECES, explain
from reading import Reading, Removed

# What each word adds to the margin of `billing` against `delivery`.
WEIGHTS = {"invoice": 3.0, "refund": 1.5, "parcel": -2.0, "late": -0.5, "发票": 3.0}
CLASSES = {"topic": ["billing", "delivery"], "mood": ["calm", "cross"]}


class Model:
    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.seconds = seconds

    def probabilities(self, texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        self.asked += texts
        self.now += self.seconds * len(texts)
        topic = [sure(sum(weight for word, weight in WEIGHTS.items() if word in text)) for text in texts]
        return {"topic": np.array(topic), "mood": np.array([sure(-text.count("!")) for text in texts])}

    def explain(self, text: str, seconds: float = 2.0, removed: Sequence[Removed] = ()) -> dict[str, Any]:
        return explain(Reading(text, list(removed)), self.probabilities, CLASSES, seconds, lambda: self.now)


def sure(margin: float) -> list[float]:
    first = 1 / (1 + math.exp(-margin))
    return [first, 1 - first]


def test_words_weigh_what_the_logarithm_of_the_odds_loses_without_them() -> None:
    found = Model().explain("my invoice and refund of a parcel")
    assert found["complete"] is True
    topic = found["targets"]["topic"]
    assert topic["value"] == "billing"
    assert [piece["text"] for piece in topic["pieces"]] == ["invoice", "refund", "parcel"]
    # From 2.5 with the word to -0.5 without it.
    assert topic["pieces"][0]["weight"] == pytest.approx(3.0, rel=0.01)
    assert topic["pieces"][-1]["weight"] < 0


def test_each_target_has_its_own_reasons() -> None:
    targets = Model().explain("my parcel! again!")["targets"]
    assert [piece["text"] for piece in targets["topic"]["pieces"]] == ["parcel!"]
    assert targets["mood"]["value"] == "cross"
    assert [piece["text"] for piece in targets["mood"]["pieces"]] == ["parcel!", "again!"]


def test_says_what_was_not_read_without_its_words() -> None:
    found = Model().explain("invoice", removed=[Removed("body", "closing.en", "Regards\nMax")])
    assert found["removed"] == [
        {"field": "body", "rule": "closing.en", "characters": 11, "text": "Regards\nMax"}
    ]


def test_an_empty_mail_has_an_answer_and_no_reasons() -> None:
    found = Model().explain("")
    assert found["complete"] is True
    assert found["targets"]["topic"] == {"value": "billing", "pieces": []}


def test_a_long_mail_is_explained_by_groups_of_neighbouring_words() -> None:
    model = Model()
    found = model.explain("some words " * 200 + "about an invoice " + "and more " * 200)
    assert len(model.asked) <= MOST_PIECES + 1
    pieces = found["targets"]["topic"]["pieces"]
    assert len(pieces) == 1
    assert "invoice" in pieces[0]["text"]
    assert " ".join(pieces[0]["text"].split()) == pieces[0]["text"]


def test_a_script_without_spaces_is_explained_by_its_signs() -> None:
    pieces = Model().explain("发票在哪里")["targets"]["topic"]["pieces"]
    assert [piece["text"] for piece in pieces] == ["发票"]


@pytest.mark.parametrize(("each", "complete"), [(0.01, True), (0.2, False), (1.0, False)])
def test_stops_in_time_and_says_so(each: float, complete: bool) -> None:
    model = Model(seconds=each)
    found = model.explain(" ".join(f"word{number} invoice" for number in range(24)), seconds=2.0)
    assert found["complete"] is complete
    assert model.now <= 2.0


def test_a_learner_that_remembers_the_whole_text_does_not_deceive_about_the_time() -> None:
    model = Model()
    text = " ".join(f"word{number} invoice" for number in range(24))

    def remembering(texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        model.seconds = 0.0 if list(texts) == [text] else 0.3
        return model.probabilities(texts)

    found = explain(Reading(text, []), remembering, CLASSES, 2.0, lambda: model.now)
    assert found["complete"] is False
    assert 0 < model.now <= 2.0


def test_the_answer_is_given_even_without_time() -> None:
    found = Model(seconds=9.0).explain("my invoice", seconds=0.0)
    assert found["targets"]["topic"] == {"value": "billing", "pieces": []}
    assert found["complete"] is False


def test_an_answer_that_is_all_but_certain_has_reasons_too() -> None:
    def probabilities(texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        return {"topic": np.array([sure(9.0 + 3.0 * ("invoice" in text)) for text in texts])}

    pieces = explain(Reading("my invoice", []), probabilities, CLASSES)["targets"]["topic"]["pieces"]
    assert [piece["text"] for piece in pieces] == ["invoice"]
    assert pieces[0]["weight"] == pytest.approx(3.0, rel=0.01)


def test_names_no_more_than_the_strongest() -> None:
    def probabilities(texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        pull = [sum(float(word) for word in text.split()) for text in texts]
        return {"topic": np.array([sure(each) for each in pull])}

    text = " ".join(f"{sign}{number / 100}" for sign in ("", "-") for number in range(1, 21)) + " 2"
    pieces = explain(Reading(text, []), probabilities, CLASSES)["targets"]["topic"]["pieces"]
    weights = [piece["weight"] for piece in pieces]
    assert weights == sorted(weights, reverse=True)
    assert len([weight for weight in weights if weight > 0]) == MOST_FOR
    assert len([weight for weight in weights if weight < 0]) == MOST_AGAINST
    assert pieces[-1]["text"] == "-0.2"


def test_the_same_text_has_the_same_explanation() -> None:
    explained: Callable[[], dict[str, Any]] = lambda: Model().explain("refund invoice late parcel")  # noqa: E731
    assert explained() == explained()
