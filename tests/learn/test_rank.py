"""The ranker: folds that share nothing, a loss that is what it says, and probabilities that hold."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from avicena.core.errors import Blocked
from avicena.core.progress import silent
from avicena.core.rank_recipe import RankRecipe
from avicena.learn.rank import FEWEST, fit_ranker
from avicena.learn.rank_folds import components, dealt
from avicena.learn.rank_judge import loss, ranks
from avicena.learn.rank_made import made, to_learn
from avicena.learn.rank_scale import logistic, temperature
from avicena.learn.rank_slope import listwise, ndcg
from avicena.learn.rank_table import Example, RankTable, gathered, taught
from avicena.learn.rank_told import balanced
from avicena.learn.rank_train import scores, train
from avicena.learn.simulate import Habits, simulated
from tests import toy

RECIPE = RankRecipe(families=("xgboost",), rounds=10, depth=3, rate=0.2)


def small(scores_of: list[list[float]], hits: list[int]) -> tuple[RankTable, np.ndarray]:
    """A table of lists of scores; `hits` the place of the right one, −1 where there is none."""
    sizes = [len(one) for one in scores_of]
    hit = np.concatenate([np.arange(size) == right for size, right in zip(sizes, hits, strict=True)])
    flat = np.concatenate([np.array(one, dtype=np.float32) for one in scores_of])
    query = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return RankTable(query, flat[:, None], hit, flat, np.zeros(len(flat), np.int32), ("OMIM:1",)), flat


def test_cases_of_one_disease_or_one_paper_are_joined_also_through_others():
    found = components(["A", "B", "C", "A", "D"], [["1"], ["1", "2"], ["3"], ["4"], ["2"]])
    assert found[0] == found[1] == found[3] == found[4]
    assert found[2] != found[0]


def test_folds_share_no_group_and_are_of_like_size():
    groups = np.random.default_rng(1).integers(0, 40, 400)
    fold = dealt(groups, 5, seed=7)
    assert all(len(set(fold[groups == one].tolist())) == 1 for one in range(40))
    assert np.bincount(fold).max() - np.bincount(fold).min() <= np.bincount(groups).max()


def test_ranks_count_who_is_above_and_half_of_who_is_level():
    table, flat = small([[3, 2, 1], [1, 1, 1], [5, 4, 0]], [1, 0, -1])
    assert ranks(table, flat, 4).tolist() == [2.0, 2.0, np.inf, np.inf]


def test_the_slope_of_the_listwise_loss_is_that_of_small_steps():
    table, flat = small([[0.3, -1.0, 2.0], [1.0, 0.5]], [0, 1])
    slope, bend = listwise(table, np.ones(2, np.float32))(flat)
    for row in range(len(flat)):
        step = np.zeros(len(flat))
        step[row] = 1e-4
        change = (loss(table, flat + step) - loss(table, flat - step)) * 2 / 2e-4  # of two cases
        assert slope[row] == pytest.approx(change, abs=1e-3)
    assert (bend > 0).all()


def test_lambdamart_lifts_the_right_candidate_and_most_where_an_exchange_tells():
    table, flat = small([[0.3, -1.0, 2.0, 1.9], [1.0, 0.5]], [1, 0])
    fall, bend = ndcg(table, np.ones(2, np.float32))(flat)
    assert fall[1] < 0 < min(fall[0], fall[2], fall[3])
    assert fall[2] > fall[3]
    assert np.add.reduceat(fall, table.begins) == pytest.approx(0, abs=1e-6)
    assert (bend > 0).all()


@pytest.mark.parametrize("way", ["listwise", "ndcg", "both", "forest"])
def test_every_way_puts_the_right_disease_higher_than_chance_and_members_add_up(way):
    table = gathered(_examples(120), toy.ready())
    kept = taught(table, np.ones(120, dtype=bool))
    weight = np.ones(len(kept.begins), np.float32)
    said = scores(train(kept, weight, way, RECIPE, 1), kept.values)
    chance = np.bincount(kept.query)[kept.query[kept.begins]]
    found = ranks(kept, said, 120)[kept.query[kept.begins]]
    assert found.mean() < chance.mean() / 3
    again = scores(train(kept, weight, way, RECIPE, 1), kept.values)
    assert (said == again).all()


def test_a_member_is_grown_as_if_the_others_were_not_there():
    """Two members add up: their sum is about twice the score of one, not a correction of it."""
    kept = taught(gathered(_examples(120), toy.ready()), np.ones(120, dtype=bool))
    weight = np.ones(len(kept.begins), np.float32)
    one, two = (
        scores(train(kept, weight, "listwise", replace(RECIPE, members=members), 1), kept.values) for members in (1, 2)
    )
    assert np.polyfit(one, two, 1)[0] == pytest.approx(2.0, abs=0.3)


def test_the_temperature_of_scores_drawn_from_their_softmax_is_found_again():
    random = np.random.default_rng(3)
    lists = random.normal(0, 6, (800, 5))
    shares = np.exp(lists / 3) / np.exp(lists / 3).sum(axis=1, keepdims=True)
    table, flat = small(lists.tolist(), [int(random.choice(5, p=share)) for share in shares])
    assert temperature(table, flat.astype(np.float64)) == pytest.approx(3.0, rel=0.15)


def test_a_logistic_regression_finds_the_coefficients_that_made_its_labels():
    random = np.random.default_rng(4)
    values = np.column_stack([np.ones(6000), random.normal(5, 2, 6000), random.normal(0, 1, 6000)])
    labels = random.random(6000) < 1 / (1 + np.exp(-(values @ [-5.0, 1.0, 0.5])))
    assert logistic(values, labels, np.ones(6000), free=0) == pytest.approx([-5.0, 1.0, 0.5], abs=0.35)


def test_what_is_learnt_from_holds_every_hit_and_no_case_without_one():
    examples = _examples(30)
    table = gathered(examples, toy.ready())
    kept = taught(table, np.ones(len(examples), dtype=bool))
    assert kept.hit.sum() == table.hit.sum()
    assert np.logical_or.reduceat(kept.hit, kept.begins).all()


def _examples(cases: int) -> list[Example]:
    """Patients drawn from the toy diseases, each of a paper and a disease of its own name."""
    random = np.random.default_rng(11)
    known = toy.world()
    omim = [place for place, id in enumerate(known.diseases) if id.startswith("OMIM:")]
    diseases = [int(random.choice(omim)) for _ in range(cases)]
    return [
        Example(
            simulated(known, disease, Habits(0.1, 0.1, (2, 3, 4), (0, 2)), random), known.diseases[disease], (f"{n}",)
        )
        for n, disease in enumerate(diseases)
    ]


def test_too_few_independent_cases_are_refused():
    with pytest.raises(Blocked, match=str(FEWEST)):
        fit_ranker(_examples(40), toy.ready(), RECIPE, seed=1, alpha=0.1)


def test_a_simulated_patient_shows_and_lacks_nothing_at_once():
    known, random = toy.world(), np.random.default_rng(5)
    above = known.ontology.ancestors
    for _ in range(200):
        one = simulated(known, 0, Habits(), random)
        closed = set(above.items[above.places(np.array(one.observed, np.int32))[0]].tolist())
        assert one.observed
        assert closed.isdisjoint(one.excluded)


def test_findings_are_simulated_as_often_as_they_are_annotated():
    known, random = toy.world(), np.random.default_rng(6)
    place = known.number["OMIM:100001"]
    habits = Habits(vague=0.0, unrelated=0.0, lengths=(9,), absent=(0,))
    drawn = [simulated(known, place, habits, random).observed for _ in range(2000)]
    terms = known.direct.row(place).tolist()
    wanted = known.direct_f[known.direct.start[place] : known.direct.start[place + 1]]
    found = [np.mean([term in one for one in drawn]) for term in terms]
    assert found == pytest.approx(wanted, abs=0.05)


def test_told_cases_are_as_frequent_among_right_candidates_as_among_wrong_ones():
    """That a disease has published cases may not tell that it is the right one."""
    random = np.random.default_rng(8)
    cases, diseases = 400, 50
    told = np.arange(diseases) < 10
    table = _listed(random, cases, diseases, lambda: int(random.integers(10)) if random.random() < 0.7 else 30)
    right = np.array([told[one] for one in table.diseases[table.hit]])
    hidden = table.at(np.flatnonzero(right[table.query]))
    both, weight = balanced(table, hidden, told, right)
    copies = both.query[both.begins] >= cases
    of_right = (weight * np.r_[right, np.zeros(copies.sum(), bool)]).sum() / weight.sum()
    assert of_right == pytest.approx(told[table.diseases[~table.hit]].mean(), abs=1e-3)
    assert weight.sum() == pytest.approx(cases, rel=1e-4)


def test_a_ranker_prefers_told_diseases_unless_it_is_balanced():
    """On columns that say nothing but whether a disease has told cases, the shortcut is learnt without the balance."""
    random = np.random.default_rng(9)
    told = np.arange(50) < 10
    table = _listed(random, 400, 50, lambda: int(random.integers(10)) if random.random() < 0.7 else 30)
    right = np.array([told[one] for one in table.diseases[table.hit]])
    hidden = table.at(np.flatnonzero(right[table.query]))
    values = np.where(hidden.hit[:, None], np.float32(0), hidden.values)
    both, weight = balanced(table, replace(hidden, values=values), told, right)
    probe = np.array([[0.0], [1.0]], np.float32)
    naive = scores(train(table, np.ones(400, np.float32), "listwise", RECIPE, 1), probe)
    fair = scores(train(both, weight, "listwise", RECIPE, 1), probe)
    assert naive[1] - naive[0] > 1.0
    assert abs(fair[1] - fair[0]) < 0.3


def _listed(random: np.random.Generator, cases: int, diseases: int, draw: Callable[[], int]) -> RankTable:
    """Lists of all diseases, one column that says whether a disease is among the first ten; `draw` the right one."""
    query = np.repeat(np.arange(cases, dtype=np.int32), diseases)
    place = np.tile(np.arange(diseases, dtype=np.int32), cases)
    right = np.array([draw() for _ in range(cases)])
    values = (place < 10).astype(np.float32)[:, None]
    return RankTable(query, values, place == right[query], values[:, 0], place, tuple(map(str, range(diseases))))


def test_made_up_patients_are_of_diseases_without_an_example_and_weigh_less():
    examples = [one for one in _examples(60) if one.disease in ("OMIM:100001", "OMIM:100004")]
    extra = made(examples, toy.ready(), 3, 1, silent)
    assert extra is not None
    drawn = {extra.ids[disease] for disease in extra.diseases[extra.hit].tolist()}
    assert drawn == {id for id in toy.world().diseases if id.startswith("OMIM:")} - {"OMIM:100001", "OMIM:100004"}
    both, weight = to_learn(gathered(examples, toy.ready()), np.ones(len(examples), dtype=bool), extra)
    assert len(weight) == len(both.begins) == len(examples) + 18
    assert set(weight.tolist()) == {1.0, 0.25}
    assert made(examples, toy.ready(), 0, 1, silent) is None
