"""The audit chain: one line per act, each holding the hash of the one before."""

from dataclasses import dataclass, replace

from avicena.core import digest

GENESIS = "sha256:" + "0" * 64
"""What the first line holds in the place of a previous hash."""


@dataclass(frozen=True, slots=True)
class Record:
    """A noun as the store keeps it: `body` is its canonical JSON. A (kind, id) is written once and never changed."""

    kind: str
    id: str
    application: str
    at: str
    body: bytes

    @property
    def digest(self) -> str:
        """Covers everything the record holds."""
        return digest.of([self.kind, self.id, self.application, self.at, digest.of_bytes(self.body)])


@dataclass(frozen=True, slots=True)
class Kept:
    """The trace of one record in the audit line that wrote it."""

    kind: str
    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What an act says of itself: who did what to what, how it came out ("done" or an error's class), what it kept."""

    at: str
    actor: str
    act: str
    application: str
    subject: str
    outcome: str
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An Entry in its place in the chain; `hash` covers all the rest of the line."""

    seq: int
    entry: Entry
    previous: str
    hash: str = ""

    def sealed(self) -> "AuditLine":
        """The same line with its hash."""
        return replace(self, hash=self.expected())

    def expected(self) -> str:
        """The hash this line must have."""
        return digest.of([self.seq, self.previous, self.entry])


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain, sealed with the site's key (HMAC-SHA256), so that a shortened chain shows."""

    seq: int
    hash: str
    mac: str
