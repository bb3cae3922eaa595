"""Refused rows, swapped sources and contradicting decisions, from the import to the next dataset version."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena import catalogue, curation, ingest, queries
from avicena.cli.main import app
from avicena.core.actor import ROLES, Actor
from avicena.core.errors import Blocked
from avicena.core.leak import LeakReport
from avicena.core.question import Opinion, Question, Ruling
from avicena.formats import record
from avicena.kept import held_of, rows_of
from avicena.site import Site
from tests.tables import PERSON, patients, table_site

NAME = "small-fever"
Command = Callable[..., Result]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with an imported table that refuses an age, a class, and a row without any."""
    opened = table_site(tmp_path)
    wrong = {
        "p7": "p7;h3;270;M;37;Story 7;measles;",
        "p8": "p8;h4;28;F;38;Story 8;cold;",
        "p9": "p9;h4;29;M;39;Story 0;;",
    }
    table = {"table": patients(range(40), **wrong)}
    version = curation.freeze(opened, NAME, (), lambda _: b"", table, PERSON)
    curation.question(opened, NAME, version.id, PERSON, 0)
    yield opened
    opened.close()


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs a command of `avicena review-data` as somebody, in this process."""

    def run(*words: str, by: str = "ana") -> Result:
        environment = {"AVICENA_SITE": str(tmp_path), "AVICENA_APPLICATIONS": "tests.tables", "AVICENA_ACTOR": by}
        return CliRunner().invoke(app, ["review-data", *words, "--lang", "en"], env=environment)

    return run


def asked(site: Site) -> dict[tuple[str, str], Question]:
    """The questions by row and field."""
    return {
        (one.question.rows[0], one.question.field): one.question
        for one in catalogue.work(site, NAME, "newest", "nobody").seen
    }


def agreed(site: Site, question: str, ruling: Ruling, *readers: str) -> None:
    """Readers who judge a question alike."""
    for reader in readers or ("ana", "bea"):
        curation.judge(site, NAME, {"1": Opinion(question, ruling, "because")}, Actor(reader, ROLES))


def test_refused_rows_are_asked_about_and_come_in_once_mended(site: Site, command: Command, tmp_path: Path) -> None:
    old = catalogue.dataset(site, NAME)
    assert (old.counts["refused"], len(rows_of(site, old))) == (3, 37)
    found = asked(site)
    assert {("p7", "age"), ("p8", "disease"), ("p9", "disease")} <= found.keys()
    shown = command("show", NAME, found["p7", "age"].id).stdout
    assert "refused at import: the row was refused: the value is outside" in " ".join(shown.split())
    assert "270" in shown
    words = ("judge", NAME, found["p7", "age"].id, "--reason", "a typing error, seen on the chart")
    assert "cannot stay as it is" in command(*words, "--keep").output
    for reader in ("ana", "bea"):
        assert command(*words, "--change", "27", by=reader).exit_code == 0
    assert command("export", NAME, "--to", str(tmp_path / "q.csv")).exit_code == 0
    agreed(site, found["p8", "disease"].id, Ruling("change", "influenza"))
    assert command("close", NAME).exit_code == 0
    new = catalogue.dataset(site, NAME)
    rows = {row.id: row for row in rows_of(site, new)}
    assert (rows["p7"].values["age"], rows["p8"].labels["disease"]) == (27.0, "influenza")
    assert (new.counts["rows"], new.counts["refused"], "p9" in rows) == (39, 1, False)
    assert [one.where for one in catalogue.refused(site, NAME, "newest")] == ["table row 11"]
    left = held_of(site, new.id)
    assert left is not None
    assert left.number == 1
    changes = catalogue.difference(site, NAME, old.id, new.id)
    assert changes.added == ("p7", "p8")


def test_a_household_stays_together_when_one_of_it_comes_in_late(site: Site) -> None:
    found = asked(site)
    agreed(site, found["p7", "age"].id, Ruling("change", 27.0))
    new = curation.correct(site, NAME, catalogue.dataset(site, NAME).id, PERSON)
    rows = {row.id: row for row in rows_of(site, new)}
    assert (rows["p7"].family, rows["p7"].fold) == (rows["p6"].family, rows["p6"].fold)


def test_two_decisions_that_contradict_each_other_are_settled_by_somebody_else_and_the_audit_holds_who(
    site: Site, command: Command
) -> None:
    question = asked(site)["p7", "age"]
    queue, twin = catalogue.work(site, NAME, "newest", "x").queue, replace(question, id="qtwin")
    with site.act(PERSON, "question", NAME) as act:
        blob = site.blobs.put(record.dump(twin) + b"\n", durable=True)
        act.keep("queue", "sha256:twin", replace(queue, id="sha256:twin", questions=blob))
    agreed(site, question.id, Ruling("change", 27.0))
    agreed(site, twin.id, Ruling("drop"))
    closed = command("close", NAME)
    assert isinstance(closed.exception, Blocked)
    assert f"review-data settle {NAME}" in str(closed.exception)
    words = ("settle", NAME, question.id, "--over", "qtwin", "--reason", "the chart says 27")
    assert isinstance(command(*words, by="bea").exception, Blocked)
    done = command(*words, by="eva")
    assert (done.exit_code, "stands over qtwin" in done.output) == (0, True)
    line = queries.audit(site, 1)[0].entry
    assert (line.act, line.actor, line.outcome) == ("settle", "eva", "done")
    assert isinstance(command(*words, by="lea").exception, Blocked)
    assert command("close", NAME).exit_code == 0
    new = catalogue.dataset(site, NAME)
    assert next(row for row in rows_of(site, new) if row.id == "p7").values["age"] == 27.0


def test_a_new_split_and_a_correction_carry_the_refused_rows_over_with_their_joined_families(site: Site) -> None:
    version = catalogue.dataset(site, NAME)
    rows = rows_of(site, version)
    first = next(row for row in rows if row.family == "h3")
    other = next(row for row in rows if row.family == "h0")
    groups = {row.id: f"row:{row.id}" for row in rows} | dict.fromkeys((first.id, other.id), "copies:1")
    with site.act(PERSON, "check", NAME) as act:
        act.keep("leaks", "x", LeakReport("x", NAME, version.id, (), (), {}, site.blobs.put(record.dump(groups))))
        kept = held_of(site, version.id)
        assert kept is not None
    made = curation.regroup(site, NAME, version.id, PERSON)
    found = held_of(site, made.id)
    assert found is not None
    held = {one.id: one for one in ingest.held_from(site.blobs.get(found.rows))}
    joined = {row.family for row in rows_of(site, made) if row.id in (first.id, other.id)}
    assert held.keys() == {"p7", "p8", "p9"}
    assert {held["p7"].family} == joined == {"h0"}
    assert held["p8"].family == "h4"
    assert curation.question(site, NAME, made.id, PERSON, 0).counts["refused"] == 3


def test_the_number_of_rows_that_were_too_many_to_hold_outlives_a_correction_and_a_new_split(tmp_path: Path) -> None:
    opened = table_site(tmp_path)
    made = curation.freeze(
        opened, NAME, (), lambda _: b"", {"table": patients(range(40), p7="p7;h3;270;M;37;;measles;")}, PERSON
    )
    kept = held_of(opened, made.id)
    assert kept is not None
    with opened.act(PERSON, "import", NAME) as act:
        old = replace(made, id="sha256:large")
        act.keep("dataset", old.id, old)
        act.keep("held", old.id, replace(kept, dataset=old.id, beyond=7))
    curation.question(opened, NAME, old.id, PERSON, 0)
    agreed(opened, asked(opened)["p7", "age"].id, Ruling("change", 27.0))
    left = held_of(opened, curation.correct(opened, NAME, old.id, PERSON).id)
    assert left is not None
    assert (left.number, left.beyond) == (0, 7)
    opened.close()


def test_what_is_wrong_with_a_new_value_is_said_in_spanish(site: Site, tmp_path: Path) -> None:
    name = asked(site)["p7", "age"].id
    words = ["review-data", "judge", NAME, name, "--change", "190", "--reason", "x", "--lang", "es"]
    environment = {"AVICENA_SITE": str(tmp_path), "AVICENA_APPLICATIONS": "tests.tables", "AVICENA_ACTOR": "ana"}
    said = CliRunner().invoke(app, words, env=environment).output
    assert "valor nuevo: fuera del intervalo de 0 a 120 a" in " ".join(said.split())


def test_after_a_unit_is_kept_the_next_start_asks_row_by_row(tmp_path: Path) -> None:
    opened = table_site(tmp_path)
    told = {i: 97 + i % 7 if i > 9 else "" for i in range(30)}
    wrong = {f"p{i}": f"p{i};h{i};40;M;{degrees};Story;measles;" for i, degrees in told.items()}
    version = curation.freeze(opened, NAME, (), lambda _: b"", {"table": patients(range(30), **wrong)}, PERSON)
    curation.question(opened, NAME, version.id, PERSON, 0)
    (unit,) = (one.question for one in catalogue.work(opened, NAME, "newest", "x").seen if one.question.whole_source)
    assert not any(one.refused for one in asked(opened).values())
    agreed(opened, unit.id, Ruling("keep"))
    queue = curation.question(opened, NAME, version.id, PERSON, 0)
    assert (queue.counts["refused"], queue.counts.get("source")) == (20, None)
    opened.close()
