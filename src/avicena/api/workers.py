"""The processes that answer, as their parent sees them: it accepts connections and hands each to the least busy."""

import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from avicena.api.worker import CONNECTION, ENDED, PATIENCE, READY
from avicena.core.errors import Misconfigured
from avicena.settings import PREFIX, Settings

AGAIN = 1.0
"""Seconds after which a worker that died is replaced."""
_CODE = "import sys; from avicena.api.worker import main; sys.exit(main(int(sys.argv[1])))"


def count(settings: Settings, cores: int) -> int:
    """How many processes shall answer: never more than answers are allowed at the same time."""
    return max(1, min(settings.workers or cores, settings.threads))


def environment(settings: Settings, workers: int, cores: int) -> dict[str, str]:
    """The variables of one worker: this process's own, with its share of what `settings` allow in all."""
    given = {one.name: getattr(settings, one.name) for one in fields(Settings)} | {"workers": 1}
    shares = {"threads": settings.threads, "waiting": settings.waiting, "models": settings.models or cores}
    given |= {name: -(-whole // workers) for name, whole in shares.items()}
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return {**os.environ, "PYTHONPATH": paths, **{PREFIX + name.upper(): str(value) for name, value in given.items()}}


class Worker:
    """One process that answers on the connections that it is handed; it ends by itself when its parent is gone."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-c", _CODE, str(theirs.fileno())]
            self.process = subprocess.Popen(command, env=variables, pass_fds=[theirs.fileno()])  # noqa: S603
        self.channel.setblocking(False)
        self.ready = False
        self.open = 0

    def take(self, connection: socket.socket) -> bool:
        """Hand over a connection; False if the worker cannot take it."""
        try:
            socket.send_fds(self.channel, [CONNECTION], [connection.fileno()])
        except OSError:
            return False
        self.open += 1
        return True

    def hear(self) -> bool:
        """Read what the worker tells; False when it is gone."""
        try:
            told = self.channel.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.ready = self.ready or READY in told
        self.open -= told.count(ENDED)
        return bool(told)

    def end(self, until: float) -> int:
        """Wait for the end, which closing the channel asked for, until that time at most; the process id."""
        self.channel.close()
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.pid


class Crew:
    """A number of workers behind one listening socket; one that dies is replaced."""

    def __init__(self, listener: socket.socket, number: int, variables: Mapping[str, str], folder: Path) -> None:
        self._listener = listener
        self._number = number
        self._variables = variables
        self._folder = folder
        self._workers: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._again = 0.0

    def start(self) -> None:
        """Start all and wait until they are ready. Raises Misconfigured (one ends before it is)."""
        self._fill()
        while not all(one.ready for one in self._workers):
            self._listen(None)
            if len(self._workers) < self._number:
                raise Misconfigured("a worker process could not start; its own message says why")

    def run(self) -> None:
        """Hand out connections until interrupted."""
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        while True:
            self._listen(AGAIN)
            self._fill()

    def stop(self) -> None:
        """Let all finish what they hold, and wait for them."""
        for one in self._workers:
            with suppress(OSError):
                one.channel.shutdown(socket.SHUT_WR)
        until = time.monotonic() + PATIENCE + 5
        for one in self._workers:
            one.end(until)
        self._selector.close()

    def _listen(self, seconds: float | None) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                self._accept()
            elif not key.data.hear():
                self._lose(key.data)

    def _accept(self) -> None:
        with suppress(OSError), self._listener.accept()[0] as connection:
            for one in sorted(self._workers, key=lambda one: one.open):
                if one.ready and one.take(connection):
                    return

    def _lose(self, worker: Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.channel)
        mark_process_dead(worker.end(time.monotonic() + AGAIN), str(self._folder))  # type: ignore[no-untyped-call]
        self._again = time.monotonic() + AGAIN

    def _fill(self) -> None:
        while len(self._workers) < self._number and time.monotonic() >= self._again:
            one = Worker(self._variables)
            self._workers.append(one)
            self._selector.register(one.channel, selectors.EVENT_READ, one)


@contextmanager
def crew(listener: socket.socket, settings: Settings, number: int, cores: int) -> Iterator[Crew]:
    """Workers that answer, ready and ended with the block. Raises Misconfigured (they cannot start)."""
    folder = Path(tempfile.mkdtemp(prefix="avicena-figures-"))
    variables = environment(settings, number, cores) | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    found = Crew(listener, number, variables, folder)
    try:
        found.start()
        yield found
    finally:
        listener.close()
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)
