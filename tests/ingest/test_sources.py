"""A whole source in another unit is one question, and its answer converts all its values."""

from dataclasses import replace

import pytest

from avicena.core.case import Number
from avicena.core.model import Row
from avicena.core.question import Question, Ruling
from avicena.core.reading import Reading
from avicena.core.text import Language
from avicena.ingest.correct import correct
from avicena.ingest.judge import options, value_of, wrong
from avicena.ingest.questions import ask, questions_from
from avicena.ingest.sheet import write_questions
from tests.ingest.queue import ANA, APPLICATION, BEA, VERSION, judged, people

LANGUAGES: tuple[Language, ...] = ("en", "es")


def other(field: str, factor: float, number: int = 30) -> list[Row]:
    """People of source B, one of whose values are written in another unit."""
    found = []
    for one in people(number):
        values = {**one.values, "scan": f"sha256:b{one.id}", field: one.values[field] * factor}  # type: ignore[operator]
        found.append(replace(one, id=f"b{one.id}", family=f"B{one.id}", source="B", values=values))
    return found


def asked(rows: list[Row]) -> list[Question]:
    return questions_from(ask(APPLICATION, VERSION, rows, ()).questions)


@pytest.mark.parametrize(("field", "factor", "words"), [("weight", 2.2046, "pounds"), ("height", 1 / 2.54, "inches")])
def test_a_source_in_another_unit_is_one_question(field: str, factor: float, words: str) -> None:
    (found,) = asked([*people(), *other(field, factor)])
    assert (found.field, len(found.rows), found.whole_source) == (field, 30, True)
    assert f"in {words}" in {one.en for one in options(APPLICATION, found)}
    assert (
        f"30 values of source B are unusual as they stand, and usual if all were written in {words}"
        in found.signs[0].text.en
    )


def test_the_answer_names_the_unit_in_either_language_and_all_its_values_are_converted() -> None:
    rows = [*people(), *other("weight", 1 / 0.45359237)]
    (found,) = asked(rows)
    meant = value_of(APPLICATION, found, " En Libras ")
    assert meant == value_of(APPLICATION, found, "in pounds") == "in pounds"
    with pytest.raises(ValueError, match="not one of in pounds"):
        value_of(APPLICATION, found, "in stones")
    decided = judged(Reading(found), *((who, Ruling("change", meant)) for who in (ANA, BEA)))
    made = correct(APPLICATION, VERSION, rows, [], [decided])
    assert [one.values["weight"] for one in made.rows if one.source == "B"] == pytest.approx(
        [one.values["weight"] for one in people(30)]
    )
    assert [one for one in made.rows if one.source == "A"] == people()
    assert asked(list(made.rows)) == []


def test_a_value_that_the_unit_would_bring_outside_the_bounds_is_missing_and_counted_and_asked_about_again() -> None:
    bounded = replace(APPLICATION, inputs={**APPLICATION.inputs, "weight": Number(20, 300, "kg")})
    rows = [*people(), *other("weight", 2.2046)]
    child = replace(rows[-1], values={**rows[-1].values, "weight": 40.0})
    rows[-1] = child
    (found,) = questions_from(ask(bounded, VERSION, rows, ()).questions)
    assert child.id in found.rows
    decided = judged(Reading(found), *((who, Ruling("change", "in pounds")) for who in (ANA, BEA)))
    made = correct(bounded, VERSION, rows, [], [decided])
    assert next(one for one in made.rows if one.id == child.id).values["weight"] is None
    assert made.counts["outside-once-converted"] == 1
    after = questions_from(ask(bounded, VERSION, made.rows, ()).questions)
    assert [(one.rows, one.field) for one in after] == [((child.id,), "weight")]
    assert "outside-once-converted" not in correct(bounded, VERSION, rows, [], [blanked(found)]).counts


def blanked(question: Question) -> Reading:
    return judged(Reading(question), *((who, Ruling("blank")) for who in (ANA, BEA)))


def test_the_unit_and_what_is_wrong_with_an_answer_are_said_in_the_language_of_the_sheet() -> None:
    rows = [*people(), *other("weight", 2.2046)]
    (found,) = asked(rows)
    seen = judged(Reading(found), (ANA, Ruling("change", "in pounds")), (BEA, Ruling("keep"))).seen("eva")
    sheets = {lang: write_questions(APPLICATION, [seen], {one.id: one for one in rows}, lang) for lang in LANGUAGES}
    assert "en libras, en gramos" in sheets["es"].decode()
    assert "cambiar: en libras" in sheets["es"].decode()
    assert "in pounds" not in sheets["es"].decode()
    assert "in pounds, in grams" in sheets["en"].decode()
    assert "change: in pounds" in sheets["en"].decode()
    with pytest.raises(ValueError, match="not one of") as error:
        value_of(APPLICATION, found, "in stones")
    assert wrong(APPLICATION, found, error.value).es == "valor nuevo: no es ninguno de en libras, en gramos"
    assert wrong(APPLICATION, found, error.value).en == "new value: not one of in pounds, in grams"


def test_one_strange_row_of_a_source_and_a_source_half_in_another_unit_are_asked_row_by_row() -> None:
    usual, strange = other("weight", 1), other("weight", 2.2046)
    half = [one if place % 2 else odd for place, (one, odd) in enumerate(zip(usual, strange, strict=True))]
    for rows in ([*people(), *usual[:15], strange[15], *usual[16:]], [*people(), *half]):
        found = asked(rows)
        assert found
        assert not any(one.whole_source for one in found)


def test_a_source_of_other_patients_is_no_question() -> None:
    children = [replace(one, values={**one.values, "age": one.values["age"] / 6}) for one in other("age", 1)]  # type: ignore[operator]
    assert not any(one.whole_source for one in asked([*people(), *children]))


def test_where_no_other_source_tells_what_is_usual_the_plausible_range_does() -> None:
    pounds = [replace(one, values={**one.values, "weight": 310.0 + place}) for place, one in enumerate(people(30))]
    assert not any(one.whole_source for one in asked(people(30)))
    assert [(one.field, one.whole_source, len(one.rows)) for one in asked(pounds)] == [("weight", True, 30)]
