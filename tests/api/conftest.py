"""A small installation behind its HTTP door, asked in process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from avicena.api.server import create_app
from avicena.site import Site
from tests.api.doors import open_door
from tests.small import small_site


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation that answers small questions, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "site"
    small_site(folder).close()
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A folder of its own with an installation that answers small questions."""
    return Path(shutil.copytree(template, tmp_path / "site"))


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    """An installation that answers small questions."""
    opened = small_site(folder, write_timeout=1.0)
    yield opened
    opened.close()


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    """A client on this machine."""
    with open_door(create_app(site)) as opened:
        yield opened
