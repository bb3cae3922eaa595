"""Which pictures are copies of one another: found by texture, proved by laying them over each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Progress, silent
from avicena.leaks import register
from avicena.leaks.texture import fingerprints, neighbours

SAME = 0.94
"""Agreement in detail from which two pictures are one; neighbouring slices stay under it, and few copies do."""

_ROUNDS = (2, 6)  # nearest pictures looked at, round after round
_AT_ONCE = 24  # pairs; more do not fit the processor's cache


@dataclass(frozen=True)
class Copies:
    """Pairs of copies found, (p, 2), sorted, with their agreement (p,) and whether one is mirrored (p,); and for each
    picture the first picture of its group, (n,)."""

    pairs: NDArray[np.int64]
    agreement: NDArray[np.float32]
    mirrored: NDArray[np.bool_]
    group: NDArray[np.int64]


def find_copies(pictures: NDArray[np.uint8], progress: Progress = silent) -> Copies:
    """The groups of pictures that are one picture, however turned, mirrored, moved or stretched.

    `pictures` is uint8 (n, side, side), as `frame` cuts them. Work grows with n; neighbours are sought among all n².
    """
    rows = fingerprints(pictures, progress)
    shown = register.pyramid(pictures)
    group = np.arange(len(pictures))
    done: set[tuple[int, int]] = set()
    found: list[tuple[int, int, float, bool]] = []
    for number, near in enumerate(_ROUNDS, start=1):
        left = [(int(i), int(j)) for i, j in neighbours(rows, near) if (i, j) not in done and group[i] != group[j]]
        found += _compare(shown, left, group, f"comparing pictures, round {number}", progress)
        done.update(left)
    found.sort()
    pairs = np.array([one[:2] for one in found], np.int64).reshape(-1, 2)
    scores = np.array([one[2] for one in found], np.float32)
    return Copies(pairs, scores, np.array([one[3] for one in found], bool), group)


def _compare(
    shown: register.Pyramid, left: list[tuple[int, int]], group: NDArray[np.int64], stage: str, progress: Progress
) -> list[tuple[int, int, float, bool]]:
    """Compare the pairs and join in `group` what are copies; pairs that were joined meanwhile are passed over."""
    found = []
    order = sorted(left, key=lambda pair: (pair[1], pair[0]))
    for start in range(0, len(order), _AT_ONCE):
        here = [(i, j) for i, j in order[start : start + _AT_ONCE] if group[i] != group[j]]
        if here:
            first, second = np.array(here).T
            scores, mirrored = register.agreement(shown, first, second)
            for (i, j), score, turned in zip(here, scores, mirrored, strict=True):
                if score >= SAME:
                    found.append((i, j, float(score), bool(turned)))
                    low, high = sorted((int(group[i]), int(group[j])))
                    group[group == high] = low
        progress(stage, min(start + _AT_ONCE, len(order)), len(order))
    return found
