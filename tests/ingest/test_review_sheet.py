import pytest

from avicena.core.errors import ContractViolation
from avicena.core.question import Question, Ruling, Sign
from avicena.core.reading import Reading
from avicena.core.text import Text
from avicena.formats.sheet import unguarded, write_sheet
from avicena.formats.table import read_table
from avicena.ingest.sheet import read_opinions, write_questions
from tests.ingest.queue import ANA, APPLICATION, BEA, judged, row

WHY = (Sign("implausible", 0.5, Text("far out", "muy lejos")),)
LABEL = Question("q1", ("=a",), "kind", ("round",), WHY)
AGE = Question("q2", ("b",), "age", (118.0,), WHY)
TORN = judged(
    Reading(Question("q3", ("b", "c"), "sex", ("male", "female"), WHY)), (ANA, Ruling("keep")), (BEA, Ruling("drop"))
)
READ = {one.question.id: one for one in (Reading(LABEL), Reading(AGE), TORN)}
ROWS = {name: row(name) for name in ("=a", "b", "c")}


def sheet(language="en", separator=";", reader="eva"):
    seen = [one.seen(reader) for one in READ.values()]
    return write_questions(APPLICATION, seen, ROWS, language, separator)


def filled(data, *answers, separator=";"):
    """The sheet with its last three columns filled in, as a spreadsheet writes it."""
    table = read_table(data)
    lines = [[unguarded(cell) for cell in one.cells.values()] for one in table.rows]
    for line, answer in zip(lines, answers, strict=True):
        line[-3:] = answer
    return write_sheet(table.columns, lines, separator)


@pytest.mark.parametrize(("language", "word"), [("en", "change"), ("es", "cambiar")])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_sheet_comes_back_in_either_language_and_with_either_separator(language, word, separator):
    back = filled(
        sheet(language, separator), (word, "flat", "seen"), ("", "", ""), (word, "male", "letter"), separator=separator
    )
    found, faults = read_opinions(APPLICATION, READ, back)
    assert faults == {}
    assert {one.question: (one.ruling.value, one.reason, one.seat) for one in found.values()} == {
        "q1": ("flat", "seen", None),
        "q3": ("male", "letter", 3),
    }


def test_a_blank_line_is_undecided_and_a_blank_reason_takes_the_one_given_for_all():
    found, faults = read_opinions(
        APPLICATION, READ, filled(sheet(), ("keep", "", ""), ("", "", ""), ("", "", "")), "second look"
    )
    assert faults == {}
    assert [(one.question, one.reason) for one in found.values()] == [("q1", "second look")]


def test_every_line_that_cannot_be_read_is_named_by_its_number():
    back = filled(sheet(), ("maybe", "", "x"), ("change", "190", "x"), ("", "male", ""))
    found, faults = read_opinions(APPLICATION, READ, back)
    assert found == {}
    assert set(faults) == {"2", "3", "4"}
    assert all("190" not in text.en + text.es for text in faults.values())


@pytest.mark.parametrize("edited", [b"q9", b"q2", b""])
def test_an_edited_question_name_is_refused_even_when_it_is_that_of_another(edited):
    back = filled(sheet(), ("keep", "", "x"), ("", "", ""), ("", "", "")).replace(b"q1", edited)
    found, faults = read_opinions(APPLICATION, READ, back)
    assert found == {}
    assert set(faults) == {"2"}


def test_a_value_beside_keep_and_a_change_without_value_are_refused():
    back = filled(sheet(), ("keep", "flat", "x"), ("change", "", "x"), ("", "", ""))
    assert set(read_opinions(APPLICATION, READ, back)[1]) == {"2", "3"}


def test_a_sheet_holds_what_the_reader_may_see_and_nothing_else():
    mine = judged(Reading(AGE), (ANA, Ruling("drop")))
    blind = write_questions(APPLICATION, [mine.seen("bea")], ROWS, "en").decode()
    assert "because" not in blind
    assert "drop (because)" in sheet().decode()


def test_a_file_that_is_not_such_a_sheet_is_refused_with_what_to_do():
    with pytest.raises(ContractViolation) as error:
        read_opinions(APPLICATION, READ, b"a;b\n1;2\n")
    assert "export it again" in str(error.value)
