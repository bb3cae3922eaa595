"""A process that writes to a store from many threads and says each act's record once it is acknowledged."""

import sys
import threading

from tests.backends.store.making import entry, opened, record


def main(url: str, name: str, threads: int, number: int) -> None:
    """Say "open", wait for a line, then write so many records in each thread and say each that was kept."""
    store = opened(url, timeout=30.0)
    print("open", flush=True)
    sys.stdin.readline()

    def write(thread: int) -> None:
        for i in range(number):
            id = f"{name}-{thread}-{i}"
            store.write(entry(id), [record(id)])
            sys.stdout.write(f"{id}\n")
            sys.stdout.flush()

    workers = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
