"""One slice as the network wants to see it; training and serving both come through here."""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
Frame = tuple[int, int, int]
"""Left edge, top edge and side of a square in pixels of the slice; it may reach beyond the slice."""

_EDGE = 10  # of 255: a row or column whose mean is lower shows no body
_AIR = 20  # of 255: a darker pixel is air
_MARGIN = 0.06  # of the body's longer side, left around it


def plane(pixels: NDArray[Any], side: int) -> Plane:
    """The slice cut to the body, made square and of even brightness: float32 (side, side) from -1 (air) to 1 (bright).

    `pixels` is one grey slice (H, W) of uint8, uint16 or float, bright where the signal is strong.
    """
    return framed(pixels, side)[0]


def framed(pixels: NDArray[Any], side: int) -> tuple[Plane, Frame]:
    """The plane (see `plane`), and the square of the slice that it shows, to draw a map over the slice."""
    shown = grey(pixels)
    square = frame(shown)
    return scale(_cut(shown, square, side)), square


def square(pixels: NDArray[Any], side: int) -> NDArray[np.uint8]:
    """The body in the slice as a grey square: uint8 (side, side)."""
    shown = grey(pixels)
    return _cut(shown, frame(shown), side)


def _cut(shown: NDArray[np.uint8], square: Frame, side: int) -> NDArray[np.uint8]:
    left, top, size = square
    x, y = max(left, 0), max(top, 0)
    cut = Image.fromarray(np.ascontiguousarray(shown[y : top + size, x : left + size]))
    if cut.size != (size, size):
        whole = Image.new("L", (size, size))
        whole.paste(cut, (x - left, y - top))
        cut = whole
    if size != side:
        cut = cut.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(cut)


def frame(pixels: NDArray[Any]) -> Frame:
    """The square of the slice that `plane` shows, to draw a map over the slice it belongs to."""
    shown = grey(pixels)
    height, width = shown.shape
    step = max(1, min(height, width) // 128)
    few = shown[::step, ::step]
    columns = np.flatnonzero(few.sum(axis=0, dtype=np.int64) > _EDGE * len(few))
    rows = np.flatnonzero(few.sum(axis=1, dtype=np.int64) > _EDGE * few.shape[1])
    if not len(columns) or not len(rows):
        size = max(height, width)
        return (width - size) // 2, (height - size) // 2, size
    x0, x1 = int(columns[0]) * step, min(width, (int(columns[-1]) + 1) * step)
    y0, y1 = int(rows[0]) * step, min(height, (int(rows[-1]) + 1) * step)
    size = max(x1 - x0, y1 - y0)
    size += 2 * round(_MARGIN * size)
    return (x0 + x1 - size) // 2, (y0 + y1 - size) // 2, size


def scale(shown: NDArray[np.uint8]) -> Plane:
    """The grey square from -1 (air) to 1, where 1 is reached by the brightest 1 % of the body."""
    counts = np.array(Image.fromarray(shown).histogram())
    counts[:_AIR] = 0
    white = int(np.searchsorted(counts.cumsum(), 0.99 * counts.sum())) if counts.any() else 255
    table = np.minimum(np.arange(256, dtype=np.float32) * np.float32(2 / white) - 1, 1)
    return np.take(table, shown)


def grey(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """The slice as a person sees it, uint8 (H, W); wider values are stretched from their 1st to 99.8th percentile.

    Raises ValueError (not two-dimensional, or empty).
    """
    if pixels.ndim != 2 or 0 in pixels.shape:
        raise ValueError("a slice is a grey picture of height and width")
    if pixels.dtype == np.uint8:
        return cast(NDArray[np.uint8], pixels)
    values = np.nan_to_num(pixels.astype(np.float32), posinf=0, neginf=0)
    step = max(1, min(pixels.shape) // 256)
    low, high = np.percentile(values[::step, ::step], [1, 99.8])
    stretched = (values - np.float32(low)) * np.float32(255 / max(float(high - low), 1e-6))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)
