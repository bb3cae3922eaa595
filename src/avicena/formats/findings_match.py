"""Where a text names a term of a dictionary: windows of words in any order, small words and degrees passed over."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from avicena.core.text import Language
from avicena.formats.findings_kin import BREAKS, DEVIANT, LIGHT, LINKS, STOP
from avicena.formats.findings_lexicon import Phrase
from avicena.formats.findings_words import Word, fold_words, kin, near, plain, singular, words

Key = TypeVar("Key", int, str)
_LONGEST = 14
"""Words of a window, small ones included."""

_JOINS = frozenset(("and", "or", "nor", "y", "e", "o", "u", "ni"))
_PART, _HOLE = 3, 7
"""Words of each part of a joined name ("[palmar] and plantar [pits]"), and of what stands between them."""


class Mention(NamedTuple):
    """A term named in a text: characters `start` to `end` (exclusive) of the folded text.

    `denies`: the wording itself says that it is absent. `joined`: it shares words with other terms of a list.
    """

    id: str
    start: int
    end: int
    denies: bool = False
    joined: bool = False


class Seen(NamedTuple):
    """A word of the text as the windows need it; a code is 0 for a word that no name holds."""

    word: Word
    close: int
    wide: int
    alone: int
    stop: bool
    link: bool
    light: bool
    join: bool
    comma: bool
    wall: bool
    breaks: bool


class Name(NamedTuple):
    """A phrase of the dictionary with the codes of its head (the noun it is about) and of its last word.

    `lone` is the word of a Spanish name that is one short word: it counts in its own gender only.
    """

    phrase: Phrase
    head: int
    last: int
    lone: str = ""


class Codes(NamedTuple):
    """The codes of a word: in plain form, of its kin, and of the stem that it shares when it stands alone."""

    close: int
    wide: int
    alone: int


class Matcher:
    """The names of one dictionary in one language; made once, used from any thread.

    Two keys for each name: the sum of the codes of its words in plain form, and of their kin. A window of the text is
    looked up by its sums, so the order of words does not matter and the work is linear in the text.
    """

    def __init__(self, phrases: Iterable[Phrase], language: Language) -> None:
        self.language = language
        self._close: dict[int, Name] = {}
        self._wide: dict[int, Name] = {}
        self._capitals: dict[str, Name] = {}
        self._alone: dict[int, Name] = {}
        self._known: set[int] = set()
        self._codes: dict[str, Codes] = {}  # words of names only: no word of a note is kept
        for phrase in phrases:
            self._add(phrase)

    def _add(self, phrase: Phrase) -> None:
        if phrase.exact_case:
            _lower(self._capitals, phrase.text, Name(phrase, 0, 0))
            return
        every = [word.text for word in words(fold_words(phrase.text))]
        names = [word for word in every if word not in STOP[self.language] and word not in LINKS]
        if not names:
            return
        codes = [self._kept(name) for name in names]
        close, wide = [one.close for one in codes], [one.wide for one in codes]
        before = next((at for at, word in enumerate(every) if word in ("of", "in")), 0) if self.language == "en" else 1
        head = kin(every[before - 1], self.language) if before else kin(names[-1], self.language)
        short = self.language == "es" and len(names) == 1 and len(singular(names[0])) < _SHORT
        name = Name(phrase, _code(head), close[-1], singular(names[0]) if short else "")
        _lower(self._close, sum(close), name)
        if len(names) == 1:
            _lower(self._alone, codes[0].alone, name)
        else:
            _lower(self._wide, sum(wide), name)
        self._known.update(close, wide)

    def _kept(self, word: str) -> Codes:
        """The codes of a word of a name, made once."""
        if word not in self._codes:
            self._codes[word] = _codes(word, self.language)
        return self._codes[word]

    def knows(self, word: str) -> bool:
        """Whether a folded word is one of a name, in any number."""
        return (self._codes.get(word) or _codes(word, self.language)).close in self._known

    def mentions(self, text: str) -> list[Mention]:
        """Every mention in a text, nested ones too, in order of their start; places are those of its folded form."""
        folded = fold_words(text)
        seen = [self._see(word) for word in words(folded)]
        found = {*self._whole(seen), *self._joined(seen)}
        if len(text) == len(folded):  # combining accents would shift the places, and capitals with them
            found.update(self._abbreviated(text, seen))
        return sorted(found, key=lambda one: (one.start, -one.end, one.id))

    def _see(self, word: Word) -> Seen:
        close, wide, alone = self._codes.get(word.text) or _codes(word.text, self.language)
        between = word.after
        return Seen(
            word,
            close if close in self._known else 0,
            wide if wide in self._known else 0,
            alone if alone in self._alone else 0,
            word.text in STOP[self.language],
            word.text in LINKS,
            word.text in LIGHT[self.language],
            word.text in _JOINS or "/" in between,
            "," in between,
            not _SOFT.issuperset(between) or between.count("\n") > 1,
            word.text in BREAKS,
        )

    def _whole(self, seen: Sequence[Seen]) -> Iterator[Mention]:
        for first, one in enumerate(seen):
            if one.stop or one.link:
                continue
            name = self._alone.get(one.alone) if one.alone and one.close not in self._close else None
            if name and _own_gender(name, [one]):
                yield _mention(name, one, one)
            if one.close or one.wide:
                yield from self._windows(seen, first)

    def _windows(self, seen: Sequence[Seen], first: int) -> Iterator[Mention]:
        sums = _Sums()
        for last in range(first, min(first + _LONGEST, len(seen))):
            one = seen[last]
            if last > first and (one.wall or one.comma):
                return
            if one.stop:
                continue
            if one.link and last > first:
                sums.linked = True
                continue
            if not (one.close or one.wide or one.light):
                return
            sums.add(one, last == first)
            name = self._best(sums, one)
            if name and (sums.linked or self._may_end(name, one)) and _own_gender(name, seen[first : last + 1]):
                yield _mention(name, seen[first], one)

    def _best(self, sums: "_Sums", last: Seen) -> Name | None:
        name = self._look(sums.close, 0 if sums.linked else sums.wide)
        if name is None and not last.light and sums.bare_close != sums.close:
            return self._look(sums.bare_close, 0 if sums.linked else sums.bare_wide)
        return name

    def _look(self, close: int, wide: int) -> Name | None:
        return self._close.get(close) or self._wide.get(wide)

    def _may_end(self, name: Name, last: Seen) -> bool:
        """Whether a name may end with this word.

        An English adjective has its noun after it, which is cut off here; "seizures absent" are no absence seizures.
        """
        if last.word.text.startswith(_GONE) and _KIND_OF_ABSENCE.search(name.phrase.text.lower()):
            return False
        return self.language != "en" or last.close == name.last or not _ADJECTIVE.search(last.word.text)

    def _joined(self, seen: Sequence[Seen]) -> Iterator[Mention]:
        """Names whose words are shared in a list: "palmar and plantar pits", "loss of hearing or vision"."""
        for at, one in enumerate(seen):
            if one.join or one.comma:
                yield from self._shared_end(seen, at)
                yield from self._shared_start(seen, at)

    def _shared_end(self, seen: Sequence[Seen], at: int) -> Iterator[Mention]:
        lefts = [one for one in _parts(seen, at - 1, -1) if not self._cut(seen[one.first])]
        for hole in range(at + 1, min(at + 1 + _HOLE, len(seen) - 1)):
            if lefts and _a_list(seen, at, hole):
                for right in _parts(seen, hole + 1, 1):
                    yield from self._both(seen, lefts, right)

    def _cut(self, first: Seen) -> bool:
        """Whether a part lacks its noun, which stands before the adjective in Spanish: "puente [nasal y …] largo"."""
        return self.language == "es" and _ADJECTIVE_ES.search(first.word.text) is not None

    def _shared_start(self, seen: Sequence[Seen], at: int) -> Iterator[Mention]:
        begin = at + 1 if seen[at].word.text in _JOINS else at
        rights = list(_parts(seen, begin, 1))
        for hole in range(max(1, begin - _HOLE), begin - 1 if begin > at else begin):
            if rights and _a_list(seen, hole + 1, begin):
                for left in _parts(seen, hole - 1, -1):
                    for right in rights:
                        yield from self._both(seen, [left], right)

    def _both(self, seen: Sequence[Seen], lefts: Iterable["_Part"], right: "_Part") -> Iterator[Mention]:
        for left in lefts:
            name = self._look(left.close + right.close, left.wide + right.wide)
            if name is not None and self._in_order(seen, name, left, right):
                yield _mention(name, seen[left.first], seen[right.last])._replace(joined=True)

    def _in_order(self, seen: Sequence[Seen], name: Name, left: "_Part", right: "_Part") -> bool:
        """Whether the noun of the shared name stands where the language has it."""
        named = any(one.wide == name.head for one in seen[left.first : left.last + 1])
        end = seen[right.last]
        if self.language == "es":
            return named and not _ONE_ONLY.match(end.word.text)
        if end.wide == name.head:
            return True
        of = any(one.word.text in _OF for one in seen[left.first : right.first])
        return named and of and not _ADJECTIVE.search(end.word.text)

    def _abbreviated(self, text: str, seen: Iterable[Seen]) -> Iterator[Mention]:
        for one in seen:
            name = self._capitals.get(text[one.word.start : one.word.end])
            if name is not None:
                yield _mention(name, one, one)


@dataclass(slots=True)
class _Sums:
    """The sums of a window's codes: with every word, and without those that only say how much."""

    close: int = 0
    wide: int = 0
    bare_close: int = 0
    bare_wide: int = 0
    linked: bool = False

    def add(self, one: Seen, first: bool) -> None:
        self.close += one.close or 1
        self.wide += one.wide or 1
        if first or not one.light:
            self.bare_close += one.close or 1
            self.bare_wide += one.wide or 1


