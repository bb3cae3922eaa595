"""One slice as the network wants to see it."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from avicena.formats.plane import frame, grey, plane, scale, square


def head(height: int = 200, width: int = 160, radius: int = 50, brightest: float = 200) -> NDArray[np.uint8]:
    """A made-up head, a little left of and above the middle, with a bright spot in its upper left quarter."""
    y, x = np.mgrid[:height, :width]
    away = np.hypot(y - height * 0.45, x - width * 0.45)
    shown = np.where(away < radius, brightest * 0.5, 0)
    shown[np.hypot(y - height * 0.45 + radius / 2, x - width * 0.45 + radius / 2) < radius / 5] = brightest
    return shown.astype(np.uint8)


def test_a_plane_is_a_float32_square_from_minus_one_to_one():
    shown = plane(head(), 96)
    assert shown.dtype == np.float32
    assert shown.shape == (96, 96)
    assert shown.min() == -1
    assert shown.max() == 1


def test_the_frame_holds_the_whole_body_with_a_margin():
    left, top, side = frame(head())
    assert left < 72 - 50
    assert top < 90 - 50
    assert 100 < side < 120
    assert left + side > 72 + 50
    assert top + side > 90 + 50


def test_air_around_the_slice_hardly_moves_the_frame():
    wide = np.zeros((400, 500), np.uint8)
    wide[120:320, 60:220] = head()
    there, here = frame(wide), frame(head())
    assert np.abs(np.subtract(there, here) - (60, 120, 0)).max() <= 10


def test_the_same_head_at_twice_the_resolution_gives_nearly_the_same_plane():
    double = np.asarray(Image.fromarray(head()).resize((320, 400), Image.Resampling.BICUBIC))
    assert np.abs(plane(double, 96) - plane(head(), 96)).mean() < 0.03


def test_darker_recordings_of_one_square_give_nearly_the_same_plane():
    bright = square(head(), 96)
    assert np.abs(scale((bright * 0.5).astype(np.uint8)) - scale(bright)).mean() < 0.02


def test_darker_recordings_hardly_move_the_frame():
    assert np.abs(np.subtract(frame(head(brightest=120)), frame(head(brightest=240)))).max() <= 6


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_wider_grey_values_give_nearly_the_same_plane(dtype):
    wide = head().astype(dtype) * 16 + 300
    assert np.abs(plane(wide, 96) - plane(head(), 96)).mean() < 0.03


def test_a_body_that_fills_the_slice_is_padded_with_air():
    full = np.full((100, 60), 150, np.uint8)
    left, top, side = frame(full)
    assert (left < 0, top < 0, side > 100) == (True, True, True)
    shown = plane(full, 64)
    assert shown[32, 32] > 0.9
    assert (shown[:, :4] == -1).all()


@pytest.mark.parametrize("value", [0, 5, 255])
def test_an_even_slice_has_a_plane_too(value):
    shown = plane(np.full((64, 48), value, np.uint8), 32)
    assert np.isfinite(shown).all()
    assert shown.shape == (32, 32)


def test_missing_and_endless_values_do_not_spread():
    pixels = head().astype(np.float32)
    pixels[0, 0], pixels[0, 1] = np.nan, np.inf
    assert np.isfinite(plane(pixels, 64)).all()


def test_what_is_not_a_grey_picture_is_refused():
    for pixels in (np.zeros((8, 8, 3), np.uint8), np.zeros((0, 8), np.uint8)):
        with pytest.raises(ValueError, match="grey picture"):
            plane(pixels, 32)


def test_bytes_are_shown_as_they_are():
    assert grey(head()) is not None
    assert (grey(head()) == head()).all()


def test_a_plane_is_a_scaled_square():
    assert (plane(head(), 64) == scale(square(head(), 64))).all()


@given(
    st.integers(1, 70),
    st.integers(1, 70),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
    st.integers(0, 2**32 - 1),
)
def test_every_slice_has_a_finite_plane_and_a_frame(height, width, dtype, seed):
    pixels = (np.random.default_rng(seed).random((height, width)) * 250).astype(dtype)
    shown = plane(pixels, 32)
    assert shown.shape == (32, 32)
    assert np.isfinite(shown).all()
    assert shown.min() >= -1
    assert shown.max() <= 1
    assert frame(pixels)[2] >= 1


def test_a_plane_costs_little():
    pixels = head(256, 256, 90)
    plane(pixels, 224)
    spans = []
    for _ in range(40):
        began = time.perf_counter()
        plane(pixels, 224)
        spans.append(time.perf_counter() - began)
    assert min(spans) < 0.005  # about 0.4 ms on an idle core; the limit is for busy ones
