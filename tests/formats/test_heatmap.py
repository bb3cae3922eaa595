"""The heat map's picture: where the colour lies, how strong it is, and an even palette."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from avicena.formats import heatmap

CORNER = [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def decoded(file: bytes) -> NDArray[np.uint8]:
    with Image.open(BytesIO(file), formats=["PNG"]) as image:
        return np.asarray(image)


def test_the_overlay_is_clear_without_evidence_and_strongest_where_the_map_is() -> None:
    shown = decoded(heatmap.render(CORNER, 90, 60))
    assert shown.shape == (60, 90, 4)
    assert shown[-1, 0, 3] == 0
    assert shown[0, -1, 3] == shown[..., 3].max() == round(0.72 * 255)
    assert (shown[0, -1, :3] == heatmap.PALETTE[255]).all()


def test_the_map_is_enlarged_without_steps_and_keeps_its_middle() -> None:
    alpha = decoded(heatmap.render([[0.0, 1.0], [0.0, 1.0]], 64, 64))[..., 3].astype(int)
    assert np.abs(np.diff(alpha, axis=1)).max() <= 8
    assert (np.diff(alpha, axis=1) >= 0).all()
    assert abs(alpha[0, 31] + alpha[0, 32] - alpha[0, 0] - alpha[0, 63]) <= 2


def test_over_a_slice_the_slice_shows_through() -> None:
    slice_ = np.arange(90, dtype=np.uint8)[None, :].repeat(60, 0)
    shown = decoded(heatmap.render(CORNER, 90, 60, slice_))
    assert shown.shape == (60, 90, 3)
    assert (shown[-1, :30] == slice_[-1, :30, None]).all()
    expected = 0.28 * 89 + 0.72 * heatmap.PALETTE[255].astype(float)
    assert np.abs(shown[0, -1] - expected).max() <= 1


def test_a_map_of_a_frame_lies_in_that_frame_only() -> None:
    alpha = decoded(heatmap.render([[1.0]], 50, 40, frame=(10, -5, 20)))[..., 3]
    assert alpha[:15, 10:30].min() > 0
    assert alpha[15:].max() == alpha[:, :10].max() == alpha[:, 30:].max() == 0


def test_the_palette_rises_evenly_from_dark_to_light() -> None:
    linear = np.where(
        heatmap.PALETTE <= 10, heatmap.PALETTE / 255 / 12.92, ((heatmap.PALETTE / 255 + 0.055) / 1.055) ** 2.4
    )
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab = np.cbrt(linear @ to_lms.T) @ to_lab.T
    assert (np.diff(lab[::8, 0]) > 0).all()
    steps = np.linalg.norm(np.diff(lab[::15], axis=0), axis=1)
    assert steps.max() / steps.min() < 1.15


@pytest.mark.parametrize(
    "rows",
    [[], [[]], [[0.1], [0.2, 0.3]], [[1.2]], [[-0.1]], [[float("nan")]]],
    ids=["none", "empty", "ragged", "over", "under", "nan"],
)
def test_what_is_no_map_is_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"heat map|inhomogeneous"):
        heatmap.render(rows, 8, 8)


def test_sizes_that_do_not_fit_are_refused() -> None:
    for width, height in ((0, 5), (5, -1), (100_000, 100_000)):
        with pytest.raises(ValueError, match="pixels"):
            heatmap.render(CORNER, width, height)
    with pytest.raises(ValueError, match="beneath"):
        heatmap.render(CORNER, 8, 8, np.zeros((8, 9), np.uint8))
    with pytest.raises(ValueError, match="frame"):
        heatmap.render(CORNER, 8, 8, frame=(0, 0, 0))
