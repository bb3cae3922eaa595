"""What the commands share: the site, the actor, the console and the progress bars."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console, ConsoleOptions
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from avicena.core.actor import ROLES, Actor
from avicena.core.text import LANGUAGES, Language
from avicena.settings import read
from avicena.site import Site, open_site

WIDE = 1_000_000
"""Columns where nobody looks at a terminal: no table is as wide."""


class Whole(Console):
    """A console that cuts nothing short in a file or another program; only a real terminal has a width.

    Whether it is one is looked up at each print, as the stream may change, and COLUMNS speaks of a terminal alone.
    """

    @property
    def options(self) -> ConsoleOptions:
        """How to print: as wide as the terminal, or without a limit where there is none."""
        found = super().options
        return found if self.file.isatty() else found.update(max_width=WIDE)

    def heading(self, title: str) -> None:
        """A title over what follows, on a line as long as the terminal or as the title."""
        if self.file.isatty():
            self.rule(escape(title))
        else:
            self.print(f"--- {title} ---", markup=False)


console = Whole(emoji=False, highlight=False, soft_wrap=True)
errors = Whole(stderr=True, emoji=False, highlight=False, soft_wrap=True)

SiteOption = Annotated[
    str | None, typer.Option("--site", help="Folder of the installation [AVICENA_SITE].", show_default=False)
]


def spoken(said: str) -> Language:
    """The language that --lang names. Raises BadParameter (none of the two)."""
    if said not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}")
    return "es" if said == "es" else "en"


LanguageOption = Annotated[
    Language,
    typer.Option("--lang", parser=spoken, metavar="|".join(LANGUAGES), help="Language of the words: English, Spanish."),
]


def language() -> Language:
    """The reader's language, Spanish where the environment says so."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "es" if os.environ[name].startswith("es") else "en"
    return "en"


LANGUAGE = language()
"""What is spoken unless --lang says otherwise."""


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    errors.print(f"[bold red]avicena:[/] {escape(sentence)}")


@contextmanager
def opened(site: str | None) -> Iterator[Site]:
    """The installation, closed afterwards."""
    found = open_site(read(site=site))
    try:
        yield found
    finally:
        found.close()


def actor() -> Actor:
    """Whoever runs the command: AVICENA_ACTOR, or the account's name; whoever can open the site may do everything."""
    return Actor(os.environ.get("AVICENA_ACTOR") or getpass.getuser(), ROLES)


class Bars:
    """Progress bars on standard error, one per stage; silent lines every tenth when it is not a terminal."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=errors, disable=not errors.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not errors.is_terminal:
            tenth = 10 * done // max(total, 1)
            if self._tenths.get(stage) != tenth:
                self._tenths[stage] = tenth
                errors.print(f"{stage}: {done} of {total}")
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)
