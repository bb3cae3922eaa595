"""What finders of doubtful data share: the doubt itself, and columns out of rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application
from avicena.core.case import Choice, Image, Number, Value
from avicena.core.model import Row
from avicena.core.question import Sign

UNANIMOUS = 0.9
"""A field has one value per patient where at least this share of rows says what most rows of the patient say."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sign that what `rows` (ids) say under `field`, an input or a stage, may be wrong."""

    rows: tuple[str, ...]
    field: str
    sign: Sign


def pictures(application: Application) -> tuple[str, ...]:
    """The inputs that are pictures."""
    return tuple(name for name, kind in application.inputs.items() if isinstance(kind, Image))


def choices(application: Application) -> tuple[str, ...]:
    """The inputs that are one of a few words."""
    return tuple(name for name, kind in application.inputs.items() if isinstance(kind, Choice))


def quantities(application: Application) -> dict[str, Number]:
    """The inputs that are numbers, by name."""
    return {name: kind for name, kind in application.inputs.items() if isinstance(kind, Number)}


def stages(application: Application) -> tuple[str, ...]:
    """The stages, whose labels a row may carry."""
    return tuple(stage.name for stage in application.chain)


def told(row: Row, field: str) -> Value:
    """What a row says under an input or a stage; None where it says nothing."""
    return row.labels[field] if field in row.labels else row.values.get(field)


def column(rows: Sequence[Row], field: str) -> NDArray[np.float64]:
    """A numeric input of each row (n,), NaN where it is not known."""
    found = (row.values.get(field) for row in rows)
    return np.array([float(one) if isinstance(one, (int, float)) else np.nan for one in found])


def families(rows: Sequence[Row], field: str) -> list[list[Row]]:
    """The known patients with several rows that say something under `field`, each as those rows."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.family_known and told(row, field) is not None:
            found[row.family].append(row)
    return [found[name] for name in sorted(found) if len(found[name]) > 1]


def one_per_patient(rows: Sequence[Row], field: str) -> bool:
    """Whether a field is nearly always the same within a patient; not where no patient has several rows."""
    several = families(rows, field)
    most = sum(max(Counter(told(row, field) for row in one).values()) for one in several)
    return bool(several) and most >= UNANIMOUS * sum(map(len, several))
