"""Tables with lists of codes: read however a table writes them, kept, counted, compared, looked at for leaks."""

import gzip
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import polars
import pytest

from avicena import Application, Case, Gate, Number, TableLayout, Text, TreeRecipe, TreeStage, curation, ingest
from avicena.core.codes import Codes
from avicena.core.encoding import EvidenceList
from avicena.core.model import DatasetVersion, Row
from avicena.core.table_contract import derive
from avicena.formats import record
from avicena.formats.chunks import from_lines, lines
from avicena.formats.page.charts import Bars
from avicena.formats.page.views import Reader, inputs
from avicena.formats.parquet import rows_from_parquet, rows_to_parquet
from avicena.ingest.diff import diff
from avicena.ingest.profile import profile
from avicena.kept import rows_of
from avicena.leaks.sheet import sheet_of
from avicena.leaks.views import views
from avicena.settings import Settings
from avicena.site import Site, open_site
from tests.tables import PERSON, decide

HEADER = "AGE,DIFFERENTIAL_DIAGNOSIS,SEX,PATHOLOGY,EVIDENCES,INITIAL_EVIDENCE"
LAYOUT = TableLayout(
    "ddxplus",
    key="",
    needs=("PATHOLOGY", "EVIDENCES"),
    inputs={"age": "AGE", "evidences": "EVIDENCES", "complaint": "INITIAL_EVIDENCE"},
    labels={"disease": "PATHOLOGY"},
    words={"evidences": {"TOUX": "toux"}},
)
CLASSES = ("Rhinite allergique", "Coqueluche")

application = Application(
    name="small-ddx",
    purpose=Text("Lists of codes, for tests", "Listas de códigos, para pruebas"),
    inputs={
        "age": Number(0, 120, "a"),
        "evidences": Codes(longest=4, plausible=(1, 3)),
        "complaint": Codes(longest=1, required=False),
    },
    chain=(TreeStage("disease", CLASSES, TreeRecipe(trials=1), encodings=(EvidenceList("evidences"),)),),
    features=lambda case: {"age": case.number("age")},
    decide=decide,
    gate=Gate(()),
    layouts=(LAYOUT,),
)


def line(number: int, evidences: str = "", label: str = "") -> str:
    """One row of DDXPlus."""
    said = label or CLASSES[number % 2]
    codes = evidences or f"['fievre', 'trav1_@_N', '{('rhino_clair', 'vaccination')[number % 2]}']"
    return f'{20 + number % 60},"[[\'{said}\', 1.0]]",F,{said},"{codes}",fievre'


def table(*rows: str) -> bytes:
    """A table of these rows under the header of DDXPlus."""
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    settings = Settings(site=str(tmp_path / "site"), applications="tests.ingest.test_codes")
    return open_site(settings, {application.name: application})


def freeze(site: Site, data: bytes) -> DatasetVersion:
    return curation.freeze(site, application.name, [], lambda path: b"", {"table": data}, PERSON)


def rows(number: int = 40) -> list[Row]:
    """Rows as an import makes them."""
    made = ingest.tabulate(application, BytesIO(table(*(line(one) for one in range(number)))))
    return list(made.rows)


def test_a_table_of_ddxplus_is_imported_by_its_layout_alone(site: Site) -> None:
    version = freeze(site, gzip.compress(table(*(line(one) for one in range(12)))))
    assert (version.counts["rows"], version.counts["refused"]) == (12, 0)
    found = {row.values["age"]: row for row in rows_of(site, version)}
    assert found[20.0].values["evidences"] == ("fievre", "rhino_clair", "trav1_@_N")
    assert found[21.0].values["complaint"] == ("fievre",)
    assert {row.labels["disease"] for row in found.values()} == set(CLASSES)


def test_lists_that_are_none_are_counted_and_refused_and_long_ones_shown_to_a_person(site: Site) -> None:
    hostile = ["['a', 'b'", "[__import__('os')]", "['a', 'b', 'c', 'd', 'e']", "[" * 3000]
    version = freeze(site, table(line(0), line(1, "['a', 'b', 'c', 'd']"), *(line(2, one) for one in hostile)))
    assert (version.counts["rows"], version.counts["refused"]) == (2, 4)
    faults = {name: number for name, number in version.counts.items() if name.startswith("fault:")}
    assert faults == {
        "fault:evidences: more than 4 codes": 1,
        "fault:evidences: not a list of codes": 3,
        "fault:evidences: outside the plausible 1 to 3 codes": 1,
    }


