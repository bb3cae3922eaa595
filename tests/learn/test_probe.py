"""The quick models that doubt labels: blind to the fold they judge, and honest about labels without signal."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("xgboost", reason="training needs the extra `train`")

from avicena.core.model import Row
from avicena.core.progress import MemoryShelf, silent
from avicena.core.question import Scores
from avicena.learn.probe import linear, probe
from tests.ingest.queue import APPLICATION, people

TREES = replace(APPLICATION, chain=APPLICATION.chain[1:])


def rows(*, planted: bool, folds: int = 4) -> list[Row]:
    """Rows whose plan follows from the age, or from nothing."""
    random = np.random.default_rng(0)
    told = ["act" if (one.values["age"] or 0) > 50 else "wait" for one in people(200)]
    said = told if planted else random.permutation(told).tolist()
    return [
        replace(one, labels={"plan": label}, fold=i % folds)
        for i, (one, label) in enumerate(zip(people(200), said, strict=True))
    ]


def scores(given: list[Row]) -> Scores:
    def none(digest: str) -> np.ndarray:
        raise AssertionError("no picture is needed")

    (found,) = probe(TREES, given, none, MemoryShelf(), silent)
    return found


def test_a_planted_rule_is_found_blind_and_a_wrong_label_stands_out() -> None:
    given = rows(planted=True)
    wrong = replace(given[7], labels={"plan": "wait" if given[7].labels["plan"] == "act" else "act"})
    found = scores([*given[:7], wrong, *given[8:]])
    labels = np.array([("wait", "act").index(one.labels["plan"]) for one in [*given[:7], wrong, *given[8:]]])
    assert found.told > 0
    assert found.chances.sum(axis=1) == pytest.approx(1)
    assert found.chances[np.arange(200), labels].argmin() == 7


def test_labels_without_signal_tell_nothing() -> None:
    assert scores(rows(planted=False)).told <= 0


def test_rows_of_one_fold_are_too_few_for_blind_models() -> None:
    assert scores(rows(planted=True, folds=1)).chances.shape == (200, 0)


def test_the_linear_model_gives_probabilities_in_the_order_of_the_classes() -> None:
    random = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), 40)
    table = (np.eye(3)[labels] * 3 + random.normal(0, 0.5, (120, 3))).astype(np.float32)
    chances = linear(table, labels, np.eye(3, dtype=np.float32) * 3, 3)
    assert chances.argmax(axis=1).tolist() == [0, 1, 2]
    assert chances.sum(axis=1) == pytest.approx(1)
