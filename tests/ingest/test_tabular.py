"""A table without pictures becomes a dataset, and nothing of it is lost."""

import random
from dataclasses import replace
from io import BytesIO

import pytest

from avicena.core.errors import ContractViolation
from avicena.core.layout import TableLayout
from avicena.core.model import Row
from avicena.ingest import Tabular, is_tabular, refused_from, tabulate, version_of
from tests.ingest import trees
from tests.tables import LAYOUT, application, patients, table


def made(data: bytes, **given: int) -> tuple[list[Row], Tabular]:

    found = tabulate(application, BytesIO(data), **given)
    return list(found.rows), found


def reasons(found: Tabular) -> dict[str, str]:
    return {one.where: one.reason for one in refused_from(found.refused)}


def test_a_row_carries_its_parsed_values_its_label_in_our_words_and_its_family() -> None:
    (row,), found = made(table(" p1 ;h7;40;F;;It began today.;The Flu;"))
    assert row.id == "p1"
    assert row.values == {"age": 40.0, "sex": "female", "temperature": None, "story": "It began today."}
    assert row.labels == {"disease": "influenza"}
    assert (row.family, row.family_known, row.source, row.fold) == ("h7", True, "", 0)
    assert found.counts == {
        "disease=influenza": 1,
        "families": 1,
        "family-known": 1,
        "refused": 0,
        "rows": 1,
        "table-rows": 1,
    }


def test_every_row_is_kept_or_refused_with_its_reason_and_its_faults_are_counted() -> None:
    rows, found = made(
        table(
            "a;h;40;F;37;;measles;",
            "b;h;190;x;37;;measles;",
            "c;h;40;F;37;;plague;",
            ";h;40;F;37;;measles;",
            "d;h;40;F;37;;;",
            "e;i;40;F;37;;measles;0",
            "f;i;40;F;37;;measles;1",
            "g;j;40;F;37;;measles;",
            "g;j;41;F;37;;measles;",
            "h;j;40;F;37;;measles;x",
            "i;short",
        )
    )
    assert [row.id for row in rows] == ["a"]
    assert reasons(found) == {
        "table row 3": "outside-contract",
        "table row 4": "unknown-label",
        "table row 5": "blank-case-id",
        "table row 6": "no-label",
        "table row 7": "family-in-two-folds",
        "table row 8": "family-in-two-folds",
        "table row 9": "duplicate-id",
        "table row 10": "duplicate-id",
        "table row 11": "bad-fold",
        "table row 12": "ragged-row",
    }
    details = {one.where: one.detail for one in refused_from(found.refused)}
    assert details["table row 3"] == "age: outside 0 to 120 a; sex: not one of female, male"
    assert found.counts["table-rows"] == found.counts["rows"] + found.counts["refused"] == 11
    assert found.counts["fault:age: outside 0 to 120 a"] == 1
    assert found.counts["fault:key: duplicate-id"] == 2


def test_a_household_is_never_parted_and_the_folds_hold_all_rows() -> None:
    rows, found = made(patients(range(200)), folds=4)
    assert len(rows) == 200
    assert {row.fold for row in rows} == {0, 1, 2, 3}
    assert len({(row.family, row.fold) for row in rows}) == len({row.family for row in rows}) == 100
    assert found.folds == 4


def test_the_folds_that_the_table_gives_are_kept() -> None:
    rows, _ = made(table("a;h;40;F;37;;measles;2", "b;i;40;F;37;;nothing;0", "c;j;40;F;37;;nothing;1"))
    assert {row.id: row.fold for row in rows} == {"a": 2, "b": 0, "c": 1}


def test_a_row_without_a_household_is_a_family_of_its_own() -> None:
    rows, found = made(table("a;;40;F;37;;measles;", "b;;40;F;37;;measles;"))
    assert {(row.family, row.family_known) for row in rows} == {("row:a", False), ("row:b", False)}
    assert found.counts["family-known"] == 0


def test_the_order_of_the_rows_does_not_matter() -> None:
    lines = patients(range(60)).decode().splitlines()
    shuffled = lines[1:]
    random.Random(1).shuffle(shuffled)
    assert made(table(*shuffled))[0] == made(table(*lines[1:]))[0]


def test_rows_without_a_key_are_named_by_what_they_say() -> None:

    nameless = replace(application, layouts=(replace(LAYOUT, key="", family=()),))
    rows = list(tabulate(nameless, BytesIO(b"Age,Diagnosis\n40,measles\n41,measles\n40,measles\n")).rows)
    more = list(tabulate(nameless, BytesIO(b"Age,Diagnosis\n1,nothing\n41,measles\n40,measles\n40,measles\n")).rows)
    assert len({row.id for row in rows}) == 3
    assert {row.id for row in rows} < {row.id for row in more}
    assert sorted(row.values["age"] for row in rows if row.values["age"]) == [40, 40, 41]


def test_the_version_names_contract_rows_and_raw_file() -> None:
    _, found = made(patients(range(9)))
    version = version_of(application, found, "sha256:rows", {"table": "sha256:raw"})
    assert (version.rows, version.files, version.contract) == (
        "sha256:rows",
        {"table": "sha256:raw"},
        application.contract_digest,
    )
    assert version.id == version_of(application, found, "sha256:rows", {"table": "sha256:raw"}).id
    assert version.id != version_of(application, found, "sha256:other", {"table": "sha256:raw"}).id


def test_a_table_without_pictures_is_told_from_one_with() -> None:
    assert is_tabular(application, {"table": patients(range(3))}, pictures=False)
    assert not is_tabular(trees.APPLICATION, {"table": b"Visit ID,Finding\n"}, pictures=True)
    assert not is_tabular(trees.APPLICATION, {}, pictures=False)
    with pytest.raises(ContractViolation, match="give it alone"):
        is_tabular(application, {"table": patients(range(3))}, pictures=True)
    with pytest.raises(ContractViolation, match="give it alone"):
        is_tabular(application, {"table": patients(range(3)), "manifest": b""}, pictures=False)
    with pytest.raises(ContractViolation, match="give the folder"):
        is_tabular(trees.APPLICATION, {"table": b"Visit ID,Finding\n"}, pictures=False)


def test_a_table_about_pictures_is_not_read_without_them() -> None:

    with pytest.raises(ContractViolation, match="about pictures"):
        tabulate(trees.APPLICATION, BytesIO(b"Visit ID,Finding\na,flat\n"))


def test_a_layout_without_pictures_need_not_name_an_input() -> None:
    assert TableLayout("any", "").fits(("whatever",))
    assert TableLayout("any", "", needs=("a",)).columns == ("a",)
