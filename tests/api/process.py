"""A real server in a process of its own, and plain clients on real sockets."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx

from tests.api.doors import FIELDS, files

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import sys
from avicena import settings
from avicena.api.server import serve
from tests.small import small_site
serve(small_site(settings.read().folder, **{name: type_(value) for name, type_, value in SETTINGS}), port=0)
"""


@dataclass
class Server:
    """A server process, and the port where it listens."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.process.send_signal(how)
        return self.process.wait(30)


@contextmanager
def served(folder: Path, **given: Any) -> Iterator[Server]:
    """The installation in `folder`, served by a process that is gone afterwards."""
    settings = [(name, type(value), value) for name, value in given.items()]
    shown = ", ".join(f"({name!r}, {type_.__name__}, {value!r})" for name, type_, value in settings)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AVICENA_")}
    environment |= {"AVICENA_SITE": str(folder), "PYTHONPATH": os.pathsep.join([*_paths(), str(ROOT)])}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE.replace("SETTINGS", f"[{shown}]")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found, "the server did not start"
        yield Server(process, int(found[1]))
    finally:
        kill(process)
        process.wait(30)
        process.stdout.close()


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a server and its workers without warning."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _paths() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def form(picture: bytes | None = None, media_type: str = "image/png") -> tuple[bytes, dict[str, str]]:
    """A whole question as a body and its headers."""
    headers = {"content-type": "multipart/form-data; boundary=between-the-parts"}
    request = httpx.Request("POST", "http://127.0.0.1", data=FIELDS, files=files(picture, media_type), headers=headers)
    return request.read(), headers


def wait_for(condition: Any, seconds: float = 20.0) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def connect(server: Server) -> HTTPConnection:
    """A connection of its own."""
    return HTTPConnection("127.0.0.1", server.port, timeout=60)
