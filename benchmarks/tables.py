"""How long the contract check takes on a large table, and how much a change of one row writes.

`python benchmarks/tables.py [--rows 1000000] [--folder DIR]` makes a table of patients with every kind of fault, checks
it, imports it, changes one row, imports it again, and prints seconds, memory and bytes. With `--delta` the same change
is made by the library deltalake, in one table as it stands and in one of 256 partitions.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from avicena import (
    Application,
    Case,
    Choice,
    Decision,
    Gate,
    Note,
    Number,
    Prediction,
    TableLayout,
    Text,
    TreeRecipe,
    TreeStage,
    curation,
    ingest,
    refer,
)
from avicena.backends.rows import read_rows
from avicena.core.actor import ROLES, Actor
from avicena.settings import Settings
from avicena.site import open_site

T = TypeVar("T")

PERSON = Actor("benchmark", ROLES)

NUMBERS = {
    "age": Number(0, 120, "a", plausible=(16, 100)),
    "pressure": Number(40, 300, "mm[Hg]", plausible=(70, 230)),
    "pulse": Number(20, 250, "/min"),
    "temperature": Number(25, 45, "Cel"),
    "glucose": Number(0, 100, "mmol/L"),
    "creatinine": Number(0, 3000, "umol/L"),
    "sodium": Number(80, 200, "mmol/L"),
}
INPUTS = {**NUMBERS, "sex": Choice("female", "male", "other", "unknown"), "complaint": Note(("en",), longest=500)}


def features(case: Case) -> dict[str, float]:
    """The numbers of a case."""
    return {name: float(case.values.get(name) or "nan") for name in NUMBERS}


def decide(prediction: Prediction) -> Decision:
    """Nothing is suggested."""
    return refer("a benchmark suggests nothing", "una prueba de velocidad no sugiere nada")


APPLICATION = Application(
    name="benchmark",
    purpose=Text("Measure tables.", "Medir tablas."),
    inputs=INPUTS,
    chain=(TreeStage("outcome", ("well", "ill", "worse"), TreeRecipe()),),
    features=features,
    decide=decide,
    gate=Gate(()),
    layouts=(
        TableLayout(
            "patients",
            key="id",
            inputs={name: name for name in INPUTS},
            labels={"outcome": "outcome"},
            words={"sex": {"F": "female", "M": "male"}},
            family=("family",),
        ),
    ),
)


def write(path: Path, rows: int) -> None:
    """A table of 12 columns in which 1 cell of 200 has a fault, and some rows lack a cell or repeat a name."""
    chance = random.Random(0)
    uniform, choice = chance.random, chance.choice
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["id", "family", *INPUTS, "outcome"]) + "\n")
        for row in range(rows):
            cells = [
                f"p{row:07d}",
                f"f{int(uniform() * rows * 0.8):07d}",
                str(int(16 + 70 * uniform())),
                str(int(80 + 120 * uniform())),
                str(int(50 + 70 * uniform())),
                f"{36 + 3 * uniform():.1f}",
                f"{4 + 6 * uniform():.4f}",
                f"{50 + 90 * uniform():.3f}",
                str(int(130 + 20 * uniform())),
                choice("FM"),
                f"{choice(COMPLAINTS)} for {int(30 * uniform())} days, seen by team {int(1000 * uniform())}",
                choice(("well", "ill", "worse")),
            ]
            if uniform() < 0.06:
                cells[int(12 * uniform())] = choice(("", "?", "190 a", "37,5", "-1", "1e9", "p0000001"))
            file.write(
                ",".join(f'"{cell}"' if "," in cell else cell for cell in cells[: 11 if uniform() < 1e-4 else 12])
            )
            file.write("\n")


COMPLAINTS = ("headache", "cough", "fever", "chest pain", "tiredness", "pain in the belly")


def timed(what: str, work: Callable[[], T]) -> T:
    """What `work` gives; prints its seconds and the most memory that this process has used so far."""
    begun, used = time.perf_counter(), time.process_time()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:32} {time.perf_counter() - begun:7.1f} s  {time.process_time() - used:7.1f} CPU-s  peak {peak:7.0f} MB"
    )
    return found


def change(path: Path) -> Path:
    """The table with one more year of age for one patient in the middle, beside the first."""
    lines = path.read_bytes().splitlines(keepends=True)
    cells = lines[len(lines) // 2].split(b",")
    lines[len(lines) // 2] = b",".join([*cells[:2], str(min(int(cells[2]) + 1, 99)).encode(), *cells[3:]])
    changed = path.with_name("changed.csv")
    changed.write_bytes(b"".join(lines))
    return changed


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def imported(folder: Path, table: Path, changed: Path) -> None:
    """Import both tables into a new site and say what each wrote."""
    site = open_site(Settings(site=str(folder), applications=""), {APPLICATION.name: APPLICATION})
    rows = []
    for what, path in (("import", table), ("import with one row changed", changed)):
        blobs, records = size(folder / "blobs"), len(site.store.find("chunk"))
        data = path.read_bytes()
        version = timed(
            what, lambda data=data: curation.freeze(site, APPLICATION.name, [], lambda _: b"", {"table": data}, PERSON)
        )
        wrote = size(folder / "blobs") - blobs
        print(f"  wrote {wrote:,} bytes and {len(site.store.find('chunk')) - records} records of chunks")
        rows.append(version.rows)
    before, after = (timed("read the rows", lambda name=name: read_rows(site.blobs, site.store, name)) for name in rows)
    print(f"  {sum(a != b for a, b in zip(before, after, strict=True))} of {len(before):,} rows differ")
    site.close()


def delta(folder: Path, table: Path) -> None:
    """What the library deltalake writes when one row changes."""
    import polars
    from deltalake import DeltaTable

    frame = polars.read_csv(table, infer_schema=False, truncate_ragged_lines=True)
    bucket = (frame["id"].hash() % 256).cast(polars.Int64).alias("bucket")
    row = frame["id"][frame.height // 2]
    for what, columns in (("Delta table", None), ("Delta table in 256 parts", ["bucket"])):
        target = folder / what.replace(" ", "-")
        whole = frame.with_columns(bucket) if columns else frame
        timed(f"{what}: write", partial(whole.write_delta, target, delta_write_options={"partition_by": columns}))
        before = size(target)
        one = f"id = '{row}'" + (f" and bucket = {bucket[frame.height // 2]}" if columns else "")
        timed(f"{what}: one row", partial(DeltaTable(target).update, updates={"age": "'99'"}, predicate=one))
        print(f"  {before:,} bytes, and {size(target) - before:,} more for one row")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--delta", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        table = Path(folder) / "table.csv"
        write(table, given.rows)
        print(f"{given.rows:,} rows, {table.stat().st_size / 1e6:.0f} MB of CSV, Python {sys.version.split()[0]}")
        with table.open("rb") as data:
            found = timed("check", lambda: ingest.check(APPLICATION, data))
        print(
            f"{found.refused:,} rows refused; {sum(one.count for one in found.faults):,} faults "
            f"of {len(found.faults)} kinds"
        )
        changed = change(table)
        imported(Path(folder) / "site", table, changed)
        if given.delta:
            delta(Path(folder), table)


if __name__ == "__main__":
    main()
