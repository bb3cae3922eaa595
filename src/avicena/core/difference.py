"""What is otherwise in one dataset version than in another."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from avicena.core.case import Value

MODERATE, LARGE = 0.1, 0.25
"""From where on a population stability index is called moderate and large (Siddiqi, "Credit Risk Scorecards", 2006)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a column moved: PSI, and for numbers the Kolmogorov-Smirnov distance with its p (else None)."""

    psi: float
    ks: float | None = None
    p: float | None = None

    @property
    def size(self) -> Literal["small", "moderate", "large"]:
        """What the PSI is called."""
        return "small" if self.psi < MODERATE else "moderate" if self.psi < LARGE else "large"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a row has otherwise in the other version; `field` is an input, a stage, fold, family or source."""

    row: str
    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Difference:
    """What is otherwise in `after` than in `before`.

    `classes` maps each stage and label to its numbers of rows before and after; `shifts` each column to how far it
    moved (none where a side has no row).
    """

    rows: tuple[int, int]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changes: tuple[Change, ...]
    classes: Mapping[str, Mapping[str, tuple[int, int]]]
    shifts: Mapping[str, Shift] = field(default_factory=dict)

    @property
    def by_field(self) -> dict[str, int]:
        """The number of changed values in each field."""
        return dict(sorted(Counter(one.field for one in self.changes).items()))

    @property
    def same(self) -> bool:
        """Whether both hold the same rows with the same values."""
        return not (self.added or self.removed or self.changes)
