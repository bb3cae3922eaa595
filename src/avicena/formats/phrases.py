"""Pieces of sentences in both languages: numbers, lists, places on a picture."""

from collections.abc import Iterable

from avicena.core.answer import Region
from avicena.core.model import Measure
from avicena.core.text import Text

_ROWS = (Text("upper", "superior"), Text("middle", "central"), Text("lower", "inferior"))
_COLUMNS = (Text("left", "izquierda"), Text("middle", "central"), Text("right", "derecha"))


def phrase(*parts: Text | str) -> Text:
    """The parts one after the other, in both languages."""
    english = [one if isinstance(one, str) else one.en for one in parts]
    spanish = [one if isinstance(one, str) else one.es for one in parts]
    return Text("".join(english), "".join(spanish))


def listed(texts: Iterable[Text]) -> Text:
    """The texts with commas between them."""
    found = list(texts)
    return Text(", ".join(one.en for one in found), ", ".join(one.es for one in found))


def capital(text: Text) -> Text:
    """With a capital first letter."""
    return Text(text.en[:1].upper() + text.en[1:], text.es[:1].upper() + text.es[1:])


def percent(share: float) -> Text:
    """A fraction as a percentage, whole between 1 and 99, and never 0 or 100 where it is not quite.

    >>> percent(0.9412).en, percent(0.0049).es, percent(0.99996).en, percent(1).en
    ('94 %', '0,5 %', '> 99.9 %', '100 %')
    """
    hundred = 100 * share
    if 0 < hundred < 0.1:
        return Text("< 0.1 %", "< 0,1 %")
    if 99.9 < hundred < 100:
        return Text("> 99.9 %", "> 99,9 %")
    whole = 1 <= hundred <= 99 or hundred in (0, 100)
    return _decimal(f"{hundred:.0f} %" if whole else f"{hundred:.1f} %")


def number(value: float) -> Text:
    """A number as it is read, with at most two decimals.

    >>> number(54.0).en, number(0.125).es
    ('54', '0,12')
    """
    return _decimal(f"{value:.2f}".rstrip("0").rstrip("."))


def plain(value: float) -> Text:
    """A number as somebody wrote it.

    >>> plain(0.001).es, plain(2.0).en
    ('0,001', '2')
    """
    return _decimal(f"{value:g}")


def signed(value: float) -> Text:
    """An effect with its sign and two decimals; three where two would say nothing.

    >>> signed(0.213).en, signed(-0.5).es, signed(0.0012).en
    ('+0.21', '-0,50', '+0.001')
    """
    return _decimal(f"{value:+.2f}" if abs(value) >= 0.005 else f"{value:+.3f}")


def spread(one: Measure) -> Text:
    """The 95 % interval of a figure; for one over permutations its range, and a dash where a figure has none.

    >>> spread(Measure("s", "accuracy", 0.5, 0.4, 0.6, 9)).es, spread(Measure("s", "p of signal", 0.1, 0.1, 0.1, 9)).en
    ('0,400 – 0,600', '–')
    """
    if one.spread == "none":
        return Text("–", "–")
    found = phrase(_decimal(f"{one.low:.3f}"), " – ", _decimal(f"{one.high:.3f}"))
    return found if one.spread == "interval" else phrase(found, Text(" (range)", " (rango)"))


def units(one: Measure) -> Text:
    """How many families stand behind a figure, or how many permutations of the labels."""
    return phrase(str(one.units), Text(" permutations", " permutaciones") if one.permuted else "")


def middle(region: Region) -> tuple[float, float]:
    """The middle of a region as fractions from the left and from the top, held inside the picture."""
    across, down = region.x + region.width / 2, region.y + region.height / 2
    return min(1.0, max(0.0, across)), min(1.0, max(0.0, down))


def place(region: Region) -> Text:
    """In which ninth of the picture the middle of a region lies; left is the picture's left, not the patient's.

    >>> place(Region(0.25, 0.3, 0.12, 0.02)).en, place(Region(0.45, 0.4, 0.1, 0.1)).es
    ('upper left', 'central')
    """
    across, down = middle(region)
    row, column = _ROWS[min(2, int(down * 3))], _COLUMNS[min(2, int(across * 3))]
    return Text("centre", "central") if row.en == column.en else phrase(row, " ", column)


def _decimal(english: str) -> Text:
    """A number with the decimal sign of each language."""
    return Text(english, english.replace(".", ","))
