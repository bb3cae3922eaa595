"""How long the knowledge takes to build and to load, and one patient to be ranked over all diseases; with the goals.

    python benchmarks/knowledge.py [--obo FILE --hpoa FILE] [--mondo DIR] [--babelon FILE] [--patients 200]

Without files it takes those of the pip package of the extra `knowledge`. Patients are drawn from the profiles: up to
`--terms` findings of a disease by their frequency and four excluded ones. Seconds are of the processor (user and
system, one process), so that other work on the machine does not count; the clock stands beside them. Exits with 1
when a goal is missed.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from avicena.backends.engine.trees import open_trees
from avicena.backends.sources import sources
from avicena.core.knowledge import Knowledge, Patient
from avicena.formats.knowledge import digest_of, from_bytes, to_bytes
from avicena.ingest.build import build
from avicena.measure.evidence import evidence
from avicena.measure.rank_columns import Ready, table

BUILD, LOAD, RANK = 30.0, 2.0, 0.010
"""Goals in seconds: build from the files, load with all indexes, rank one patient over all diseases."""

RANKER = Path(__file__).resolve().parent.parent / "src/avicena_applications/diagnosis/bundle/differential.ubj.gz"
"""The released ranker."""

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What the work gives, its seconds of the processor, and those of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    found = work()
    return found, time.process_time() - cpu, time.perf_counter() - clock


def loaded(data: bytes, digest: str) -> Knowledge:
    """The knowledge with every index that ranking and showing need."""
    known = from_bytes(data, digest)
    for one in (known, known.wide):
        if one is not None:
            assert all([len(one.by_term), len(one.mass), len(one.number)])
    onto = known.ontology
    assert all([len(onto.number), len(onto.descendants), len(onto.findable), len(known.spans)])
    return known


def patients(known: Knowledge, many: int, terms: int, seed: int) -> list[Patient]:
    """Patients of diseases drawn by chance, with findings by their frequency and four excluded terms."""
    random = np.random.default_rng(seed)
    found: list[Patient] = []
    rich = np.flatnonzero(np.diff(known.direct.start[: len(known.diseases) + 1]) >= 5)
    for disease in random.choice(rich, many):
        own = slice(known.direct.start[disease], known.direct.start[disease + 1])
        shows = random.random(own.stop - own.start) < known.direct_f[own]
        observed = random.permutation(known.direct.items[own][shows])[:terms]
        excluded = random.choice(known.ontology.phenotypes, 4, replace=False)
        found.append(Patient(tuple(observed.tolist()), tuple(set(excluded.tolist()) - set(observed.tolist()))))
    return found


def pair(values: NDArray[np.float64]) -> tuple[float, float]:
    """Seconds of the processor and of the clock."""
    return float(values[0]), float(values[1])


def said(what: str, cpu: float, clock: float, goal: float | None, unit: float = 1.0, name: str = "s") -> bool:
    """Print one line; whether the goal is met."""
    beside = "" if goal is None else f"   goal {goal * unit:g} {name}   {cpu / goal:5.2f} of it"
    print(f"{what:44} {cpu * unit:8.2f} {name} (clock {clock * unit:.2f}){beside}")
    return goal is None or cpu <= goal


def whole(known: Knowledge, asked: argparse.Namespace) -> bool:
    """Time candidates, all columns and trees of every patient; whether the goal is met by the median."""
    ready, trees, each = Ready(known).warm(), open_trees(asked.ranker.read_bytes()), []
    for one in patients(known, asked.patients, asked.terms, asked.seed):
        marks, cpu, clock = timed(lambda one=one: trees.margins(table(one, ready).values))  # type: ignore[misc]
        assert len(marks)
        each.append((cpu, clock))
    times = np.array(each)
    good = said("with candidates, columns and trees: median", *pair(np.median(times, axis=0)), RANK, 1e3, "ms")
    said("  95 % of patients at most", *pair(np.percentile(times, 95, axis=0)), None, 1e3, "ms")
    return good


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("obo", "hpoa", "mondo", "babelon"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--ranker", type=Path, default=RANKER, help="trees of a ranking stage (UBJ)")
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--terms", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    files, cpu, clock = timed(lambda: sources(asked.obo, asked.hpoa, asked.mondo, asked.babelon))
    made, built, built_clock = timed(lambda: build(files))
    good = said("build from the files", cpu + built, clock + built_clock, BUILD)
    data, cpu, clock = timed(lambda: to_bytes(made.known))
    said("write", cpu, clock, None)
    known, cpu, clock = timed(lambda: loaded(data, digest_of(made.known)))
    good &= said("load, verify, and make all indexes", cpu, clock, LOAD)
    each = []
    for one in patients(known, asked.patients, asked.terms, asked.seed):
        order, cpu, clock = timed(lambda one=one: evidence(one, known).likelihood.argsort())  # type: ignore[misc]
        assert len(order) == len(known.owner)
        each.append((cpu, clock))
    times = np.array(each)
    good &= said("rank one patient over all diseases: median", *pair(np.median(times, axis=0)), RANK, 1e3, "ms")
    good &= said("  95 % of patients at most", *pair(np.percentile(times, 95, axis=0)), RANK, 1e3, "ms")
    if asked.ranker.is_file():
        good &= whole(known, asked)
    version = made.version
    print(f"{version.counts['diseases']} diseases, {version.counts['rows']} rows, file {len(data) / 1e6:.1f} MB; "
          f"HPO {version.hpo}, HPOA {version.hpoa}, Mondo {'yes' if version.mondo else 'no'}")  # fmt: skip
    print(f"version {version.id}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
