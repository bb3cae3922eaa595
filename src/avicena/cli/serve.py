"""Starting the service."""

from typing import Annotated

import typer

from avicena.cli.console import SiteOption
from avicena.settings import read
from avicena.site import Site, open_site


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [AVICENA_HOST].", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [AVICENA_PORT].", show_default=False)] = None,
    site: SiteOption = None,
) -> None:
    """Serve answers over HTTP until Ctrl-C, with interactive documentation at /docs.

    In development identity (the default) it listens on loopback only.

    Example: avicena serve --site /srv/avicena --port 8000
    """
    start(open_site(read(site=site, host=host, port=port)))


def start(site: Site) -> None:
    """Serve a site; closes it at the end."""
    from avicena.api.server import serve as listen

    listen(site, site.settings.host, site.settings.port)
