"""A clinical note in English or Spanish → symptoms (present or denied), duration and intensity, by a small grammar."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from avicena.core.text import Language
from avicena.formats import note_scope, note_time
from avicena.formats.note_cues import CUES
from avicena.formats.note_fold import fold, guess, places
from avicena.formats.note_scope import Said, Token

Kind = Literal["symptom", "intensity", "duration"]


@dataclass(frozen=True)
class Lexicon:
    """The words of one clinical field.

    `symptoms` maps each canonical name to the phrases that say it, `intensities` each phrase to its level (1 is the
    mildest), in any mix of languages; case and accents do not matter, a space also stands for a hyphen, and "*" for
    the rest of a word. `others` are phrases that hold such words but mean something else.
    """

    symptoms: Mapping[str, tuple[str, ...]]
    intensities: Mapping[str, int]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the note a finding is said: characters `start` to `end` (exclusive)."""

    kind: Kind
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a note says.

    `symptoms` holds True for a symptom that is present, False for one that is only ever denied; one that is not
    mentioned is not there. `duration_days` is the longest beside a present symptom, else the longest at all;
    `intensity` is the highest level. None: not said. `language` is a guess from the small words.
    """

    symptoms: Mapping[str, bool]
    duration_days: float | None
    intensity: int | None
    language: Language | None
    spans: tuple[Span, ...] = ()


class NoteGrammar:
    """Reads notes with one lexicon, in time linear in their length; make it once and use it from any thread."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Raises ValueError (an empty phrase, or one that says two things)."""
        self._levels = dict(lexicon.intensities)
        self._pattern, self._meanings = _compile(_meanings(lexicon))

    def read(self, text: str) -> Findings:
        """The findings of one note. It never fails: a note that says nothing known gives empty findings."""
        folded = fold(text)
        found = note_scope.said(folded, list(self._tokens(folded)))
        symptoms = _symptoms(found)
        ill = {one.sentence for one in symptoms.values() if one.present}
        times = [one for one in found if one.present and one.token.kind == "duration"]
        longest = _most([one for one in times if one.sentence in ill] or times)
        strongest = _most(one for one in found if one.present and one.token.kind == "intensity")
        chosen = [*symptoms.values(), *(one for one in (longest, strongest) if one)]
        return Findings(
            {name: one.present for name, one in symptoms.items()},
            longest.token.size if longest else None,
            int(strongest.token.size) if strongest else None,
            guess(folded),
            _spans(text, folded, chosen),
        )

    def _tokens(self, folded: str) -> Iterator[Token]:
        for match in self._pattern.finditer(folded):
            kind, name = self._meanings[match.lastindex or 0]
            size = note_time.days(match.group()) if kind == "duration" else self._levels.get(name, 0)
            if size is not None and kind not in ("other", "over"):
                yield Token(kind, name, match.start(), match.end(), size)


def _symptoms(found: Iterable[Said]) -> dict[str, Said]:
    """For each symptom the mention that decides: the first that says it is present, else the first."""
    symptoms: dict[str, Said] = {}
    for one in found:
        if one.token.kind == "symptom":
            known = symptoms.setdefault(one.token.name, one)
            if one.present and not known.present:
                symptoms[one.token.name] = one
    return symptoms


def _most(found: Iterable[Said]) -> Said | None:
    return max(found, key=lambda one: one.token.size, default=None)


def _spans(text: str, folded: str, found: Iterable[Said]) -> tuple[Span, ...]:
    at = places(text, folded)
    tokens = sorted((one.token for one in found), key=lambda token: token.start)
    return tuple(Span(cast(Kind, t.kind), t.name, at[t.start], at[t.end - 1] + 1) for t in tokens)


Meaning = tuple[str, str]
"""Kind of a token and its name."""


def _meanings(lexicon: Lexicon) -> dict[str, Meaning]:
    """Folded phrase → meaning; where the lexicon and the grammar's own words agree, the lexicon goes first."""
    meanings: dict[str, Meaning] = {}
    for phrase, kind, name in _phrases(lexicon):
        key = " ".join(fold(phrase).replace("-", " ").split())
        if not re.match("[a-z0-9(]", key):
            raise ValueError(f"a phrase for {name!r} does not begin with a letter")
        if meanings.setdefault(key, (kind, name)) != (kind, name) and kind not in CUES:
            raise ValueError(f"{phrase!r} says two things")
    return meanings


def _phrases(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    yield from ((phrase, "other", phrase) for phrase in lexicon.others)
    yield from ((phrase, "symptom", name) for name, phrases in lexicon.symptoms.items() for phrase in phrases)
    yield from ((phrase, "intensity", phrase) for phrase in lexicon.intensities)
    yield from ((phrase, cue, phrase) for cue, phrases in CUES.items() for phrase in phrases)


_NEGATIVE = "no|none|denied|absent|negativ[eoa]s?|ningun[oa]?"
_ANSWER = rf":\s{{0,3}}(?:{_NEGATIVE})(?=\s{{0,3}}(?:[.,;)\n]|\Z))|\.\s{{0,3}}no(?=\s{{0,3}}(?:[.,;]|\Z))|\(\s?-\s?\)"
_STOP = r"[.;!?](?!\d)|\n[ \t\r]{0,8}(?=[\n*•-])"


def _compile(meanings: Mapping[str, Meaning]) -> tuple[re.Pattern[str], list[Meaning]]:
    """One alternation with one group for each phrase, the longest first, and what each group means."""
    buckets: dict[str, list[str]] = {}
    for key in sorted(meanings, key=len, reverse=True):
        buckets.setdefault(key[0], []).append(key)
    known = [("", ""), ("duration", "duration"), *(meanings[key] for keys in buckets.values() for key in keys)]
    words = "|".join(
        f"{re.escape(first)}(?:{'|'.join(f'({_phrase_pattern(key[1:])})' for key in keys)})" for first, keys in buckets.items()
    )
    pattern = f"(?<![a-z0-9])(?:({note_time.PATTERN})|{words})(?![a-z0-9])|({_ANSWER})|({_STOP})|(,)"
    return re.compile(pattern), [*known, ("absent", ":"), ("stop", "."), ("comma", ",")]


def _phrase_pattern(key: str) -> str:
    return re.escape(key).replace(r"\*", "[a-z]{0,12}").replace(r"\ ", r"[\s-]{1,4}")
