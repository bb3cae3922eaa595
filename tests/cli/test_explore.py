"""`avicena explore` as a person uses it."""

from pathlib import Path

from typer.testing import CliRunner

from avicena import catalogue, curation, queries
from avicena.cli.main import app
from avicena.site import Site
from tests.tables import PERSON, patients, table_site


def run(site: Path, *words: str) -> tuple[int, str]:
    environment = {"AVICENA_SITE": str(site), "AVICENA_APPLICATIONS": "tests.tables", "COLUMNS": "400"}
    done = CliRunner().invoke(app, ["explore", *words], env=environment)
    return done.exit_code, " ".join((done.output + repr(done.exception or "")).split())


def imported(site: Site, table: bytes) -> str:
    return curation.freeze(site, "small-fever", (), lambda _: b"", {"table": table}, PERSON).id


def test_a_page_is_written_where_it_was_asked_for_and_says_so(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    imported(site, patients(range(30)))
    code, said = run(tmp_path, "small-fever", "--out", str(tmp_path / "page.html"), "--lang", "en")
    assert (code, "page.html" in said, "pictures of patients" in said) == (0, True, True)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Dataset of small-fever" in page
    assert "avicena check small-fever" in page


def test_the_same_dataset_gives_the_same_file_in_either_language(tmp_path: Path) -> None:
    imported(table_site(tmp_path), patients(range(30)))
    for language, word in (("en", "What is missing"), ("es", "Qué falta")):
        files = [tmp_path / f"{language}{number}.html" for number in range(2)]
        for one in files:
            assert run(tmp_path, "small-fever", "--out", str(one), "--lang", language)[0] == 0
        assert files[0].read_bytes() == files[1].read_bytes()
        assert word in files[0].read_text(encoding="utf-8")


def test_it_shows_the_audit_that_was_kept_and_the_version_compared_with(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    before, after = imported(site, patients(range(30))), imported(site, patients(range(40)))
    curation.check(site, "small-fever", after, PERSON)
    page = catalogue.explore(site, "small-fever", "newest", "en", before.removeprefix("sha256:")[:12])
    assert "30 rows before, 40 now: 10 added, 0 removed" in page
    assert "was not audited" not in page
    assert "no parent on this site" in catalogue.explore(site, "small-fever", "newest", "en")


def test_that_somebody_looked_is_audited(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    version = imported(site, patients(range(30)))
    assert run(tmp_path, "small-fever", "--out", str(tmp_path / "page.html"))[0] == 0
    entry = queries.audit(site, 1)[0].entry
    assert (entry.act, entry.subject, entry.outcome) == ("explore", f"dataset/{version}", "done")


def test_a_version_that_is_not_there_and_a_place_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    imported(table_site(tmp_path), patients(range(30)))
    assert "NotFound" in run(tmp_path, "small-fever", "ffff")[1]
    code, said = run(tmp_path, "small-fever", "--out", str(tmp_path / "nowhere" / "page.html"))
    assert (code, "the folder of --out is not there; make it first" in said) == (1, True)


def test_a_page_never_overwrites_a_file_and_is_not_audited_as_read_then(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    imported(site, patients(range(30)))
    (tmp_path / "mine.html").write_text("mine")
    code, said = run(tmp_path, "small-fever", "--out", str(tmp_path / "mine.html"))
    assert (code, "name another with --out or remove it" in said) == (1, True)
    assert (tmp_path / "mine.html").read_text() == "mine"
    assert queries.audit(site, 1)[0].entry.act == "import"
