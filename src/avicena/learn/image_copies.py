"""Altered copies of slices, for training: turned, mirrored, moved, resized, brighter or darker, noisy."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avicena.core.recipe import ImageRecipe
from avicena.formats.plane import Plane, scale


def altered(grey: NDArray[np.uint8], recipe: ImageRecipe, turned: bool, rng: np.random.Generator) -> Plane:
    """A random alteration of a grey square (side, side), as a plane; `turned` adds quarter turns."""
    if rng.random() < 0.5:
        grey = grey[:, ::-1]
    if turned:
        grey = np.rot90(grey, int(rng.integers(4)))
    shown = np.asarray(_moved(Image.fromarray(np.ascontiguousarray(grey)), recipe, rng))
    return _relit(scale(shown), recipe, rng)


def covered(
    boxes: NDArray[np.float64], recipe: ImageRecipe, turned: bool, rng: np.random.Generator
) -> NDArray[np.float32]:
    """How much of each cell of the feature map a lesion's box covers in the altered copies of n slices: (n, h, w).

    `boxes` (n, 4) are left, top, width and height as fractions of the square, NaN where there is none. With the `rng`
    that altered the slices, the boxes go where these went.
    """
    return np.stack([_cells(altered(drawn(box, recipe.side), recipe, turned, rng) > 0) for box in boxes])


def drawn(box: NDArray[np.float64], side: int) -> NDArray[np.uint8]:
    """A box, white on a black square (side, side)."""
    square = np.zeros((side, side), np.uint8)
    if not np.isnan(box).any():
        ends = np.clip(np.round(np.array([*box[:2], *(box[:2] + box[2:])]) * side), 0, side).astype(int)
        square[ends[1] : ends[3], ends[0] : ends[2]] = 255
    return square


def _cells(inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The share of each 32 x 32 cell that is inside."""
    count = len(inside) // 32
    shares: NDArray[np.float32] = inside.reshape(count, 32, count, 32).mean(axis=(1, 3), dtype=np.float32)
    return shares


def _moved(picture: Image.Image, recipe: ImageRecipe, rng: np.random.Generator) -> Image.Image:
    """The picture rotated about its middle, resized and shifted, black beyond its border."""
    side = picture.width
    angle = math.radians(rng.uniform(-recipe.angle, recipe.angle))
    size = math.exp(rng.uniform(-recipe.zoom, recipe.zoom))
    cos, sin = math.cos(angle) / size, math.sin(angle) / size
    x, y = rng.uniform(-recipe.shift, recipe.shift, 2) * side + side / 2
    back = (cos, sin, side / 2 - cos * x - sin * y, -sin, cos, side / 2 + sin * x - cos * y)
    return picture.transform((side, side), Image.Transform.AFFINE, back, Image.Resampling.BICUBIC)


def _relit(shown: Plane, recipe: ImageRecipe, rng: np.random.Generator) -> Plane:
    """The plane with another gamma and gain, and noise."""
    gamma = math.exp(rng.uniform(-recipe.gamma, recipe.gamma))
    gain = math.exp(rng.uniform(-recipe.gamma, recipe.gamma) / 3)
    lit = gain * ((shown + 1) / 2) ** np.float32(gamma)
    noise = rng.standard_normal(shown.shape, dtype=np.float32) * np.float32(rng.uniform(0, recipe.noise))
    return np.clip(lit * 2 - 1 + noise, -1, 1).astype(np.float32)
