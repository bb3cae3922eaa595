"""A picture as a small one inside a page."""

import base64
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from avicena.formats import heatmap
from avicena.formats.image import read
from avicena.formats.plane import frame, grey

SIDE = 160
"""Pixels of a small picture's longer side."""


def data_uri(data: bytes, side: int = SIDE) -> str:
    """The picture in these bytes as a `data:` address of a small grey JPEG; only pixels go into it, no metadata.

    Raises Unreadable (not a picture).
    """
    image = Image.fromarray(grey(read(data).pixels))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _written(image)


def mapped_uri(data: bytes, grid: Sequence[Sequence[float]], side: int = SIDE) -> str:
    """The same with a map from 0 to 1 over the square of the picture that a network sees, in colour.

    Raises Unreadable (not a picture), ValueError (not such a map).
    """
    pixels = grey(read(data).pixels)
    height, width = pixels.shape
    with Image.open(BytesIO(heatmap.render(grid, width, height, pixels, frame=frame(pixels)))) as image:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return _written(image)


def _written(image: Image.Image) -> str:
    file = BytesIO()
    image.save(file, "JPEG", quality=80, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
