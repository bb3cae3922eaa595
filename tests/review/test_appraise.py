"""What the workings of a stage show a reviewer."""

import numpy as np
import pytest

from avicena.core.model import Row
from avicena.core.workings import Workings
from avicena.review import appraise

CLASSES = ("a", "b", "c")


def told(wrong: dict[int, float], number: int = 60) -> Workings:
    """Rows, two of a family, that are right with confidence 0.7 but for the `wrong` ones, by their confidence."""
    rows = [
        Row(f"r{i}", {}, {"kind": CLASSES[i // 2 % 3]}, f"F{i // 2}", True, "NS"[i // 2 % 2], i // 2 % 3)
        for i in range(number)
    ]
    chances = np.full((number, 3), 0.15)
    for i in range(number):
        sure = wrong.get(i, 0.7)
        chances[i] = (1 - sure) / 2
        chances[i, (i // 2 + (i in wrong)) % 3] = sure
    return Workings.of("kind", CLASSES, rows, chances, groups={"half": ["x"] * 2 + ["y"] * (number - 2)})


def test_the_surest_mistakes_come_first_and_each_family_stands_once() -> None:
    found = appraise(told({4: 0.6, 5: 0.99, 10: 0.8, 30: 0.9}))
    assert found.wrong == 4
    assert [one.row for one in found.mistakes] == ["r5", "r30", "r10"]
    first = found.mistakes[0]
    assert (first.truth, first.said, first.fold, first.source, first.family) == ("c", "a", 2, "N", "F2")
    assert first.confidence == pytest.approx(0.99)
    assert first.given == pytest.approx(0.005)
    assert [one.row for one in appraise(told({4: 0.6, 5: 0.99, 30: 0.9}), 1).mistakes] == ["r5"]


def test_every_row_stands_once_in_the_confusions_and_in_the_calibration() -> None:
    found = appraise(told({4: 0.6, 30: 0.9}))
    assert [sum(line) for line in found.confusion] == [20, 20, 20]
    assert sum(found.confusion[i][i] for i in range(3)) == 58
    assert sum(one.rows for one in found.reliability) == found.rows == 60
    assert all(one.low <= one.right <= one.high for one in found.reliability)
    assert found.ece.low <= found.ece.value <= found.ece.high


def test_figures_are_told_by_fold_source_group_and_class_with_the_families_behind_each() -> None:
    found = appraise(told({0: 0.9, 1: 0.9}))
    folds = {one.level: one for one in found.folds}
    assert (folds["0"].value, folds["1"].value, folds["0"].units) == (pytest.approx(0.9), 1.0, 10)
    by = {(one.group, one.level): one for one in found.groups}
    assert by["source", "N"].value == pytest.approx(28 / 30)
    assert (by["half", "x"].value, by["half", "x"].units) == (0.0, 1)
    assert (by["class", "a"].name, by["class", "a"].value) == ("recall", pytest.approx(0.9))


def test_no_mistake_is_no_mistake_and_maps_go_from_0_to_1() -> None:
    assert appraise(told({})).mistakes == ()
    with_maps = told({4: 0.6})
    grids = np.zeros((60, 2, 2), np.float32)
    grids[4] = [[-3, 4], [2, 0]]
    arrays = with_maps.to_arrays() | {"maps": grids}
    assert appraise(Workings.from_arrays(arrays)).mistakes[0].map == ((0.0, 1.0), (0.5, 0.0))
