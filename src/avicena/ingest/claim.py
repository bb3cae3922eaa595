"""What one row of a table says of one image, in the application's words and not parsed yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from avicena.core.layout import TableLayout, plain
from avicena.formats.table import TableRow

Box = tuple[float, float, float, float]

_ROUNDED = 0.02
"""How far a box may reach over the edge, as a fraction of the side: tables round to two decimals."""


class ClaimError(ValueError):
    """A row that says something impossible: `reason` is a code of core/reasons, `detail` words without values."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Claim:
    """Raw values by input, labels by stage, and where the image belongs; whatever was blank is absent or None."""

    values: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    family: str | None = None
    source: str | None = None
    fold: int | None = None
    box: Box | None = None


def read_claim(layout: TableLayout, row: TableRow) -> Claim:
    """What this row claims. Raises ClaimError (a fold or a box that is none)."""
    cells = {plain(name): cell.strip() for name, cell in row.cells.items()}

    def cell(column: str | None) -> str | None:
        return (cells.get(plain(column)) or None) if column is not None else None

    def worded(columns: Mapping[str, str]) -> dict[str, str]:
        given = {of: cell(column) for of, column in columns.items()}
        return {of: layout.word(of, text) for of, text in given.items() if text is not None}

    return Claim(
        values=worded(layout.inputs),
        labels=worded(layout.labels),
        family=next((text for text in map(cell, layout.family) if text is not None), None),
        source=cell(layout.source),
        fold=read_fold(cell(layout.fold)),
        box=read_box([cell(column) for column in layout.box or ()], layout.box_point == "centre"),
    )


def merge(claims: list[Claim]) -> Claim:
    """One claim from several on the same image; the first that says a thing is taken.

    Raises ClaimError (they contradict each other).
    """
    for kind, said in (("label", [claim.labels for claim in claims]), ("value", [claim.values for claim in claims])):
        for of in sorted({of for one in said for of in one}):
            if len({plain(one[of]) for one in said if of in one}) > 1:
                raise ClaimError(f"{kind}-contradicts-manifest", of)
    merged_values: dict[str, str] = {}
    merged_labels: dict[str, str] = {}
    for claim in reversed(claims):
        merged_values |= claim.values
        merged_labels |= claim.labels
    return Claim(
        merged_values,
        merged_labels,
        next((claim.family for claim in claims if claim.family is not None), None),
        next((claim.source for claim in claims if claim.source is not None), None),
        next((claim.fold for claim in claims if claim.fold is not None), None),
        next((claim.box for claim in claims if claim.box is not None), None),
    )


def read_fold(text: str | None) -> int | None:
    """The fold that a cell names, or None where it is blank. Raises ClaimError (no small whole number)."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise ClaimError("bad-fold")
    return int(text)


def read_box(texts: list[str | None], centred: bool) -> Box | None:
    """The box by its top left corner, cut at the picture's edges."""
    given = [text for text in texts if text is not None]
    if not given:
        return None
    try:
        x, y, width, height = (float(text) for text in given)
    except ValueError:
        raise ClaimError("bad-box") from None
    left, top = (x - width / 2, y - height / 2) if centred else (x, y)
    right, bottom = left + width, top + height
    inside = -_ROUNDED <= left < right <= 1 + _ROUNDED and -_ROUNDED <= top < bottom <= 1 + _ROUNDED
    if not inside:  # also when a number is not finite
        raise ClaimError("bad-box")
    left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0)
    return round(left, 6), round(top, 6), round(right - left, 6), round(bottom - top, 6)
