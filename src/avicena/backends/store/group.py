"""Group commit: many threads write at once, one thread commits all that waits in one transaction and wakes them."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
        self._queue: deque[Write] = deque()
        self._taken: list[Write] = []
        self._changed = threading.Condition()
        self._closed = False
        self._expected = 0  # how many will probably write next: the last group, and those who waited meanwhile
        self._patience = 0.0  # seconds
        self._thread = threading.Thread(target=self._work, name="avicena-store", daemon=True)
        self._thread.start()

    def write(self, entry: Entry, records: Sequence[Record]) -> AuditLine:
        """Have it written with whatever else waits; it is on disk when this returns.

        Raises Unavailable (not begun in time, and it never will be; or closed), or what the commit found.
        """
        write = Write(entry, records)
        with self._changed:
            if self._closed:
                raise Unavailable("the store is closed")
            self._queue.append(write)
            self._changed.notify()
        if not write.wait(self._timeout):
            if write.claim():
                raise Unavailable(f"the store did not take the write within {self._timeout:g} s; nothing was kept")
            write.wait(-1)
        if write.line is None:
            raise write.error or Unavailable("the store did not say what became of the write")
        return write.line

    def close(self) -> bool:
        """Write what waits and end the thread; False if the database does not let it end in time."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(2 * self._timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while self._needed():
            self._taken = []
            begun = time.monotonic()
            try:
                self._commit(self._take)
            except Exception as error:  # whatever it was, each caller hears of it and the thread lives on
                for write in self._taken or self._take():
                    write.finish(_copy(error))
            self._expected = len(self._taken) + len(self._queue)
            self._patience = min(PATIENCE, (time.monotonic() - begun) / 4)

    def _needed(self) -> bool:
        """Sleep until there is something to write (and its company is there); False once all is written and closed."""
        with self._changed:
            until = time.monotonic() + self._patience
            self._changed.wait_for(lambda: self._queue or self._closed)
            if self._expected > 1:
                self._changed.wait_for(self._complete, timeout=max(0.0, until - time.monotonic()))
            return bool(self._queue)

    def _complete(self) -> bool:
        return len(self._queue) >= self._expected or self._closed

    def _take(self) -> list[Write]:
        waiting = [self._queue.popleft() for _ in range(min(LARGEST, len(self._queue)))]
        self._taken = [write for write in waiting if write.claim()]
        return self._taken


def _copy(error: Exception) -> AvicenaError:
    """An error of its own for each caller; of a foreign one only the class, for its words may hold a value."""
    if isinstance(error, AvicenaError):
        return type(error)(*error.args)
    return Unavailable(f"the store failed with {type(error).__name__}; nothing was kept")
