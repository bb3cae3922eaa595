"""What of a note's tokens is said, what is denied, and what is not said of this patient at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from avicena.formats.note_cues import JOINING, OR

_FEW = 20  # tokens or items; a list is not longer
_OWN = 3  # words between a negation and its own verb, as in "does not at present have"
_NEAR = 200  # characters that may hold the words between two tokens


class Token(NamedTuple):
    """A phrase of the note that means something: `kind` is a finding's kind or a cue, `size` days or a level."""

    kind: str
    name: str
    start: int
    end: int
    size: float = 0.0


@dataclass(slots=True)
class Said:
    """A finding's token with the number of its sentence, and whether it is present or denied."""

    token: Token
    sentence: int
    present: bool


def said(folded: str, tokens: Sequence[Token]) -> list[Said]:
    """The findings among the tokens, in order; those said of others, or only as a possibility, are left out."""
    reading = Reading(folded, tokens)
    for place in range(len(tokens)):
        reading.take(place)
    return reading.found


@dataclass(slots=True)
class Reading:
    """One pass over the tokens; `scope` is the negation or the aside that we are within."""

    text: str
    tokens: Sequence[Token]
    found: list[Said] = field(default_factory=list)
    sentence: int = 0
    scope: Token | None = None
    used: bool = False  # whether a symptom stood in the scope yet
    verb: bool = False  # whether the scope has its verb
    clause: int = 0  # where in `found` the clause began

    def take(self, place: int) -> None:
        """Go on to the token at a place."""
        token = self.tokens[place]
        match token.kind:
            case "symptom" | "intensity" | "duration":
                self.find(token)
            case "no" | "aside":
                self.scope, self.used, self.verb = token, False, False
            case "absent":
                self._deny_back()
            case "resume" | "with":
                self._resume(token)
            case "comma" if not self._listed(place):
                self.scope = None
            case "but":
                self.scope, self.clause = None, len(self.found)
            case "stop":
                self.scope, self.clause = None, len(self.found)
                self.sentence += 1

    def find(self, token: Token) -> None:
        """Take in a finding."""
        self.used |= token.kind == "symptom"
        if self.scope is None or self.scope.kind == "no":
            self.found.append(Said(token, self.sentence, self.scope is None))

    def _resume(self, token: Token) -> None:
        """End the scope, unless the word belongs to it, as in "does not have" or "no refiere"."""
        if self.scope is None:
            return
        between = self._words(self.scope.end, token.start)
        near = len(between) <= (0 if token.kind == "with" else _OWN) and not {"and", "y"} & set(between)
        if not self.used and (near or (token.kind == "with" and self.verb)):
            self.verb = True
        else:
            self.scope = None

    def _deny_back(self) -> None:
        """Deny the last finding and the list that it ends: "nausea, vomiting and seizures are absent"."""
        joined = False
        following: Token | None = None
        for one in reversed(self.found[max(self.clause, len(self.found) - _FEW) :]):
            if following is not None:
                between = self._words(one.token.end, following.start)
                words = [word for word in between if word != ","]
                joined |= bool(words)
                if not joined or not JOINING.issuperset(words):
                    return
            one.present = False
            following = one.token

    def _listed(self, comma: int) -> bool:
        """Whether what stands between this comma and the next is one more item of the list before it."""
        end = self.tokens[comma].end
        if not OR.isdisjoint(self.text[end : end + 8].split()[:1]):
            return True
        words: list[str] = []
        for token in self.tokens[comma + 1 : comma + 1 + _FEW]:
            words += self._words(end, token.start)
            end = token.end
            if token.kind in ("comma", "stop", "but", "no"):
                break
            if token.kind not in ("symptom", "absent", "aside"):
                return False
        else:
            words += self._words(end, len(self.text))
        return sum(word not in JOINING for word in words) <= 2

    def _words(self, start: int, end: int) -> list[str]:
        return self.text[start : min(end, start + _NEAR)].replace(",", " , ").split()
