"""A study of seeds and of fewer families: nested parts, whole held-out folds, nothing done twice."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs the extra `train`")

from avicena.core.errors import Blocked
from avicena.core.progress import MemoryShelf, silent
from avicena.learn.study import Mask, Sample, enough, part, trials


def sample(families: int = 48, folds: int = 4) -> Sample:
    """Two rows a family, two classes, spread over the folds."""
    family = np.arange(families).repeat(2)
    labels = (family // folds % 2).astype(np.int64)
    return Sample(
        "kind", 2, labels, np.array([f"F{one:02d}" for one in family]), (family % folds).astype(np.int64), "d"
    )


def learner(of: Sample, seen: list[tuple[Mask, Mask, int]]) -> Callable[[Mask, Mask, int], NDArray[Any]]:
    """Knows a held-out row's class the better the more rows it learnt from; notes what it was given."""

    def fit(inside: Mask, held: Mask, seed: int) -> NDArray[Any]:
        seen.append((inside, held, seed))
        knows = np.random.default_rng(seed).random(int(held.sum())) < inside.sum() / len(inside)
        logits = np.zeros((int(held.sum()), 2))
        labels = of.labels[held]
        logits[np.arange(len(labels)), np.where(knows, labels, 1 - labels)] = 1
        return logits

    return fit


def test_a_smaller_part_lies_within_a_larger_one_and_holds_every_class_of_every_fold() -> None:
    of = sample()
    quarter, half, all_ = (part(of, share, 3) for share in (0.25, 0.5, 1.0))
    assert not (quarter & ~half).any()
    assert all_.all()
    assert (int(quarter.sum()), int(half.sum())) == (32, 48)
    assert (part(of, 0.5, 4) != half).any()
    for rows in (quarter, part(of, 0.01, 0)):
        assert {*zip(of.folds[rows], of.labels[rows], strict=True)} == {*zip(of.folds, of.labels, strict=True)}
        assert all(len({*rows[of.families == family]}) == 1 for family in of.families)


def test_models_never_see_the_fold_they_are_judged_on_and_judge_all_of_it() -> None:
    of, seen = sample(), list[tuple[Mask, Mask, int]]()
    found = trials(of, learner(of, seen), 7, [8, 9], [0.5, 0.25], MemoryShelf(), silent)
    assert [(one.seed, one.fraction, one.families) for one in found] == [
        (8, 1.0, 36.0),
        (9, 1.0, 36.0),
        (7, 0.25, 12.0),
        (7, 0.5, 18.0),
    ]
    for inside, held, _ in seen:
        assert not (inside & held).any()
        assert held.sum() == len(of.labels) / 4
    accuracies = [one.measures[0] for one in found]
    assert {one.name for one in found[0].measures} == {"accuracy", "balanced accuracy", "log loss", "ECE"}
    assert all(one.low <= one.value <= one.high and one.units == 48 for one in accuracies)
    assert accuracies[2].value < accuracies[0].value


def test_what_is_finished_is_not_done_again() -> None:
    of, shelf = sample(), MemoryShelf()
    first, again = list[tuple[Mask, Mask, int]](), list[tuple[Mask, Mask, int]]()
    before = trials(of, learner(of, first), 7, [8], [0.5], shelf, silent)
    assert trials(of, learner(of, again), 7, [8], [0.5], shelf, silent) == before
    assert (len(first), len(again)) == (8, 0)
    more = trials(of, learner(of, again), 7, [8, 9], [0.5], shelf, silent)
    assert (len(more), len(again)) == (3, 4)


def test_a_fraction_of_nothing_or_of_more_than_all_and_too_few_folds_are_refused() -> None:
    for wrong in (0.0, 1.0, 1.5):
        with pytest.raises(ValueError, match="between 0 and 1"):
            trials(sample(), learner(sample(), []), 0, [], [wrong], MemoryShelf(), silent)
    with pytest.raises(ValueError, match="a seed or a fraction"):
        trials(sample(), learner(sample(), []), 0, [], [], MemoryShelf(), silent)
    with pytest.raises(Blocked, match="three folds"):
        enough(sample(folds=2))
