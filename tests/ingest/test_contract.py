"""Every fault of every row is counted, and a table is read as a question is."""

import gzip
import random
from collections import Counter
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.errors import ContractViolation
from avicena.core.table_contract import SHOWN, TableCheck
from avicena.formats.table import read_table
from avicena.ingest import cells, check, faults
from avicena.ingest.claim import ClaimError, read_claim
from tests.ingest import trees
from tests.tables import LAYOUT, application, patients, table


def counted(data: bytes) -> dict[tuple[str, str], int]:
    return {(one.column, one.problem): one.count for one in check(application, BytesIO(data)).faults}


def every(data: bytes) -> list[tuple[int, str, str]]:
    """Each fault of each row, as the caller is told of it."""
    told: list[tuple[int, str, str]] = []
    check(application, BytesIO(data), lambda *one: told.append(one))
    return sorted(told)


def test_all_faults_of_all_rows_are_counted_at_once_with_their_rows() -> None:
    data = table(
        "a;h;190;F;37;ok;measles;0",
        "b;h;190;?;50;ok;the plague;two",
        ";h;54 years;F;;ok;the flu;",
        "c;h;37,5;F",
        "d;h;;F;44;ok;;",
        'e;h;5"4"',
    )
    assert every(data) == [
        (2, "age", "outside 0 to 120 a"),
        (3, "age", "outside 0 to 120 a"),
        (3, "disease", "unknown-label"),
        (3, "fold", "bad-fold"),
        (3, "sex", "not one of female, male"),
        (3, "temperature", "outside 25 to 45 Cel"),
        (4, "age", "not a number in a"),
        (4, "key", "blank-case-id"),
        (5, "", "ragged-row"),
        (6, "", "no-label"),
        (6, "age", "missing"),
        (6, "temperature", "outside the plausible 35 to 42 Cel"),
        (7, "", "ragged-row"),
    ]
    found = check(application, BytesIO(data))
    assert (found.rows, found.refused, found.layout) == (6, 6, "patients")
    assert found.faults[0].count == 2
    assert found.faults[0].rows in ((2, 3), (5, 7))


def test_a_blank_is_a_fault_where_the_input_is_required_and_refuses_no_row() -> None:
    found = check(application, BytesIO(table("a;h;;F;;;measles;")))
    (fault,) = found.faults
    assert (fault.column, fault.problem, fault.refuses, found.refused) == ("age", "missing", False, 0)


def test_a_column_that_the_table_has_not_is_blank_in_every_row() -> None:
    found = check(application, BytesIO(b"Patient,Diagnosis\na,measles\nb,nothing\n"))
    assert {(one.column, one.count) for one in found.faults} == {("age", 2), ("sex", 2)}


def test_a_row_said_twice_is_a_repeat_and_rows_that_differ_under_one_name_are_all_doubted() -> None:
    same = "a;h;40;F;37;;measles;"
    assert counted(table(same, same)) == {("key", "repeated-row"): 1}
    found = check(application, BytesIO(table(same, "b;h;40;F;37;;measles;", "a;h;41;F;37;;measles;", same)))
    assert [(one.problem, one.rows) for one in found.faults] == [("duplicate-id", (2, 4)), ("repeated-row", (5,))]
    assert found.refused == 3


def test_many_rows_of_one_fault_are_counted_in_full_and_named_in_part() -> None:
    found = check(application, BytesIO(table(*(f"p{one};h;190;F;37;;measles;" for one in range(300)))))
    (fault,) = found.faults
    assert fault.count == 300
    assert fault.rows == tuple(range(2, 2 + SHOWN))


def test_the_counts_do_not_depend_on_how_many_rows_are_read_at_a_time() -> None:
    data = patients(range(50), p7="p7;h;190;F;;;;", p9="p9;h", p30="p7;h;1;F;;;measles;")
    assert check(application, BytesIO(data), size=3) == check(application, BytesIO(data))


