"""A dataset version as a page to read."""

from pathlib import Path
from typing import Annotated

import typer

from avicena import catalogue, curation
from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, actor, console, opened
from avicena.cli.new_file import must_be_new, write_new


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(explore)


def explore(
    application: Annotated[str, typer.Argument(help="The application, such as brain-tumour.")],
    dataset: Annotated[str, typer.Argument(help="The dataset version, or the beginning of its name.")] = "newest",
    out: Annotated[
        Path | None, typer.Option(help="New file for the page [APPLICATION-VERSION.html].", dir_okay=False)
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Dataset version to compare with [the parent].", show_default=False)
    ] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Write what a dataset version holds as one HTML page: inputs, gaps, classes, sources, pictures, words, leaks.

    The page needs no network and holds a few pictures of patients: keep it as you keep their records. It shows the
    newest audit of `avicena check`, and what changed against the parent.

    Examples:

        avicena explore brain-tumour --out dataset.html

        avicena explore brain-tumour 3fd2c1 --against 9a01b2 --lang es
    """
    with opened(site) as here:
        version = catalogue.dataset(here, application, dataset).id
        path = out or Path(f"{application}-{version[7:19]}.html")
        must_be_new(path, "--out")
        curation.explore(here, application, version, actor())
        page = catalogue.explore(here, application, version, lang, against).encode()
    write_new(path, page, "--out")
    console.print(f"{path}  {len(page) // 1024} kB, with pictures of patients: keep it as their records")
