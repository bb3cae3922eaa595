"""Of each term named in a note: whether the patient has it, has it not, may have it, or one of the family has it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from avicena.formats import findings_cues as cues
from avicena.formats import findings_signs as shown
from avicena.formats.findings_match import Mention
from avicena.formats.note import Lexicon, NoteGrammar
from avicena.formats.note_cues import JOINING
from avicena.formats.note_fold import guess
from avicena.formats.note_scope import Reading, Said, Token

Status = Literal["observed", "excluded", "family", "uncertain"]

_KINDS = {
    "family": (*cues.FAMILY_HISTORY, *cues.KIN),
    "patient": cues.PATIENT,
    "maybe": cues.SUPPOSED,
    "maybe back": tuple(one for one in cues.SUPPOSED_BACK if one not in cues.SUPPOSED),
    "versus": cues.VERSUS,
    "denied": cues.DENIED,
    "denied back": tuple(one for one in cues.DENIED_BACK if one not in cues.DENIED),
}
_BACK = frozenset(cues.SUPPOSED_BACK)
_HEADER = re.compile(r"\n[ \t]*(?=[^\n:.,;]{1,40}:)")
_SPOKEN_AFTER = re.compile(rf"\s{{0,3}}(?:que\s|who\s|nos\s|lo\s|la\s|le\s)?(?:{cues.REPORTS})")
_SPOKEN_BEFORE = re.compile(
    rf"(?:(?:(?:{cues.REPORTS})[a-z]*|segun|por|by|per|according to)\s+(?:la|el|los|las|su|sus|the|his|her)?"
    r"|con\s+(?:la|el|los|las|su|sus))\s*$"
)
_CHILD = re.compile(r"\b(?:sons?|daughters?|hij[oa])\b")
"""Who the patient is when a parent speaks: "the mother reports that her son has fever"."""

_WHOSE = re.compile(r"\b(?:cuy[oa]s?|whose)\s+$")
_IN = re.compile(r"\b(?:en|in)\s+(?:(?:el|la|los|las|un|una|su|sus|dos|the|his|her|their|a|an|one|two)\s+)?$")
_ASKED = re.compile(r"\s?\(?\?")
_ITEM = re.compile(r"[,.;:\n]")
_END = re.compile(r"[.;:\n](?!\d)")
_CLOSING = re.compile(r"\b(?:ni|or|nor|o)\b")
_FAR = 400
"""Characters in which the "or" that closes a list is looked for."""

_NEARBY = 3
"""Words between a participle and what it denies."""

_NEAR = 60
"""Characters that may stand between a term and the relative who has it."""


@cache
def _grammar() -> NoteGrammar:
    return NoteGrammar(Lexicon(symptoms=_KINDS, intensities={}, others=cues.HAD))


def statuses(folded: str, mentions: Sequence[Mention]) -> list[Status]:
    """The status of each mention of a folded text, in their order; the mentions stand in order of their start."""
    reading = _Statuses(folded, list(_tokens(folded, mentions)), spanish=guess(folded) != "en")
    for place in range(len(reading.tokens)):
        reading.take(place)
    said = {one.token.name: one.present for one in reading.found}
    return [
        reading.other.get(name) or ("observed" if said[name] else "excluded") for name in map(str, range(len(mentions)))
    ]


def _tokens(folded: str, mentions: Sequence[Mention]) -> list[Token]:
    """Cues, ends of sentences and mentions in order; a cue that is part of a name is none."""
    named = [Token("symptom", str(number), one.start, one.end) for number, one in enumerate(mentions)]
    covered = bytearray(len(folded) + 1)
    for one in mentions:
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    ends = [Token("stop", "header", match.start(), match.end()) for match in _HEADER.finditer(folded)]
    said = [_cue(token) for token in _grammar().tokens(folded) if token.kind not in ("duration", "intensity")]
    around = list(shown.signs(folded))
    taken = {place for token in around if token.kind != "verb" for place in range(token.start, token.end)}
    kept = (token for token in said if token.start not in taken)
    free = (token for token in (*ends, *kept, *around) if not any(covered[token.start : token.end]))
    return sorted((*named, *free), key=lambda token: (token.start, -token.end))


def _cue(token: Token) -> Token:
    if token.kind == "symptom":
        return token._replace(kind="no" if token.name == "denied" else token.name)
    if token.kind == "aside":
        return token._replace(kind="maybe")
    return token


@dataclass(slots=True)
class _Statuses(Reading):
    """The reading of notes (see note_scope), which also keeps what is said of the family and what is supposed."""

    family: bool = False
    whose: bool = False  # whether the relative stands in "whose mother …"
    spanish: bool = True  # whether the text may be Spanish
    speaker: int = -1  # the sentence in which a relative speaks for the patient
    relative: int = 0  # where the relative stands
    theirs: Token | None = None  # the first finding of the relative
    other: dict[str, Status] = field(default_factory=dict)

    def take(self, place: int) -> None:
        token = self.tokens[place]
        match token.kind:
            case "family":
                self._relative(token)
            case "patient":
                self._patient(token)
            case "maybe":
                self._suppose(place)
            case "maybe back":
                self._mark_back("uncertain")
            case "versus":
                self._mark_back("uncertain")
                self.scope, self.used, self.verb = token, False, False
            case "denied back":
                self._denied_back(place)
            case "absent" | "unseen" if self._leads(place):
                self.scope, self.used, self.verb = token._replace(kind="no"), False, False
            case "unseen":
                self._unseen(token)
            case "no" if self._trails(place):
                self._deny_back()
            case "unweighed" | "unsure":
                self._unsure(place)
            case "verb":
                self._turn()
            case _:
                if token.kind in ("stop", "but"):
                    self.family = False
                Reading.take(self, place)

    def find(self, token: Token) -> None:
        """Take in a mention under whatever scope holds."""
        if self._listed_anew(token) or shown.DENYING.match(self.text, token.start, token.end):
            self.scope = None
        self.used = True
        denied = self.scope is not None and self.scope.kind == "no" and not shown.SINCE.match(self.text, token.end)
        self.found.append(Said(token, self.sentence, not (denied or self._closed(token))))
        asked = _ASKED.match(self.text, token.end) and "¿" not in self.text[max(0, token.start - _NEAR) : token.start]
        if self.family:
            self.theirs = self.theirs or token
            self.other[token.name] = "family"
        elif asked or (self.scope is not None and self.scope.kind in ("maybe", "versus")):
            self.other[token.name] = "uncertain"

    def _relative(self, token: Token) -> None:
        before, after = self.text[max(0, token.start - _NEAR) : token.start], self.text[token.end : token.end + _NEAR]
        if token.name == "family" and _abbreviated(self.text, token):
            return
        if _SPOKEN_AFTER.match(after) or _SPOKEN_BEFORE.search(before):
            self.speaker = self.sentence
            return
        if self.speaker == self.sentence and _CHILD.search(self.text, token.start, token.end):
            return
        last = self.found[-1] if self.found else None
        if (
            last is not None
            and _IN.search(before)
            and token.start - last.token.end < _NEAR
            and last.sentence == self.sentence
        ):
            self._mark_back("family")
        else:
            self.family, self.relative, self.theirs = True, token.end, None
            self.whose = _WHOSE.search(before) is not None

    def _patient(self, token: Token) -> None:
        if not self.text[max(0, token.start - 8) : token.start].rstrip().endswith((" de", " of", " del")):
            self.family = False

    def _turn(self) -> None:
        """Go back to the patient: "whose mother has diabetes, presents obesity"."""
        between = self.text[self.relative : self.theirs.start] if self.theirs else ","
        if not self.family or self.whose or ("," not in between and not shown.VERB.search(between)):
            self.family, self.scope = False, None

    def _around(self, place: int) -> tuple[Token | None, Token | None]:
        """The tokens before and after one."""
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return (self.tokens[place - 1] if place else None), following

    def _leads(self, place: int) -> bool:
        """Whether a participle denies what follows it: "descartada cardiopatía"."""
        token = self.tokens[place]
        before, following = self._around(place)
        first = before is None or before.kind != "symptom" or len(self._words(before.end, token.start)) > _NEARBY
        if not first or following is None or following.kind != "symptom":
            return False
        between = self._words(token.end, following.start)
        forward = token.kind == "unseen" or shown.FORWARD.fullmatch(self.text, token.start, token.end)
        return bool(forward) and len(between) <= _NEARBY

    def _trails(self, place: int) -> bool:
        """Whether a "no" ends what it denies: "vómitos no."."""
        token = self.tokens[place]
        before, following = self._around(place)
        return (
            self.text[token.start : token.end] in ("no", "not")
            and (following is None or following.kind in ("stop", "comma"))
            and before is not None
            and before.kind == "symptom"
            and not self.text[before.end : token.start].strip()
            and not self.text[token.end : following.start if following else None].strip()
        )

    def _unseen(self, token: Token) -> None:
        """Deny what stood shortly before, unless only its cause is unknown: "sordera de causa no conocida"."""
        last = self.found[-1].token.end if self.found else -_NEAR
        between = self._words(last, token.start)
        if len(between) <= _NEARBY and "," not in between and not shown.OTHERWISE.search(self.text, last, token.start):
            self._deny_back()

    def _unsure(self, place: int) -> None:
        """What was not examined, or is neither said nor denied: of what stands before, else of what follows."""
        token = self.tokens[place]
        last = self.found[-1] if self.found else None
        _, following = self._around(place)
        ahead = token.kind == "unsure" and following is not None and following.kind == "symptom"
        if ahead and "(" not in self.text[token.start : token.end]:
            last = None
        if last is not None and last.sentence == self.sentence and token.start - last.token.end < _NEAR:
            self.other[last.token.name] = "uncertain"
        else:
            self.scope, self.used, self.verb = token._replace(kind="maybe"), False, False

    def _closed(self, token: Token) -> bool:
        """Whether this is an opening of the heart that has closed."""
        opening = shown.OPENINGS.search(self.text, token.start, token.end)
        return opening is not None and shown.CLOSED.match(self.text, token.end) is not None

    def _listed_anew(self, token: Token) -> bool:
        """Whether a comma before this ends a bare "no": what follows describes, and no "or" closes the list."""
        scope = self.scope
        if scope is None or scope.kind != "no" or not self.used or self.verb:
            return False
        said = self.text[scope.start : scope.end]
        if said not in ("no", "sin", "without") or not self.text[
            max(scope.end, token.start - _NEAR) : token.start
        ].rstrip().endswith(","):
            return False
        until = min(len(self.text), token.end + _FAR)
        end = _ITEM.search(self.text, token.end, until)
        rest = _END.search(self.text, token.end, until)
        if _CLOSING.search(self.text, token.end, rest.start() if rest else until):
            return False
        item = self.text[token.start : end.start() if end else until]
        return shown.is_described(item, self.spanish)

    def _suppose(self, place: int) -> None:
        """A supposition of what follows, or of what stood before when nothing follows in the sentence."""
        token = self.tokens[place]
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        if self.text[token.start : token.end] in _BACK and (following is None or following.kind in ("stop", "comma")):
            self._mark_back("uncertain")
        else:
            self.scope, self.used, self.verb = token, False, False

    def _denied_back(self, place: int) -> None:
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        if following is None or following.kind == "stop":
            self._deny_back()
        else:
            token = self.tokens[place]
            self.scope, self.used, self.verb = token._replace(kind="no"), False, True

    def _mark_back(self, status: Status) -> None:
        """Mark the last mention of this sentence and the list that it ends."""
        following: Token | None = None
        for one in reversed(self.found):
            if one.sentence != self.sentence:
                return
            if following is not None:
                between = self.text[one.token.end : following.start].split()
                if not between or not JOINING.issuperset(between):
                    return
            self.other[one.token.name] = status
            following = one.token


def _abbreviated(text: str, token: Token) -> bool:
    """Whether this is "AF" without the colon of a heading: it may mean something else."""
    return text[token.start : token.end] == "af" and not text[token.end :].lstrip().startswith(":")


def outer(mentions: Iterable[Mention]) -> list[Mention]:
    """Without mentions inside a longer one, but for those that share their words in a list; in order of their start."""
    every = sorted(mentions, key=lambda one: (one.start, -one.end, one.joined, one.id))
    whole = {(one.id, place) for one in every if not one.joined for place in (one.start, one.end)}
    kept: list[Mention] = []
    for one in every:
        inside = any(_holds(other, one) for other in kept[-_BEFORE:])
        if not inside and not (one.joined and {(one.id, one.start), (one.id, one.end)} & whole):
            kept.append(one)
    return kept


def _holds(longer: Mention, one: Mention) -> bool:
    """Whether a mention is part of another that is kept."""
    if (longer.start, longer.end) == (one.start, one.end):
        return longer.joined
    return longer.start <= one.start and one.end <= longer.end and not longer.joined


_BEFORE = 8
"""Mentions before one that may hold it."""
