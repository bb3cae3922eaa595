"""The review queue and the audit for leaks of a large table: `python -m benchmarks.million --rows 1000000`."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.tables import APPLICATION, PERSON, timed, write

from avicena import catalogue, curation, kept
from avicena.settings import Settings
from avicena.site import open_site


def main() -> None:
    """Import a table of made-up patients, ask what is doubtful in it without models, and audit it for leaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "table.csv", rows)
        site = open_site(Settings(site=str(folder / "site"), applications=""), {APPLICATION.name: APPLICATION})
        data = {"table": (folder / "table.csv").read_bytes()}
        app = APPLICATION.name
        version = timed("import", lambda: curation.freeze(site, app, [], lambda _: b"", data, PERSON))
        held = kept.held_of(site, version.id)
        print(f"  {version.counts['rows']:,} rows, {0 if held is None else held.number:,} refused ones to be mended")
        queue = timed("review-data start --share 0", lambda: curation.question(site, app, version.id, PERSON, 0))
        print(f"  {queue.counts}")
        work = timed("review-data list", lambda: catalogue.work(site, app, "newest", "somebody"))
        print(f"  {len(work.waiting):,} questions wait")
        report = timed("check", lambda: curation.check(site, app, version.id, PERSON))
        print(f"  {[(one.severity, one.kind, one.what) for one in report.findings]}; not looked at: {report.skipped}")
        site.close()


if __name__ == "__main__":
    main()
