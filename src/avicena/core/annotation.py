"""What the annotation file says, row by row: which disease shows which finding, how often, and who reported it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.ragged import Coded
from avicena.core.text import Text

# Middle of the range that each frequency term stands for (definitions in hp.obo, after Orphanet), and the range.
BANDS = {
    "HP:0040280": (1.0, Text("always (100 %)", "siempre (100 %)")),
    "HP:0040281": (0.895, Text("very frequent (80–99 %)", "muy frecuente (80–99 %)")),
    "HP:0040282": (0.545, Text("frequent (30–79 %)", "frecuente (30–79 %)")),
    "HP:0040283": (0.17, Text("occasional (5–29 %)", "ocasional (5–29 %)")),
    "HP:0040284": (0.025, Text("very rare (1–4 %)", "muy rara (1–4 %)")),
    "HP:0040285": (0.0, Text("excluded (0 %)", "excluida (0 %)")),
}
BAND_WEIGHT = 10.0
"""Patients that a range or a percentage counts for, as it does not say how many were seen."""

_SAID = re.compile(r"(\d{1,7})/(\d{1,7})|(\d+(?:\.\d+)?)%")

SEXES = ("", "male", "female")


def counts(frequency: str) -> tuple[float, float]:
    """How many of how many patients a frequency stands for; 0 of 0 where it says nothing, or more than all.

    Raises ValueError (neither n/m, nor a percentage, nor a frequency term, nor empty).

    >>> counts("3/4"), counts("HP:0040283"), counts("50%"), counts(""), counts("11/9")
    ((3.0, 4.0), (1.7, 10.0), (5.0, 10.0), (0.0, 0.0), (0.0, 0.0))
    """
    if not frequency:
        return 0.0, 0.0
    if frequency in BANDS:
        return round(BANDS[frequency][0] * BAND_WEIGHT, 3), BAND_WEIGHT
    said = _SAID.fullmatch(frequency)
    if said is None:
        raise ValueError("no frequency")
    seen, among, share = said.groups()
    if share is not None:
        seen, among = float(share) / 100 * BAND_WEIGHT, BAND_WEIGHT
    return (float(seen), float(among)) if float(seen) <= float(among) else (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Annotations:
    """One entry per row in each column: texts as the file has them, `denied` bool [R] for NOT rows.

    `aspect` is P finding, I inheritance, C course and onset, H history, M modifier; `reference` may hold several ids,
    separated by ";"; `sex` is "", "male" or "female".
    """

    disease: Coded
    name: Coded
    denied: NDArray[np.bool_]
    term: Coded
    reference: Coded
    onset: Coded
    frequency: Coded
    sex: Coded
    modifier: Coded
    aspect: Coded

    def __len__(self) -> int:
        return len(self.denied)

    def at(self, places: NDArray[Any]) -> "Annotations":
        """Only the rows at these places, in their order."""
        columns: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        chosen: dict[str, Any] = {
            name: column.at(places) if isinstance(column, Coded) else column[places] for name, column in columns.items()
        }
        return Annotations(**chosen)

    def counted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Patients that showed the finding, and patients that were looked at: float64 [R] each."""
        each = np.array([counts(word) for word in self.frequency.words], dtype=np.float64).reshape(-1, 2)
        return each[self.frequency.number, 0], each[self.frequency.number, 1]

    def papers(self, place: int) -> Sequence[str]:
        """The references of one row, one by one."""
        return [one.strip() for one in self.reference[place].split(";") if one.strip()]

    def cited(self) -> frozenset[tuple[str, str]]:
        """Pairs (disease id, paper) of which a row of that disease was written."""
        many = max(len(self.reference.words), 1)
        key = self.disease.number.astype(np.int64) * many + self.reference.number
        split = [tuple(one.strip() for one in word.split(";") if one.strip()) for word in self.reference.words]
        places = (divmod(pair, many) for pair in np.unique(key).tolist())
        return frozenset((self.disease.words[disease], paper) for disease, word in places for paper in split[word])
