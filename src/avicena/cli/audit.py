"""Reading and verifying the audit chain."""

from typing import Annotated

import typer
from rich.table import Table

from avicena import lifecycle, queries
from avicena.cli.console import Bars, SiteOption, actor, complain, console, opened

app_ = typer.Typer(help="Read and verify the audit chain.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(app_, name="audit")


@app_.command("verify")
def verify(
    head: Annotated[str | None, typer.Option(help="SEQ:HASH, a head that was written down before.")] = None,
    site: SiteOption = None,
) -> None:
    """Verify every line and record; name the first that was edited, deleted, inserted or reordered (exit code 1).

    Write the head it prints down outside this machine: with --head, a later run also proves that no older copy of the
    database was put back.

    Examples:

        avicena audit verify

        avicena audit verify --head 1042:sha256:9f…
    """
    known = None
    if head is not None:
        seq, _, hash = head.partition(":")
        if not seq.isdigit() or not hash:
            raise typer.BadParameter("write SEQ:HASH", param_hint="--head")
        known = (int(seq), hash)
    with opened(site) as here, Bars() as bars:
        fault, end = lifecycle.verify(here, known, actor(), bars)
    if fault is not None:
        complain(fault)
        raise typer.Exit(1)
    console.print(f"the audit chain is whole; head {end}")


@app_.command("list")
def list_(
    last: Annotated[int, typer.Option(help="How many lines, from the newest back.")] = 20, site: SiteOption = None
) -> None:
    """Print the newest audit lines.

    Example: avicena audit list --last 50
    """
    table = Table("seq", "at", "who", "act", "application", "subject", "outcome", box=None)
    with opened(site) as here:
        for line in queries.audit(here, last):
            one = line.entry
            table.add_row(str(line.seq), one.at, one.actor, one.act, one.application, one.subject, one.outcome)
    console.print(table)
