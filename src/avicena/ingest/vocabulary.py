"""Which words the notes of each class use, counted by family, and never a word that only a few families have."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from avicena.core.model import Row
from avicena.core.profile import FEWEST, Vocabulary, Word

SHOWN = 40
"""Words that are shown of one input."""

ENOUGH = 20
"""Families that a class needs before its share of a word says how far classes differ."""

_WORD = re.compile(r"[^\W\d_]{3,}")
"""A word of letters only: no number, date, code or initial."""


def vocabulary(
    rows: Sequence[Row], field: str, stage: str, classes: Sequence[str], fewest: int = FEWEST
) -> Vocabulary | None:
    """The words of a note input that tell a stage's classes apart most; None where no row has both.

    A word counts once per family and class. Of a class in which it stands in fewer than `fewest` families, but in
    some, the number is not told.
    """
    held: dict[str, set[str]] = defaultdict(set)
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        note = row.values.get(field)
        if note is not None and stage in row.labels:
            held[row.labels[stage]].add(row.family)
            said[row.labels[stage], row.family] |= set(_WORD.findall(str(note).casefold()))
    if not held:
        return None
    totals, everywhere = _counted(said)
    known = [word for word, number in everywhere.items() if number >= fewest]
    sizes = {one: len(held[one]) for one in classes}
    ranked = sorted(known, key=lambda word: (-_spread(word, totals, sizes), -everywhere[word], word))
    words = tuple(Word(one, tuple(_told(totals[of][one], fewest) for of in classes)) for one in ranked[:SHOWN])
    return Vocabulary(
        field,
        stage,
        tuple(classes),
        tuple(sizes.values()),
        fewest,
        len(known),
        len(everywhere) - len(known),
        words,
    )


def _counted(said: dict[tuple[str, str], set[str]]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Families by word within each class, and in all."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    whole: dict[str, set[str]] = defaultdict(set)
    for (of, family), words in said.items():
        totals[of].update(words)
        whole[family] |= words
    everywhere: Counter[str] = Counter()
    for words in whole.values():
        everywhere.update(words)
    return totals, everywhere


def _spread(word: str, totals: dict[str, Counter[str]], sizes: dict[str, int]) -> float:
    """How far the shares of families with a word lie apart between classes with enough families."""
    shares = [totals[one][word] / size for one, size in sizes.items() if size >= ENOUGH]
    return max(shares) - min(shares) if len(shares) > 1 else 0.0


def _told(number: int, fewest: int) -> int | None:
    return number if number == 0 or number >= fewest else None
