"""Probabilities of a list, what a question would tell, and what a single finding says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avicena.core.knowledge import Patient
from avicena.measure.evidence import evidence
from avicena.measure.rank_list import gains, probabilities, summaries
from avicena.measure.said import said
from tests import toy

SCORES = st.lists(st.floats(-30, 30), min_size=1, max_size=20).map(np.array)


@given(SCORES, st.floats(0.1, 5), st.floats(-60, 60))
def test_probabilities_and_none_of_these_are_one_together(
    scores: NDArray[np.float64], heat: float, start: float
) -> None:
    shares, none = probabilities(scores, heat, {"intercept": start, "findings": 1.0}, {"findings": 0.5})
    assert shares.sum() + none == pytest.approx(1)
    assert (shares >= 0).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(shares[order]) >= -1e-12).all()


def test_a_summary_that_nothing_gives_is_an_error() -> None:
    with pytest.raises(KeyError):
        probabilities(np.zeros(3), 1.0, {"intercept": 0.0, "weather": 1.0}, {})


def test_the_summaries_of_equal_scores_are_known_by_hand() -> None:
    told = summaries(np.array([2.0, 2.0, 2.0, 2.0]), 2.0)
    assert told["best"] == 1.0
    assert told["lead"] == 0.0
    assert told["energy"] == pytest.approx(1 + np.log(4))
    assert told["entropy"] == pytest.approx(np.log(4))


def test_a_question_that_splits_two_equal_outcomes_tells_one_bit_and_an_idle_one_none() -> None:
    frequency = np.array([[1.0, 0.3, 0.9], [0.0, 0.3, 0.1]])
    told = gains(np.array([0.5, 0.5]), frequency)
    assert told[0] == pytest.approx(1, abs=1e-6)
    assert told[1] == pytest.approx(0, abs=1e-9)
    assert told[1] < told[2] < told[0]


@given(st.integers(0, 1000))
def test_no_question_tells_more_than_one_bit_or_less_than_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.ones(6))
    told = gains(shares, random.random((6, 9)))
    assert ((told >= 0) & (told <= 1)).all()


def test_what_single_findings_say_sums_to_the_evidence_of_all() -> None:
    known = toy.world()
    observed = tuple(toy.number(id) for id in ("HP:0002197", "HP:0001263", "HP:0000365"))
    patient = Patient(observed, (toy.number("HP:0000252"), toy.number("HP:0001626")))
    every = np.arange(len(known.diseases), dtype=np.int32)
    single = said(patient, known, every)
    assert single.shape == (len(every), 5)
    np.testing.assert_allclose(single.sum(axis=1), evidence(patient, known).likelihood, atol=1e-4)
    assert said(Patient((), ()), known, every).shape == (len(every), 0)
