"""Whether a map looks at the lesion, and the picture without it."""

import numpy as np
import pytest

from avicena.measure.lesion import erased, hit

SHAPE = (100, 200)
WHOLE = (0, 0, 100)
"""A square over the left half of the picture."""


def peaked(line: int, column: int) -> np.ndarray:
    cam = np.zeros((4, 4), np.float32)
    cam[line, column] = 1
    return cam


def test_a_peak_whose_centre_lies_in_the_box_is_inside_and_touches() -> None:
    assert hit(peaked(1, 2), WHOLE, SHAPE, (0.3, 0.3, 0.05, 0.2)) == (True, True)


def test_a_peak_whose_cell_only_reaches_into_the_box_touches() -> None:
    assert hit(peaked(1, 2), WHOLE, SHAPE, (0.36, 0.3, 0.1, 0.2)) == (False, True)


def test_a_peak_elsewhere_neither_is_inside_nor_touches() -> None:
    assert hit(peaked(3, 0), WHOLE, SHAPE, (0.3, 0.3, 0.05, 0.2)) == (False, False)


def test_a_square_beyond_the_picture_moves_the_peak_with_it() -> None:
    assert hit(peaked(0, 0), (-50, 0, 100), SHAPE, (0.0, 0.0, 0.1, 0.3)) == (False, False)
    assert hit(peaked(0, 2), (-50, 0, 100), SHAPE, (0.0, 0.0, 0.1, 0.3)) == (True, True)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_box_takes_the_grey_level_around_it_and_nothing_else_changes(kind: type) -> None:
    pixels = np.full(SHAPE, 70, kind)
    pixels[40:60, 80:120] = 200
    found = erased(pixels, (0.4, 0.4, 0.2, 0.2))
    assert found.dtype == kind
    assert (found == 70).all()
    assert pixels.max() == 200


def test_a_box_over_the_whole_picture_leaves_its_median() -> None:
    pixels = np.arange(9, dtype=np.uint8).reshape(3, 3)
    assert (erased(pixels, (0.0, 0.0, 1.0, 1.0)) == 4).all()


def test_a_box_at_the_edge_is_filled_from_what_lies_beside_it() -> None:
    pixels = np.full((20, 20), 9, np.uint8)
    pixels[:5, :5] = 255
    assert (erased(pixels, (0.0, 0.0, 0.25, 0.25)) == 9).all()
