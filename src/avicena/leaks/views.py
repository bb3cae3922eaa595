"""Every way of looking at a table that could give a label away: each a level per row, and what kind of evidence it is.

Evidence is of two kinds. What stands in a column may tell a label because that is how the disease works: only when one
column alone tells it almost without error is that a leak. The order of rows, an identifier, the way in which a number
was typed, whether a cell is blank, what file a picture came in: none of these can be medicine, so already a moderate
power to tell the label is a shortcut.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from avicena.core.case import Value
from avicena.core.profile import FEWEST, OTHERS
from avicena.leaks.sheet import Sheet
from avicena.measure.association import binned, coded

Ints = NDArray[np.int64]

_PHRASE = 3  # words at most
_RAREST, _MOST = 0.02, 1500  # share of rows that hold a phrase or code at least; phrases or codes that are looked at
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
_FUTURE = re.compile(
    r"outcome|follow.?up|surviv|death|dead|died|deceased|vital.?status|discharge|recurr|relapse|progress(?:ed|ion)|"
    r"post.?op|after|result|respon(?:se|der)|complication|readmi|autops|final|"
    r"desenlace|seguimiento|superviven|muert|falleci|alta\b|recaida|recidiva|progresi|despues|resultado|respuesta|"
    r"complicaci|reingres",
    re.I,
)


@dataclass(frozen=True)
class View:
    """One way of looking: what `kind` of evidence, at `what`, and the level of each row (n,)."""

    kind: str
    what: str
    codes: Ints


def views(sheet: Sheet, units: Ints) -> Iterator[View]:
    """Every view of a sheet's columns, its order, its identifiers and its sources.

    `units` (n,) numbers the independent unit of each row: its family, once copies have joined families.
    """
    n = sheet.size
    places = sheet.places or range(n)
    yield View("order", "row order", binned(np.array(places, dtype=np.float64), 20))
    yield from _pattern("order", "position of the row", [str(i) for i in places])
    if len(set(sheet.ids)) == n and sheet.ids != tuple(map(str, range(n))):
        yield from _identifier("identifier", sheet.ids)
    if sheet.sources is not None:
        yield View("source", "source", coded(list(sheet.sources)))
    for name, values in sheet.columns.items():
        yield from _column(name, values, units)
    blank = np.sum([[v is None for v in values] for values in sheet.columns.values()] or [[False] * n], axis=0)
    if blank.any():
        yield View("missing", "number of blank cells", binned(blank.astype(np.float64)))


def is_note(values: tuple[Value, ...]) -> bool:
    """Whether a column holds free text: most cells of several words, and many different ones."""
    texts = [value for value in values if isinstance(value, str)]
    wordy = sum(len(text.split()) > 3 for text in texts)
    return len(texts) > 10 and wordy > len(texts) / 2 and len(set(texts)) > 12


def is_identifier(name: str, values: tuple[Value, ...]) -> bool:
    """Whether a column names rows rather than describing them: nearly all different, of text or whole numbers."""
    known = [value for value in values if value is not None]
    if len(known) < 20 or len(set(known)) < 0.9 * len(known):
        return False
    if all(isinstance(value, float) for value in known):
        named = re.search(
            r"(?:^|[^a-z])(?:id|key|mrn|accession|number|no|code|c[oó]digo|n[uú]mero)(?:$|[^a-z])", name, re.I
        )
        return named is not None or bool(re.search(r"[a-z]I[dD]$|ID$", name))
    return not is_note(values) and dates(values) is None


def future(name: str) -> bool:
    """Whether a column's name says that it was filled after the decision."""
    return _FUTURE.search(re.sub(r"[_\s]+", " ", name)) is not None


def dates(values: tuple[Value, ...]) -> NDArray[np.float64] | None:
    """Days of a column of dates, (n,), NaN where blank; None when it does not hold dates."""
    texts = [value for value in values if value is not None]
    if not texts or not all(isinstance(value, str) for value in texts):
        return None
    for form in _FORMATS:
        try:
            read = [None if value is None else datetime.strptime(str(value).strip(), form) for value in values]
        except ValueError:
            continue
        return np.array(
            [np.nan if one is None else (one - datetime(1970, 1, 1)).total_seconds() / 86400 for one in read]
        )
    return None


def _column(name: str, values: tuple[Value, ...], units: Ints) -> Iterator[View]:
    blank = np.array([value is None for value in values])
    if blank.any():
        yield View("missing", name, blank.astype(np.int64))
    kind = "future" if future(name) else "column"
    if any(isinstance(value, tuple) for value in values):
        yield from _codes(kind, name, values, units)
        return
    if is_identifier(name, values):
        yield from _identifier(name, tuple("" if value is None else _written(value) for value in values))
    elif (days := dates(values)) is not None:
        yield View(kind, name, binned(days))
        yield View("format", f"{name}: day of the week", binned(np.floor(days + 3) % 7))
        yield View("format", f"{name}: time of day", binned((days % 1 * 24).round(6)))
    elif all(value is None or isinstance(value, float) for value in values):
        yield from _number(kind, name, values)
    elif is_note(values):
        yield from _note(name, values, units)
    else:
        yield View(kind, name, coded([None if value is None else str(value).strip().casefold() for value in values]))
        if len({str(value) for value in values}) > len({str(value).strip().casefold() for value in values}):
            yield View("format", f"{name}: how it is typed", coded([_typed(value) for value in values]))


