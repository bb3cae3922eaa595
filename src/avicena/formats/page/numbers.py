"""Numbers as a person reads them in either language."""

from avicena.core.text import Language
from avicena.formats.phrases import number as short
from avicena.formats.phrases import percent

THIN = "\N{NARROW NO-BREAK SPACE}"
"""Between groups of three digits, which both languages read (SI Brochure, 5.4.4; RAE, Ortografía, VIII.3)."""


def whole(value: int) -> str:
    """A whole number, its digits in groups of three from five digits on.

    >>> whole(2454), whole(48210).replace(THIN, "_")
    ('2454', '48_210')
    """
    return str(value) if abs(value) < 10_000 else f"{value:,}".replace(",", THIN)


def share(part: float, all_: float, language: Language) -> str:
    """A part of all as a percentage that does not break over a line; a dash where there is nothing to take part of."""
    return percent(part / all_).say(language).replace(" ", "\N{NO-BREAK SPACE}") if all_ else "–"


def decimal(value: float, language: Language) -> str:
    """A number with at most two decimals; whole numbers of five digits and more in groups."""
    return whole(int(value)) if value == int(value) else short(value).say(language)


def figure(value: float, language: Language) -> str:
    """A statistic with three decimals."""
    return f"{value:.3f}".replace(".", "," if language == "es" else ".")
