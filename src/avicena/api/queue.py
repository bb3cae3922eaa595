"""How many questions may be inside at once, so that those let in are answered soon."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

SOON = 0.3
"""Seconds in which a question that is let in should be answered."""
_WEIGHT = 0.1  # of the newest question in the running mean


class Queue:
    """Counts questions from their first byte to their answer, and learns how fast they are worked off.

    At most `threads` + `waiting` are inside. Of those that would wait, only as many as can be answered within `soon`
    seconds at the present pace, so that a slower machine lets in fewer. Used by the event loop alone.
    """

    def __init__(self, threads: int, waiting: int, soon: float = SOON) -> None:
        self._threads = threads
        self._most = threads + waiting
        self._soon = soon
        self._pace = 0.0  # mean seconds between two answers while all threads work
        self._working = 0
        self.inside = 0

    @property
    def full(self) -> bool:
        """Whether one more question would have to be turned away."""
        if self.inside < self._threads:
            return False
        return self.inside >= self._most or (self.inside + 1) * self._pace > self._soon

    @contextmanager
    def entered(self) -> Iterator[None]:
        """One question is inside."""
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    @contextmanager
    def worked(self) -> Iterator[None]:
        """One question has arrived whole and is handed to the threads; its time tells the pace."""
        self._working += 1
        share, started = max(self._working, 1), perf_counter()
        try:
            yield
        finally:
            self._working -= 1
            self._pace += _WEIGHT * ((perf_counter() - started) / share - self._pace)
