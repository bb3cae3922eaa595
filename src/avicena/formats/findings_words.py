"""The words of a note and of a dictionary, brought to one form: spelling, number and gender, and then derivation."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from avicena.core.text import Language
from avicena.formats.findings_kin import KIN, PLURALS
from avicena.formats.note_fold import fold

_PREFIXES = "pre|post|non|micro|macro|hyper|hypo|sub|intra|inter|anti|retro|peri|para|poly|multi|neuro|cardio|cranio"
_WORD = re.compile(rf"(?:(?:{_PREFIXES})-(?=[a-z]{{3}}))?[a-z0-9ñ]+")
_KEPT = "\0"
_NAILS = {"uña": "unha", "uñas": "unhas"}
_SHORTEST = 4
"""Letters that a stem keeps."""


class Word(NamedTuple):
    """A word of a folded text; `after` is what stands between the word before and this one."""

    text: str
    start: int
    end: int
    after: str


def words(folded: str) -> Iterator[Word]:
    """The words of a text as `fold_words` gives it; a hyphen parts two words, but for a prefix such as "pre-"."""
    end = 0
    for match in _WORD.finditer(folded):
        yield Word(_tilde(match.group().replace("-", "")), match.start(), match.end(), folded[end : match.start()])
        end = match.end()


def fold_words(text: str) -> str:
    """The text in lower case without accents (see `note_fold.fold`), but with its ñ: "uña" is no "una"."""
    return fold(text.replace("Ñ", "ñ").replace("ñ", _KEPT)).replace(_KEPT, "ñ")


def _tilde(word: str) -> str:
    return _NAILS.get(word) or word.replace("ñ", "n")


def plain(word: str, language: Language) -> str:
    """The word without its plural, its gender (Spanish) and British spelling (English)."""
    if word in PLURALS:
        return PLURALS[word]
    return _plain_en(word) if language == "en" else _plain_es(word)


def kin(word: str, language: Language) -> str:
    """One name for a word and its kin: "kidney" and "renal", "enlarged" and "enlargement"."""
    return KIN[language].get(word) or KIN[language].get(plain(word, language)) or _stem(plain(word, language), language)


def near(word: str, language: Language) -> str:
    """The stem that a lone word shares with a name: "ataxic" and "ataxia", but not "order" and "ordering"."""
    base = plain(word, language)
    for end, rest in _MEDICAL[language]:
        if base.endswith(end) and len(base) - len(end) >= _SHORTEST:
            return base[: len(base) - len(end)] + rest
    return base


def singular(word: str) -> str:
    """A word without its plural only: a lone short word keeps its gender, "como" is no "coma"."""
    return _PLURAL.sub("", word) if len(word) > _SHORTEST - 1 else word


_PLURAL = re.compile(r"(?<=[dlnrsz])es$|s$")


def _plain_en(word: str) -> str:
    word = _BRITISH.sub(lambda match: _AMERICAN[match.group()], word)
    if len(word) > 4 and word.endswith("our"):
        word = word[:-3] + "or"
    word = re.sub(r"([b-df-hj-np-tv-z])\1(?!$)", r"\1", word) if len(word) > 4 else word
    for end, rest in _PLURAL_EN:
        if word.endswith(end) and len(word) - len(end) + len(rest) >= 3:
            return word[: len(word) - len(end)] + rest
    return word


_AMERICAN = {
    "ae": "e",
    "oe": "e",
    "ours": "ors",
    "oured": "ored",
    "isa": "iza",
    "ise": "ize",
    "sulph": "sulf",
    "yse": "yze",
}
_BRITISH = re.compile("oured|ours$|sulph|isa(?=tion)|ise(?=[ds]?$)|yse(?=[ds]?$)|ae|oe")
_PLURAL_EN = (
    ("omata", "oma"), ("ses", "sis"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ies", "y"), ("eae", "ea"),
    ("us", "us"), ("is", "is"), ("ss", "ss"), ("s", ""),
)  # fmt: skip


def _plain_es(word: str) -> str:
    for end, rest in _PLURAL_ES:
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: len(word) - len(end)] + rest
    return word


_PLURAL_ES = (
    ("ciones", "cion"), ("siones", "sion"), ("iones", "ion"), ("ces", "z"), ("res", "r"), ("les", "l"), ("nes", "n"),
    ("des", "d"), ("sis", "sis"), ("xis", "xis"), ("itis", "itis"), ("os", ""), ("as", ""), ("es", ""), ("is", "is"),
    ("s", ""), ("o", ""), ("a", ""), ("e", ""),
)  # fmt: skip


def _stem(word: str, language: Language) -> str:
    for end, rest in _DERIVED[language]:
        if word.endswith(end) and len(word) - len(end) + len(rest) >= _SHORTEST:
            return word[: len(word) - len(end)] + rest
    return word


def _derived(listed: str) -> tuple[tuple[str, str], ...]:
    pairs = (one.split(">") if ">" in one else (one, "") for one in listed.split())
    return tuple(sorted(((end, rest) for end, rest in pairs), key=lambda pair: -len(pair[0])))


_DERIVED: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": _derived(
        "ization ized ize izing ation ations ated ate ating ative atory ification>if ified>if ity ness ment ing ed "
        "ening ened en al ial ical ic ically ous ive ion ia ism istic ist osis>os otic>os esis>es etic>es plasia>plas "
        "plastic>plas plastia>plas epsy>ept eptic>ept ly ally ar ary y e a um us is ity ability>abl able able>abl ance "
        "ence ancy ency trophy>troph trophic>troph cy"
    ),
    "es": _derived(
        "izacion izad izar acion ad ada ar ando amient imient id ida idad ment ic ical al ial os iv ion ism istic ist "
        "osis>os otic>os esis>es etic>es plasi>plas plasic>plas plastic>plas ilepsi>ilept ilept troph i ia ez ur "
        "osidad eri mente ancia encia anci enci ante ente abl ibl "
    ),
}

_MEDICAL: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": _derived(
        "ia>i ic>i ism>i istic>i osis>os otic>os plasia>plas plastic>plas epsy>ept eptic>ept trophy>troph "
        "trophic>troph ity> edema>edem edematous>edem uria>ur uric>ur emia>em emic>em ness>"
    ),
    "es": _derived(
        "i>i ic>i ism>i ist>i istic>i osis>os otic>os plasi>plas plasic>plas ilepsi>ilept ileptic>ilept trofi>trof "
        "trofic>trof uri>ur uric>ur emi>em emic>em idad>"
    ),
}