def test_codes_may_stand_with_a_separator_between_and_have_words_of_their_own() -> None:
    layout = replace(LAYOUT, separators={"evidences": "|"})
    app = replace(application, layouts=(layout,))
    made = ingest.tabulate(app, BytesIO(table(line(0, "b | Toux|a, c"))))
    assert [row.values["evidences"] for row in made.rows] == [("a, c", "b", "toux")]


def test_parquet_with_lists_gives_the_same_rows() -> None:
    frame = polars.read_csv(BytesIO(table(*(line(one) for one in range(8)))))
    lists = [cell.strip("[]").replace("'", "").split(", ") for cell in frame["EVIDENCES"]]
    file = BytesIO()
    frame.with_columns(EVIDENCES=polars.Series(lists)).write_parquet(file)
    made = ingest.tabulate(application, file)
    assert [row.values["evidences"] for row in sorted(made.rows, key=lambda row: str(row.values))] == [
        row.values["evidences"] for row in sorted(rows(8), key=lambda row: str(row.values))
    ]


def test_rows_are_read_as_they_were_written() -> None:
    found = [*rows(3), replace(rows(1)[0], values={"age": None, "evidences": (), "complaint": None})]
    assert from_lines(lines(found)) == found
    kept = rows_to_parquet(found)
    assert kept is not None
    assert rows_from_parquet(kept) == found
    case = Case(None, found[0].values)
    assert record.load(Case, record.dump(case)) == case


def test_two_rows_of_a_class_lie_in_two_folds() -> None:
    rare = (line(one, label="Coqueluche") for one in (500, 501))
    made = ingest.tabulate(application, BytesIO(table(*(line(2 * one) for one in range(60)), *rare)))
    folds = [row.fold for row in made.rows if row.labels["disease"] == "Coqueluche"]
    assert len(set(folds)) == 2


def test_the_contract_says_what_a_list_may_hold() -> None:
    app = replace(application, inputs={**application.inputs, "evidences": Codes(options=("a", "b"), longest=9)})
    rule = derive(app).columns[1]
    assert (rule.kind, rule.codes, rule.longest) == ("codes", ("a", "b"), 9)


def test_a_profile_counts_codes_and_names_none_of_few_families(site: Site) -> None:
    data = table(*(line(one) for one in range(40)), line(41, "['secret']"))
    version = freeze(site, data)
    found = profile(application, version, rows_of(site, version))
    evidences = found.inputs[1]
    assert (evidences.kind, evidences.known) == ("codes", 41)
    assert {one.name: one.rows for one in evidences.levels} == {
        "fievre": 40, "trav1_@_N": 40, "rhino_clair": 20, "vaccination": 20
    }  # fmt: skip
    assert sum(one.rows for one in evidences.bins) == 41
    drawn = {chart.title: chart for chart in inputs(Reader(application, "en"), found)}
    assert drawn["Evidences: rows by number of codes"].summary.startswith("number of codes: median 3")
    commonest = drawn["Evidences: the commonest codes"]
    assert isinstance(commonest, Bars)
    assert commonest.bars[0].cells[:2] == ("40", "98\xa0%")


def test_the_audit_sees_each_code_that_is_not_rare() -> None:
    sheet = sheet_of(application, rows(60))
    seen = {view.what: view for view in views(sheet, np.arange(60))}
    assert "evidences: vaccination" in seen
    assert seen["evidences: vaccination"].codes.sum() == 30
    assert "evidences: number of codes" in seen
    assert not any(what.startswith("evidences: its") for what in seen)


def test_a_changed_list_is_one_change_and_its_length_is_compared() -> None:
    before = rows(30)
    after = [replace(before[0], values={**before[0].values, "evidences": ("fievre",)}), *before[1:]]
    found = diff(application, before, after)
    assert [(one.field, one.after) for one in found.changes] == [("evidences", ("fievre",))]
    assert "evidences (length)" in found.shifts
