"""What can be set."""

import typer
from rich.table import Table

from avicena.cli.console import console
from avicena.settings import table as settings_table


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("settings")(settings)


def settings() -> None:
    """List every setting with its default.

    Example: AVICENA_PORT=9000 avicena serve
    """
    table = Table("variable", "default", "meaning", box=None)
    for row in settings_table():
        table.add_row(*row)
    console.print(table)
