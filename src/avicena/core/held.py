"""Rows that an import refused and that a person could mend, held back with all they say."""

from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.case import Value
from avicena.core.model import Row

MENDABLE = frozenset({"outside-contract", "unknown-label", "no-label"})
"""Reasons (codes of core/reasons) for which a row is held: a value or a label that a person could put right."""


@dataclass(frozen=True, slots=True)
class Held:
    """A refused row: what of it can be used, and `wrong`, what cannot, as it was written (None where it is missing).

    `where` is its place in the list of refused rows, `id` the name that it would have among the rows; `wrong` maps
    inputs and stages. Where every label is missing, each stage stands in `wrong`, and one of them is enough.
    """

    where: str
    id: str
    values: Mapping[str, Value]
    labels: Mapping[str, str]
    wrong: Mapping[str, str | None]
    family: str | None
    source: str
    fold: int | None
    box: tuple[float, float, float, float] | None = None

    def shown(self, stages: tuple[str, ...]) -> Row:
        """The row as it was written, for a person to look at; it can be neither learnt from nor kept."""
        labels = {name: text for name, text in self.wrong.items() if name in stages and text is not None}
        values = {name: text for name, text in self.wrong.items() if name not in stages}
        family, known = self.family or self.id, self.family is not None
        return Row(
            self.id, {**self.values, **values}, {**self.labels, **labels}, family, known, self.source, 0, self.box
        )


@dataclass(frozen=True, slots=True)
class HeldList:
    """The held rows of one dataset version: `rows` names a blob, one canonical JSON object a line.

    `number` rows are held; `beyond` more could be mended and were too many to hold.
    """

    dataset: str
    rows: str
    number: int
    beyond: int = 0
