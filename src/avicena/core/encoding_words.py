"""What a clinician reads for a column that an encoding makes."""

from collections.abc import Callable, Sequence

from avicena.core.encoding import (
    Encoding,
    EvidenceList,
    ImageEmbedding,
    NoteEmbedding,
    Ordinal,
    axis,
    missing,
    of,
    source,
    unlisted,
)
from avicena.core.text import Text

Word = Callable[[str], Text]
"""From the name of an input, stage or level to its words."""


def worded(column: str, encodings: Sequence[Encoding], word: Word) -> Text | None:
    """The words of a column that one of these encodings makes; None for any other column."""
    found = (_worded(column, one, word) for one in encodings)
    return next((text for text in found if text is not None), None)


def flag(column: str, encodings: Sequence[Encoding]) -> bool:
    """Whether a column says that something is so (1) or not (0), rather than how much of it there is."""
    marks = {missing(one) for one in encodings}
    marks |= {unlisted(one) for one in encodings if not isinstance(one, EvidenceList)}
    return "=" in column or column in marks


def level(column: str, value: float, encodings: Sequence[Encoding], word: Word) -> Text | None:
    """The level that a place in an order stands for; None where the column holds no such place."""
    for one in encodings:
        if isinstance(one, Ordinal) and column == one.input and value in range(len(one.order)):
            return word(one.order[int(value)])
    return None


def _worded(column: str, one: Encoding, word: Word) -> Text | None:
    if not column.startswith(source(one)) or column == source(one):
        return None
    name = word(source(one))
    if isinstance(one, ImageEmbedding | NoteEmbedding) and column != missing(one):
        return _axis(column, one, name)
    if column == missing(one):
        return Text(f"{name.en} not given", f"{name.es} sin indicar")
    if column == unlisted(one) and isinstance(one, EvidenceList):
        return Text(f"{name.en}: how many others", f"{name.es}: cuántos otros")
    if column == unlisted(one):
        return Text(f"{name.en} unlike any in training", f"{name.es} distinto de los del entrenamiento")
    if column.startswith(of("", one)):
        said = word(column.removeprefix(of("", one)))
        return Text(f"{name.en}: {said.en}", f"{name.es}: {said.es}")
    return None


def _axis(column: str, one: NoteEmbedding | ImageEmbedding, name: Text) -> Text | None:
    about = Text("look of the picture", "aspecto de la imagen")
    if isinstance(one, NoteEmbedding):
        about = Text("meaning", "significado")
    numbers = (number for number in range(1, one.dimensions + 1) if column == axis(one, number))
    said = (Text(f"{name.en}: {about.en}, axis {number}", f"{name.es}: {about.es}, eje {number}") for number in numbers)
    return next(said, None)