def _codes(kind: str, name: str, values: tuple[Value, ...], units: Ints) -> Iterator[View]:
    """How many codes each row lists, and whether it lists each code that is not rare (as `phrases` has it)."""
    lists = [value if isinstance(value, tuple) else () for value in values]
    yield View(kind, f"{name}: number of codes", binned(np.array([len(one) for one in lists], np.float64)))
    holders: dict[str, list[int]] = {}
    for row, codes in enumerate(lists):
        for code in codes:
            holders.setdefault(code, []).append(row)
    few = max(10, int(_RAREST * len(lists)))
    common = [(code, rows) for code, rows in holders.items() if few <= len(rows) <= len(lists) - few]
    for code, rows in sorted(common, key=lambda one: (-len(one[1]), one[0]))[:_MOST]:
        if len(set(units[rows].tolist())) >= FEWEST:
            held = np.zeros(len(lists), np.int64)
            held[rows] = 1
            yield View(kind, f"{name}: {code}", held)


def _number(kind: str, name: str, values: tuple[Value, ...]) -> Iterator[View]:
    numbers = np.array([value if isinstance(value, (int, float)) else np.nan for value in values], np.float64)
    yield View(kind, name, binned(numbers))
    written = ["" if value is None else _written(value) for value in values]
    if len(set(written)) > 12:
        yield View("format", f"{name}: number of decimals", coded([len(text.partition(".")[2]) for text in written]))
    if len(set(written)) > 60:  # of fewer values the last digit says which one it is
        yield View("format", f"{name}: last digit", coded([text[-1:] for text in written]))


def _note(name: str, values: tuple[Value, ...], units: Ints) -> Iterator[View]:
    texts = ["" if value is None else str(value) for value in values]
    lengths = np.array([len(text) for text in texts], np.float64)
    yield View("note form", f"{name}: length", binned(lengths))
    yield View("note form", f"{name}: how it is typed", coded([_typed(text[:1] + text[-1:]) for text in texts]))
    for phrase, rows in phrases(texts, units).items():
        codes = np.zeros(len(texts), np.int64)
        codes[rows] = 1
        yield View("phrase", f"{name}: “{_sayable(phrase)}”", codes)


def phrases(texts: list[str], units: Ints, rarest: float = _RAREST, most: int = _MOST) -> dict[str, Ints]:
    """Phrases of up to three words, each with the rows that hold it, commonest first; one of those that go together.

    Only what stands in at least `rarest` of the rows, in 10 at least, and not in all but as many; and in FEWEST
    `units` (n,) at least, since what one patient's notes say, on however many slices, is that patient's alone.
    """
    holders: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        words = re.findall(r"[^\W_]+", text.casefold())
        grams = {" ".join(words[i : i + m]) for m in range(1, _PHRASE + 1) for i in range(len(words) - m + 1)}
        for gram in grams:
            holders.setdefault(gram, []).append(row)
    few = max(10, int(rarest * len(texts)))
    common = [(gram, rows) for gram, rows in holders.items() if few <= len(rows) <= len(texts) - few]
    common = [(gram, rows) for gram, rows in common if len(set(units[rows].tolist())) >= FEWEST]
    common.sort(key=lambda one: (-len(one[1]), _numbered(one[0]), -len(one[0]), one[0]))
    distinct: dict[tuple[int, ...], str] = {}
    for gram, rows in common[: 4 * most]:
        distinct.setdefault(tuple(rows), gram)
    return {gram: np.array(rows, np.int64) for rows, gram in list(distinct.items())[:most]}


def _numbered(text: str) -> bool:
    return any(character.isnumeric() for character in text)


def _sayable(phrase: str) -> str:
    """A phrase as it may be shown: a word with a digit (a date, a number of a record) is left out."""
    return " ".join(OTHERS if _numbered(word) else word for word in phrase.split())


def _identifier(name: str, texts: tuple[str, ...]) -> Iterator[View]:
    numbers = np.array(
        [float(found[0][-15:]) if (found := re.findall(r"\d+", text)[-1:]) else np.nan for text in texts]
    )
    yield View("identifier", f"{name}: its number", binned(numbers, 20))
    letters = [re.sub(r"\d+", "#", text) for text in texts]
    if 1 < len(set(letters)) <= len(texts) / 5:
        yield View("identifier", f"{name}: its pattern", coded(list(letters)))
    else:
        parts = [re.split(r"[\W_\d]+", text)[0] for text in texts]
        yield View("identifier", f"{name}: its beginning", coded([part.casefold() for part in parts]))
    yield View("identifier", f"{name}: its length", coded([len(text) for text in texts]))
    yield from _pattern("identifier", name, [re.sub(r"\D+", "", text) for text in texts])


def _pattern(kind: str, name: str, texts: list[str]) -> Iterator[View]:
    yield View(kind, f"{name}: last digit", coded([text[-1:] for text in texts]))
    threes = [int(text[-15:]) % 3 if text else -1 for text in texts]
    yield View(kind, f"{name}: remainder by 3", coded(list(threes)))


def _written(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _typed(value: Value) -> str:
    """How a text is typed, without what it says."""
    if value is None:
        return "blank"
    text = str(value)
    marks = Counter("A" if c.isupper() else "a" if c.islower() else "" for c in text)
    case = "upper" if not marks["a"] else "lower" if not marks["A"] else "mixed"
    return f"{case}{text[:1].isspace()}{text[-1:].isspace()}{text[-1:] in '.;,!'}{'  ' in text}"
