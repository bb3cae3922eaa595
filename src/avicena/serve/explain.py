"""Why the model says so: class activation map and exact TreeSHAP contributions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.answer import Contribution, HeatMap, Region
from avicena.core.engine import FloatArray


def heat_map(
    label: str, weight: FloatArray, maps: FloatArray, square: tuple[int, int, int], shape: tuple[int, ...]
) -> HeatMap:
    """The class activation map of one label (Zhou et al. 2016), which for this head equals Grad-CAM (Selvaraju 2017).

    `weight` is (c,), `maps` (c, h, w); `square` (left, top, side) is the part of the picture that the network saw and
    `shape` the picture's (height, width), both in pixels. Negative evidence is cut off; 1 is the strongest cell.
    """
    evidence = np.maximum(np.tensordot(weight, maps, axes=1), 0)
    top = float(evidence.max())
    scaled = evidence / top if top > 0 else evidence
    row, column = divmod(int(np.argmax(scaled)), scaled.shape[1])
    left, upper, side = square
    cell_w, cell_h = side / scaled.shape[1], side / scaled.shape[0]
    height, width = shape[:2]
    peak = Region((left + column * cell_w) / width, (upper + row * cell_h) / height, cell_w / width, cell_h / height)
    rows = tuple(tuple(line) for line in np.round(scaled.astype(np.float64), 4).tolist())
    return HeatMap(label, rows, peak, Region(left / width, upper / height, side / width, side / height))


def contributions(
    label: str, columns: Sequence[str], values: FloatArray, effects: NDArray[np.float32]
) -> tuple[Contribution, ...]:
    """What each column added to the margin of `label`, strongest first; columns that added nothing are left out.

    `effects` is (columns + 1,), its last entry the base value, which comes first under the name "(base)".
    """
    order = np.argsort(-np.abs(effects[:-1]), kind="stable")
    base = Contribution(label, "(base)", None, float(effects[-1]))
    return (
        base,
        *(
            Contribution(label, columns[i], None if np.isnan(values[i]) else float(values[i]), float(effects[i]))
            for i in order.tolist()
            if effects[i] != 0
        ),
    )
