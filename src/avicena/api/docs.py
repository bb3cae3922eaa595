"""Interactive documentation that works without the internet: Swagger UI from an installed package."""

from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from avicena.core.errors import Misconfigured, NotFound

PACKAGE = "fastapi_offline"
"""The package whose `static` folder holds Swagger UI; it is never imported."""

_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Avicena API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", validatorUrl: null,
});
"""


def folder() -> Path:
    """The folder of Swagger UI's files. Raises Misconfigured (the package is not installed)."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured(f"the documentation page needs the package {PACKAGE.replace('_', '-')}; install it")
    return Path(spec.submodule_search_locations[0]) / "static"


async def page(request: Request) -> Response:
    """The page itself; it loads nothing from elsewhere."""
    return HTMLResponse(_PAGE, headers={"content-security-policy": _POLICY})


async def file(request: Request) -> Response:
    """One file of the page. Raises NotFound (it has no such file)."""
    name = request.path_params["name"]
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _FILES:
        raise NotFound("the documentation page has no such file")
    path = folder() / name
    return FileResponse(path, media_type=_FILES[name], headers={"cache-control": "public, max-age=86400"})
