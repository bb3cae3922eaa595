"""Tables are read as hospitals write them, and what cannot be read is said."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.errors import ContractViolation
from avicena.formats.table import read_table

CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.sampled_from([",", ";", "\t", "|"]), st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_was_written_is_read_back_whatever_the_separator(separator: str, cells: list[tuple[str, ...]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("id", "name", "note"), *cells])
    table = read_table(written.getvalue().encode())
    assert table.separator == separator
    assert [tuple(row.cells.values()) for row in table.rows] == cells
    assert table.faults == ()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_the_encoding_is_found_and_said(encoding: str, said: str) -> None:
    table = read_table("id;Diagnóstico\n1;años".encode(encoding))
    assert table.encoding == said
    assert table.columns == ("id", "Diagnóstico")
    assert table.rows[0].cells["Diagnóstico"] == "años"


def test_a_separator_between_quotation_marks_does_not_count() -> None:
    table = read_table(b'"a;b;c",d\n1,2\n')
    assert table.columns == ("a;b;c", "d")


def test_column_names_are_trimmed_and_cells_are_not() -> None:
    table = read_table(b" Case  ID ; Age\r\n a ; 4 \r\n")
    assert table.columns == ("Case ID", "Age")
    assert table.rows[0].cells == {"Case ID": " a ", "Age": " 4 "}


def test_rows_keep_the_number_that_a_spreadsheet_shows() -> None:
    table = read_table(b'id,note\n1,"two\nlines"\n\n2,b\n')
    assert [(row.number, row.cells["id"]) for row in table.rows] == [(2, "1"), (4, "2")]


def test_a_row_with_too_few_or_too_many_cells_is_reported_and_not_cut() -> None:
    table = read_table(b"a,b\n1\n1,2\n1,2,3\n")
    assert [row.number for row in table.rows] == [3]
    assert [(fault.number, fault.reason, fault.detail) for fault in table.faults] == [
        (2, "ragged-row", "1 cells under 2 column names"),
        (4, "ragged-row", "3 cells under 2 column names"),
    ]


def test_a_stray_quotation_mark_costs_its_row_only() -> None:
    table = read_table(b'a,b\n"x"y,2\n3,4\n')
    assert [(fault.number, fault.reason) for fault in table.faults] == [(2, "malformed-row")]
    assert [row.cells["a"] for row in table.rows] == ["3"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", {"header": "the first row must hold the column names"}),
        (b"a,,c\n1,2,3\n", {"header": "column 2 has no name"}),
        (b"a,b, A\n1,2,3\n", {"header": "columns 1, 3 carry the same name"}),
        (b'a,b\n1,"never\n2,3\n', {"table": "a quotation mark in row 2 is never closed"}),
        (b"a\0,b\n", {"table": "not a text table; save it as CSV in UTF-8"}),
        (b"PK\x03\x04 a workbook", {"table": "not a text table; save it as CSV in UTF-8"}),
        (b"a,\x81\n", {"table": "not a text table; save it as CSV in UTF-8"}),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_what_to_mend(data: bytes, problem: dict[str, str]) -> None:
    with pytest.raises(ContractViolation) as error:
        read_table(data)
    assert error.value.problems == problem


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_refusal(data: bytes) -> None:
    try:
        table = read_table(data)
    except ContractViolation:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
