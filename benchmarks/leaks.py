"""What the audit finds in the real data sets and in planted leaks, and how long it takes: the figures of docs/leaks.md.

python benchmarks/leaks.py --data ../shared/data [--site build/leaks-site] [--planted]
"""

import argparse
import csv
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.leaks.planted import PLANTS, audited, clean

from avicena import catalogue, curation, leaks
from avicena.core.actor import ROLES, Actor
from avicena.core.leak import LeakFinding
from avicena.formats.table import read_table
from avicena.settings import Settings
from avicena.site import Site, open_site
from avicena_applications.brain_tumour import application

PERSON = Actor("benchmark", ROLES)
TREATMENTS = ("CHEMOTHERAPY", "HORMONE_THERAPY", "RADIO_THERAPY", "BREAST_SURGERY")


def show(findings: tuple[LeakFinding, ...]) -> None:
    """One line per finding."""
    for one in findings:
        print(f"  {one.severity:8} {one.kind:20} {one.effect:.3f} ({one.low:.3f} to {one.high:.3f})  {one.text.en}")
    if not findings:
        print("  nothing")


def bring(site: Site, folder: Path, **tables: Path) -> str:
    """Import one of the brain data sets."""
    images = folder / "images"
    paths = sorted(path.relative_to(images).as_posix() for path in images.rglob("*.jpg"))
    contents = {role: path.read_bytes() for role, path in tables.items()}
    return curation.freeze(site, application.name, paths, lambda p: (images / p).read_bytes(), contents, PERSON).id


def check(site: Site, dataset: str) -> dict[str, str]:
    """Audit a dataset version, print what was found and how long it took; the group of each row."""
    began, cpu = time.perf_counter(), time.process_time()
    report = curation.check(site, application.name, dataset, PERSON)
    print(f"  {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of processor time")
    show(report.findings)
    return catalogue.leak_groups(site, report)


def judge(groups: dict[str, str], truth: Path) -> None:
    """How far the groups are those of the source slices that were recovered by other means."""
    with truth.open(newline="") as file:
        slices = {Path(row["file"]).stem: row["source_slice"] for row in csv.DictReader(file)}
    known = [(group, slices[Path(id).stem]) for id, group in groups.items() if Path(id).stem in slices]

    def pairs(counted: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counted.values())

    same = pairs(Counter(slice_ for _, slice_ in known))
    grouped = pairs(Counter(group for group, _ in known))
    both = pairs(Counter(known))
    print(f"  same-slice pairs grouped: {both / same:.4f}; wrong among grouped pairs: {1 - both / max(grouped, 1):.4f}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--planted", action="store_true")
    given = parser.parse_args()
    if given.planted or given.data is None:
        found = {name: kind in {f.kind for f in audited(plant(7)).findings} for name, (kind, plant) in PLANTS.items()}
        missed = [name for name, hit in found.items() if not hit]
        print(f"planted leaks found: {sum(found.values())} of {len(found)}; missed: {missed}")
        alarms = sum(bool(audited(clean(seed)).findings) for seed in range(100, 200))
        print(f"honest tables with a finding: {alarms} of 100")
    if given.data is None:
        return
    table = read_table((given.data / "breast" / "treatment.tsv").read_bytes())
    for label in TREATMENTS:
        print(f"breast, {label}")
        show(leaks.audit(leaks.sheet_of_table(table, label, group="patientId")).findings)
    folder = given.site or Path(tempfile.mkdtemp())
    site = open_site(Settings(site=str(folder)), {application.name: application})
    print("brain")
    check(site, bring(site, given.data / "brain", manifest=given.data / "brain" / "manifest.csv"))
    print("brain_challenge")
    challenge = given.data / "brain_challenge"
    judge(check(site, bring(site, challenge, table=challenge / "clinical.csv")), challenge / "recovered_patients.csv")


if __name__ == "__main__":
    main()
