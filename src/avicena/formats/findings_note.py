"""A clinical note in Spanish or English → HPO terms, each with its place in the note and what is said of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock

from avicena.core.errors import ContractViolation
from avicena.core.noted import Noted
from avicena.core.ontology import Ontology
from avicena.core.text import Language
from avicena.formats.findings_language import CHART, spoken
from avicena.formats.findings_lexicon import phrases
from avicena.formats.findings_match import Matcher, Mention
from avicena.formats.findings_scope import Status, outer, statuses
from avicena.formats.note_fold import fold, places

_A_LIST = 0.3
"""Share of the characters of a bare list that must name findings."""

_KNOWN = 0.3
"""Share of the words of a terse note that must be words of names or of charts ("peso", "weight")."""

LONGEST = 20_000
"""Characters of a note that is read, as of an application's `Note`; a longer text is no note of one patient."""

_NAMES_TOO = frozenset(("corea",))
"""Findings that are also names: with a capital inside a sentence they are no finding ("vive en Corea")."""


@dataclass(frozen=True, slots=True)
class FoundFinding:
    """A term that a note names in characters `start` to `end` (exclusive), in these words, and what is said of it."""

    id: str
    start: int
    end: int
    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The terms of the patient, in order of their ids; `torn`: said and denied in one note, so neither."""

    observed: tuple[str, ...]
    excluded: tuple[str, ...]
    torn: tuple[str, ...]


class FindingsReader:
    """Reads notes by the names of an ontology, in time linear in their length; made once, used from any thread."""

    def __init__(self, onto: Ontology) -> None:
        self.onto = onto
        self._made: dict[Language, Matcher] = {}
        self._allowed: frozenset[str] = frozenset()
        self._making = Lock()

    def _matcher(self, language: Language) -> Matcher:
        with self._making:
            if language not in self._made:
                self._allowed = frozenset(self.onto.ids[term] for term in self.onto.phenotypes.tolist())
                self._made[language] = Matcher(phrases(self.onto, language), language)
            return self._made[language]

    def __call__(self, text: str, /) -> Iterator[Noted]:
        """What the note affirms and denies of the patient himself. Raises ContractViolation as `read` does."""
        for one in self.read(text):
            if one.status in ("observed", "excluded"):
                yield Noted(one.id, one.status == "observed", one.start, one.end)

    def read(self, text: str) -> tuple[FoundFinding, ...]:
        """Every term that the note names, in order.

        Raises ContractViolation (longer than `LONGEST`; in neither Spanish nor English).
        """
        if len(text.strip()) > LONGEST:
            raise ContractViolation({"note": f"longer than {LONGEST} characters; send the note of one patient"})
        folded = fold(text)
        language = spoken(folded)
        found = outer({one for name in language.languages for one in self.mentions(text, name)})
        if not language.languages or not (language.sure or self._terse(found, folded)):
            raise ContractViolation({"note": "neither in Spanish nor in English; list the findings as HPO terms"})
        at = places(text, folded)
        said = statuses(folded, found)
        return tuple(
            _found(text, one, status, at[one.start], at[one.end - 1] + 1)
            for one, status in zip(found, said, strict=True)
        )

    def mentions(self, text: str, language: Language) -> list[Mention]:
        """Every mention in one language, nested ones too, whatever is said of it; places in the folded text."""
        every = self._matcher(language).mentions(text)
        allowed = self._allowed
        spoilt = [one for one in every if one.id not in allowed or _a_name(text, one) or _another(text, one)]
        walls = [(one.start, one.end) for one in spoilt]
        return [one for one in every if not _within(one, walls)] if spoilt else every

    def _terse(self, found: Iterable[Mention], folded: str) -> bool:
        """Whether a text without small words is a list of findings, or the lines of a chart."""
        said = _WORD.findall(folded)
        known = sum(
            word in CHART or self._matcher("es").knows(word) or self._matcher("en").knows(word) for word in said
        )
        return _covered(found, folded) > _A_LIST or known > _KNOWN * len(said)


_WORD = re.compile(r"[^\W\d_]{2,}")


def _a_name(text: str, one: Mention) -> bool:
    """Whether this is a country or the like: with a capital, and not where a sentence begins."""
    if len(text) != len(fold(text)) or fold(text[one.start : one.end]) not in _NAMES_TOO:
        return False
    return text[one.start].isupper() and bool(re.search(r"[^\W_],?\s+$", text[max(0, one.start - 8) : one.start]))


def _another(text: str, one: Mention) -> bool:
    """Whether a wide word goes on to mean something else: "crisis" are seizures, "crisis hipertensiva" is none."""
    if len(text) != len(fold(text)) or fold(text[one.start : one.end]) not in _WIDE:
        return False
    return not _NO_MORE.match(fold(text[one.end : one.end + 24]))


_WIDE = frozenset(("crisis",))
_NO_MORE = re.compile(
    r"\s*(?:[^\w\s]|$)|\s+(?:desde|en|a|al|y|e|ni|o|con|sin|por|cada|durante|hace|que|no|diari\w+|semanal\w*|frecuentes?)\b"
)


def _within(one: Mention, walls: Iterable[tuple[int, int]]) -> bool:
    return any(start <= one.start and one.end <= end for start, end in walls)


def _covered(found: Iterable[Mention], folded: str) -> float:
    """The share of a text's characters that name a finding."""
    return sum(one.end - one.start for one in found) / max(len(folded.strip()), 1)


def _found(text: str, one: Mention, status: Status, start: int, end: int) -> FoundFinding:
    if one.denies:
        status = {"observed": "excluded", "excluded": "uncertain"}.get(status, status)  # type: ignore[assignment]
    return FoundFinding(one.id, start, end, status, text[start:end])


def settle(found: Iterable[FoundFinding]) -> Settled:
    """The findings of the patient himself: family history and what is only supposed are none."""
    kept = list(found)
    seen = {one.id for one in kept if one.status == "observed"}
    denied = {one.id for one in kept if one.status == "excluded"}
    torn = seen & denied
    return Settled(tuple(sorted(seen - torn)), tuple(sorted(denied - torn)), tuple(sorted(torn)))
