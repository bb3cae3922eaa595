"""What the gate says of figures."""

import pytest

from avicena import Gate, Text, Threshold
from avicena.core.model import Evaluation, Measure
from avicena.review import judge

GOOD = Measure("tumour", "accuracy", 0.93, 0.90, 0.95, 160)


def scope(gate: Gate, *measures: Measure) -> str:
    """What a gate allows to a candidate with these figures."""
    return Evaluation("c", measures, (), judge(gate, measures)).scope


def test_a_figure_that_reaches_its_threshold_passes_and_one_that_does_not_blocks_serving() -> None:
    gate = Gate(serve=(Threshold("tumour", "accuracy", at_least=0.9),))
    assert scope(gate, GOOD) == "suggest"
    assert scope(gate, Measure("tumour", "accuracy", 0.89, 0.85, 0.95, 160)) == "nothing"


def test_a_lower_bound_is_stricter_than_the_figure_itself() -> None:
    assert scope(Gate(serve=(Threshold("tumour", "accuracy", at_least=0.91, bound="low"),)), GOOD) == "nothing"


def test_a_figure_that_was_not_measured_never_passes() -> None:
    [check] = judge(Gate(serve=(Threshold("tumour", "ECE", at_most=0.05),)), [GOOD])
    assert check.verdict == "INSUFFICIENT"
    assert scope(Gate(serve=(Threshold("tumour", "ECE", at_most=0.05),)), GOOD) == "nothing"


def test_a_figure_of_too_few_families_is_insufficient() -> None:
    few = Measure("tumour", "accuracy", 1.0, 0.7, 1.0, 9)
    assert judge(Gate(serve=(Threshold("tumour", "accuracy", at_least=0.9),)), [few])[0].verdict == "INSUFFICIENT"


@pytest.mark.parametrize(("worst", "expected"), [(0.91, "suggest"), (0.80, "nothing")])
def test_the_worst_group_decides_and_small_groups_are_named(worst: float, expected: str) -> None:
    gate = Gate(serve=(Threshold("tumour", "accuracy", at_least=0.9, worst_group=True),))
    women = Measure("tumour", "accuracy", 0.95, 0.9, 1.0, 80, "sex", "female")
    men = Measure("tumour", "accuracy", worst, 0.7, 1.0, 80, "sex", "male")
    other = Measure("tumour", "accuracy", 0.1, 0.0, 0.9, 3, "sex", "other")
    assert scope(gate, GOOD, women, men, other) == expected
    assert "sex: other (3)" in judge(gate, [GOOD, women, men, other])[-1].text.en


def test_a_failed_suggestion_threshold_leaves_referral_and_says_why() -> None:
    words = Text("no signal (p = {value})", "sin señal (p = {value})")
    gate = Gate(serve=(), suggest=(Threshold("treatment", "p", at_most=0.01, failing=words),))
    p = Measure("treatment", "p", 0.43, 0.43, 0.43, 99)
    assert scope(gate, p) == "refer"
    assert judge(gate, [p])[0].text == Text("no signal (p = 0.43)", "sin señal (p = 0.43)")
