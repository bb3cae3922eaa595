"""Rare diseases from findings: 5,213 published cases, in five folds that share neither a disease nor a paper.

    python benchmarks/diagnosis.py A|current|C [--data FOLDER/rare] [--ways both,listwise,ndcg,forest]
                                   [--members 4]
                                   [--shelf FOLDER]

The cases are those of Reese et al. (2025). Every case of a fold is ranked by trees that learnt from all published cases
(the benchmark's and the other file's) of the other folds. `A` knows the annotations of 2024-04-24 and is the comparison
with Exomiser and language models; `current` knows those of 2025-01-16, written after and partly from these very papers,
so that it is no measure of new patients; `C` knows those of 2021-10-10, and cases of other papers than the patient's.

In C a case's right disease has told cases more often than wrong ones have, which is a habit of the collection and no
property of patients. So every training case whose disease has told cases stands there twice: as it is, and with all of
them hidden, with weights by which told cases are as frequent among right candidates as among wrong ones.
"""

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.findings import Finding
from avicena.core.knowledge import Mondo, Patient, Told
from avicena.core.onset import ONSET_YEARS, age_years
from avicena.core.ontology import Ontology, ontology
from avicena.core.rank_recipe import RankLoss, RankRecipe
from avicena.formats import phenopacket
from avicena.formats.hpoa import read_hpoa
from avicena.formats.mondo import mondo, read_edges, read_matches
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from avicena.learn.rank_folds import components, dealt
from avicena.learn.rank_judge import ranks
from avicena.learn.rank_table import Example, RankTable, gathered, new, taught
from avicena.learn.rank_told import balanced
from avicena.learn.rank_train import scores, train
from avicena.measure.intervals import bootstrap_mean
from avicena.measure.rank_columns import Ready

DATES = {"A": "2024-04-24", "current": "2025-01-16", "C": "2021-10-10"}
FILES = ("benchmark_5213.jsonl.gz", "other_cases.jsonl.gz")
FOLDS, SEED, DRAWS = 5, 7, 1000
TOPS = (1, 3, 10)
GOALS = {"A": (40, 50, 60), "current": (52, 60, 68), "C": (32, 44, 55)}
REFERENCES = {
    "Exomiser, phenotype only (lenient; Reese et al. 2025)": (35.5, 46.3, 58.5),
    "o1-preview (lenient; Reese et al. 2025)": (23.6, 31.2, 36.8),
}
LENGTHS = ((0, 0), (1, 3), (4, 7), (8, 15), (16, 10_000))
HIDDEN = "all of "
ARRAYS = ("query", "values", "hit", "first", "diseases")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """All published cases: the benchmark's first (`bench` of them)."""

    examples: list[Example]
    bench: int
    component: NDArray[np.int64]
    fold: NDArray[np.int64]

    @property
    def gold(self) -> NDArray[np.str_]:
        """The disease of each case."""
        return np.array([one.disease for one in self.examples])


def lines(path: Path) -> Iterator[str]:
    """The lines of a packed text file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from file


def read(folder: Path, onto: Ontology) -> Cases:
    """Both files of cases."""
    files = [[json.loads(line) for line in lines(folder / name)] for name in FILES]
    every = [Example(patient(one["phenopacket"], onto), one["gold"], tuple(one["pmids"])) for one in chain(*files)]
    joined = components([one.disease for one in every], [one.papers for one in every])
    return Cases(every, len(files[0]), joined, dealt(joined, FOLDS, SEED))


def patient(packet: Mapping[str, Any], onto: Ontology) -> Patient:
    """The patient of a phenopacket; a term that is both observed and excluded is taken for neither."""
    raw = phenopacket.read(packet)
    said: dict[bool, dict[int, None]] = {True: {}, False: {}}
    onsets = []
    for feature in raw["findings"]:
        one = Finding(feature["id"], not feature["excluded"], feature["onset"])
        number = onto.number.get(one.id)
        if number in onto.findable:
            said[one.observed][number] = None
            if one.observed and one.years is not None:
                onsets.append(one.years)
    torn = said[True].keys() & said[False].keys()
    observed, excluded = (tuple(term for term in said[yes] if term not in torn) for yes in (True, False))
    age = raw.get("age")
    years = None if age is None else age_years(age) if isinstance(age, str) else float(age)
    last = (packet.get("subject", {}).get("timeAtLastEncounter") or {}).get("ontologyClass", {}).get("id")
    return Patient(
        observed, excluded, raw.get("sex", ""), ONSET_YEARS.get(last) if years is None else years,
        min(onsets, default=None),
    )  # fmt: skip


def with_mondo(folder: Path) -> Mondo:
    """Mondo's exact matches with OMIM and Orphanet, and its tree."""
    pairs = [
        pair
        for name in ("omim", "omimps", "orphanet")
        for pair in read_matches(lines(folder / f"mondo/mondo_exactmatch_{name}.sssom.tsv.gz"))
    ]
    return mondo(pairs, read_edges(lines(folder / "mondo/mondo-rare_edges.tsv.gz")))


