"""Every setting: its name, default and help. The environment variable is AVICENA_ and the name in capitals."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from avicena.core.errors import Misconfigured
from avicena.core.ranking import SHARE

PREFIX = "AVICENA_"


def _setting(default: Any, words: str) -> Any:
    return field(default=default, metadata={"help": words})


@dataclass(frozen=True)
class Settings:
    """How one installation is set up. Empty URLs mean the embedded default inside the site's folder."""

    site: str = _setting("avicena-site", "folder of this installation: database, blobs, keys and unfinished work")
    store: str = _setting("", "database of records and audit: sqlite:///PATH or postgresql://USER@HOST/NAME")
    blobs: str = _setting("", "files by digest: file:///PATH, s3://BUCKET, az://CONTAINER or memory://")
    keys: str = _setting("", "secret key of this site: file:///PATH (made on first use) or env:NAME")
    trusted: str = _setting("", "folder of further public keys (*.pub) whose model bundles may be installed")
    applications: str = _setting(
        "avicena_applications.brain_tumour,avicena_applications.diagnosis",
        "modules that hold an `application`, separated by commas",
    )
    host: str = _setting("127.0.0.1", "address to listen on; development identity refuses all but loopback")
    port: int = _setting(8000, "port to listen on")
    identity: str = _setting("development", "who asks: 'development' (everybody on this machine is trusted)")
    workers: int = _setting(0, "processes that answer, sharing threads, models and waiting; 0 is one for each CPU core")
    threads: int = _setting(8, "answers at the same time; more than CPU cores, for some wait for the disk")
    models: int = _setting(0, "model runs at the same time; 0 is one for each CPU core")
    network_threads: int = _setting(1, "CPU threads of one network run")
    lone_threads: int = _setting(2, "CPU threads of a network run while the process has no other question to answer")
    waiting: int = _setting(16, "requests that may wait for a thread; more get 503 with Retry-After")
    largest_body: int = _setting(12_000_000, "largest request body in bytes; more get 413")
    common_share: float = _setting(
        SHARE, "how likely a common disease is before anything is known of a patient, 0 to 1; the rest is for rare ones"
    )
    write_timeout: float = _setting(5.0, "seconds to wait for the store before an act fails closed")

    def __post_init__(self) -> None:
        if not 0 <= self.common_share <= 1:
            raise Misconfigured("AVICENA_COMMON_SHARE is a probability, from 0 to 1")

    @property
    def folder(self) -> Path:
        return Path(self.site).expanduser().absolute()

    def url(self, name: str) -> str:
        """The URL of a backend: the setting, or the embedded default inside the site's folder."""
        given = str(getattr(self, name))
        defaults = {"store": "sqlite:///{}/avicena.db", "blobs": "file://{}/blobs", "keys": "file://{}/site.key"}
        return given or defaults[name].format(self.folder)


def read(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment, with what is `given` (and not None) on top.

    Raises Misconfigured (a setting that does not parse, or a variable with our prefix that is no setting).
    """
    source = os.environ if environment is None else environment
    known = {one.name: one for one in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in source.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or variable in _ELSEWHERE:
            continue
        if name not in known:
            raise Misconfigured(f"{variable} is not a setting; `avicena settings` lists them")
        try:
            values[name] = _parsed(known[name].default, text)
        except ValueError:
            raise Misconfigured(f"{variable} does not read as {type(known[name].default).__name__}") from None
    values.update({name: value for name, value in given.items() if value is not None})
    return Settings(**values)


def _parsed(default: Any, text: str) -> Any:
    """A text as the type that the setting's default has."""
    return type(default)(text)


_ELSEWHERE = frozenset({"AVICENA_REAL_DATA", "AVICENA_ACTOR"})
"""Variables with our prefix that belong to the tests and to the command line."""


def table() -> list[tuple[str, str, str]]:
    """Every setting as (variable, default, help)."""
    return [(PREFIX + one.name.upper(), str(one.default), one.metadata["help"]) for one in fields(Settings)]
