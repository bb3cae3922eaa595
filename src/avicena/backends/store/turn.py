"""Whose turn it is to write to one file, among processes that take turns fairly."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Turn:
    """A lock between processes in which nobody is passed over, as SQLite's own lets happen: it only asks now and then.

    Who wants to write takes the place next in line, waits there for the turn, and only then frees that place. Who has
    just written finds the place taken if another waits. The system frees both when a process dies.
    """

    def __init__(self, file: Path) -> None:
        self._places = [file.with_name(f"{file.name}-{place}") for place in ("next", "turn")]
        self._held = -1

    def __enter__(self) -> None:
        """Wait for the turn. Raises OSError (no lock file can be made beside the file)."""
        place, turn = self._places
        following = _locked(place)
        try:
            self._held = _locked(turn)
        finally:
            os.close(following)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._held)


def _locked(path: Path) -> int:
    """An open file that is locked until it is closed."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    return file
