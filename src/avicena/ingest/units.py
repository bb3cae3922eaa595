"""What a number would be if it had been written in another unit."""

from avicena.core.case import Input, Value
from avicena.core.units import BY_UNIT, SLIPS, Conversion


def converted(kind: Input, words: str, value: Value) -> Value:
    """A number of a whole source in the input's unit, taken for written as `words` (the English ones) say.

    What the import refused is a text here. What is no number, or would leave the input's bounds, is missing: None.
    Raises ValueError (no such conversion into that unit).
    """
    one = next((each for each in BY_UNIT.get(getattr(kind, "unit", ""), ()) if each.words.en == words), None)
    if one is None:
        raise ValueError("no such conversion")
    try:
        return kind.parse(one(float(value))) if isinstance(value, float | str) else None
    except ValueError:
        return None


def conversions(unit: str) -> tuple[Conversion, ...]:
    """What may have been meant by a number in a UCUM unit: other units first, then a slip of the decimal point."""
    return (*BY_UNIT.get(unit, ()), *SLIPS)
