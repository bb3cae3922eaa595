"""What was seen in a patient and what was looked for and not seen, as terms of the Human Phenotype Ontology (HPO)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from avicena.core.case import LONGEST_DURATION
from avicena.core.codes import split
from avicena.core.onset import ONSET_YEARS, age_years, onset_years
from avicena.core.text import Text

FORM = re.compile(r"HP:[0-9]{7}")
"""How an HPO id is written."""

MOST = 200
"""Findings of one patient; more are a list by machine, not what a person looked for."""

_WRITTEN = re.compile(r"\s*hpo?[:_ ]?([0-9]{7})\s*", re.IGNORECASE | re.ASCII)
_KEYS = frozenset({"id", "label", "excluded", "onset"})
_LATEST = 150.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One term that was observed, or looked for and not seen; `onset` is an HPO term of onset, a duration, or ""."""

    id: str
    observed: bool = True
    onset: str = ""

    def __str__(self) -> str:
        return f"{'' if self.observed else '-'}{self.id}{'@' if self.onset else ''}{self.onset}"

    @classmethod
    def parse(cls, text: str) -> "Finding":
        """The finding that `str` wrote, or that a person did. Raises ValueError (it is none; the text is not repeated).

        >>> str(Finding.parse("-hp:0000252")), Finding.parse("HP:0001250@P3Y").years
        ('-HP:0000252', 3.0)
        """
        text = text.strip()
        observed = not text.startswith(("-", "!", "¬"))
        id, _, onset = (text if observed else text[1:]).partition("@")
        return cls(_id(id), observed, _onset(onset) if observed else "")

    @property
    def years(self) -> float | None:
        """The onset in years, None where it is not said."""
        return onset_years(self.onset) if self.onset else None


def findings(value: object) -> tuple[Finding, ...]:
    """The findings that a case holds under an input of kind `Findings`; none where it was not given."""
    return tuple(map(Finding.parse, value)) if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Findings:
    """HPO terms, each observed or excluded, at most `longest`; a term that is both is refused.

    What may be sent: a text "HP:0001250, -HP:0000252, HP:0001263@P3Y", where "-" excludes and "@" gives the onset (a
    duration or an HPO term of onset); a list of such texts; or a list of {"id", "excluded", "onset"}. Whether the terms
    exist is asked of the knowledge that ranks them.
    """

    longest: int = MOST
    required: bool = False
    missing: Text | None = None

    def parse(self, raw: Any) -> tuple[str, ...]:
        """The findings as texts in order of their ids, each term once."""
        given = split(raw) if isinstance(raw, str) else raw
        if not isinstance(given, (list, tuple)):
            raise ValueError("not a list of HPO terms")
        if len(given) > self.longest:
            raise ValueError(f"{len(given)} terms where at most {self.longest} are taken; send what was looked for")
        found: list[Finding] = []
        wrong: dict[str, list[int]] = {}
        for place, one in enumerate(given, 1):
            try:
                found.append(_one(one))
            except ValueError as error:
                wrong.setdefault(str(error), []).append(place)
        if wrong:
            raise ValueError("; ".join(f"{_places(places)}: {why}" for why, places in wrong.items()))
        return _settled(found)

    def example(self) -> list[str]:
        return ["HP:0001250", "HP:0001263@P6M", "-HP:0000252"]

    def schema(self) -> dict[str, Any]:
        words = (
            "HPO terms; '-' before a term says that it was looked for and is absent, '@' after it its onset: an "
            "ISO 8601 duration or an HPO term of onset. Each may also be an object {id, excluded, onset}."
        )
        text = {"type": "string", "minLength": 10, "maxLength": 80}
        whole = {
            "type": "object",
            "properties": {
                "id": {"type": "string", "pattern": f"^{FORM.pattern}$"},
                "label": {"type": "string"},
                "excluded": {"type": "boolean"},
                "onset": {"type": "string"},
            },
            "required": ["id"],
            "additionalProperties": False,
        }
        return {"type": "array", "items": {"anyOf": [text, whole]}, "maxItems": self.longest, "description": words}


def _one(raw: object) -> Finding:
    if isinstance(raw, str):
        return Finding.parse(raw)
    if not isinstance(raw, Mapping) or not set(raw) <= _KEYS:
        raise ValueError("neither an HPO id nor an object of id, excluded and onset")
    id, excluded, onset = raw.get("id"), raw.get("excluded", False), raw.get("onset") or ""
    if not isinstance(id, str) or not isinstance(onset, str) or not isinstance(excluded, bool):
        raise ValueError("id and onset are texts, excluded is true or false")
    return Finding(_id(id), not excluded, "" if excluded else _onset(onset))


def _id(text: str) -> str:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("not an HPO id, such as HP:0001250")
    return f"HP:{found[1]}"


def _onset(text: str) -> str:
    text = text.strip()
    if not text or text in ONSET_YEARS:
        return text
    age = _lasted(text.upper())
    if age is None:
        raise ValueError("its onset is neither a duration, such as P3Y6M, nor an HPO term of onset")
    if age > _LATEST:
        raise ValueError(f"its onset is over {_LATEST:g} years")
    return text.upper()


def _settled(found: Iterable[Finding]) -> tuple[str, ...]:
    """Each term once, with its earliest onset. Raises ValueError (one is both observed and excluded)."""
    kept: dict[str, Finding] = {}
    torn = set()
    for one in sorted(found, key=lambda one: (one.id, _when(one), one.onset)):
        before = kept.setdefault(one.id, one)
        if before.observed != one.observed:
            torn.add(one.id)
    if torn:
        raise ValueError(f"both observed and excluded: {', '.join(sorted(torn))}")
    return tuple(str(one) for one in kept.values())


def _when(one: Finding) -> float:
    age = one.years
    return float("inf") if age is None else age


def _places(places: list[int]) -> str:
    shown = ", ".join(map(str, places[:10])) + (", …" if len(places) > 10 else "")
    return f"{'entry' if len(places) == 1 else 'entries'} {shown}"


def _lasted(text: str) -> float | None:
    return age_years(text) if len(text) <= LONGEST_DURATION else None
