"""Refused rows that a person could mend are asked about, and come in once they are mended."""

import pytest

from avicena.core.held import Held
from avicena.core.model import Refused
from avicena.core.question import Opinion, Question, Ruling, Unfit
from avicena.core.reading import Reading
from avicena.ingest.correct import Corrected, correct
from avicena.ingest.freeze import refused_from
from avicena.ingest.hold import held_from, held_lines, wrong_with
from avicena.ingest.judge import take
from avicena.ingest.questions import ask, questions_from
from tests.ingest.queue import ANA, APPLICATION, BEA, VERSION, judged, people

GOOD = {"scan": "sha256:old", "weight": 70.0, "height": 170.0, "sex": "female"}
OLD = Held("table row 9", "x9", GOOD, {"kind": "round"}, {"age": "190"}, "Fp003", "A", None)
BLANK = Held("table row 10", "x10", {**GOOD, "age": 40.0}, {}, {"kind": None, "plan": None}, None, "A", 2)
TWO = Held("table row 11", "x11", GOOD, {}, {"age": "old", "kind": "square"}, None, "A", 9)


def asked(*held: Held) -> list[Question]:
    return [one for one in questions_from(ask(APPLICATION, VERSION, people(), (), 0.1, held).questions) if one.refused]


def made(*decided: tuple[str, str, Ruling]) -> Corrected:
    """What becomes of the people and the held rows after two people agree on rulings, by row and field."""
    named = {(one.rows[0], one.field): one for one in asked(OLD, BLANK, TWO)}
    read = [judged(Reading(named[row, field]), (ANA, ruling), (BEA, ruling)) for row, field, ruling in decided]
    refused = [Refused(one.where, "outside-contract") for one in (OLD, BLANK, TWO)]
    return correct(APPLICATION, VERSION, people(), refused, read, (), (OLD, BLANK, TWO))


def test_each_wrong_thing_of_a_refused_row_is_a_question_that_shows_what_was_written() -> None:
    found = {(one.rows, one.field): one.values for one in asked(OLD, BLANK, TWO)}
    assert found == {
        (("x9",), "age"): ("190",),
        (("x10",), "kind"): (None,),
        (("x11",), "age"): ("old",),
        (("x11",), "kind"): ("square",),
    }
    for one in asked(OLD, BLANK, TWO):
        assert all("190" not in text and "square" not in text for sign in one.signs for text in (sign.text.en,))


def test_a_mended_row_comes_in_with_its_family_and_that_familys_fold_and_leaves_the_refused_ones() -> None:
    found = made(("x9", "age", Ruling("change", 90.0)), ("x10", "kind", Ruling("change", "flat")))
    rows = {one.id: one for one in found.rows}
    assert rows.keys() - {one.id for one in people()} == {"x9", "x10"}
    assert (rows["x9"].values["age"], rows["x9"].family, rows["x9"].fold) == (90.0, "Fp003", rows["p003"].fold)
    assert (rows["x10"].labels, rows["x10"].fold, rows["x10"].family_known) == ({"kind": "flat"}, 2, False)
    assert [one.where for one in refused_from(found.refused)] == ["table row 11"]
    assert found.held == (TWO,)
    assert (found.counts["rows"], found.counts["refused"]) == (62, 1)
    assert list(rows) == sorted(rows)


def test_a_row_with_two_faults_waits_until_both_are_decided_and_a_blank_value_is_enough() -> None:
    assert "x11" not in {one.id for one in made(("x11", "kind", Ruling("change", "flat"))).rows}
    found = made(("x11", "kind", Ruling("change", "flat")), ("x11", "age", Ruling("blank")))
    (mended,) = (one for one in found.rows if one.id == "x11")
    assert (mended.values["age"], mended.labels) == (None, {"kind": "flat"})
    assert 0 <= mended.fold < VERSION.folds  # the table gave a fold that there is not


def test_a_refused_row_that_readers_drop_stays_refused_and_is_not_asked_again() -> None:
    found = made(("x9", "age", Ruling("drop")))
    assert {(one.where, one.reason) for one in refused_from(found.refused)} >= {("table row 9", "dropped-in-review")}
    assert OLD not in found.held
    assert {one.id for one in found.rows} == {one.id for one in people()}


def test_what_the_import_refused_cannot_be_kept_as_it_is() -> None:
    (question,) = asked(OLD)
    opinion = Opinion(question.id, Ruling("keep"), "fine")
    with pytest.raises(Unfit) as error:
        take(APPLICATION, {question.id: Reading(question)}, {"1": opinion}, ANA, "now")
    assert error.value.faults["1"].en != error.value.faults["1"].es


def test_a_held_row_under_the_name_of_a_row_that_stands_is_not_asked_about() -> None:
    assert asked(Held("r", "p001", GOOD, {"kind": "round"}, {"age": "190"}, None, "A", None)) == []


def test_a_source_whose_unit_had_its_rows_refused_is_one_question_and_they_come_in_converted() -> None:
    held = [
        Held(
            f"row {i}",
            f"m{i}",
            {**GOOD, "scan": f"sha256:m{i}"},
            {"kind": "flat"},
            {"age": str(12 * (30 + i))},
            None,
            "B",
            None,
        )
        for i in range(30)
    ]
    (question,) = questions_from(ask(APPLICATION, VERSION, people(), (), 0.1, held).questions)
    assert (question.whole_source, question.field, len(question.rows)) == (True, "age", 30)
    said = Ruling("change", "in months")
    read = [judged(Reading(question), (ANA, said), (BEA, said))]
    found = correct(
        APPLICATION, VERSION, people(), [Refused(one.where, "outside-contract") for one in held], read, (), held
    )
    assert sorted(one.values["age"] for one in found.rows if one.source == "B") == [30.0 + i for i in range(30)]  # type: ignore[type-var]
    assert found.held == ()


def test_held_rows_come_back_from_their_blob() -> None:
    assert held_from(held_lines([TWO, OLD, BLANK])) == sorted([TWO, OLD, BLANK], key=lambda one: one.id)


def test_what_can_be_used_of_a_row_and_what_cannot() -> None:
    values, labels, wrong = wrong_with(
        APPLICATION, {"age": "190", "sex": "Female", "weight": "x" * 999}, {"kind": "ROUND"}
    )
    assert (values["sex"], values["height"], labels) == ("female", None, {"kind": "round"})
    assert wrong["age"] == "190"
    assert len(str(wrong["weight"])) < 300
    assert wrong_with(APPLICATION, {}, {})[2] == {"kind": None, "plan": None}
