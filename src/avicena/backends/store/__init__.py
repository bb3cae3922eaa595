"""Where records and the audit chain are kept: SQLite (default) or PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Protocol, cast
from urllib.parse import urlsplit

from avicena.core.audit import AuditLine, Entry, Head, Record
from avicena.core.errors import Misconfigured, Untrusted

Seal = Callable[[bytes], str]
"""HMAC-SHA256 with the site's key, as hexadecimal digits."""

TIMEOUT = 5.0
"""Seconds a write may wait before it gives up."""

SCHEMES = {"sqlite": "sqlite", "postgresql": "postgres"}
"""The scheme of a store's address, and the module that opens it."""


class Store(Protocol):
    """Records that are written once, and the audit chain that names each of them; may be used by many threads."""

    def write(self, entry: Entry, records: Sequence[Record] = ()) -> AuditLine:
        """Keep the records and one audit line that names them, together, on disk before this returns.

        `entry.kept` is filled in from the records. Raises Blocked (a record of that kind and id is already kept),
        Unavailable (the database does not answer in time; nothing was kept), Untrusted (the chain's end was altered).
        """

    def get(self, kind: str, id: str) -> Record | None:
        """The record, or None. Raises Unavailable, Untrusted (its row is not of the form that we write)."""

    def find(self, kind: str, application: str | None = None, *, newest: int | None = None) -> list[Record]:
        """The records of a kind, oldest first; only the last `newest` where given. Raises Unavailable."""

    def lines(self, after: int = 0) -> Iterator[AuditLine]:
        """The audit lines behind number `after`, in order, read page by page. Raises Unavailable, Untrusted."""

    def records(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """The records that lines behind number `after` wrote, each with its line's number, page by page."""

    def head(self) -> Head | None:
        """The sealed end of the chain; None before the first line. Raises Unavailable."""

    def ready(self) -> None:
        """Raises Unavailable (the database does not answer)."""

    def close(self) -> None:
        """Finish what is being written and let go of the database."""


class AlteredRow(Untrusted):
    """A row that no store of ours wrote so; `seq` is the number of its audit line, `what` says which row it is."""

    def __init__(self, seq: int, what: str) -> None:
        self.seq = seq
        self.what = what
        super().__init__(f"{what} (line {seq}) was altered in the database: run 'avicena audit verify'")


def open_store(url: str, seal: Seal, *, timeout: float = TIMEOUT) -> Store:
    """The store at an address such as `sqlite:///site/avicena.db` or `postgresql://user@host/database`.

    `timeout` is in seconds. Raises Misconfigured (unknown scheme, missing extra, newer schema), Unavailable.
    """
    module = SCHEMES.get(urlsplit(url).scheme)
    if module is None:
        raise Misconfigured(f"the store's address must begin with one of: {', '.join(f'{s}://' for s in SCHEMES)}")
    return cast(Store, import_module(f"{__name__}.{module}").open_store(url, seal, timeout))
