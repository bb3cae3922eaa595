"""Text without case and accents, one character for one, and a guess at its language."""

import re
import unicodedata
from collections.abc import Sequence

from avicena.core.text import Language

_MARKS = range(0x300, 0x370)  # combining accents, which some systems write after the letter
_PLAIN: dict[int, str | None] = {
    code: unicodedata.normalize("NFD", chr(code).lower())[0] for code in range(0x250) if chr(code).isalpha()
}
_TABLE = _PLAIN | dict.fromkeys(_MARKS) | {0x2019: "'", 0x2010: "-", 0x2011: "-", 0x2013: "-"}

_WORDS: dict[Language, frozenset[str]] = {
    "en": frozenset((
        "the", "of", "and", "is", "for", "with", "has", "are", "was", "his", "her", "over", "past", "last", "she", "he",
        "patient", "symptoms", "since", "without", "but", "denies",
    )),
    "es": frozenset((
        "el", "la", "los", "las", "de", "del", "y", "con", "que", "en", "desde", "hace", "su", "una", "un", "es", "por",
        "paciente", "sintomas", "refiere", "sin", "pero", "niega",
    )),
}  # fmt: skip
_WORD = re.compile("[a-z]+")
_ENOUGH = 4_000  # characters that tell a language


def fold(text: str) -> str:
    """The text in lower case without accents; nothing is lost but combining accents."""
    return text.translate(_TABLE)


def places(text: str, folded: str) -> Sequence[int]:
    """For each character of the folded text, where it stands in the text."""
    if len(text) == len(folded):
        return range(len(text))
    return [place for place, letter in enumerate(text) if ord(letter) not in _MARKS]


def guess(folded: str) -> Language | None:
    """The language whose small words are more frequent, or None when neither is."""
    words = _WORD.findall(folded[:_ENOUGH])
    seen = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    if seen["en"] == seen["es"]:
        return None
    return max(seen, key=lambda language: seen[language])
