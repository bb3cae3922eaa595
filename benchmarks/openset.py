"""A patient whose disease the knowledge does not hold: is that told, and what do the probabilities say then?

    python benchmarks/openset.py [--protocol A|current] [--data FOLDER/rare] [--members 4]

Every published case is ranked twice by trees, temperature and regression of the other folds (no disease or paper is
shared): with its disease in the knowledge, and with it, and the same disease in other sources, taken out. How well the
probability of none of these tells the two apart, and how often probabilities come true, is printed for both; and apart
for cases of which nothing in the knowledge was written, as of a new patient, and for the others.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from diagnosis import DATES, SEED, known, lines, read
from numpy.typing import NDArray

from avicena.core.ontology import ontology
from avicena.core.progress import silent
from avicena.core.rank_recipe import RankRecipe
from avicena.formats.obo import read_obo
from avicena.learn.rank import fit_ranker
from avicena.learn.rank_figures import Blind, figures

BINS = 10
NAMES = ("AUROC of none of these", "ECE", "ECE when taken out", "coverage of sets", "size of sets")
ASKED = (*NAMES, "disease above 50 % though taken out", "top-1", "top-3", "top-10")


def reliability(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
    """The table of how often the most probable outcome was the right one, by its probability."""
    print("| probability of the first outcome | cases | mean probability | right |\n|---|---|---|---|")
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    for one in range(BINS):
        rows = place == one
        if rows.any():
            mean, share = sure[rows].mean(), right[rows].mean()
            print(f"| {one / BINS:.1f} – {(one + 1) / BINS:.1f} | {rows.sum():,} | {mean:.2f} | {share:.2f} |")


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--protocol", choices=("A", "current"), default="A")
    asked.add_argument("--data", type=Path, default=Path("../shared/data/rare"))
    asked.add_argument("--members", type=int, default=RankRecipe().members)
    given = asked.parse_args()
    onto = ontology(*read_obo(lines(given.data / "hpo/hp_2025-01-16.obo.gz")))
    cases = read(given.data, onto)
    ready = known(given.data, given.protocol, onto, ())
    recipe = replace(RankRecipe(members=given.members), families=("xgboost",), mondo=True)
    fit = fit_ranker(cases.examples, ready, recipe, SEED, 0.1, silent)
    print(
        f"HPOA {DATES[given.protocol]}, {len(cases.examples):,} cases, way {fit.way}, {given.members} members, "
        f"seed {SEED}"
    )
    for words, rows in (("no annotation cites the case's paper", fit.new), ("the annotations cite it", ~fit.new)):
        print(f"\n## {words}: {rows.sum():,} cases\n")
        told(fit.blind.at(rows), cases.gold[rows].tolist(), cases.component[rows])


def told(blind: Blind, gold: list[str], component: NDArray[np.int64]) -> None:
    """The figures of these cases, and how often probabilities came true."""
    for one in figures("differential", blind, gold, component, {}):
        if one.name in ASKED:
            print(f"{one.name}: {one.value:.3f} ({one.low:.3f} – {one.high:.3f}), {one.units} components")
    print("\ndisease in the knowledge, as it is:")
    reliability(blind.sure, blind.right)
    out = ~np.isnan(blind.gone)
    print("\nthe same cases with their disease taken out (right: none of these):")
    gone, best = blind.gone[out], blind.gone_sure[out]
    reliability(np.maximum(gone, best), gone >= best)


if __name__ == "__main__":
    main()
