"""The store on PostgreSQL, by psycopg 3 (extra `postgres`)."""

from contextlib import nullcontext
from typing import Any

from sqlalchemy import create_engine, make_url

from avicena.backends.store import Seal
from avicena.backends.store.sql import Database, SqlStore
from avicena.core.errors import Misconfigured

FOUNDING = "SELECT pg_advisory_xact_lock(7024128835361302)"
"""A number of our own, while the tables do not exist yet."""
LOCK = "SELECT pg_advisory_xact_lock('head'::regclass::oid::bigint)"
"""One writer to this head table, wherever it runs; readers and autovacuum are not held up."""


def open_store(url: str, seal: Seal, timeout: float) -> SqlStore:
    """The store in the database of a `postgresql://` address. Raises Misconfigured (the extra is missing)."""
    try:
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            connect_args=_connection(timeout),
            pool_size=16,
            max_overflow=48,
            pool_timeout=timeout,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise Misconfigured("PostgreSQL needs its driver: pip install 'avicena[postgres]'") from None
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")
    return SqlStore(Database(reading, engine, LOCK, FOUNDING, nullcontext()), seal, timeout)


def _connection(timeout: float) -> dict[str, Any]:
    """Settings that bound each wait, and a commit that is on disk before it counts whatever the server's default."""
    milliseconds = int(timeout * 1000)
    limits = f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds} -c synchronous_commit=on"
    return {
        "connect_timeout": max(2, round(timeout)),
        "tcp_user_timeout": milliseconds,
        "options": limits,
        "application_name": "avicena",
    }
