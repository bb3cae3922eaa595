"""Words that a person reads, in both languages of the house."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]

LANGUAGES: tuple[Language, Language] = ("en", "es")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in English and in Spanish."""

    en: str
    es: str

    def say(self, language: Language) -> str:
        """The words in that language."""
        return self.es if language == "es" else self.en
