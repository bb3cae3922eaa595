"""Findings as an input: whatever is sent becomes one tidy list, or a problem with a name."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.case import Contract, Number
from avicena.core.errors import ContractViolation
from avicena.core.findings import Finding, Findings, findings
from avicena.core.onset import ONSET_YEARS

KIND = Findings()
ONE = st.builds(
    lambda number, observed, onset: Finding(f"HP:{number:07d}", observed, onset if observed else ""),
    st.integers(0, 9_999_999),
    st.booleans(),
    st.sampled_from(["", "P3Y", "P6M", *ONSET_YEARS]),
)


@given(st.lists(ONE, max_size=20, unique_by=lambda one: one.id))
def test_what_was_parsed_parses_again_and_order_does_not_matter(given: list[Finding]) -> None:
    kept = KIND.parse([str(one) for one in given])
    assert KIND.parse(kept) == kept == KIND.parse([str(one) for one in reversed(given)])
    assert sorted(findings(kept), key=str) == sorted(given, key=str)


@pytest.mark.parametrize(
    "raw",
    [
        "HP:0001250,HP:0001263@P6M,-HP:0000252",
        " hp:0001250 ; HP_0001263@p6m\n -HP:0000252 ",
        '["HP:0001250", "HP:0001263@P6M", "-HP:0000252"]',
        ["HP:0001263@P6M", "HP:0001250", "!HP:0000252"],
        [{"id": "HP:0001250"}, {"id": "HP:0001263", "onset": "P6M"}, {"id": "HP:0000252", "excluded": True}],
        ["HP:0001250", "HP:0001250", "HP:0001263@P6M", "HP:0001263", {"id": "HP:0000252", "excluded": True}],
    ],
)
def test_every_form_gives_the_same_findings(raw: Any) -> None:
    assert KIND.parse(raw) == ("-HP:0000252", "HP:0001250", "HP:0001263@P6M")


def test_nothing_at_all_is_no_finding_and_not_a_problem() -> None:
    assert KIND.parse([]) == KIND.parse("") == ()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (["HP:0001250", "secret", "HP:12", None], "entries 2, 3: not an HPO id"),
        (["HP:0001250", {"id": "HP:0001250", "excluded": True}], "both observed and excluded: HP:0001250"),
        ([f"HP:{number:07d}" for number in range(500)], "500 terms where at most 200"),
        (["HP:0001250@soon"], "entry 1: its onset is neither a duration"),
        (["HP:0001250@P200Y"], "entry 1: its onset is over 150 years"),
        ([{"id": "HP:0001250", "name": "Jane"}], "entry 1: neither an HPO id nor an object"),
        ([{"id": 1250}], "entry 1: id and onset are texts"),
        ([{"id": "HP:0001250", "excluded": "no"}], "entry 1: id and onset are texts"),
        (7, "not a list of HPO terms"),
        ({"id": "HP:0001250"}, "not a list of HPO terms"),
    ],
)
def test_what_is_wrong_is_named_by_place_and_never_repeated(raw: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=r"HP|onset|true|list|terms") as error:
        KIND.parse(raw)
    assert problem in str(error.value)
    assert not any(word in str(error.value) for word in ("secret", "Jane", "soon"))


@given(
    st.recursive(
        st.none() | st.text(max_size=20) | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_is_sent_it_is_findings_or_a_problem(raw: Any) -> None:
    with suppress(ValueError):
        assert all(Finding.parse(one) for one in KIND.parse(raw))


def test_the_earliest_onset_of_a_term_counts() -> None:
    assert KIND.parse(["HP:0001250@P3Y", "HP:0001250@HP:0003577", "HP:0001250"]) == ("HP:0001250@HP:0003577",)


@pytest.mark.parametrize(("raw", "years"), [("P6Y6M", 6.5), ("p3w", 21 / 365.25), (6.5, 6.5), ("6.5", 6.5), ("P0D", 0)])
def test_an_age_is_years_or_a_duration(raw: Any, years: float) -> None:
    assert Number(0, 130, "a", durations=True).parse(raw) == pytest.approx(years)


@pytest.mark.parametrize(
    "raw", ["P150Y", 150, -1, "-P3M", "P-3M", "P", "six", True, "P1e9Y", "P" + "9" * 400 + "Y", "nan"]
)
def test_an_age_before_birth_or_beyond_any_life_is_a_problem(raw: Any) -> None:
    with pytest.raises(ContractViolation):
        Contract({"age": Number(0, 130, "a", durations=True)}).parse({"age": raw})


def test_durations_are_for_years_alone() -> None:
    with pytest.raises(ValueError, match="years"):
        Number(0, 10, "kg", durations=True)
    with pytest.raises(ValueError, match="not a number"):
        Number(0, 130, "a").parse("P3Y")
