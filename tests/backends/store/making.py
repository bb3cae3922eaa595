"""What the tests of the store write, seal and change behind its back."""

import hashlib
import hmac
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import create_engine, make_url, text

from avicena.backends.store import Store, open_store
from avicena.core.audit import AuditLine, Entry, Record

AT = "2026-03-01T08:00:00Z"


def seal(data: bytes) -> str:
    """The seal of a site whose key is known."""
    return hmac.new(b"the site's key", data, hashlib.sha256).hexdigest()


def entry(subject: str = "case", act: str = "ask", outcome: str = "done") -> Entry:
    """What an act says of itself."""
    return Entry(AT, "dr.house", act, "brain-tumour", subject, outcome)


def record(id: str, kind: str = "answer", application: str = "brain-tumour", body: bytes = b"{}") -> Record:
    """A record to keep."""
    return Record(kind, id, application, AT, body)


def written(store: Store, number: int, first: int = 1) -> list[AuditLine]:
    """So many acts with one record each, named answer/1 and so on."""
    return [
        store.write(entry(f"case {i}"), [record(str(i), body=b'{"n":%d}' % i)]) for i in range(first, first + number)
    ]


def many(store: Store, number: int) -> None:
    """So many acts with one record each, by many threads at once and so in any order."""
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda i: store.write(entry(), [record(f"many {i}")]), range(number)))


def opened(url: str, timeout: float = 5.0) -> Store:
    """The store at that address, sealed with the test site's key."""
    return open_store(url, seal, timeout=timeout)


def change(url: str, *statements: str, **values: Any) -> None:
    """Change the database behind the store's back."""
    _run(url, statements, values)


def rows(url: str, question: str) -> Sequence[Any]:
    """What the database itself says."""
    return _run(url, [question], {}) or []


def _run(url: str, statements: Sequence[str], values: dict[str, Any]) -> Sequence[Any] | None:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            result = None
            for statement in statements:
                result = connection.execute(text(statement), values)
            return result.all() if result is not None and result.returns_rows else None
    finally:
        engine.dispose()