def known(folder: Path, protocol: str, onto: Ontology, told: Iterable[Told]) -> Ready:
    """The knowledge of a protocol, with Mondo."""
    date, rows = read_hpoa(lines(folder / f"hpo/phenotype_{DATES[protocol]}.hpoa.gz"))
    made = list(told)
    return Ready(knowledge(onto, date, rows, made, bool(made), with_mondo(folder))).warm()


def tables(cases: Cases, folder: Path, protocol: str, onto: Ontology) -> tuple[RankTable, RankTable | None]:
    """The candidates of every case; for C also those of cases with everything told of their disease hidden."""
    if protocol != "C":
        ready = known(folder, protocol, onto, ())
        return gathered(cases.examples, ready), None
    ready = known(folder, protocol, onto, [_told(one, one.papers[0]) for one in cases.examples])
    table = gathered(cases.examples, ready, apart=True)
    bare = known(folder, protocol, onto, [_told(one, HIDDEN + one.disease) for one in cases.examples])
    hidden = [Example(one.patient, one.disease, (HIDDEN + one.disease,)) for one in cases.examples]
    return table, gathered(hidden, bare, apart=True, hits=True)


def _told(one: Example, paper: str) -> Told:
    return Told(one.disease, paper, one.patient.observed, one.patient.excluded)


def seen_elsewhere(cases: Cases) -> NDArray[np.bool_]:
    """Whether another paper than the case's own reports a patient of the same disease: bool (n,)."""
    papers: dict[str, set[str]] = {}
    for one in cases.examples:
        papers.setdefault(one.disease, set()).add(one.papers[0])
    return np.array([len(papers[one.disease]) > 1 for one in cases.examples])


def judged(
    cases: Cases, table: RankTable, hidden: RankTable | None, way: RankLoss, recipe: RankRecipe
) -> NDArray[np.float32]:
    """What trees of the other folds say of every candidate of the benchmark: float32 [N]."""
    out = np.zeros(len(table.query), dtype=np.float32)
    for fold in range(FOLDS):
        rows = np.flatnonzero((cases.fold[table.query] == fold) & (table.query < cases.bench))
        learnt, weight = _training(cases, table, hidden, cases.fold != fold)
        out[rows] = scores(train(learnt, weight, way, recipe, SEED), table.values[rows])
        print(f"  {way}: fold {fold + 1} of {FOLDS}", flush=True)
    return out


def _training(
    cases: Cases, table: RankTable, hidden: RankTable | None, keep: NDArray[np.bool_]
) -> tuple[RankTable, NDArray[np.float32]]:
    """What is learnt from, and the weight of each of its cases."""
    learnt = taught(table, keep)
    if hidden is None:
        return learnt, np.ones(len(learnt.begins), dtype=np.float32)
    right = seen_elsewhere(cases)
    reported = set(cases.gold.tolist())
    told = np.array([id in reported for id in table.ids])
    return balanced(learnt, hidden.at(np.flatnonzero(keep[hidden.query] & right[hidden.query])), told, right)


def lenient(table: RankTable, cases: Cases, same: Mondo) -> NDArray[np.bool_]:
    """Which candidates Mondo says to be the right disease or above it: bool [N] (the rule of Reese et al.)."""
    of: dict[str, set[str]] = {}
    for node, code in same.matches:
        of.setdefault(code, set()).add(node)
    right = {disease: same.upward(of.get(disease, ())) for disease in set(cases.gold.tolist())}
    nodes = [of.get(id, set()) for id in table.ids]
    gold = cases.gold.tolist()
    rows = zip(table.diseases.tolist(), table.query.tolist(), table.hit.tolist(), strict=True)
    return np.array([hit or not nodes[disease].isdisjoint(right[gold[case]]) for disease, case, hit in rows])


