"""A class activation map → a PNG that can lie over the slice."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST = 16_000_000  # pixels
_OPAQUE = 0.72  # opacity of the strongest evidence; the slice must stay visible beneath

Bytes = NDArray[np.uint8]
Square = tuple[int, int, int]
"""Left edge, top edge and side in pixels of the picture, as `formats.plane.frame` gives them."""


def render(
    rows: Sequence[Sequence[float]],
    width: int,
    height: int,
    background: Bytes | None = None,
    *,
    frame: Square | None = None,
) -> bytes:
    """The map as a PNG of `height` x `width` pixels, smoothly enlarged: dark violet is no evidence, pale yellow most.

    `rows` is (h, w) from 0 to 1. Without `background` the PNG is RGBA, the weaker the evidence the clearer; over
    `background`, a grey slice uint8 (height, width), it is RGB. `frame` is the square of the slice that the map
    covers, the whole picture if None; beyond it there is no evidence.

    Raises ValueError (a map that is not h x w numbers from 0 to 1, or sizes that do not fit).
    """
    strength = _place(_checked(rows), width, height, frame)
    index = np.rint(strength * 255).astype(np.uint8)
    opacity = strength * _OPAQUE
    colour = PALETTE[index]
    if background is None:
        alpha = np.rint(opacity * 255).astype(np.uint8)
        return _png(np.dstack([colour, alpha]))
    if background.shape != (height, width) or background.dtype != np.uint8:
        raise ValueError("the slice beneath must be uint8 (height, width)")
    part = opacity[..., None]
    return _png(np.rint(background[..., None] * (1 - part) + colour * part).astype(np.uint8))


def _checked(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    grid = np.array(rows, dtype=np.float32)
    if grid.ndim != 2 or 0 in grid.shape or not ((grid >= 0) & (grid <= 1)).all():
        raise ValueError("a heat map is h x w numbers from 0 to 1")
    return grid


def _place(grid: NDArray[np.float32], width: int, height: int, frame: Square | None) -> NDArray[np.float32]:
    """The map enlarged bilinearly (a cell stands for its middle) into its place: float32 (height, width)."""
    if width < 1 or height < 1 or width * height > LARGEST:
        raise ValueError("a heat map has between 1 and 16 million pixels")
    map_ = Image.fromarray(grid)
    if frame is None:
        return _unit(map_.resize((width, height), Image.Resampling.BILINEAR))
    left, top, side = frame
    if side < 1 or side * side > 4 * LARGEST:
        raise ValueError("the frame must be a square around the picture's body")
    canvas = Image.new("F", (width, height))
    canvas.paste(map_.resize((side, side), Image.Resampling.BILINEAR), (left, top))
    return _unit(canvas)


def _unit(map_: Image.Image) -> NDArray[np.float32]:
    return np.asarray(map_, dtype=np.float32).clip(0, 1)


def _png(pixels: Bytes) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _palette() -> Bytes:
    """256 colours of equal perceptual steps and rising lightness, uint8 (256, 3): a spiral through OKLab.

    From OKLab to sRGB: B. Ottosson, "A perceptual color space for image processing", 2020; IEC 61966-2-1.
    """
    t = np.linspace(0, 1, 4096)
    lightness = 0.22 + 0.72 * t
    chroma = 0.06 + 0.135 * np.sin(np.pi * t) ** 0.6  # within sRGB at every step
    hue = np.deg2rad(295 + 170 * t)
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    way = np.concatenate([[0], np.linalg.norm(np.diff(lab, axis=0), axis=1).cumsum()])
    even = np.interp(np.linspace(0, way[-1], 256), way, np.arange(len(t)))
    steps = np.stack([np.interp(even, np.arange(len(t)), lab[:, axis]) for axis in range(3)], axis=1)
    to_lms = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = ((steps @ to_lms.T) ** 3) @ to_rgb.T
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.abs(linear) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.clip(curved, 0, 1) * 255), dtype=np.uint8)


PALETTE = _palette()
