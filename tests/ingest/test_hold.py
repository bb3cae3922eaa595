"""Refused rows that a person could mend are asked about, and come in once they are mended."""

from dataclasses import replace

import pytest

from avicena.core.errors import Blocked
from avicena.core.held import Held
from avicena.core.model import Refused, Row
from avicena.core.question import Opinion, Question, Ruling, Unfit
from avicena.core.reading import Reading
from avicena.ingest.correct import Corrected, correct
from avicena.ingest.freeze import refused_from
from avicena.ingest.hold import held_from, held_lines, mended, wrong_with
from avicena.ingest.judge import take
from avicena.ingest.questions import ask, questions_from
from tests.ingest.queue import ANA, APPLICATION, BEA, VERSION, judged, people, row

GOOD = {"scan": "sha256:old", "weight": 70.0, "height": 170.0, "sex": "female"}
OLD = Held("table row 9", "x9", GOOD, {"kind": "round"}, {"age": "190"}, "Fp003", "A", None)
BLANK = Held(
    "table row 10", "x10", {**GOOD, "scan": "sha256:x10", "age": 40.0}, {}, {"kind": None, "plan": None}, None, "A", 2
)
TWO = Held("table row 11", "x11", {**GOOD, "scan": "sha256:x11"}, {}, {"age": "old", "kind": "square"}, None, "A", 9)


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


def young(id: str, scan: str, family: str | None, kind: str = "round") -> Held:
    """A held row of a picture, whose age is wrong."""
    return Held(f"row {id}", id, {**GOOD, "scan": scan}, {"kind": kind}, {"age": "190"}, family, "A", None)


def aged(*held: Held) -> tuple[dict[str, Row], dict[str, str]]:
    """The rows that came in once everyone's age was said to be 50, and the reasons of those that stay refused."""
    ages = {(one.id, "age"): 50.0 for one in held}
    rows, fallen = mended(APPLICATION, held, ages, people(), VERSION.folds)
    return rows, {id: one.reason for id, one in fallen.items()}


@pytest.mark.parametrize("family", ["Q1", "Q2", "Q3", "Q4", "Q5", "Fp001"])
def test_a_mended_row_never_puts_a_picture_that_stands_under_another_family(family: str) -> None:
    assert aged(young("z", "sha256:p000", family)) == ({}, {"z": "same-image-two-families"})


def test_mended_rows_of_one_picture_share_the_family_that_one_of_them_was_told_or_that_stands() -> None:
    found, fallen = aged(young("a", "sha256:new", "NEW"), replace(young("b", "sha256:new", None), source="B", fold=3))
    assert (fallen, found.keys()) == ({"b": "exact-duplicate"}, {"a"})
    other = young("b", "sha256:new", None)
    other = replace(other, values={**other.values, "weight": 71.0})
    found, fallen = aged(young("a", "sha256:new", "NEW"), other, young("c", "sha256:p001", None))
    assert fallen == {}
    assert (found["a"].family, found["a"].fold) == (found["b"].family, found["b"].fold)
    assert found["b"].family == "NEW"
    assert (found["c"].family, found["c"].fold, found["c"].family_known) == ("Fp001", 1, True)


def test_mended_rows_are_compared_with_each_other_as_an_import_compares_them() -> None:
    assert aged(young("a", "sha256:n", "A"), young("b", "sha256:n", "B")) == (
        {},
        {"a": "same-image-two-families", "b": "same-image-two-families"},
    )
    assert aged(young("a", "sha256:n", None), young("b", "sha256:n", None, "flat"))[1] == {
        "a": "same-image-two-labels",
        "b": "same-image-two-labels",
    }


def test_what_cannot_come_in_beside_the_rows_that_stand_is_refused_with_its_reason() -> None:
    torn = young("x12", "sha256:p000", "Q3")
    (question,) = asked(torn)
    read = [judged(Reading(question), *((who, Ruling("change", 50.0)) for who in (ANA, BEA)))]
    found = correct(APPLICATION, VERSION, people(), [Refused(torn.where, "outside-contract")], read, (), (torn,))
    assert [(one.where, one.reason) for one in refused_from(found.refused)] == [("row x12", "same-image-two-families")]
    assert (found.held, len(found.rows)) == ((), 60)


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


def months() -> list[Held]:
    """Twelve people of a source whose ages are outside what is accepted, as they would be in months."""
    return [
        replace(young(f"m{i:02d}", f"sha256:m{i}", f"M{i}"), source="B", wrong={"age": str(400 + 11 * i)})
        for i in range(12)
    ]


def test_where_the_unit_of_a_source_was_said_to_be_right_its_rows_are_asked_one_by_one() -> None:
    rows = [*people(), row("new", age=1.0, source="B")]
    (unit,) = questions_from(ask(APPLICATION, VERSION, rows, (), 0.1, months()).questions)
    assert unit.whole_source
    for held in (months(), months()[3:]):  # later, when some are mended, too
        found = questions_from(ask(APPLICATION, VERSION, rows, (), 0.1, held, (unit,)).questions)
        assert not any(one.whole_source for one in found)
        assert {one.rows[0] for one in found if one.refused} == {one.id for one in held}
        assert {one.rows[0] for one in found if not one.refused} == {"new"}


def test_a_decision_about_one_row_does_not_contradict_that_its_source_is_in_the_right_unit() -> None:
    (unit,) = questions_from(ask(APPLICATION, VERSION, people(), (), 0.1, months()).questions)
    asked_now = questions_from(ask(APPLICATION, VERSION, people(), (), 0.1, months(), (unit,)).questions)
    one = next(one for one in asked_now if one.rows == ("m00",))
    kept = judged(Reading(unit), *((who, Ruling("keep")) for who in (ANA, BEA)))
    read = [kept, judged(Reading(one), *((who, Ruling("change", 40.0)) for who in (ANA, BEA)))]
    refused = [Refused(each.where, "outside-contract") for each in months()]
    found = correct(APPLICATION, VERSION, people(), refused, read, (), months())
    assert {each.id for each in found.rows if each.source == "B"} == {"m00"}
    months_too = judged(Reading(unit), *((who, Ruling("change", "in months")) for who in (ANA, BEA)))
    with pytest.raises(Blocked):
        correct(APPLICATION, VERSION, people(), refused, [months_too, read[1]], (), months())
    again = judged(Reading(replace(unit, id="qagain")), *((who, Ruling("keep")) for who in (ANA, BEA)))
    with pytest.raises(Blocked):
        correct(APPLICATION, VERSION, people(), refused, [months_too, again], (), months())


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
