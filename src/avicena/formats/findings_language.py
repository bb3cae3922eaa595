"""Whether a note is written in a language that is understood: its small words, and its letters."""

import re
from dataclasses import dataclass

from avicena.core.text import Language

_SMALL = {
    "en": "the of a and is with has was his her she he for no at by an to in on not but from are who had since "
    "without denies this that after before patient were",
    "es": "el la los las de del y e o u a con que en su una un es por no se al desde hace sin ni pero niega refiere "
    "anos paciente presenta tiene para le lo como ha",
    "fr": "le la les des du et est avec une un dans pour pas sur il elle depuis sans mais qui par au aux a de "
    "en son sa ne ses etait nous",
    "pt": "o os as do da dos das e com uma um nao em ao pelo pela desde sem mas sua seu foi ha anos doente "
    "refere apresenta de que para se no na nos",
    "it": "il lo gli le di del della e con una un non per che da al alla nel nella senza ma sono ha suo sua "
    "anni dal in si la presenta",
    "de": "der die das und ist mit ein eine nicht von zu den dem seit ohne aber im auf sie er hat bei wird "
    "war des keine",
    "ca": "el la els les de del i amb que en una un es per no des fa sense pero seva seu va anys als pacient "
    "presenta",
    "nl": "de het een en van met is in niet voor op sinds zonder maar heeft bij ze hij zijn geen werd patient",
}  # fmt: skip
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_OF_CHARTS = """
    peso talla perimetro cefalico kg cm gr mm pc imc fc fr ta tas tad sat temp apgar edad exploracion antecedentes
    analitica ecografia eco ecg eeg tac rmn rm rx normal cerrada cerrado espontaneamente derivado derivada
    weight height length head circumference ofc bmi hr bp rr age exam labs mri ct ekg closed spontaneously
"""
CHART = frozenset(_OF_CHARTS.split())
"""Words of the terse lines of a chart in Spanish and English."""

_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 8
"""Words below which a note is too short to tell its language by; it is then read in both."""

_LEAST = 0.12
"""Share of the words that are small words of the language, so that it counts as understood."""

_BOTH = 0.75
"""A second language is read too when it has this share of the small words of the first."""

_LATIN = 0x250
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages that a note is read in, none where it is in another; `sure`: its small words tell them.

    A bare list of findings has no small words: whether it is understood shows in what is found in it.
    """

    languages: tuple[Language, ...]
    sure: bool


def spoken(folded: str) -> Spoken:
    """The languages of a text without case and accents; from its first 20,000 characters."""
    words = _WORD.findall(folded[:_LONGEST])
    if any(ord(word[0]) >= _LATIN for word in words) and sum(ord(word[0]) >= _LATIN for word in words) > len(words) / 4:
        return Spoken((), True)
    if len(words) < _ENOUGH:
        return Spoken(("es", "en"), True)
    share = {language: sum(word in small for word in words) / len(words) for language, small in _WORDS.items()}
    best = max(share, key=lambda language: (share[language], language in ("en", "es")))
    ours = sorted((("es", share["es"]), ("en", share["en"])), key=lambda one: -one[1])
    if best not in ("en", "es"):
        return Spoken((), True)
    if share[best] < _LEAST:
        return Spoken(("es", "en"), False)
    read: list[Language] = [language for language, much in ours if much >= _BOTH * share[best]]  # type: ignore[misc]
    return Spoken(tuple(read), True)
