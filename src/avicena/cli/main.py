"""Every command under one name, and what an error looks like to a person."""

import sys

import typer

from avicena.cli import (
    ask,
    audit,
    check,
    contract,
    data,
    datasets,
    demo,
    explore,
    findings,
    knowledge,
    models,
    review_data,
    score,
    serve,
    setup,
    technical,
)
from avicena.cli.console import complain
from avicena.core.errors import AvicenaError, ContractViolation
from avicena.version import __version__

app = typer.Typer(
    name="avicena",
    help="Clinical prediction models, from raw hospital data to an answer a clinician can trust.\n\n"
    "Exit codes: 0 done, 1 refused or failed (the message says what to do next), 2 wrong usage, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"avicena {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Clinical prediction models, from raw hospital data to an answer a clinician can trust."""


for _part in (
    demo,
    contract,
    data,
    datasets,
    review_data,
    explore,
    check,
    models,
    technical,
    score,
    knowledge,
    findings,
    ask,
    serve,
    audit,
    setup,
):
    _part.add(app)


def main() -> None:
    """Run the command line; our own errors end it with a sentence and exit code 1."""
    try:
        app()
    except ContractViolation as error:
        for field, problem in error.problems.items():
            complain(f"{field}: {problem}")
        sys.exit(1)
    except AvicenaError as error:
        complain(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        complain("interrupted; what was finished is kept")
        sys.exit(130)
