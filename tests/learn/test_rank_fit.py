"""A ranker from cases to probabilities, on a world of sixty made-up diseases."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from avicena.core.errors import Blocked
from avicena.core.ontology import ontology
from avicena.core.rank_recipe import RankRecipe
from avicena.formats.hpoa import read_hpoa
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from avicena.learn.rank import RankFit, fit_ranker
from avicena.learn.rank_table import Example
from avicena.learn.rank_train import scores
from avicena.learn.simulate import Habits, simulated
from avicena.measure.rank_columns import Ready, table

DISEASES, TERMS = 60, 120
RECIPE = RankRecipe(rounds=8, depth=3, rate=0.3)


@cache
def world() -> Ready:
    """Terms below forty broader ones, and diseases of seven random terms each."""
    head = "format-version: 1.2\ndata-version: made/1\n\n[Term]\nid: HP:0000001\nname: All\n\n[Term]\nid: HP:0000118\n"
    stanzas = [head + "name: Phenotypic abnormality\nis_a: HP:0000001\n"]
    for term in range(TERMS):
        above = "HP:0000118" if term < 40 else f"HP:{1000 + term % 40:07d}"
        stanzas.append(f"[Term]\nid: HP:{1000 + term:07d}\nname: Finding {term}\nis_a: {above}\n")
    random = np.random.default_rng(1)
    rows = ["database_id disease_name qualifier hpo_id reference evidence onset frequency sex modifier aspect by"]
    for disease in range(DISEASES):
        for term in random.choice(np.arange(40, TERMS), 7, replace=False).tolist():
            seen = int(random.integers(3, 11))
            rows.append(f"OMIM:{100000 + disease} D{disease} - HP:{1000 + term:07d} PMID:1 PCS - {seen}/10 - - P x")
    lines = ["\t".join("" if cell == "-" else cell for cell in row.split(" ")) + "\n" for row in rows]
    date, found = read_hpoa(["#version: 2024-01-01\n", *lines])
    onto = ontology(*read_obo("\n".join(stanzas).splitlines(keepends=True)))
    return Ready(knowledge(onto, date, found)).warm()


@cache
def examples() -> tuple[Example, ...]:
    """Three patients of each disease, of two papers."""
    known, random = world().known, np.random.default_rng(2)
    habits = Habits(vague=0.2, unrelated=0.3, lengths=(2, 3, 4), absent=(0, 2))
    return tuple(
        Example(simulated(known, place, habits, random), id, (f"PMID:{place}{paper}",))
        for place, id in enumerate(known.diseases)
        for paper in (1, 1, 2)
    )


@cache
def fitted() -> RankFit:
    return fit_ranker(examples(), world(), RECIPE, seed=3, alpha=0.1)


def test_a_ranker_that_saw_other_diseases_ranks_those_it_never_saw():
    fit = fitted()
    found = fit.figures[fit.way].ranks
    chance = len(world().known.diseases) / 2
    assert np.median(found) < chance / 8
    assert (found <= 1).mean() > 0.25


def test_both_ways_are_compared_and_the_less_surprised_one_is_kept():
    fit = fitted()
    assert set(fit.figures) == {"both", "forest"}
    assert fit.figures[fit.way].loss == min(one.loss for one in fit.figures.values())


def test_the_scale_is_one_of_probabilities():
    scale = fitted().scale
    assert scale.temperature > 0
    assert 0 < scale.threshold <= 1
    assert "intercept" in scale.none
    assert np.isfinite(list(scale.none.values())).all()


def test_the_model_says_of_rows_what_its_parity_rows_keep():
    fit = fitted()
    rows, said = fit.parity
    assert scores(fit.model, rows) == pytest.approx(said)
    assert table(examples()[0].patient, world()).values.shape[1] == len(fit.columns)


def test_the_same_cases_and_seed_give_the_same_bytes():
    again = fit_ranker(examples(), world(), RECIPE, seed=3, alpha=0.1)
    assert again.model == fitted().model
    assert again.scale == fitted().scale


def test_only_cases_of_which_no_annotation_was_written_are_judged_and_calibrated_on():
    cited = tuple(replace(one, papers=("PMID:1",)) if n % 36 == 0 else one for n, one in enumerate(examples()))
    fit = fit_ranker(cited, world(), RECIPE, seed=3, alpha=0.1)
    assert fit.new.tolist() == [n % 36 != 0 for n in range(len(cited))]
    assert {len(one.ranks) for one in fit.figures.values()} == {int(fit.new.sum())}


def test_cases_that_the_annotations_were_written_of_are_not_enough_to_learn_from():
    cited = [replace(one, papers=("PMID:1",)) for one in examples()]
    with pytest.raises(Blocked, match="do not cite"):
        fit_ranker(cited, world(), RECIPE, seed=3, alpha=0.1)
