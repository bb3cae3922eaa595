"""How the audit chain grows: the next lines behind a head, and the seal on the new head."""

from collections.abc import Iterable
from dataclasses import replace

from avicena.backends.store import Seal
from avicena.core import digest
from avicena.core.audit import GENESIS, AuditLine, Entry, Head, Kept, Record
from avicena.core.errors import Blocked

LONGEST = 500
"""Characters in a name that a database can still look up by."""


def mac_of(seal: Seal, seq: int, its_hash: str) -> str:
    """What the head's `mac` must be for a chain that ends with line `seq`."""
    return seal(digest.canonical(["avicena head", seq, its_hash]))


def head_at(seal: Seal, line: AuditLine) -> Head:
    """The sealed head of a chain that ends with this line."""
    return Head(line.seq, line.hash, mac_of(seal, line.seq, line.hash))


def filled(entry: Entry, records: Iterable[Record]) -> Entry:
    """The entry with the trace of each record it keeps.

    Raises Blocked (a name is too long, or a text holds what a database cannot: NUL or half a surrogate pair).
    """
    records = tuple(records)
    names = [name for record in records for name in (record.kind, record.id, record.application, record.at)]
    try:
        whole = replace(entry, kept=tuple(Kept(record.kind, record.id, record.digest) for record in records))
        text = digest.canonical([whole, names])
    except TypeError:
        raise Blocked("the audit entry or a record's name holds text that cannot be kept") from None
    if b"\\u0000" in text or any(len(name) > LONGEST for name in names):
        raise Blocked(f"a name holds NUL or is longer than {LONGEST} characters")
    return whole


def continued(head: Head | None, entries: Iterable[Entry]) -> list[AuditLine]:
    """The lines that these entries become behind the head, each with the hash of the one before."""
    seq, previous = (0, GENESIS) if head is None else (head.seq, head.hash)
    lines = []
    for entry in entries:
        line = AuditLine(seq + 1, entry, previous).sealed()
        seq, previous = line.seq, line.hash
        lines.append(line)
    return lines
