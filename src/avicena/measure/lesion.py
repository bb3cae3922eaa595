"""Whether a model looks at the lesion: where its map peaks, and the picture without the lesion."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""The lesion as fractions of the picture: left edge, top edge, width, height."""

Square = tuple[int, int, int]
"""Left edge, top edge and side, in pixels, of the part of the picture that a map covers."""

_RING = 0.25  # width of the ring around a box, as a share of the box's shorter side


def hit(cam: NDArray[np.floating[Any]], square: Square, shape: tuple[int, ...], box: Box) -> tuple[bool, bool]:
    """Whether the centre of the map's strongest cell lies in the lesion's box, and whether the cell touches the box.

    `cam` is (h, w); `shape` is the picture's (height, width) in pixels.
    """
    left, top, side = square
    line, column = divmod(int(np.argmax(cam)), cam.shape[1])
    wide, high = side / cam.shape[1] / shape[1], side / cam.shape[0] / shape[0]
    x, y = left / shape[1] + column * wide, top / shape[0] + line * high
    box_x, box_y, width, height = box
    inside = box_x <= x + wide / 2 <= box_x + width and box_y <= y + high / 2 <= box_y + height
    touches = x < box_x + width and box_x < x + wide and y < box_y + height and box_y < y + high
    return inside, touches


def erased(pixels: NDArray[Any], box: Box) -> NDArray[Any]:
    """A copy of the picture (H, W) whose box holds the median grey level of the ring around it."""
    height, width = pixels.shape
    x0, x1 = int(np.floor(box[0] * width)), int(np.ceil((box[0] + box[2]) * width))
    y0, y1 = int(np.floor(box[1] * height)), int(np.ceil((box[1] + box[3]) * height))
    ring = max(2, round(_RING * min(x1 - x0, y1 - y0)))
    around = np.zeros(pixels.shape, dtype=bool)
    around[max(0, y0 - ring) : y1 + ring, max(0, x0 - ring) : x1 + ring] = True
    around[y0:y1, x0:x1] = False
    filled = pixels.copy()
    filled[y0:y1, x0:x1] = np.median(pixels[around] if around.any() else pixels).astype(pixels.dtype)
    return filled
