"""Which image a table's row is about: paths compared from their end, so that the folder they lie in does not matter."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from avicena.core.errors import ContractViolation


def name_of(path: str) -> str:
    """The path as every machine writes it: forward slashes and composed letters (Unicode NFC)."""
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


class Images:
    """The images of an import, by the names that rows may call them."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Take the images' paths, relative to the folder of the import.

        Raises ContractViolation (a file name that is no Unicode text, or two that differ only in how it is composed).
        """
        given = sorted(paths)
        self.names = tuple(sorted(name_of(path) for path in given))
        if len(set(self.names)) < len(self.names):
            raise ContractViolation({"images": "two file names differ only in how their letters are composed"})
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            try:
                name.encode()
            except UnicodeEncodeError:
                raise ContractViolation({"images": "a file name is not Unicode text; rename it"}) from None
            pure = PurePosixPath(name)
            for end in {pure.name, pure.stem}:
                self._by_end[end].append(name)

    def find(self, key: str) -> tuple[str, ...]:
        """The images that `key` may mean: a path, a part of its end, or that without the ending; all if several."""
        wanted = name_of(key.strip()).removeprefix("./").strip("/")
        candidates = self._by_end.get(PurePosixPath(wanted).name, [])
        if wanted in candidates:
            return (wanted,)
        return tuple(name for name in candidates if _same_folders(name, wanted))


def _same_folders(name: str, wanted: str) -> bool:
    """Whether the folders of both agree, from the file upwards, as far as both name any."""
    ours, theirs = PurePosixPath(name).parts[-2::-1], PurePosixPath(wanted).parts[-2::-1]
    return all(a == b for a, b in zip(ours, theirs, strict=False))
