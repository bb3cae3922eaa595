"""A small installation behind its HTTP door, asked in process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from avicena.api.server import create_app
from avicena.site import Site
from tests.api.doors import HOST, open_door
from tests.small import small_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An installation that answers small questions."""
    opened = small_site(tmp_path / "site", write_timeout=1.0)
    yield opened
    opened.close()


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    """A client on this machine."""
    with open_door(create_app(site), HOST) as opened:
        yield opened
