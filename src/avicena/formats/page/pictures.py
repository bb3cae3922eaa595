"""A picture as a small one inside a page."""

import base64
from io import BytesIO

from PIL import Image

from avicena.formats.image import read
from avicena.formats.plane import grey

SIDE = 160
"""Pixels of a small picture's longer side."""


def data_uri(data: bytes, side: int = SIDE) -> str:
    """The picture in these bytes as a `data:` address of a small grey JPEG; only pixels go into it, no metadata.

    Raises Unreadable (not a picture).
    """
    image = Image.fromarray(grey(read(data).pixels))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = BytesIO()
    image.save(file, "JPEG", quality=80, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
