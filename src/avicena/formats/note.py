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
        self._shelves = _shelves(_meanings(lexicon))

    def read(self, text: str) -> Findings:
        """The findings of one note. It never fails: a note that says nothing known gives empty findings."""
        folded = fold(text)
        found = note_scope.said(folded, list(self.tokens(folded)))
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

    def tokens(self, folded: str) -> Iterator[Token]:
        """The phrases of a folded text that mean something, in order; those that only look like it are left out."""
        end = 0
        for match in _SCAN.finditer(folded):
            if match.start() < end:
                continue
            kind = match.lastgroup or ""
            token = self._phrase(folded, match) if kind == "word" else Token(kind, kind, match.start(), match.end())
            if token is not None:
                end = token.end
                if token.kind not in ("other", "over"):
                    yield token

    def _phrase(self, folded: str, word: re.Match[str]) -> Token | None:
        """The longest phrase that begins with this word."""
        first = word.group()
        if note_time.may_begin(first) and (time := note_time.DURATION.match(folded, word.start())):
            days = note_time.days(time.group())
            if days is not None:
                return Token("duration", "duration", time.start(), time.end(), days)
        shelf = self._shelves.get(first[:_KEY])
        match = shelf.pattern.match(folded, word.start()) if shelf else None
        if shelf is None or match is None:
            return None
        kind, name = shelf.meanings[(match.lastindex or 1) - 1]
        return Token(kind, name, match.start(), match.end(), self._levels.get(name, 0))


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


_NEGATIVE = "no|none|denied|absent|negativ[eoa]s?|ningun[oa]?"
_SCAN = re.compile(
    r"(?P<word>[a-z0-9]+)"
    rf"|(?P<absent>[:?]\s{{0,3}}(?:{_NEGATIVE})(?=\s{{0,3}}(?:[.,;)\n]|\Z))|\(\s?-\s?\))"  # "seizures: no", "fever (-)"
    r"|(?P<stop>[.;!?](?!\d)|\n[ \t\r]{0,8}(?=[\n*•-]))"
    r"|(?P<comma>,)"
)
_KEY = 3  # letters by which phrases are shelved

Meaning = tuple[str, str]
"""Kind of a token and its name."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All phrases with the same first letters: one alternation, the longest first, and what each group means."""

    pattern: re.Pattern[str]
    meanings: tuple[Meaning, ...]


def _shelves(meanings: Mapping[str, Meaning]) -> dict[str, _Shelf]:
    keys: dict[str, list[str]] = {}
    for phrase in sorted(meanings, key=len, reverse=True):
        keys.setdefault(_START.findall(phrase)[0][:_KEY], []).append(phrase)
    return {
        key: _Shelf(
            re.compile(f"(?:{'|'.join(f'({_phrase_pattern(phrase)})' for phrase in phrases)})(?![a-z0-9])"),
            tuple(meanings[phrase] for phrase in phrases),
        )
        for key, phrases in keys.items()
    }


def _phrase_pattern(phrase: str) -> str:
    return re.escape(phrase).replace(r"\*", "[a-z]{0,12}").replace(r"\ ", r"[\s-]{1,4}")


_START = re.compile(r"[a-z0-9]{3,}|[a-z0-9]+(?![a-z0-9*])")


def _meanings(lexicon: Lexicon) -> dict[str, Meaning]:
    """Folded phrase → meaning; where the lexicon and the grammar's own words agree, the lexicon goes first."""
    meanings: dict[str, Meaning] = {}
    for phrase, kind, name in _phrases(lexicon):
        key = " ".join(fold(phrase).replace("-", " ").split())
        if not _START.match(key):
            raise ValueError(f"a phrase for {name!r} does not begin with a word, or with three letters of one")
        if meanings.setdefault(key, (kind, name)) != (kind, name) and kind not in CUES:
            raise ValueError(f"{phrase!r} says two things")
    return meanings


def _phrases(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    yield from ((phrase, "other", phrase) for phrase in lexicon.others)
    yield from ((phrase, "symptom", name) for name, phrases in lexicon.symptoms.items() for phrase in phrases)
    yield from ((phrase, "intensity", phrase) for phrase in lexicon.intensities)
    yield from ((phrase, cue, phrase) for cue, phrases in CUES.items() for phrase in phrases)
