"""Development identity: this machine, and nobody who only pretends to be it."""

import pytest

from avicena.backends.identity import open_identity
from avicena.core.errors import Misconfigured, NotAllowed
from avicena.settings import Settings

HERE = {"host": "127.0.0.1:8000"}


def who(headers: dict[str, str], client: str = "127.0.0.1") -> str:
    return open_identity(Settings()).who(headers, client).id


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:8000", "[::1]:8000", "127.8.0.3:1"])
def test_everybody_on_this_machine_is_the_developer(host: str) -> None:
    assert who({"host": host}) == "developer"


@pytest.mark.parametrize("host", ["", "evil.example", "evil.example:8000", "localhost.evil.example", "0.0.0.0", "[::"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(NotAllowed, match="Host"):
        who({"host": host})


def test_a_request_from_another_machine_is_refused() -> None:
    with pytest.raises(NotAllowed, match="this machine only"):
        who(HERE, client="192.0.2.7")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", ""])
def test_a_page_of_another_site_may_not_ask(origin: str) -> None:
    with pytest.raises(NotAllowed, match="another web site"):
        who(HERE | {"origin": origin})


def test_our_own_page_may_ask() -> None:
    assert who(HERE | {"origin": "http://127.0.0.1:8000"}) == "developer"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_it_listens_on_loopback(host: str) -> None:
    open_identity(Settings()).check_bind(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "hospital.example", ""])
def test_it_refuses_to_listen_anywhere_else(host: str) -> None:
    with pytest.raises(Misconfigured, match="AVICENA_HOST"):
        open_identity(Settings()).check_bind(host)


def test_it_says_that_it_is_development() -> None:
    assert "development" in str(open_identity(Settings()).notice)


def test_an_unknown_identity_names_those_that_there_are() -> None:
    with pytest.raises(Misconfigured, match="development"):
        open_identity(Settings(identity="oauth"))
