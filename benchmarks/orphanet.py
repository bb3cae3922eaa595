"""Diseases that only Orphanet names, listed beside those of OMIM: what that costs, and whether they are found.

    python benchmarks/orphanet.py [--data FOLDER/rare] [--cases 600] [--taught 1500]

Cases are drawn from those outside the benchmark, and ranked by trees that learnt from others, of which none shares a
disease or a paper with them, with the knowledge of 2025-01-16 and Mondo. All are of diseases of OMIM, so that each
disease of Orphanet which is listed can only take a place from the right one. No published case is of a disease that
only Orphanet names; in its stead OMIM's diseases of the cases are taken out of the annotations where Orphanet has the
same, so that this entry alone is left to be found. It was not written from the paper of the case.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from diagnosis import DATES, SEED, Cases, known, lenient, line, lines, read, with_mondo
from numpy.typing import NDArray

from avicena.core.knowledge import Mondo
from avicena.core.ontology import Ontology, ontology
from avicena.core.rank_recipe import RankRecipe
from avicena.formats.hpoa import read_hpoa
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from avicena.learn.rank_judge import ranks
from avicena.learn.rank_table import Example, RankTable, gathered, taught
from avicena.learn.rank_train import scores, train
from avicena.measure.rank_columns import Ready

HALVES = ((0, 1), (2, 3, 4))
Places = NDArray[np.float64]


@dataclass
class Row:
    """Places of the right disease by one list, and how often a disease that only Orphanet names comes first."""

    strict: list[Places] = field(default_factory=list)
    loose: list[Places] = field(default_factory=list)
    leads: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, table: RankTable, said: NDArray[np.float32], cases: Cases, same: Mondo) -> None:
        """The lists of further cases."""
        self.strict.append(ranks(table, said, cases.bench))
        self.loose.append(ranks(replace(table, hit=lenient(table, cases, same)), said, cases.bench))
        edges = [*table.begins.tolist(), len(said)]
        first = [start + int(np.argmax(said[start:end])) for start, end in pairwise(edges)]
        self.leads.append(np.array([table.ids[table.diseases[one]].startswith("ORPHA:") for one in first]))


def without(folder: Path, onto: Ontology, gone: set[str]) -> Ready:
    """The knowledge without some diseases."""
    rows = lines(folder / f"hpo/phenotype_{DATES['current']}.hpoa.gz")
    date, found = read_hpoa(one for one in rows if one.partition("\t")[0] not in gone)
    return Ready(knowledge(onto, date, found, mondo=with_mondo(folder))).warm()


def named_by_orphanet(examples: Sequence[Example], ready: Ready, same: Mondo) -> list[Example]:
    """The examples whose disease of OMIM Orphanet also has, by its entry."""
    number, found = ready.known.number, []
    for one in examples:
        codes = [id for id in same.same.get(one.disease, ()) if id.startswith("ORPHA:") and id in number]
        found += [replace(one, disease=codes[0])] if codes and one.disease in number else []
    return found


def half(cases: Cases, learnt: Sequence[int], test: Sequence[int]) -> tuple[list[Example], Cases]:
    """What is learnt from, and the cases that are ranked."""
    asked = [cases.examples[one] for one in test]
    return [cases.examples[one] for one in learnt], replace(cases, examples=asked, bench=len(asked))


def main() -> None:
    """Measure both lists."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path("../shared/data/rare"))
    asked.add_argument("--cases", type=int, default=600)
    asked.add_argument("--taught", type=int, default=1500)
    given = asked.parse_args()
    onto = ontology(*read_obo(lines(given.data / "hpo/hp_2025-01-16.obo.gz")))
    cases, same = read(given.data, onto), with_mondo(given.data)
    ready = known(given.data, "current", onto, ())
    print(f"{int(ready.kin.orphanet.sum()):,} of {len(ready.known.diseases):,} are only Orphanet's", flush=True)
    random, others = np.random.default_rng(SEED), np.arange(cases.bench, len(cases.examples))
    sample = np.sort(random.choice(others, given.cases, replace=False))
    found = {(name, way): Row() for name in ("OMIM", "OMIM and Orphanet") for way in ("first score", "trees")}
    twins: dict[str, list[Places]] = {"first score": [], "trees": []}
    for folds in HALVES:
        inside = np.isin(cases.fold, folds)
        learnt = random.choice(others[~inside[others]], given.taught, replace=False)
        examples, part = half(cases, np.sort(learnt).tolist(), sample[inside[sample]].tolist())
        for name in ("OMIM", "OMIM and Orphanet"):
            wide = name != "OMIM"
            kept = taught(gathered(examples, ready, orphanet=wide), np.ones(len(examples), dtype=bool))
            model = train(kept, np.ones(len(kept.begins), dtype=np.float32), "both", RankRecipe(), SEED)
            table = gathered(part.examples, ready, orphanet=wide)
            found[name, "first score"].add(table, table.first, part, same)
            found[name, "trees"].add(table, scores(model, table.values), part, same)
            print(f"  folds {folds}, {name}: ranked", flush=True)
        alone = named_by_orphanet(part.examples, ready, same)
        gone = {id for one in alone for id in same.same[one.disease] if id.startswith("OMIM:")}
        fewer = without(given.data, onto, gone)
        alone = [one for one in alone if fewer.kin.orphanet[fewer.known.number[one.disease]]]
        table = gathered(alone, fewer, orphanet=True)
        twins["first score"].append(ranks(table, table.first, len(alone)))
        twins["trees"].append(ranks(table, scores(model, table.values), len(alone)))
    print("\n| list | n | top-1 / 3 / 10 (%) | MRR |\n|---|---|---|---|")
    for (name, way), one in found.items():
        lead = 100 * np.concatenate(one.leads).mean()
        print(line(f"{name}, {way} (Orphanet's first in {lead:.1f} %)", np.concatenate(one.strict)))
        print(line(f"{name}, {way}, lenient", np.concatenate(one.loose)))
    for way, places in twins.items():
        print(line(f"only Orphanet's entry left, {way}", np.concatenate(places)))


if __name__ == "__main__":
    main()
