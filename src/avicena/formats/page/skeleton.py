"""What every page shares: the frame, the style, and a policy that forbids script and network."""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from avicena.core.text import Language


def render(template: str, language: Language, **given: Any) -> str:
    """The page that a template of this package gives, everything in it escaped; the same input gives the same page."""
    style = _style()
    return _templates().get_template(template).render(lang=language, style=style, policy=_policy(style), **given)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("avicena.formats.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _style() -> str:
    return (resources.files("avicena.formats.page") / "templates" / "page.css").read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """A Content-Security-Policy under which nothing loads but pictures inside the page and this very style."""
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