class _Part(NamedTuple):
    """One part of a shared name: its words and the sums of their codes."""

    first: int
    last: int
    close: int
    wide: int


def _parts(seen: Sequence[Seen], at: int, step: int) -> Iterator[_Part]:
    """Up to three words that begin (step 1) or end (step -1) at a place, not across a comma, a join or a wall."""
    close = wide = 0
    for place in range(at, at + step * _PART * 2, step):
        if not 0 <= place < len(seen):
            return
        one = seen[place]
        if (one.join and one.word.text in _JOINS) or (step > 0 and place > at and (one.wall or one.comma)):
            return
        if not one.stop:
            if one.link or one.breaks or not (one.close or one.wide):
                return
            close += one.close or 1
            wide += one.wide or 1
            yield _Part(min(at, place), max(at, place), close, wide)
        if step < 0 and (one.wall or one.comma):
            return


def _a_list(seen: Sequence[Seen], first: int, last: int) -> bool:
    """Whether the words from `first` to `last` hold a join and no wall."""
    inside = seen[first : last + 1]
    return any(one.join for one in inside) and not any(one.wall or one.link or one.breaks for one in inside)


def _mention(name: Name, first: Seen, last: Seen) -> Mention:
    return Mention(name.phrase.id, first.word.start, last.word.end, name.phrase.denies)


