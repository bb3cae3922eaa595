"""Encodings fitted on training rows: what they learn, and that a held-out row never teaches them anything."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from avicena.core.codes import Codes
from avicena.core.encoder import Encoder, Told, arrays_of
from avicena.core.encoding import (
    Encoding,
    EvidenceList,
    ImageEmbedding,
    Impute,
    NoteEmbedding,
    OneHot,
    Ordinal,
)
from avicena.learn.encode import Encodings, fit, principal

DECLARED: tuple[Encoding, ...] = (
    OneHot("sex"),
    OneHot("ward", least=4),
    Ordinal("grade", ("low", "middle", "high")),
    Impute("age"),
    Impute("duration", by="mean"),
    EvidenceList("evidences"),
    NoteEmbedding("note", dimensions=4, indicator=True),
    ImageEmbedding("tumour", dimensions=3),
)


def case(random: np.random.Generator, note: NDArray[np.float32]) -> Told:
    """Everything about one made-up patient, part of it missing."""
    codes = tuple(sorted({f"E_{code}" for code in random.integers(0, 30, 4).tolist()}))
    values: dict[str, Any] = {
        "sex": str(random.choice(["female", "male"])),
        "ward": f"ward {random.integers(0, 9)}",
        "grade": str(random.choice(["low", "middle", "high"])),
        "age": float(random.integers(1, 99)),
        "evidences": codes,
    }
    values = {name: None if random.random() < 0.2 else value for name, value in values.items()}
    notes = {"note": note} if random.random() < 0.9 else {}
    look = random.normal(0, 1, 20).astype(np.float32)
    return Told(values, {"duration": float(random.choice([np.nan, 3.0, 9.0]))}, notes, {"tumour": look})


FAMILIES = [f"F{row // 2}" for row in range(80)]
"""Two rows of each."""


def cases(rows: int = 80, seed: int = 1) -> list[Told]:
    """So many made-up patients."""
    random = np.random.default_rng(seed)
    notes = (random.normal(0, 1, (rows, 12)) * np.linspace(3, 0.1, 12)).astype(np.float32)
    return [case(random, note) for note in notes]


def same(first: Encodings, second: Encodings, inside: NDArray[np.bool_]) -> bool:
    """Whether two tables give the same fitted state on the same rows."""
    (one, arrays), (other, others) = first.fit(inside), second.fit(inside)
    return one == other and all(np.array_equal(arrays[name], others[name]) for name in arrays | others)


def test_held_out_rows_do_not_change_what_is_fitted() -> None:
    told, others = cases(), cases(seed=2)
    inside = np.arange(80) % 4 != 0
    swapped = [mine if keep else strange for mine, strange, keep in zip(told, others, inside, strict=True)]
    assert same(Encodings(DECLARED, told, FAMILIES), Encodings(DECLARED, swapped, FAMILIES), inside)
    assert not same(Encodings(DECLARED, told, FAMILIES), Encodings(DECLARED, swapped, FAMILIES), ~inside)
    assert not same(Encodings(DECLARED, told, FAMILIES), Encodings(DECLARED, swapped, FAMILIES), inside | ~inside)


def test_held_out_rows_do_not_change_the_columns_of_training_rows() -> None:
    told, others = cases(), cases(seed=2)
    inside = np.arange(80) % 4 != 0
    swapped = [mine if keep else strange for mine, strange, keep in zip(told, others, inside, strict=True)]
    mine, theirs = Encodings(DECLARED, told, FAMILIES)(inside), Encodings(DECLARED, swapped, FAMILIES)(inside)
    assert mine.columns == theirs.columns
    np.testing.assert_array_equal(mine.rows[inside], theirs.rows[inside])


def test_a_table_and_one_case_at_a_time_give_the_same_columns_bit_by_bit() -> None:
    table = Encodings(DECLARED, cases(), FAMILIES)
    encoder = table.encoder(np.arange(80) < 60)
    whole = table.rows(encoder)
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(whole, np.stack([encoder.row(one) for one in cases()]))


def test_the_columns_for_trees_have_no_gap_and_are_the_same_every_time() -> None:
    inside = np.arange(80) < 60
    first, again = Encodings(DECLARED, cases(), FAMILIES)(inside), Encodings(DECLARED, cases(), FAMILIES)(inside)
    assert not np.isnan(first.rows).any()
    assert first.columns == again.columns
    np.testing.assert_array_equal(first.rows, again.rows)
    assert all(name.startswith("evidences=") for name in first.evidence)
    assert set(first.evidence) < set(first.columns)


def apart(rows: int) -> list[str]:
    """A family of its own for each row."""
    return [f"F{row}" for row in range(rows)]


def test_levels_are_those_of_enough_families_and_of_how_many_rows_does_not_matter() -> None:
    rows = ["common"] * 5 + ["rare"] * 4 + [None]
    assert fit(OneHot("ward"), rows, apart(10))[0].columns == ("ward=common", "ward unlisted", "ward missing")
    given, _ = fit(OneHot("ward", ("rare", "never"), unlisted=False, indicator=False), rows, apart(10))
    assert given.columns == ("ward=rare", "ward=never")
    lists = [("a", "b"), ("a",), ("c",), None]
    assert fit(EvidenceList("signs", least=2), lists, apart(4))[0].levels == ("a",)
    assert fit(EvidenceList("signs", least=2), lists, ["one", "one", "two", "two"])[0].levels == ()
    assert fit(EvidenceList("signs", ("c",)), lists, apart(4))[0].levels == ("c",)


def test_what_few_families_wrote_among_codes_names_no_column_however_often_they_wrote_it() -> None:
    said = Codes().parse("García Pérez 03/05/1957; R51")
    rows = [said] * 9 + [("R51",)]
    for one in (EvidenceList("findings"), OneHot("findings")):
        assert [name for name in fit(one, rows, ["Pérez"] * 9 + ["other"])[0].columns if "=" in name] == []
        four = fit(one, [said] * 4 + [("R51",)], apart(5))[0]
        assert [name for name in four.columns if "=" in name] == ["findings=R51"]
        assert Encoder([four], {}).named(Told({"findings": said}))["findings unlisted"] == 1


def test_families_outside_training_do_not_make_a_level_common() -> None:
    told = [Told({"ward": "rare"})] * 8
    table = Encodings((OneHot("ward"),), told, apart(8))
    assert "ward=rare" not in table(np.arange(8) < 4).columns
    assert "ward=rare" in table(np.arange(8) < 5).columns


def test_gaps_take_the_median_the_mean_or_the_number_asked_for() -> None:
    rows = [1.0, 2.0, 9.0, None]
    assert fit(Impute("age"), rows, apart(4))[0].fills == {"age": 2.0}
    assert fit(Impute("age", by="mean"), rows, apart(4))[0].fills == {"age": 4.0}
    assert fit(Impute("age", by=-1), rows, apart(4))[0].fills == {"age": -1.0}
    assert fit(Ordinal("grade", ("low", "high")), ["high", "high", "low", "strange"], apart(4))[0].fills == {
        "grade": 1.0
    }


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.kind)
def test_a_column_without_any_value_is_fitted_all_the_same(one: Encoding) -> None:
    fitted, arrays = fit(one, [None] * 5, apart(5))
    told = cases()[3]
    assert not np.isinf(Encoder([fitted], arrays).row(told)).any()
    unfilled = set(fitted.columns) - set(fitted.fills)
    gaps = np.isnan(Encoder([fitted], arrays).row(Told({})))
    assert not {name for name, gap in zip(fitted.columns, gaps, strict=True) if gap} & unfilled


def test_axes_are_those_along_which_training_varies_most() -> None:
    random = np.random.default_rng(0)
    wide = random.normal(0, 1, (200, 6)) * np.array([9, 5, 0.1, 0.1, 0.1, 0.1]) + 7
    centre, axes = principal(wide, 2)
    np.testing.assert_allclose(centre, wide.mean(axis=0))
    np.testing.assert_allclose(np.abs(axes[:2]), np.eye(2), atol=0.1)
    assert (axes[np.abs(axes).argmax(axis=0), [0, 1]] > 0).all()


@settings(max_examples=25)
@given(st.integers(0, 6), st.integers(1, 4), st.booleans())
def test_axes_never_ask_for_more_than_the_rows_can_tell(rows: int, count: int, constant: bool) -> None:
    vectors = np.ones((rows, 5)) if constant else np.random.default_rng(rows).normal(0, 1, (rows, 5))
    centre, axes = principal(vectors, count)
    assert axes.shape == (5, 0 if constant else min(count, max(rows - 1, 0)))
    assert not np.isnan(centre).any()
    np.testing.assert_allclose(axes.T @ axes, np.eye(axes.shape[1]), atol=1e-9)


def test_what_was_fitted_names_the_declarations_and_what_they_read() -> None:
    first, same_again = Encodings(DECLARED, cases(), FAMILIES), Encodings(DECLARED, cases(), FAMILIES)
    assert first.digest == same_again.digest
    assert first.digest != Encodings(DECLARED, cases(seed=2), FAMILIES).digest
    assert first.digest != Encodings((OneHot("sex", indicator=False), *DECLARED[1:]), cases(), FAMILIES).digest
    assert first.digest != Encodings(DECLARED, cases(), apart(80)).digest
    one = replace(cases()[0], looks={"tumour": np.ones(20, np.float32)})
    assert first.digest != Encodings(DECLARED, [one, *cases()[1:]], FAMILIES).digest


def test_the_arrays_of_each_embedding_have_names_of_their_own() -> None:
    _, arrays = Encodings(DECLARED, cases(), FAMILIES).fit(np.ones(80, bool))
    assert set(arrays) == {name for one in DECLARED[-2:] for name in arrays_of(one)}
