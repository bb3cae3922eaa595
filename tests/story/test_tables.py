"""A hospital with tables and no pictures: checked, imported, read again."""

import gzip
from io import BytesIO
from pathlib import Path

import polars
import pytest

from avicena import catalogue, curation
from avicena.core.actor import Actor
from avicena.core.errors import ContractViolation, Misconfigured, NotAllowed
from avicena.core.model import DatasetVersion
from avicena.kept import rows_of
from avicena.site import Site
from tests.tables import PERSON, application, patients, table_site

FAULTY = {"p3": "p3;h1;190;F;37;;measles;", "p5": "p5;h2;;F;44;;measles;"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return table_site(tmp_path / "site")


def freeze(site: Site, data: bytes) -> DatasetVersion:
    return curation.freeze(site, application.name, [], lambda path: b"", {"table": data}, PERSON)


def test_a_table_is_imported_without_pictures_and_its_faults_stand_in_the_counts(site: Site) -> None:
    version = freeze(site, patients(range(60), **FAULTY))
    assert (version.counts["table-rows"], version.counts["rows"], version.counts["refused"]) == (60, 59, 1)
    assert {name: number for name, number in version.counts.items() if name.startswith("fault:")} == {
        "fault:age: missing": 1,
        "fault:age: outside 0 to 120 a": 1,
        "fault:temperature: outside the plausible 35 to 42 Cel": 1,
    }
    assert [one.where for one in catalogue.refused(site, application.name, version.id)] == ["table row 5"]
    assert {row.id for row in rows_of(site, version)} == {f"p{one}" for one in range(60)} - {"p3"}
    assert site.blobs.get(version.files["table"]) == patients(range(60), **FAULTY)
    assert freeze(site, patients(range(60), **FAULTY)) == version
    assert catalogue.datasets(site, application.name) == [version]


def test_the_same_table_gives_the_same_rows_however_it_is_written(site: Site, tmp_path: Path) -> None:
    data = patients(range(60), **FAULTY)
    frame = polars.read_csv(BytesIO(data), separator=";")
    frame.write_parquet(tmp_path / "t.parquet")
    frame.write_csv(tmp_path / "t.tsv", separator="\t")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(data))
    frame.write_delta(tmp_path / "delta")
    rows = rows_of(site, freeze(site, data))
    for name in ("t.parquet", "t.tsv", "t.csv.gz", "delta"):
        version = freeze(site, catalogue.table_bytes(tmp_path / name))
        assert rows_of(site, version) == rows
        assert version.counts["fault:age: outside 0 to 120 a"] == 1


def test_the_newest_version_of_a_delta_table_is_read(site: Site, tmp_path: Path) -> None:
    first, second = (polars.read_csv(BytesIO(patients(range(size))), separator=";") for size in (10, 30))
    first.write_delta(tmp_path / "delta")
    second.write_delta(tmp_path / "delta", mode="overwrite")
    assert freeze(site, catalogue.table_bytes(tmp_path / "delta")).counts["rows"] == 30


def test_a_folder_that_is_no_delta_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no Delta table"):
        catalogue.table_bytes(tmp_path)


def test_a_broken_parquet_file_is_refused(site: Site) -> None:
    with pytest.raises(ContractViolation, match="not a Parquet file"):
        freeze(site, b"PAR1 and nothing more")
    assert catalogue.datasets(site, application.name) == []


def test_a_large_table_shares_its_chunks_with_the_version_before(site: Site) -> None:
    first = freeze(site, patients(range(30_000)))
    kept = len(site.store.find("chunk"))
    second = freeze(site, patients(range(30_000), p77="p77;h38;99;F;37;;nothing;"))
    assert kept > 2
    assert len(site.store.find("chunk")) == kept + 1
    assert first.rows != second.rows
    before, after = (rows_of(site, version) for version in (first, second))
    assert len(before) == 30_000
    assert [one.id for one, other in zip(before, after, strict=True) if one != other] == ["p77"]


def test_who_may_not_import_is_told_so(site: Site) -> None:
    with pytest.raises(NotAllowed):
        curation.freeze(site, application.name, [], lambda path: b"", {"table": b""}, Actor("guest", ()))


def test_a_check_tells_each_fault_and_keeps_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(patients(range(60), **FAULTY))
    told: list[tuple[int, str, str]] = []
    found = catalogue.check_table(site, application.name, tmp_path / "t.csv", lambda *one: told.append(one))
    assert (found.rows, found.refused, len(told)) == (60, 1, 3)
    assert catalogue.datasets(site, application.name) == []
    assert site.store.head() is None
