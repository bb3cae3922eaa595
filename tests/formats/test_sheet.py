import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.formats.sheet import guarded, unguarded, write_sheet
from avicena.formats.table import read_table


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1"])
def test_what_a_spreadsheet_would_run_is_written_as_text(cell):
    assert guarded(cell).startswith("'")
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["-3", "-3.5", "-3,5", "+7", "glioma", "", "a=b", "images/1.png"])
def test_plain_numbers_and_words_stay_as_they_are(cell):
    assert guarded(cell) == cell


@given(st.text())
def test_every_cell_reads_back_as_it_was_written(cell):
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_sheet_reads_back_with_accents_separators_quotes_and_line_breaks(separator):
    rows = [["ñandú; o, no", 'dijo "sí"', "una\nlínea"], ["=1", "-2", "fin"]]
    data = write_sheet(["a", "b", "c"], rows, separator)
    assert data.startswith(b"\xef\xbb\xbf")
    table = read_table(data)
    assert [[unguarded(cell) for cell in row.cells.values()] for row in table.rows] == rows


def test_the_byte_order_mark_can_be_left_out_and_an_unknown_separator_is_refused():
    assert next(csv.reader(io.StringIO(write_sheet(["a"], [], ",", bom=False).decode()))) == ["a"]
    with pytest.raises(ValueError, match="separator"):
        write_sheet(["a"], [], "|")
