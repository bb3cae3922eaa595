"""What is printed into a file or another program is whole; only a terminal has a width."""

import os
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

import pytest
from rich.markup import escape
from rich.table import Table
from typer.testing import CliRunner

from avicena.cli.console import Whole
from avicena.cli.main import app

LONG = "sha256:" + "c0ffee" * 40


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that speaks of a terminal of 40 columns."""
    monkeypatch.setenv("COLUMNS", "40")


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """One end of a real terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as opened:
        yield opened
    os.close(ours)


def wide() -> Table:
    table = Table("name", "digest", box=None)
    table.add_row(escape("[/x]"), LONG)
    return table


@pytest.mark.usefixtures("narrow")
def test_a_table_in_a_pipe_is_never_cut_short_whatever_columns_says() -> None:
    pipe = StringIO()
    Whole(file=pipe, soft_wrap=True).print(wide())
    lines = [line.split() for line in pipe.getvalue().splitlines()]
    assert lines == [["name", "digest"], ["[/x]", LONG]]


@pytest.mark.usefixtures("narrow")
def test_a_real_terminal_keeps_its_width(terminal: TextIO) -> None:
    assert Whole(file=terminal).options.max_width == 40


def test_a_heading_in_a_pipe_is_as_long_as_its_title() -> None:
    pipe = StringIO()
    Whole(file=pipe).heading("slice [1].png")
    assert pipe.getvalue() == "--- slice [1].png ---\n"


def test_a_language_of_neither_kind_is_refused_and_never_read_as_english() -> None:
    for command in (["score", "diagnosis"], ["findings", "--note", __file__], ["demo", "--no-serve"]):
        done = CliRunner().invoke(app, [*command, "--lang", "fr"])
        assert done.exit_code == 2
        assert "one of en, es" in " ".join(done.output.replace("│", " ").split())
