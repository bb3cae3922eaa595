"""What a note may name: phrases in one language, each for one HPO term, from labels, synonyms and our own lay table."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from importlib.resources import files

from avicena.core.ontology import Ontology
from avicena.core.text import Language

LAY_COLUMNS = ("language", "wording", "id", "label", "source")
NOTHING = "none"
"""In place of an id: a wording that names no finding, though words of it would ("impotencia funcional")."""

_OWN, _LABEL, _VARIANT, _LESS = -1, 0, 2, 7
_SCOPES = {"EXACT": 1, "NARROW": 4, "RELATED": 5, "BROAD": 6}
_ABNORMAL = re.compile(r"abnormal(?:ity of(?: the)?)? (.+?) (morphology|physiology)$", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:localized|generalized) (?=.)", re.IGNORECASE)
_SHORTEST_ABBREVIATION = 3
_COMMON_WORDS = """
arranging bouncing catching collecting corn cutting dribbling fisting mouthing ordering oncology piles sorting
spinning tapping rubbing twirling turning dullness inaction slowness falls fits all mass sad amol
"""
_COMMONER = frozenset(_COMMON_WORDS.split())
"""Synonyms of a single word that mean something else in most notes."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and the term it names; of two terms with one phrase the lower `rank` wins.

    `exact_case`: the phrase counts in these very capitals only. `denies`: the phrase itself says that the finding is
    absent ("afebrile").
    """

    id: str
    text: str
    rank: int = 0
    exact_case: bool = False
    denies: bool = False


def phrases(onto: Ontology, language: Language, table: str | None = None) -> Iterator[Phrase]:
    """Every phrase of a language: what the ontology has below "Phenotypic abnormality", and a lay table.

    The table is ours if None.
    Raises ValueError (a row of the table that is not of the form; it is named by its number).
    """
    allowed = frozenset(onto.phenotypes.tolist())
    yield from lay(own_table() if table is None else table, language)
    for term in sorted(allowed):
        label = onto.labels[term] if language == "en" else onto.spanish[term] if onto.spanish else ""
        if label:
            yield from _named(onto.ids[term], label, _LABEL)
    if language == "en":
        yield from _synonyms(onto, allowed)


def _synonyms(onto: Ontology, allowed: Set[int]) -> Iterator[Phrase]:
    for one in onto.synonyms:
        if one.term in allowed and one.text.lower() not in _COMMONER and one.kind != "obsolete_synonym":
            yield from _named(onto.ids[one.term], one.text, _SCOPES.get(one.scope, 6))


def _named(id: str, text: str, rank: int) -> Iterator[Phrase]:
    if _abbreviation(text):
        if len(text) >= _SHORTEST_ABBREVIATION:
            yield Phrase(id, text, rank, exact_case=True)
        return
    yield Phrase(id, text, rank)
    if match := _ABNORMAL.match(text):
        yield Phrase(id, f"abnormal {match[1]}", rank + _VARIANT + (match[2].lower() == "physiology"))
    if less := _VAGUE.sub("", text) if _VAGUE.match(text) else "":
        yield Phrase(id, less, rank + _LESS)


def _abbreviation(text: str) -> bool:
    return " " not in text and text.isupper()


def own_table() -> str:
    """Our own lay table as text: tab-separated, columns as `LAY_COLUMNS`.

    "-" before an id says that it is absent, and `NOTHING` in its place that the wording names no finding.
    """
    return files("avicena.formats").joinpath("findings_lay.tsv").read_text("utf-8")


def lay(table: str, language: Language) -> Iterator[Phrase]:
    """The phrases of a lay table for one language.

    Raises ValueError (a row that is not of the form; it is named by its number).
    """
    lines = table.splitlines()
    if not lines or tuple(lines[0].split("\t")) != LAY_COLUMNS:
        raise ValueError(f"the lay table does not begin with the columns {', '.join(LAY_COLUMNS)}")
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(LAY_COLUMNS) or cells[0] not in ("en", "es") or not cells[1].strip():
            raise ValueError(f"row {number} of the lay table is not of the form {', '.join(LAY_COLUMNS)}")
        if cells[0] == language:
            yield Phrase(cells[2].lstrip("-"), cells[1], _OWN, _abbreviation(cells[1]), cells[2].startswith("-"))
