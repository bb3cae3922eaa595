"""A man in the middle who can cut the line to a server at a chosen word."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class Proxy:
    """Listens on a port of 127.0.0.1 and passes all on to the PostgreSQL server whose socket lies in `folder`."""

    def __init__(self, folder: str) -> None:
        self._server = str(next(Path(folder).glob(".s.PGSQL.*[0-9]")))
        self._word: tuple[bytes, bool] | None = None
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def cut_at(self, word: bytes, arrives: bool) -> None:
        """Cut the next connection on which the client says the word, after or before the server hears it."""
        self._word = (word, arrives)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            threading.Thread(target=self._upwards, args=(client, server), daemon=True).start()
            threading.Thread(target=self._downwards, args=(client, server), daemon=True).start()

    def _upwards(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            if self._word is not None and self._word[0] in data:
                arrives, self._word, self.cuts = self._word[1], None, self.cuts + 1
                _close(client)
                if arrives:
                    server.sendall(data)
                else:
                    _close(server)
                return
            server.sendall(data)
        _close(server)

    def _downwards(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(server):
            try:
                client.sendall(data)
            except OSError:
                break
        _close(client)
        _close(server)


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(65536)
    except OSError:
        return b""


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
