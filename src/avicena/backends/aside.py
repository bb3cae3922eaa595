"""Threads that do the small parts of an answer while its network runs, for that needs no Python."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Job(Generic[Result]):
    """A piece of work that somebody may have begun; calling it gives its result, by doing it where nobody has."""

    __slots__ = ("_begun", "_done", "_error", "_value", "_work")

    _value: Result

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._begun, self._done = threading.Lock(), threading.Lock()
        self._done.acquire()
        self._error: BaseException | None = None

    def begin(self) -> None:
        """Do the work, unless it was begun."""
        if self._begun.acquire(blocking=False):
            try:
                self._value = self._work()
            except BaseException as error:
                self._error = error
            finally:
                self._done.release()

    def __call__(self) -> Result:
        """The result. Raises what the work raised."""
        self.begin()
        with self._done:
            if self._error is not None:
                raise self._error
            return self._value


class Aside:
    """A number of threads that begin what they are given, in that order; nobody waits for work that is not begun."""

    def __init__(self, threads: int) -> None:
        self._jobs: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"aside-{number}", daemon=True) for number in range(threads)
        ]
        for one in self._threads:
            one.start()

    def __call__(self, work: Callable[[], Result]) -> Job[Result]:
        """Have this done by the way."""
        job = Job(work)
        self._jobs.put(job)
        return job

    def close(self) -> None:
        """Let the threads end."""
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.begin()
            del job
