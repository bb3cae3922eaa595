"""What a model learnt from, as marks that a bundle carries: enough to recognise a picture, row or case, and no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from avicena.core import digest

BYTES = 8
"""Length of a mark: of a million strange pictures, one is taken for one of a million known ones with p = 5e-8."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Marks of what each stage learnt from, sorted, by the stage's name: of pictures, rows without one, or cases.

    A mark is the start of a keyed digest of a picture's digest, of a row's `content`, or of a case's id. It tells
    whoever holds the very picture that the model learnt from it, and nobody anything of a picture that they do not
    hold; marks of two bundles cannot be compared, for each bundle has a `salt` of its own (16 bytes in hexadecimal).
    All of them stand under `pictures`, as bundles of before have it.
    """

    salt: str
    pictures: Mapping[str, tuple[str, ...]]

    def known(self, stage: str, names: Iterable[str]) -> int | None:
        """How many of these, by what their marks are made of, a stage learnt from; None where it left no marks."""
        if stage not in self.pictures:
            return None
        marks = frozenset(self.pictures[stage])
        return sum(_mark(self.salt, one) in marks for one in names)


def marked(candidate: str, names: Mapping[str, Iterable[str]]) -> Learnt:
    """The marks of what each stage of a candidate learnt from; the same for the same candidate."""
    salt = blake2b(f"learnt by {candidate}".encode(), digest_size=16).hexdigest()
    return Learnt(salt, {stage: tuple(sorted({_mark(salt, one) for one in each})) for stage, each in names.items()})


def content(values: Mapping[str, Any], label: str) -> str:
    """The digest of what a row without a picture says, and of its label; what was not given counts as not there."""
    return digest.of([{name: value for name, value in values.items() if value is not None}, label])


def _mark(salt: str, name: str) -> str:
    return blake2b(name.encode(), key=bytes.fromhex(salt), digest_size=BYTES).hexdigest()