def _lower(kept: dict[Key, Name], key: Key, name: Name) -> None:
    known = kept.get(key)
    if known is None or (name.phrase.rank, name.phrase.id) < (known.phrase.rank, known.phrase.id):
        kept[key] = name


def _own_gender(name: Name, window: Sequence[Seen]) -> bool:
    return not name.lone or any(singular(one.word.text) == name.lone for one in window)


def _codes(word: str, language: Language) -> Codes:
    return Codes(_code(plain(word, language)), _code(kin(word, language)), _code("~" + near(word, language)))


def _code(stem: str) -> int:
    return int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest()) | 1


_SOFT = frozenset(" \t\r\n-'\"/*,’")
_ADJECTIVE = re.compile(f"(?:al|ar|ary|ic|ous|{'|'.join(sorted(DEVIANT))})$")
_ADJECTIVE_ES = re.compile("(?:(?<!genit)al|(?<!genit)ales|ic[oa]s?|os[oa]s?|iv[oa]s?|ular|ulares)$")
_ONE_ONLY = re.compile(
    "(?:(?:larg|cort|anch|pequen|alt|baj|estrech|fin|grues|hundid|delgad|aumentad|disminuid|elevad|ampli)[oa]|grande)$"
)
"""Adjectives in singular say it of the last noun only: "puente nasal y filtrum largo"."""

_GONE = ("absent", "ausent")
_KIND_OF_ABSENCE = re.compile(r"\babsences?\b(?! of)|\S de ausencias?\b")
_SHORT = 6
"""Letters from which a lone word of a name is known in either gender."""

_OF = frozenset(("of", "in", "on", "to", "for"))
