"""Group commit: many threads write at once, one thread commits all that waits in one transaction and wakes them."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from avicena.core.audit import AuditLine, Entry, Record
from avicena.core.errors import AvicenaError, Unavailable

LARGEST = 256
"""Writes in one transaction."""
PATIENCE = 0.001
"""Seconds, at most, that a group waits for those who wrote in the last one and will probably write again."""


@dataclass(slots=True, eq=False)
class Write:
    """One caller's entry and records, and later what came of them."""

    entry: Entry
    records: Sequence[Record]
    line: AuditLine | None = None
    error: Exception | None = None
    _claimed: threading.Lock = field(default_factory=threading.Lock)
    _waiting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._waiting.acquire()

    def claim(self) -> bool:
        """True only for the first who asks: the thread that writes it, or the caller who gives it up."""
        return self._claimed.acquire(blocking=False)

    def finish(self, result: AuditLine | Exception) -> None:
        """Wake the caller with the line or the error; only the first result counts."""
        if self.line is None and self.error is None:
            if isinstance(result, AuditLine):
                self.line = result
            else:
                self.error = result
            self._waiting.release()

    def wait(self, seconds: float) -> bool:
        """Whether it was finished within so many seconds; -1 waits until it is."""
        return self._waiting.acquire(timeout=seconds)


Take = Callable[[], list[Write]]
Commit = Callable[[Take], None]
"""Opens a transaction, then takes the writes that wait, commits them, and finishes each of them."""


class GroupWriter:
    """The one thread that writes, and the queue before it."""

    def __init__(self, commit: Commit, timeout: float) -> None:
        self._commit = commit
        self._timeout = timeout
        self._queue: SimpleQueue[Write | None] = SimpleQueue()  # None is the last
        self._next: list[Write] = []  # taken from the queue, and not begun
        self._taken: list[Write] | None = None  # by the transaction that is open
        self._door = threading.Lock()
        self._closed = False
        self._expected = 0  # how many will probably write next: the last group, and those who waited meanwhile
        self._patience = 0.0  # seconds
        self._thread = threading.Thread(target=self._work, name="avicena-store", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many writes are not begun."""
        return self._queue.qsize() + len(self._next)

    def write(self, entry: Entry, records: Sequence[Record]) -> AuditLine:
        """Have it written with whatever else waits; it is on disk when this returns.

        Raises Unavailable (not begun in time, and it never will be; or closed), or what the commit found.
        """
        write = Write(entry, records)
        with self._door:
            if self._closed:
                raise Unavailable("the store is closed")
            self._queue.put(write)
        if not write.wait(self._timeout):
            if write.claim():
                raise Unavailable(f"the store did not take the write within {self._timeout:g} s; nothing was kept")
            write.wait(-1)
        if write.line is None:
            raise write.error or Unavailable("the store did not say what became of the write")
        return write.line

    def close(self) -> bool:
        """Write what waits and end the thread; False if the database does not let it end in time."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join(2 * self._timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        going_on = True
        while going_on or self._next:
            going_on = going_on and self._gather()
            if self._next:
                self._write()

    def _write(self) -> None:
        self._taken = None
        begun, before = time.monotonic(), self.waiting
        try:
            self._commit(self._take)
        except Exception as error:  # whatever it was, each caller hears of it and the thread lives on
            told = self._take(before) if self._taken is None else self._taken
            for write in told:  # who came meanwhile is not told of an older attempt
                write.finish(_copy(error))
        self._expected = len(self._taken or ()) + self.waiting
        self._patience = min(PATIENCE, (time.monotonic() - begun) / 4)

    def _gather(self) -> bool:
        """Sleep until there is something to write (and its company is there); False if the last has come."""
        if not self._next and not self._add(self._queue.get()):
            return False
        until = time.monotonic() + self._patience
        try:
            while self.waiting < self._expected and (rest := until - time.monotonic()) > 0:
                if not self._add(self._queue.get(timeout=rest)):
                    return False
        except Empty:
            pass
        return True

    def _add(self, write: Write | None) -> bool:
        if write is not None:
            self._next.append(write)
        return write is not None

    def _take(self, number: int = LARGEST) -> list[Write]:
        number = min(number, LARGEST)
        while len(self._next) < number:
            try:
                write = self._queue.get_nowait()
            except Empty:
                break
            if not self._add(write):
                self._queue.put(None)  # for `_gather` to find
                break
        waiting, self._next = self._next[:number], self._next[number:]
        self._taken = [write for write in waiting if write.claim()]
        return self._taken


def _copy(error: Exception) -> AvicenaError:
    """An error of its own for each caller; of a foreign one only the class, for its words may hold a value."""
    if isinstance(error, AvicenaError):
        return type(error)(*error.args)
    return Unavailable(f"the store failed with {type(error).__name__}; nothing was kept")
