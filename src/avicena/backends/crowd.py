"""How many threads may do the same at once, and whether one is alone at it."""

import threading
from queue import SimpleQueue


class Permits:
    """Lets a number of threads into a block at once; a semaphore whose waiting costs no Python code."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._free.put(None)

    def __enter__(self) -> None:
        self._free.get()

    def __exit__(self, *_: object) -> None:
        self._free.put(None)


class Crowd:
    """Counts the threads inside a block."""

    def __init__(self) -> None:
        self._inside = 0
        self._lock = threading.Lock()

    @property
    def alone(self) -> bool:
        """Whether no other thread is inside."""
        return self._inside <= 1

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
