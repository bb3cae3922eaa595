"""Reads the whole store and names the first audit line or record that is not as it was written."""

from dataclasses import dataclass

from avicena.backends.store import AlteredRow, Seal, Store
from avicena.backends.store.chain import mac_of
from avicena.backends.store.diagnosis import LINE, Fault, Found, Link, diagnose
from avicena.core.audit import AuditLine, Head, Record
from avicena.core.progress import Progress, silent

STEP = 1000
"""Lines between two words to the progress callback."""


def verify(
    store: Store, seal: Seal, known_head: tuple[int, str] | None = None, progress: Progress = silent
) -> Fault | None:
    """The first fault of the chain and its records up to the present head; None if all is as it was written.

    `known_head` is a (seq, hash) that was noted outside the store: it also shows a store that was put back whole to an
    earlier day. Needs the same memory for any length. Raises Unavailable.
    """
    try:
        head = store.head()
        sealed = head is not None and head.mac == mac_of(seal, head.seq, head.hash)
        end = _walk(store, head if sealed else None, known_head, progress)
        if sealed or (head is None and end.seq == 0):
            return None
        if head is None:
            return Fault(end.seq, "deleted", "head") if store.head() is None else verify(store, seal, known_head)
        return Fault(head.seq, "edited", "head")
    except AlteredRow as row:
        return Fault(row.seq, "edited", row.what)
    except Found as found:
        return found.fault


def _walk(store: Store, head: Head | None, known: tuple[int, str] | None, progress: Progress) -> Link:
    """Go along lines and records together, up to a head that can be trusted. Raises Found, AlteredRow."""
    records = _Records(store)
    last = Link()
    for line in store.lines():
        if head is not None and line.seq > head.seq:
            _refuse_beyond(store, head, line.seq, LINE)
            break
        diagnose(store, line, last)
        records.check(line)
        if known is not None and known[0] == line.seq and known[1] != line.hash:
            raise Found(line.seq, "edited", LINE)
        last = last.then(line)
        if line.seq % STEP == 0:
            progress("verify", line.seq, max(line.seq, head.seq if head else 0))
    _check_end(last, head, known)
    records.check_rest(head)
    progress("verify", last.seq, last.seq)
    return last


def _check_end(last: Link, head: Head | None, known: tuple[int, str] | None) -> None:
    longest = max(head.seq if head else 0, known[0] if known else 0)
    if last.seq < longest:
        raise Found(last.seq + 1, "deleted", LINE)
    if head is not None and last.hash != head.hash:
        raise Found(last.seq, "edited", f"{LINE}, or one before it")


def _refuse_beyond(store: Store, head: Head, seq: int, what: str) -> None:
    """What lies behind the head was inserted, unless the head has moved on meanwhile."""
    now = store.head()
    if now is None or now.seq < seq or now.seq <= head.seq:
        raise Found(seq, "inserted", what)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The next record, not yet judged; `record` is the error where its row cannot be read."""

    seq: int
    record: Record | AlteredRow


class _Records:
    """Walks the records beside the lines, one ahead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.records()
        self._next = self._read()

    def check(self, line: AuditLine) -> None:
        """Every record this line names is there unaltered, and no other. Raises Found, AlteredRow."""
        missing = {(kept.kind, kept.id): kept.digest for kept in line.entry.kept}
        while self._next is not None and self._next.seq <= line.seq:
            record = self._judged(self._next)
            expected = missing.pop((record.kind, record.id), None)
            if expected is None or self._next.seq < line.seq:
                raise Found(self._next.seq, "inserted", _name(record.kind, record.id))
            if record.digest != expected:
                raise Found(line.seq, "edited", _name(record.kind, record.id))
            self._next = self._read()
        for kind, id in missing:
            moved = self._store.get(kind, id) is not None
            raise Found(line.seq, "edited" if moved else "deleted", _name(kind, id))

    def check_rest(self, head: Head | None) -> None:
        """No record is left that no line names; those that were written meanwhile are not judged."""
        if self._next is None:
            return
        record = self._judged(self._next)
        if head is None:
            raise Found(self._next.seq, "inserted", _name(record.kind, record.id))
        _refuse_beyond(self._store, head, self._next.seq, _name(record.kind, record.id))

    def _read(self) -> _Seen | None:
        try:
            row = next(self._rows, None)
        except AlteredRow as altered:
            return _Seen(altered.seq, altered)
        return None if row is None else _Seen(*row)

    def _judged(self, seen: _Seen) -> Record:
        if isinstance(seen.record, AlteredRow):
            raise seen.record
        return seen.record


def _name(kind: str, id: str) -> str:
    return f"record {kind}/{id}"
