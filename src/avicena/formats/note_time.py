"""How long: the durations of a clinical note in English and Spanish, as one regular expression and one function."""

import re

DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Days in a unit; month and year as UCUM has them (mo_j, a_j)."""

SINCE_EARLY_THIS_YEAR = DAYS["year"] / 2
"""A note does not say its own date: half a year is the middle of what "since early this year" can mean."""

_UNITS = {
    "hour": "hours?|hrs?|horas?",
    "day": "days?|dias?",
    "week": "weeks?|wks?|semanas?",
    "month": "months?|mes(?:es)?",
    "year": "years?|yrs?|anos?",
}
_UNIT = "|".join(_UNITS.values())

_WORDS = (
    ("half medio media", 0.5),
    ("a an one un una uno", 1),
    ("two couple pair dos par", 2),
    ("three few tres pocos pocas algunos algunas", 3),
    ("four cuatro", 4),
    ("five several various cinco varios varias", 5),
    ("six seis", 6),
    ("seven siete", 7),
    ("eight ocho", 8),
    ("nine nueve", 9),
    ("ten diez", 10),
    ("eleven once", 11),
    ("twelve doce", 12),
    ("fifteen quince", 15),
    ("eighteen dieciocho", 18),
    ("twenty veinte", 20),
    ("thirty treinta", 30),
)
NUMBERS = {word: float(number) for words, number in _WORDS for word in words.split(" ")}
"""Number words; by convention "few" is 3 and "several" 5. Hedges such as "nearly" or "more than" change nothing."""

_NUMBER = rf"\d{{1,3}}(?:[.,]\d{{1,2}})?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
_COUNT = (
    rf"(?:(?:a|an|un|una|unos|unas)\s{{1,4}})?(?:{_NUMBER})(?:\s{{1,4}}(?:of|de|a|an)(?=\s))?"
    rf"(?:(?:\s{{0,2}}-\s{{0,2}}|\s(?:to|or|a|o|and)\s)(?:{_NUMBER}))?(?:\sand\sa\shalf)?"
)
_HEDGE = (
    "the|past|last|previous|preceding|nearly|almost|about|around|approximately|roughly|some|more|than|less|over|under|at|least|"
    "most|up|to|only|just|well|or|so|los|las|el|la|lo|ultim[oa]s?|casi|mas|menos|de|que|unos|unas|aproximadamente|cerca|"
    "alrededor|al|apenas|solo|poco|ya|hace|por|minimo|aprox"
)
_LEAD = (
    "for|over|during|since|past|last|throughout|lasting|history of|duration of|duration:|x|"
    "desde|hace|durante|ultimo|ultima|ultimos|ultimas|por|a lo largo de|evolucion de|duracion de|duracion:|lleva|llevan"
)
_TAIL = (
    "ago|history|hx|duration|now|so far|de evolucion|de duracion|de historia|de antiguedad|de clinica|atras|"
    r"of(?!\s{1,4}age)"
)
_YEAR = (
    r"since\s{1,4}(?:early|earlier|(?:the\s)?(?:start|beginning)\sof)\s{1,4}(?:this|the|in\sthe)\s{1,4}year|"
    r"desde\s{1,4}(?:el\s)?(?:principios?|comienzos?|inicios?)\s{1,4}(?:del|de(?:\seste|l\spresente)?)\s{1,4}ano"
)
_DAYS_AGO = r"(?:since|desde)\s{1,4}(?:yesterday|ayer)"

DURATION = re.compile(
    rf"(?:{_YEAR}|{_DAYS_AGO}"
    rf"|(?:{_LEAD})\s{{0,4}}(?:(?:{_HEDGE})\s{{1,4}}){{0,5}}(?:{_COUNT})?[\s-]{{0,4}}\b(?:{_UNIT})\b(?:\sy\smedi[oa])?"
    rf"(?:\sand\sa\shalf)?(?:\s(?:pasad[oa]s?))?(?!\s{{1,4}}old|-old|\s{{1,4}}of\s{{1,4}}age|\s{{1,4}}de\s{{1,4}}edad)"
    rf"|(?:{_COUNT})[\s-]{{1,4}}(?:{_UNIT})(?:\sy\smedi[oa])?(?:\sand\sa\shalf)?[\s-]{{1,4}}(?:{_TAIL}))(?![a-z0-9])"
)
"""Matches a duration in a note in lower case without accents; every repetition is bounded."""

_BEGINNINGS = frozenset(re.findall("[a-z]+", _LEAD)) | frozenset(NUMBERS)


def may_begin(word: str) -> bool:
    """Whether a duration can begin with this word; a cheap look before the expression is tried."""
    return word in _BEGINNINGS or word[0].isdigit() or (word[0] == "x" and word[1:].isdigit())


_WORD = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+")
_NAMES = {unit: re.compile(f"(?:{pattern})") for unit, pattern in _UNITS.items()}
_ONE_BACK = {"past", "last", "previous", "preceding", "ultimo", "ultima", "pasado", "pasada", "yesterday", "ayer"}


def days(phrase: str) -> float | None:
    """The days in a match of DURATION: of a range, the longer; None where it says no length ("for the month")."""
    if re.fullmatch(_YEAR, phrase):
        return SINCE_EARLY_THIS_YEAR
    words = _WORD.findall(phrase)
    unit = next(((at, name) for at, word in enumerate(words) for name in _NAMES if _NAMES[name].fullmatch(word)), None)
    if unit is None:
        return DAYS["day"] if _ONE_BACK & set(words) else None
    at, name = unit
    if "years of" in phrase or "year of" in phrase:
        return None  # thirty years of something is an age or a habit
    number = _number(words[:at], words[at:])
    return None if number is None else number * DAYS[name]


def _number(before: list[str], after: list[str]) -> float | None:
    """The number in the words before the unit; `after` begins with the unit itself."""
    half = 0.5 if after[1:3] in (["y", "medio"], ["y", "media"]) or after[1:4] == ["and", "a", "half"] else 0.0
    if before[-3:] == ["and", "a", "half"]:
        before, half = before[:-3], 0.5
    counts = [_value(word) for word in before if word[0].isdigit() or word in NUMBERS]
    if before[:1] == ["a"] and "largo" in before:
        counts = counts[1:]
    if counts:
        part = NUMBERS["half"] in counts  # "half a year"
        return NUMBERS["half"] if part else _longer(counts) + half
    if _ONE_BACK & set(before + after):
        return 1 + half
    plural = after[0].endswith("s") and after[0] != "mes"
    return NUMBERS["few"] if plural else (1 + half if half else None)


def _longer(counts: list[float]) -> float:
    """The larger end of a range; the last number where "a" stands before it, as in "a few"."""
    return max(counts[-2:]) if min(counts[-2:]) > 1 else counts[-1]


def _value(word: str) -> float:
    return float(word.replace(",", ".")) if word[0].isdigit() else NUMBERS[word]
