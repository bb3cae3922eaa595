"""Who asks: development (everybody on this machine), and later OIDC."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Protocol, cast

from avicena.core.actor import Actor
from avicena.core.errors import Misconfigured
from avicena.settings import Settings

KINDS = {"development": "development"}
"""The name of each way to know who asks, and the module that opens it."""


class Identity(Protocol):
    """Says who sends a request, from what every request carries."""

    @property
    def notice(self) -> str | None:
        """What whoever starts the service must know about this way, or None."""

    def check_bind(self, host: str) -> None:
        """Raises Misconfigured (requests that reach this address could not be told apart or trusted)."""

    def who(self, headers: Mapping[str, str], client: str) -> Actor:
        """The actor behind a request.

        `headers` has lower-case names; `client` is the network address that the request came from. Raises NotAllowed
        (nobody we know, or a request that only pretends to be theirs).
        """


def open_identity(settings: Settings) -> Identity:
    """The way that `settings.identity` names. Raises Misconfigured (there is no such way)."""
    module = KINDS.get(settings.identity)
    if module is None:
        raise Misconfigured(f"AVICENA_IDENTITY must be one of: {', '.join(KINDS)}")
    opened = cast(Callable[[Settings], Identity], import_module(f"{__name__}.{module}").open_identity)
    return opened(settings)
