"""What cross-validation said of each row when a candidate was trained; it stays on the site, beside the candidate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Row

Strings = NDArray[np.str_]

_GROUP = "group:"
_NAMES = ("ids", "labels", "families", "folds", "sources", "chances", "pictures")


@dataclass(frozen=True, eq=False)
class Workings:
    """The rows of one stage, and what models blind to each row's fold said of it.

    `ids`, `families`, `sources` and `pictures` are text (n,); a picture is the digest of its file, "" where there is
    none. `labels` and `folds` are int64 (n,), a label its place in `classes`. `chances` float32 (n, k) are calibrated
    probabilities. `groups` maps each group to its level of each row. `maps` float32 (n, h, w) are class activation maps
    of the most probable class, where the stage has them.
    """

    stage: str
    classes: tuple[str, ...]
    ids: Strings
    labels: NDArray[np.int64]
    families: Strings
    folds: NDArray[np.int64]
    sources: Strings
    chances: NDArray[np.float32]
    pictures: Strings
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    maps: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        rows = len(self.ids)
        lengths = {len(getattr(self, name)) for name in _NAMES} | {len(levels) for levels in self.groups.values()}
        if lengths != {rows} or self.chances.shape != (rows, len(self.classes)):
            raise ValueError("every part of the workings must speak of the same rows and classes")
        if self.maps is not None and (self.maps.ndim != 3 or len(self.maps) != rows):
            raise ValueError("maps must be one grid for each row")

    @property
    def guesses(self) -> NDArray[np.int64]:
        """The most probable class of each row, (n,)."""
        found: NDArray[np.int64] = self.chances.argmax(axis=1).astype(np.int64)
        return found

    @staticmethod
    def of(
        stage: str,
        classes: Sequence[str],
        rows: Sequence[Row],
        chances: NDArray[np.floating[Any]],
        *,
        picture: str = "",
        groups: Mapping[str, Iterable[Any]] | None = None,
        maps: NDArray[np.floating[Any]] | None = None,
    ) -> "Workings":
        """The workings of `rows`, which all carry the stage's label; `picture` names the input with their pictures."""
        pictures = [str(row.values.get(picture) or "") if picture else "" for row in rows]
        return Workings(
            stage,
            tuple(classes),
            np.array([row.id for row in rows], dtype=str),
            np.array([classes.index(row.labels[stage]) for row in rows], dtype=np.int64),
            np.array([row.family for row in rows], dtype=str),
            np.array([row.fold for row in rows], dtype=np.int64),
            np.array([row.source for row in rows], dtype=str),
            np.asarray(chances, dtype=np.float32),
            np.array(pictures, dtype=str),
            {name: tuple(map(str, levels)) for name, levels in (groups or {}).items()},
            None if maps is None else np.asarray(maps, dtype=np.float32),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays that need no pickle, text as UTF-8; `from_arrays` gives it back."""
        found: dict[str, NDArray[Any]] = {name: _written(getattr(self, name)) for name in _NAMES}
        found |= {"stage": _written(np.array([self.stage])), "classes": _written(np.array(self.classes, dtype=str))}
        found |= {f"{_GROUP}{name}": _written(np.array(levels, dtype=str)) for name, levels in self.groups.items()}
        return found if self.maps is None else found | {"maps": self.maps}

    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> "Workings":
        """The workings that `to_arrays` gave. Raises KeyError (a part is missing), ValueError (the parts disagree)."""
        read = {name: _read(array) for name, array in arrays.items()}
        groups = {
            name.removeprefix(_GROUP): tuple(levels.tolist())
            for name, levels in read.items()
            if name.startswith(_GROUP)
        }
        parts: dict[str, Any] = {name: read[name] for name in _NAMES}
        return Workings(
            str(read["stage"][0]), tuple(read["classes"].tolist()), **parts, groups=groups, maps=read.get("maps")
        )


def _written(array: NDArray[Any]) -> NDArray[Any]:
    """Text as bytes, a quarter of its size; other arrays as they are."""
    found: NDArray[Any] = np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array
    return found


def _read(array: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array
    return found
