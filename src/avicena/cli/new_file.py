"""Files that a command writes for a person: new ones only, so that nothing of theirs is lost."""

from pathlib import Path

from avicena.core.errors import Misconfigured


def must_be_new(path: Path, option: str) -> None:
    """Say before the work begins that its file could not be written; `option` is the one that names it.

    Raises Misconfigured (a file of that name is there already, or its folder is not).
    """
    try:
        folder, there = path.parent.is_dir(), path.exists()
    except OSError as error:
        raise _unwritable(path, option, error) from None
    if not folder:
        raise Misconfigured(f"the folder of {option} is not there; make it first")
    if there:
        raise Misconfigured(f"{path} is there already and is not overwritten; name another with {option} or remove it")


def write_new(path: Path, data: bytes, option: str) -> None:
    """Write a file that was not there. Raises Misconfigured (it was, even since the work began, or it cannot be)."""
    must_be_new(path, option)
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise _unwritable(path, option, error) from None


def _unwritable(path: Path, option: str, error: OSError) -> Misconfigured:
    return Misconfigured(f"{path} cannot be written ({error.strerror}); name another with {option}")
