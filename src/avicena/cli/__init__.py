"""The command line: `avicena --help`."""

from avicena.cli.main import main

__all__ = ["main"]
