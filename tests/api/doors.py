"""What the tests of the HTTP door share: a question, a client, and what an installation kept."""

import base64
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from avicena.site import Site
from tests.small import application, picture

HOST = "127.0.0.1:8000"
ASK = f"/v1/{application.name}/answers"
PROBLEM = "application/problem+json"
FIELDS = {"age": "54", "sex": "female", "note": "Headaches for three weeks, worse in the morning."}


def open_door(app: ASGIApp, host: str = HOST) -> TestClient:
    """A client in this process that looks like one on this machine."""
    return TestClient(app, base_url=f"http://{host}", client=("127.0.0.1", 50000), raise_server_exceptions=False)


def files(data: bytes | None = None, media_type: str = "image/png") -> dict[str, tuple[str, bytes, str]]:
    """The picture as a part of a form."""
    return {"mri": ("slice", picture() if data is None else data, media_type)}


def as_json(data: bytes | None = None, **changed: Any) -> dict[str, Any]:
    """A whole question as a JSON object."""
    encoded = base64.b64encode(picture() if data is None else data).decode()
    return {"mri": encoded, "age": 54, "sex": "female", "note": FIELDS["note"]} | changed


def audit(site: Site) -> list[tuple[str, str]]:
    """Act and outcome of every line since the first small model was put in place."""
    lines = [(line.entry.act, line.entry.outcome) for line in site.store.lines()]
    return lines[lines.index(("deploy", "done")) + 1 :]


def kept(site: Site) -> tuple[int, int]:
    """The number of answers and of files that an installation holds."""
    folder = Path(site.settings.folder) / "blobs"
    return len(site.store.find("answer")), sum(path.is_file() for path in folder.rglob("*"))
