"""Units that hands confuse, in words of both languages, and what a number is in the right one."""

from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.text import Text


@dataclass(frozen=True, slots=True)
class Conversion:
    """From the unit that a value may have been written in to the one it should be in: × `factor` + `shift`."""

    words: Text
    factor: float
    shift: float = 0.0

    def __call__(self, value: float) -> float:
        return value * self.factor + self.shift


def _in(en: str, es: str, factor: float, shift: float = 0.0) -> Conversion:
    return Conversion(Text(f"in {en}", f"en {es}"), factor, shift)


SLIPS = tuple(
    Conversion(Text(f"with the decimal point too far to the {en}", f"con la coma decimal corrida a la {es}"), factor)
    for en, es, factor in (
        ("right", "derecha", 0.1),
        ("left", "izquierda", 10.0),
        ("right", "derecha", 0.01),
        ("left", "izquierda", 100.0),
    )
)

BY_UNIT: Mapping[str, tuple[Conversion, ...]] = {
    "a": (_in("months", "meses", 1 / 12), _in("days", "días", 1 / 365.25), _in("weeks", "semanas", 7 / 365.25)),
    "kg": (_in("pounds", "libras", 0.45359237), _in("grams", "gramos", 0.001)),
    "cm": (_in("inches", "pulgadas", 2.54), _in("metres", "metros", 100.0), _in("millimetres", "milímetros", 0.1)),
    "m": (_in("centimetres", "centímetros", 0.01), _in("feet", "pies", 0.3048)),
    "mm": (_in("centimetres", "centímetros", 10.0), _in("inches", "pulgadas", 25.4)),
    "Cel": (_in("degrees Fahrenheit", "grados Fahrenheit", 5 / 9, -160 / 9),),
    "[degF]": (_in("degrees Celsius", "grados Celsius", 9 / 5, 32.0),),
    "mm[Hg]": (_in("kilopascals", "kilopascales", 7.50062),),
    "kPa": (_in("millimetres of mercury", "milímetros de mercurio", 0.133322),),
    "g/dL": (_in("g/L", "g/l", 0.1),),
    "g/L": (_in("g/dL", "g/dl", 10.0),),
    "mmol/L": (
        _in("mg/dL of glucose", "mg/dl de glucosa", 1 / 18.016),
        _in("mg/dL of cholesterol", "mg/dl de colesterol", 1 / 38.67),
    ),
    "umol/L": (
        _in("mg/dL of creatinine", "mg/dl de creatinina", 88.42),
        _in("mg/dL of bilirubin", "mg/dl de bilirrubina", 17.1),
    ),
    "mg/dL": (
        _in("mmol/L of glucose", "mmol/l de glucosa", 18.016),
        _in("mmol/L of cholesterol", "mmol/l de colesterol", 38.67),
        _in("µmol/L of creatinine", "µmol/l de creatinina", 1 / 88.42),
        _in("µmol/L of bilirubin", "µmol/l de bilirrubina", 1 / 17.1),
    ),
}
"""Conversions into each UCUM unit from those often written in its place; molar masses after the SI tables of the AMA
Manual of Style, 11th edition, 17.5."""


def named_unit(words: str) -> Text:
    """The unit that its English words name, in both languages; the words as they are where it is none of these."""
    return next((one.words for known in BY_UNIT.values() for one in known if one.words.en == words), Text(words, words))
