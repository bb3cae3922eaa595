"""The version of this installation of Avicena."""

__version__ = "0.1.0"