def line(label: str, place: Floats) -> str:
    """Top-1, 3 and 10 in percent, and the mean reciprocal rank."""
    tops = " / ".join(f"{100 * (place <= top).mean():.1f}" for top in TOPS) if len(place) else "–"
    return f"| {label} | {len(place):,} | {tops} | {np.mean(1 / place) if len(place) else 0:.3f} |"


def report(
    cases: Cases, table: RankTable, said: NDArray[np.float32], way: str, same: Mondo, fresh: NDArray[np.bool_]
) -> None:
    """The whole table of one way to rank; `fresh` (bench,): the annotations of the disease do not cite the case."""
    place = ranks(table, said, len(cases.examples))[: cases.bench]
    print(f"\n### {way}\n\n| cases | n | top-1 / 3 / 10 (%) | MRR |\n|---|---|---|---|\n" + line("all, strict", place))
    loose = replace(table, hit=lenient(table, cases, same))
    print(line("all, lenient", ranks(loose, said, len(cases.examples))[: cases.bench]))
    terms = np.array([len(one.patient.observed) for one in cases.examples[: cases.bench]])
    for low, high in LENGTHS:
        label = f"{low} to {high} observed terms" if high < 10_000 else f"{low} observed terms and more"
        print(line(label, place[(terms >= low) & (terms <= high)]))
    told = seen_elsewhere(cases)[: cases.bench]
    print(line("disease has a case of another paper", place[told]))
    print(line("disease has none", place[~told]))
    print(line("its paper is cited by the disease's annotations", place[~fresh]))
    print(line("it is not, as with any new patient", place[fresh]))
    gold, part = cases.gold[: cases.bench], cases.component[: cases.bench]
    macro = [np.mean([(place[gold == one] <= top).mean() for one in np.unique(gold)]) for top in TOPS]
    print("\nmacro by disease: " + " / ".join(f"{100 * one:.1f}" for one in macro))
    for top in TOPS:
        found = bootstrap_mean((place <= top).astype(np.float64), part, draws=DRAWS, seed=0)
        mean, left, right = (f"{100 * one:.1f}" for one in (found.value, found.low, found.high))
        print(f"top-{top}: {mean} [{left}, {right}], {found.units} components")


def kept(
    cases: Cases, folder: Path, protocol: str, onto: Ontology, shelf: Path | None
) -> tuple[RankTable, RankTable | None]:
    """The tables of a protocol, from the shelf where they are there."""
    paths = [shelf / f"{protocol}.npz", shelf / f"{protocol}_hidden.npz"] if shelf else []
    if paths and paths[0].exists():
        return _load(paths[0]), _load(paths[1]) if protocol == "C" else None
    made = tables(cases, folder, protocol, onto)
    for path, one in zip(paths, made, strict=False):
        if one is not None:
            arrays = {name: getattr(one, name) for name in ARRAYS}
            np.savez(path, allow_pickle=False, **arrays, ids=np.array(one.ids))
    return made


def _load(path: Path) -> RankTable:
    with np.load(path, allow_pickle=False) as stored:
        return RankTable(**{name: stored[name] for name in ARRAYS}, ids=tuple(stored["ids"].tolist()))


def main() -> None:
    """Measure one protocol."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("protocol", choices=DATES)
    asked.add_argument("--data", type=Path, default=Path("../shared/data/rare"))
    asked.add_argument("--ways", default="both")
    asked.add_argument("--members", type=int, default=RankRecipe().members)
    asked.add_argument("--shelf", type=Path, help="folder that keeps the tables of candidates")
    given = asked.parse_args()
    onto = ontology(*read_obo(lines(given.data / "hpo/hp_2025-01-16.obo.gz")))
    cases = read(given.data, onto)
    table, hidden = kept(cases, given.data, given.protocol, onto, given.shelf)
    same = with_mondo(given.data)
    rows = read_hpoa(lines(given.data / f"hpo/phenotype_{DATES[given.protocol]}.hpoa.gz"))[1]
    fresh = new(cases.examples[: cases.bench], rows)
    print(f"protocol {given.protocol}: HPOA {DATES[given.protocol]}, seed {SEED}, {FOLDS} folds")
    for name, figures in {**REFERENCES, f"goal of {given.protocol}": GOALS[given.protocol]}.items():
        print(f"reference: {name}: {' / '.join(map(str, figures))}")
    report(cases, table, table.first, "first score, nothing learnt", same, fresh)
    for way in given.ways.split(","):
        said = judged(cases, table, hidden, way, RankRecipe(members=given.members))
        report(cases, table, said, way, same, fresh)


if __name__ == "__main__":
    main()
