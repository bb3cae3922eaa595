"""A process whose disk is full for a while: the system refuses to let its files grow, then allows it again."""

import resource
import sys
from pathlib import Path

from avicena.backends.store.verify import verify
from avicena.core.errors import Unavailable
from tests.backends.store.making import entry, opened, record, seal, written


def main(url: str, log: str) -> None:
    """Says how the write on the full disk ended, and whether all is well again afterwards."""
    store = opened(url)
    written(store, 3)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(log).stat().st_size + 20_000, hard))
    try:
        store.write(entry(), [record("large", body=b"x" * 1_000_000)])
    except Unavailable:
        print("unavailable")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    written(store, 1, first=4)
    print(store.get("answer", "large"), len(list(store.lines())), verify(store, seal))
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