def test_a_column_with_more_texts_than_it_may_remember_forgets_and_reads_them_again() -> None:
    forgetful = cells.input_column(LAYOUT, "age", application.inputs["age"])
    forgetful.remembered = 0
    for _ in range(3):
        values, wrong = forgetful.look(["40", "190", "41", "190"])
        assert values == [40.0, None, 41.0, None]
        assert [(said.problem, places) for said, places in wrong.items()] == [("outside 0 to 120 a", [1, 3])]


NUMBERS = ["", " ", "40", " 40 ", "190", "-1", "1_0", "37,5", "54 years", "nan", "1e400", "٣", "0", "3", "1e1", "+5"]
WORDS = ["F", "f ", "female", "FEMALE", "?", "the flu", "Influenza", "unknown", "a\x07b", "x" * 61, "é", "two", "0x1F"]
CELLS = st.sampled_from([*NUMBERS, *WORDS])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS, CELLS), max_size=12))
def test_a_table_is_refused_for_the_very_words_that_refuse_a_question(rows: list[tuple[str, ...]]) -> None:
    """Row by row as a question is parsed, against column by column as the check reads."""
    data = table(*(f'p{number};"h";' + ";".join(f'"{cell}"' for cell in row) for number, row in enumerate(rows)))
    expected: Counter[tuple[int, str, str]] = Counter()
    for row in read_table(data).rows:
        try:
            claim = read_claim(LAYOUT, row)
        except ClaimError as error:
            expected[row.number, "fold", error.reason] += 1
            claim = read_claim(LAYOUT, type(row)(row.number, {**row.cells, "Part": ""}))
        try:
            application.contract.parse(claim.values, partial=True)
        except ContractViolation as error:
            expected.update((row.number, field, problem) for field, problem in error.problems.items())
    judged = {"age", "sex", "temperature", "story", "fold"}
    soft = {"missing", "outside the plausible 35 to 42 Cel"}
    found = Counter(one for one in every(data) if one[1] in judged and one[2] not in soft)
    assert found == expected


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12), st.randoms(use_true_random=False))
def test_the_counts_do_not_depend_on_the_order_of_the_rows(
    rows: list[tuple[str, str, str]], chance: random.Random
) -> None:
    lines = [f'p{number};h;"{a}";"{b}";37;;"{c}";' for number, (a, b, c) in enumerate(rows)]
    before = counted(table(*lines))
    chance.shuffle(lines)
    assert counted(table(*lines)) == before


def test_no_fault_repeats_what_a_cell_holds() -> None:
    secret = "Ana Torres 1958"
    data = table(*(";".join([secret] * place + [""] * (8 - place)) for place in range(9)))
    found = check(application, BytesIO(data))
    assert secret not in repr(found)


def test_a_gzipped_table_is_the_same_table() -> None:
    data = patients(range(20), p3="p3;h;190;F;;;measles;")
    assert check(application, BytesIO(gzip.compress(data))) == check(application, BytesIO(data))


@pytest.mark.parametrize("cut", [5, 40, -1, -9])
def test_a_gzip_file_that_was_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(ContractViolation, match="gzip file is incomplete"):
        check(application, BytesIO(gzip.compress(patients(range(20)))[:cut]))


def test_a_table_beside_pictures_is_checked_too_and_its_boxes_and_folds() -> None:
    manifest = b"scan,person,kind,x,y,w,h,part\na,p,round,0.5,0.5,3,1,7x\nb,p,square,,,,,\n"
    visits = b"Visit ID,Finding,Age\na,flat,190\n"
    assert faults(trees.APPLICATION, {"manifest": manifest, "table": visits}) == {
        "fault:box: bad-box": 1,
        "fault:fold: bad-fold": 1,
        "fault:kind: unknown-label": 1,
        "fault:age: outside 0 to 120 a": 1,
        "fault:sex: missing": 1,
        "fault:note: missing": 1,
    }


def test_a_table_of_no_known_layout_is_refused_under_its_role() -> None:
    with pytest.raises(ContractViolation) as error:
        faults(application, {"table": b"a,b\n1,2\n"})
    assert "patients: Patient, Diagnosis" in error.value.problems["table"]


def test_an_empty_table_has_no_faults() -> None:
    assert check(application, BytesIO(table())) == TableCheck("patients", 0, 0, ())
