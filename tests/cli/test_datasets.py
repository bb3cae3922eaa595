"""`avicena datasets diff` as a person uses it."""

from pathlib import Path

from typer.testing import CliRunner

from avicena import curation, queries
from avicena.cli.main import app
from tests.tables import PERSON, patients, table_site


def test_the_values_that_changed_are_printed_and_the_audit_holds_who_saw_them(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    tables = patients(range(30)), patients(range(30), p7="p7;h3;61;M;37;Story 7;measles;")
    before, after = (
        curation.freeze(site, "small-fever", (), lambda _: b"", {"table": one}, PERSON).id for one in tables
    )
    environment = {"AVICENA_SITE": str(tmp_path), "AVICENA_APPLICATIONS": "tests.tables", "AVICENA_ACTOR": "eva"}
    words = ["datasets", "diff", "small-fever", before, after]
    assert CliRunner().invoke(app, words, env=environment).exit_code == 0
    assert queries.audit(site, 1)[0].entry.act == "import"
    done = CliRunner().invoke(app, [*words, "--changes"], env=environment)
    assert "~\tp7\tage\t27.0\t61.0" in done.stdout
    seen = [line.entry for line in queries.audit(site, 2)]
    assert [(one.act, one.actor, one.subject) for one in seen] == [
        ("explore", "eva", f"dataset/{before}"),
        ("explore", "eva", f"dataset/{after}"),
    ]
