"""Development: everybody on this machine is trusted, and nobody else can reach us."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from avicena.core.actor import ROLES, Actor
from avicena.core.errors import Misconfigured, NotAllowed
from avicena.settings import Settings

DEVELOPER = Actor("developer", ROLES)
NOTICE = "development identity: everybody on this machine may do everything; never for patients' data"


def is_loopback(host: str) -> bool:
    """Whether an address or name, without port, means this machine only."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Development:
    """Everybody on loopback is the developer, with every role.

    A request whose Host is not loopback (DNS rebinding) or that another web site's page sent is refused.
    """

    notice = NOTICE

    def check_bind(self, host: str) -> None:
        if not is_loopback(host):
            raise Misconfigured(
                f"development identity serves this machine only, not {host}: "
                "set AVICENA_HOST=127.0.0.1, or choose another AVICENA_IDENTITY"
            )

    def who(self, headers: Mapping[str, str], client: str) -> Actor:
        if not is_loopback(client):
            raise NotAllowed("development identity answers this machine only")
        if not _own("//" + headers.get("host", "")):
            raise NotAllowed("the Host header must name this machine (127.0.0.1 or localhost)")
        origin = headers.get("origin")
        if origin is not None and not _own(origin):
            raise NotAllowed("pages of another web site may not ask here")
        return DEVELOPER


@lru_cache(maxsize=64)
def _own(url: str) -> bool:
    """Whether a URL's host is this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def open_identity(settings: Settings) -> Development:
    """The development identity."""
    return Development()
