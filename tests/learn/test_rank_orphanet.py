"""Diseases that only Orphanet names: listed by rankers that learnt with Mondo, and never learnt from."""

import numpy as np
import pytest

from avicena.learn import rank_stage
from avicena.learn.rank_made import made
from avicena.learn.rank_table import Example, gathered, taught
from avicena.measure.rank_columns import COLUMNS, Ready, table
from avicena.serve.scorers import SCORERS, scorer
from tests import orphans, toy

CASES = (
    Example(toy.drawn(toy.world(), 0, np.random.default_rng(1)), "OMIM:100001", ("PMID:1",)),
    Example(toy.drawn(toy.world(), 8, np.random.default_rng(1)), "ORPHA:9", ("PMID:2",)),
)


def named(ready: Ready, **given: bool) -> set[str]:
    """The candidates of a patient with a small head."""
    return {ready.known.diseases[one] for one in table(CASES[1].patient, ready, **given).diseases.tolist()}


def test_what_only_orphanet_names_is_a_candidate_where_it_is_asked_for_and_mondo_is_known() -> None:
    ready = Ready(orphans.world(orphans.same()))
    omim = {id for id in toy.DISEASES if id.startswith("OMIM:")}
    assert named(ready) == omim
    assert named(ready, orphanet=True) == {*omim, "ORPHA:9"}
    assert named(Ready(ready.known, mondo=False), orphanet=True) == omim


def test_a_ranker_that_learnt_without_mondo_sees_the_same_with_and_without_it() -> None:
    known = [Ready(orphans.world(same), mondo=False) for same in (orphans.same(), None)]
    with_, without = (table(CASES[0].patient, one, orphanet=True) for one in known)
    assert np.array_equal(with_.diseases, without.diseases)
    assert np.array_equal(with_.values, without.values, equal_nan=True)


@pytest.mark.parametrize(("name", "listed"), [("columns/1", False), ("columns/2", True)])
def test_the_name_of_the_scorer_says_whether_they_are_listed(name: str, listed: bool) -> None:
    ready = Ready(orphans.world(orphans.same()))
    found = scorer(name, COLUMNS)(CASES[1].patient, ready)
    assert (ready.known.number["ORPHA:9"] in found.diseases.tolist()) == listed


def test_nothing_is_learnt_from_what_only_orphanet_names_be_it_right_or_wrong() -> None:
    ready = Ready(orphans.world(orphans.same()))
    every = gathered(CASES, ready, orphanet=True)
    assert every.hit.sum() == 2
    kept = taught(every, np.ones(2, dtype=bool))
    assert set(kept.query.tolist()) == {0}
    assert all(kept.ids[one].startswith("OMIM:") for one in kept.diseases.tolist())
    assert kept.hit.sum() == 1


def test_nothing_is_learnt_from_it_in_made_up_lists_either() -> None:
    ready = Ready(orphans.world(orphans.same()))
    lists = made(CASES, ready, 2, 0, lambda *_: None)
    assert lists is not None
    assert all(lists.ids[one].startswith("OMIM:") for one in lists.diseases.tolist())


def test_a_ranker_that_learns_with_mondo_is_served_by_the_scorer_that_lists_them() -> None:
    listed = {mondo: SCORERS[name](COLUMNS) for mondo, name in rank_stage.SCORERS.items()}
    ready = Ready(orphans.world(orphans.same()))
    place = ready.known.number["ORPHA:9"]
    assert {mondo: place in one(CASES[1].patient, ready).diseases for mondo, one in listed.items()} == {
        False: False,
        True: True,
    }
