"""What is wrong with an audit line that does not follow from the one before."""

from dataclasses import dataclass
from typing import Literal

from avicena.backends.store import AlteredRow, Store
from avicena.core import digest
from avicena.core.audit import GENESIS, AuditLine

Kind = Literal["edited", "deleted", "inserted", "reordered"]
LINE = "audit line"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is not as it was written: at which line, what happened, and to what."""

    seq: int
    kind: Kind
    what: str


class Found(Exception):
    """Ends the search with its result."""

    def __init__(self, seq: int, kind: Kind, what: str) -> None:
        self.fault = Fault(seq, kind, what)
        super().__init__(self.fault)


@dataclass(frozen=True, slots=True)
class Link:
    """How far the chain is good: the number and hash of the last good line, and the hash that it names."""

    seq: int = 0
    hash: str = GENESIS
    previous: str = ""

    def then(self, line: AuditLine) -> "Link":
        """The chain with this good line at its end."""
        return Link(line.seq, line.hash, self.hash)


def diagnose(store: Store, line: AuditLine, last: Link) -> None:
    """Says nothing if `line` follows `last`. Raises Found (it does not; with what most probably happened)."""
    if line.seq <= last.seq:
        raise Found(line.seq, "inserted", LINE)
    if line.seq > last.seq + 1:
        raise Found(last.seq + 1, "deleted", LINE)
    follows, whole = line.previous == last.hash, line.hash == line.expected()
    if follows and whole:
        return
    if follows:
        raise Found(line.seq, "edited", LINE)
    if line.previous == last.previous:  # two lines claim the same place: the one before pushed this one back
        raise Found(last.seq, "inserted", LINE)
    heir = _has_heir(store, line.seq, last.hash)
    if whole:  # it is good in itself: it was put here, or the line before was written anew
        raise Found(line.seq if heir or last.seq == 0 else last.seq, "inserted" if heir else "edited", LINE)
    displaced = _is_displaced(store, line)
    if heir:
        raise Found(line.seq, "reordered" if displaced else "inserted", LINE)
    raise Found(line.seq, "deleted" if displaced else "edited", LINE)


def _has_heir(store: Store, seq: int, its_hash: str) -> bool:
    """Whether the line that belongs at `seq` stands further on."""
    try:
        return any(line.previous == its_hash for line in store.lines(seq))
    except AlteredRow:
        return False


def _is_displaced(store: Store, line: AuditLine) -> bool:
    """Whether the line's hash was made for another number than the one it stands at."""
    head = store.head()
    numbers = range(1, (head.seq if head else line.seq) + 2)
    return any(digest.of([seq, line.previous, line.entry]) == line.hash for seq in numbers)
