"""Which pictures a model learnt from, as marks that a bundle carries: enough to recognise one, and no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from avicena.core import digest

BYTES = 8
"""Length of a mark: of a million strange pictures, one is taken for one of a million known ones with p = 5e-8."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Marks of the pictures that each image stage learnt from, sorted, by the stage's name.

    A mark is the start of a keyed digest of a picture's digest. It tells whoever holds the very picture that the model
    learnt from it, and nobody anything of a picture that they do not hold; marks of two bundles cannot be compared,
    for each bundle has a `salt` of its own (16 bytes in hexadecimal).
    """

    salt: str
    pictures: Mapping[str, tuple[str, ...]]

    def known(self, stage: str, pictures: Iterable[str]) -> int | None:
        """How many of these pictures, by their digests, a stage learnt from; None where it left no marks."""
        if stage not in self.pictures:
            return None
        marks = frozenset(self.pictures[stage])
        return sum(_mark(self.salt, one) in marks for one in pictures)


def marked(candidate: str, pictures: Mapping[str, Iterable[str]]) -> Learnt:
    """The marks of a candidate's pictures, given by their digests for each stage; the same for the same candidate."""
    salt = blake2b(f"learnt by {candidate}".encode(), digest_size=16).hexdigest()
    return Learnt(salt, {stage: tuple(sorted({_mark(salt, one) for one in each})) for stage, each in pictures.items()})


def content(values: Mapping[str, Any], label: str) -> str:
    """The digest of what a row without a picture says, and of its label; what was not given counts as not there."""
    return digest.of([{name: value for name, value in values.items() if value is not None}, label])


def _mark(salt: str, picture: str) -> str:
    return blake2b(picture.encode(), key=bytes.fromhex(salt), digest_size=BYTES).hexdigest()
