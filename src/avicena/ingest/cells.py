"""What the cells of a column say: each distinct text read once, by the `parse` that reads a question's input."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from avicena.core.case import Input
from avicena.core.codes import Codes, split
from avicena.core.layout import TableLayout, plain
from avicena.ingest.claim import ClaimError, read_box, read_fold

REMEMBERED = 16_000_000
"""Characters of distinct texts that one column remembers."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one text says: a value, or what is wrong with it. `reason` (a code of core/reasons) refuses its row."""

    value: Any = None
    problem: str = ""
    reason: str = ""


@dataclass(slots=True)
class Column:
    """One thing that rows say in one or several columns of the table; `read` takes the text, or the tuple of texts."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Any], Said]
    remembered: int = REMEMBERED
    _known: dict[Hashable, Any] = field(default_factory=dict)
    _wrong: dict[Hashable, Said] = field(default_factory=dict)
    _size: int = 0

    def look(self, texts: Sequence[Any]) -> tuple[list[Any], dict[Said, list[int]]]:
        """The value of each text (None where there is none), and the places of each thing that is wrong."""
        if self._size > self.remembered:
            self._known, self._wrong, self._size = {}, {}, 0
        distinct = set(texts)
        for text in distinct - self._known.keys():
            said = self.read(text)
            self._known[text] = said.value
            self._size += 50 + (len(text) if isinstance(text, str) else sum(map(len, text)))
            if said.problem:
                self._wrong[text] = said
        values = list(map(self._known.__getitem__, texts))
        places: dict[Said, list[int]] = {}
        if not self._wrong.keys().isdisjoint(distinct):
            for place, text in enumerate(texts):
                if text in self._wrong:
                    places.setdefault(self._wrong[text], []).append(place)
        return values, places


def key_column(layout: TableLayout) -> Column:
    """The name of each row; a blank one refuses it."""
    return Column("key", (layout.key,), lambda text: Said(text.strip()) if text.strip() else Said("", *_BLANK))


_BLANK = ("blank-case-id", "blank-case-id")


def input_column(layout: TableLayout, name: str, kind: Input) -> Column:
    """The values of an input. A blank is None, and a fault that refuses nothing where the input is required."""

    def read(text: str) -> Said:
        given = text.strip()
        if not given:
            return Said(None, "missing" if kind.required else "")
        try:
            value = kind.parse(_ours(layout, name, kind, given))
        except ValueError as error:
            return Said(None, str(error), "outside-contract")
        return Said(value, _implausible(kind, value))

    return Column(name, (layout.inputs[name],), read)


def _ours(layout: TableLayout, name: str, kind: Input, given: str) -> Any:
    """The text in the application's words; of a list of codes, each code. Raises ValueError (a broken list)."""
    if not isinstance(kind, Codes):
        return layout.word(name, given)
    codes = split(given, layout.separators.get(name, ""))
    return [layout.word(name, code) if isinstance(code, str) else code for code in codes]


def _implausible(kind: Input, value: Any) -> str:
    bounds = getattr(kind, "plausible", None)
    if bounds is None or bounds[0] <= (len(value) if isinstance(kind, Codes) else value) <= bounds[1]:
        return ""
    unit = "codes" if isinstance(kind, Codes) else getattr(kind, "unit", "")
    return f"outside the plausible {bounds[0]:g} to {bounds[1]:g} {unit}".rstrip()


def label_column(layout: TableLayout, stage: str, classes: Sequence[str]) -> Column:
    """The labels of a stage, as the application writes them; None where the cell is blank."""
    known = {plain(name): name for name in classes}

    def read(text: str) -> Said:
        given = text.strip()
        label = known.get(plain(layout.word(stage, given)))
        return Said(label) if label is not None or not given else Said(None, "unknown-label", "unknown-label")

    return Column(stage, (layout.labels[stage],), read)


def fold_column(layout: TableLayout) -> Column:
    """The fold that the table gives a row, or None."""

    def read(text: str) -> Said:
        try:
            return Said(read_fold(text.strip() or None))
        except ClaimError as error:
            return Said(None, error.reason, error.reason)

    return Column("fold", (layout.fold or "",), read)


def box_column(layout: TableLayout) -> Column:
    """The lesion's box, or None."""

    def read(texts: tuple[str, ...]) -> Said:
        try:
            return Said(read_box([text.strip() or None for text in texts], layout.box_point == "centre"))
        except ClaimError as error:
            return Said(None, error.reason, error.reason)

    return Column("box", layout.box or (), read)
