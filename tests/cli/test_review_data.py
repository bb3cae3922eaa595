"""The review queue from the first question to the new dataset version, at the command line and by several at once."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena import catalogue, curation, dossier, ingest, queries
from avicena.cli.main import app
from avicena.core.actor import ROLES, Actor
from avicena.core.errors import AvicenaError, NotAllowed
from avicena.core.model import Candidate, DatasetVersion
from avicena.core.question import Judgement, Opinion, Ruling, Unfit
from avicena.formats.sheet import unguarded, write_sheet
from avicena.formats.table import read_table
from avicena.kept import rows_of
from avicena.settings import read
from avicena.site import Site, open_site
from tests.story import hospital

NAME = "brain-tumour"
Command = Callable[..., Result]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A made-up hospital with a blank age and a slice that contradicts its patient."""
    folder = tmp_path / "raw"
    hospital.write(folder, planted=False, families=12, slices=3)
    table = (folder / "table.csv").read_text().splitlines()
    table[4] = ";".join(cell if place != 2 else "" for place, cell in enumerate(table[4].split(";")))
    table[11] = table[11].replace(";glioma;", ";pituitary;")
    manifest = (folder / "manifest.csv").read_text().replace("003_1.png,glioma", "003_1.png,pituitary")
    (folder / "table.csv").write_text("\n".join(table) + "\n")
    (folder / "manifest.csv").write_text(manifest)
    return folder


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs a command of `avicena` as somebody, in this process."""

    def run(*words: str, by: str = "ana") -> Result:
        environment = {"AVICENA_SITE": str(tmp_path / "site"), "AVICENA_ACTOR": by, "COLUMNS": "200"}
        return CliRunner().invoke(
            app, [*words, "--lang", "en"] if words[0] == "review-data" else words, env=environment
        )

    return run


@pytest.fixture
def site(tmp_path: Path, raw: Path, command: Command) -> Iterator[Site]:
    """A site where that hospital was imported and asked about, without models."""
    words = (
        "--images",
        str(raw / "images"),
        "--table",
        str(raw / "table.csv"),
        "--manifest",
        str(raw / "manifest.csv"),
    )
    assert command("import", NAME, *words).exit_code == 0
    assert command("review-data", "start", NAME, "--share", "0").exit_code == 0
    opened = open_site(read(site=str(tmp_path / "site")))
    yield opened
    opened.close()


def names(site: Site) -> dict[str, str]:
    """The name of each question by its field."""
    return {one.question.field: one.question.id for one in catalogue.work(site, NAME, "newest", "nobody").seen}


def fill(path: Path, answers: dict[str, tuple[str, str, str]]) -> None:
    """Fill in decision, value and reason of the questions in `answers`, as a spreadsheet saves the sheet."""
    table = read_table(path.read_bytes())
    lines = [[unguarded(cell) for cell in row.cells.values()] for row in table.rows]
    path.write_bytes(write_sheet(table.columns, [[*line[:-3], *answers.get(line[0], ("", "", ""))] for line in lines]))


def test_two_readers_and_a_third_correct_a_dataset_and_the_old_one_is_its_parent(
    site: Site, command: Command, tmp_path: Path
) -> None:
    asked = names(site)
    assert set(asked) == {"age", "tumour"}
    words = ("review-data", "judge", NAME, asked["tumour"])
    assert command(*words, "--change", "glioma", "--reason", "ring").exit_code == 0
    sheet = tmp_path / "b.csv"
    assert command("review-data", "export", NAME, "--to", str(sheet), by="bea").exit_code == 0
    assert "ring" not in sheet.read_text()
    fill(sheet, {asked["tumour"]: ("mantener", "", "no ring"), asked["age"]: ("change", "54,5", "letter")})
    assert command("review-data", "import", NAME, str(sheet), by="bea").exit_code == 0
    assert "two differ; decide as the third" in command("review-data", "list", NAME, by="eva").stdout
    assert command(*words, "--change", "glioma", "--reason", "clear ring", by="eva").exit_code == 0
    assert command("review-data", "judge", NAME, asked["age"], "--change", "54.5", "--reason", "note").exit_code == 0
    closed = command("review-data", "close", NAME)
    assert "decided: 2" in closed.stdout
    old, new = catalogue.datasets(site, NAME)
    assert new.parents == (old.id,)
    assert new.counts["tumour=glioma"] == old.counts["tumour=glioma"] + 1
    compared = command("datasets", "diff", NAME, old.id[7:15], "newest", "--lang", "en").stdout
    assert "36 → 36" in compared
    assert "glioma" in compared
    changes = command("datasets", "diff", NAME, old.id, new.id, "--changes").stdout.splitlines()
    assert len(changes) == 2
    assert command("audit", "verify").exit_code == 0


def test_nobody_sees_another_blind_judgement_anywhere(site: Site, command: Command) -> None:
    asked = names(site)["tumour"]
    command("review-data", "judge", NAME, asked, "--change", "glioma", "--reason", "secret reason")
    for words in (("list", NAME, "--all"), ("show", NAME, asked)):
        told = command("review-data", *words, by="bea").stdout
        assert "secret reason" not in told
        assert "change" not in told
        assert "ana" not in told.split()
    assert "secret reason" in command("review-data", "show", NAME, asked).stdout
    assert "secret" not in command("audit", "list").stdout


def test_a_second_judgement_of_one_reader_and_a_missing_decision_are_refused(site: Site, command: Command) -> None:
    asked = names(site)["age"]
    words = ("review-data", "judge", NAME, asked, "--reason", "x")
    assert command(*words).exit_code == 2
    assert command(*words, "--blank").exit_code == 1
    assert command(*words, "--keep").exit_code == 0
    again = command(*words, "--drop")
    assert isinstance(again.exception, AvicenaError)
    assert len(site.find(Judgement, "judgement", NAME)) == 1


def test_a_sheet_with_one_fault_leaves_nothing_behind_and_one_in_order_goes_in_once(
    site: Site, command: Command, tmp_path: Path
) -> None:
    asked, sheet = names(site), tmp_path / "a.csv"
    command("review-data", "export", NAME, "--to", str(sheet), "--separator", ",")
    whole = sheet.read_bytes()
    fill(sheet, {asked["tumour"]: ("keep", "", "sure"), asked["age"]: ("change", "old", "x")})
    assert isinstance(command("review-data", "import", NAME, str(sheet)).exception, AvicenaError)
    assert site.find(Judgement, "judgement", NAME) == []
    sheet.write_bytes(whole)
    fill(sheet, {asked["tumour"]: ("keep", "", "")})
    for kept in ("1 judgements kept, 0 not needed", "0 judgements kept, 1 not needed"):
        assert kept in command("review-data", "import", NAME, str(sheet), "--reason", "second look").stdout
    assert isinstance(command("review-data", "export", NAME, "--to", str(sheet)).exception, AvicenaError)


def test_an_answer_outlives_its_dataset_version_where_the_row_still_says_the_same(site: Site, command: Command) -> None:
    asked = names(site)
    for who in ("ana", "bea"):
        command("review-data", "judge", NAME, asked["age"], "--keep", "--reason", "never told", by=who)
        command("review-data", "judge", NAME, asked["tumour"], "--change", "glioma", "--reason", "ring", by=who)
    assert command("review-data", "close", NAME).exit_code == 0
    assert command("review-data", "start", NAME, "--share", "0").exit_code == 0
    found = catalogue.work(site, NAME, "newest", "eva")
    assert found.queue.dataset == catalogue.dataset(site, NAME).id
    assert [(one.question.field, one.ruling) for one in found.seen] == [("age", Ruling("keep"))]


def test_dataset_versions_are_listed_with_and_without_the_word_list(site: Site, command: Command) -> None:
    name, folder = catalogue.dataset(site, NAME).id[7:19], str(site.settings.folder)
    for words in ((NAME,), ("list", NAME), (NAME, "--site", folder), ("--site", folder, NAME)):
        assert name in command("datasets", *words).stdout
    assert "diff" in command("datasets", "--help").stdout


def test_who_may_not_judge_or_correct_is_refused(site: Site) -> None:
    nobody = Actor("x", tuple(role for role in ROLES if role not in ("clinician", "engineer")))
    version = catalogue.dataset(site, NAME)
    with pytest.raises(NotAllowed):
        curation.judge(site, NAME, {"1": Opinion(names(site)["age"], Ruling("keep"), "x")}, nobody)
    with pytest.raises(NotAllowed):
        curation.correct(site, NAME, version.id, nobody)
    with pytest.raises(NotAllowed):
        curation.question(site, NAME, version.id, nobody, 0)


def test_models_that_never_saw_the_patient_doubt_the_planted_label(site: Site, command: Command) -> None:
    done = command("review-data", "start", NAME)
    assert "perhaps a wrong label" in done.stdout
    found = catalogue.work(site, NAME, "newest", "ana").seen[0].question
    assert (found.field, {sign.kind for sign in found.signs}) == ("tumour", {"mislabel", "disagreement"})


def test_what_looks_like_markup_in_the_data_is_shown_as_it_stands(site: Site, command: Command, raw: Path) -> None:
    for name in ("table.csv", "manifest.csv"):
        (raw / name).write_text((raw / name).read_text().replace("003_1", "[/x]003_1"))
    (raw / "images" / "[").mkdir()
    (raw / "images" / "003_1.png").rename(raw / "images" / "[" / "x]003_1.png")
    words = ("--images", "images", "--table", "table.csv", "--manifest", "manifest.csv")
    there = [str(raw / word) if place % 2 else word for place, word in enumerate(words)]
    assert command("import", NAME, *there).exit_code == 0
    assert command("review-data", "start", NAME, "--share", "0").exit_code == 0
    asked = names(site)["tumour"]
    command("review-data", "judge", NAME, asked, "--keep", "--reason", "note [/y] [bold]")
    for asking, told in (
        (["list", NAME, "--all"], "[/x]003_1.png"),
        (["show", NAME, asked], "[/x]003_1.png"),
        (["show", NAME, asked], "[/y] [bold]"),
    ):
        done = command("review-data", *asking)
        assert done.exit_code == 0
        assert told in done.stdout


def test_what_was_decided_is_not_lost_when_fewer_questions_are_asked_again(site: Site, command: Command) -> None:
    asked = names(site)
    for who in ("ana", "bea"):
        command("review-data", "judge", NAME, asked["tumour"], "--change", "glioma", "--reason", "ring", by=who)
    version = catalogue.dataset(site, NAME)
    fewer = ingest.ask(site.application(NAME), version, [r for r in rows_of(site, version) if r.id != "003_1.png"], [])
    site.blobs.put(fewer.questions, durable=True)
    with site.act(Actor("ana", ROLES), "question", NAME) as act:
        act.keep("queue", fewer.queue.id, fewer.queue)
    assert asked["tumour"] not in {one.id for one in ingest.united([fewer.questions])}
    assert names(site) == asked
    assert "decided: 1" in command("review-data", "close", NAME).stdout
    assert catalogue.dataset(site, NAME).counts["tumour=glioma"] == version.counts["tumour=glioma"] + 1


def test_a_question_of_any_dataset_version_is_shown_and_judged(site: Site, command: Command) -> None:
    old, asked = catalogue.dataset(site, NAME), names(site)
    for who in ("ana", "bea"):
        command("review-data", "judge", NAME, asked["tumour"], "--change", "glioma", "--reason", "ring", by=who)
    command("review-data", "close", NAME)
    started = command("review-data", "start", NAME, "newest", "--share", "0")
    assert f"list {NAME}\n" in started.stdout
    assert asked["tumour"] not in names(site).values()
    assert asked["tumour"] in command("review-data", "list", NAME, old.id[7:15], "--all").stdout
    assert command("review-data", "show", NAME, asked["tumour"][:9]).exit_code == 0
    late = command("review-data", "judge", NAME, asked["tumour"], "--keep", "--reason", "late", by="eva")
    assert "two others decided it meanwhile" in str(late.exception)
    again = command("review-data", "start", NAME, old.id[7:15], "--share", "0")
    assert f"list {NAME} {old.id[7:19]}\n" in again.stdout
    assert "0 questions begin with that" in str(command("review-data", "show", NAME, "qx").exception)


def test_who_saw_what_rows_say_stands_in_the_audit_and_takes_the_role(
    site: Site, command: Command, tmp_path: Path
) -> None:
    asked, picture = names(site)["tumour"], tmp_path / "slice.png"
    assert command("review-data", "show", NAME, asked, "--picture", str(picture), by="bea").exit_code == 0
    assert picture.stat().st_size > 0
    again = command("review-data", "show", NAME, asked, "--picture", str(picture), by="bea").exception
    assert isinstance(again, AvicenaError)
    assert "not overwritten" in str(again)
    assert command("review-data", "export", NAME, "--to", str(tmp_path / "b.csv"), by="eva").exit_code == 0
    assert command("review-data", "list", NAME, by="ana").exit_code == 0
    told = [line.entry for line in queries.audit(site, 3)]
    looked = [(one.act, one.actor, one.subject, one.outcome) for one in told]
    queue = catalogue.work(site, NAME, "newest", "eva").queue.id
    assert looked == [
        ("look", "bea", f"question/{asked}", "done"),
        ("look", "eva", f"queue/{queue}", "done"),
        ("look", "ana", f"queue/{queue}", "done"),
    ]
    with pytest.raises(NotAllowed):
        curation.look(site, NAME, f"question/{asked}", Actor("x", ("engineer",)))


JUDGE = """
import sys
from avicena import catalogue, curation
from avicena.core.actor import ROLES, Actor
from avicena.core.question import Opinion, Ruling, Unfit
from avicena.settings import read
from avicena.site import open_site

folder, who = sys.argv[1:]
site = open_site(read(site=folder))
asked = [one.question.id for one in catalogue.work(site, "brain-tumour", "newest", who).seen]
print("ready", flush=True)
sys.stdin.readline()
for id in asked:
    try:
        taken = curation.judge(site, "brain-tumour", {"1": Opinion(id, Ruling("keep"), who)}, Actor(who, ROLES))
        print(len(taken.judgements))
    except Unfit:
        print("twice")
site.close()
"""


def test_processes_that_judge_at_once_never_overwrite_each_other_and_nobody_judges_twice(
    site: Site, tmp_path: Path
) -> None:
    readers = ["ana", "ana", "bea", "eva"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", JUDGE, str(tmp_path / "site"), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in readers
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    done = [one.communicate("go\n", timeout=60)[0].split() for one in running]
    assert all(one.returncode == 0 for one in running)
    kept = site.find(Judgement, "judgement", NAME)
    assert sum(said == "1" for one in done for said in one) == len(kept) == 2 * len(names(site))
    assert len({(one.question, one.reader.id) for one in kept}) == len(kept)
    assert {(one.question, one.seat) for one in kept} == {(id, seat) for id in names(site).values() for seat in (1, 2)}


def test_threads_that_disagree_at_once_leave_each_seat_to_one_person(site: Site) -> None:
    asked = names(site)["tumour"]
    rulings = (Ruling("keep"), Ruling("drop"), Ruling("change", "glioma"), Ruling("change", "meningioma"))
    passed = []

    def judge(place: int) -> None:
        given = {"1": Opinion(asked, rulings[place], "at once")}
        passed.append(curation.judge(site, NAME, given, Actor(f"reader{place}", ROLES)).passed)

    threads = [threading.Thread(target=judge, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = site.find(Judgement, "judgement", NAME)
    assert sorted(one.seat for one in kept) == [1, 2]
    assert len({one.reader.id for one in kept}) == 2
    assert sum(map(bool, passed)) == 2  # the others hear that two differ, and are not made the third unseen
    (one,) = (one for one in catalogue.work(site, NAME, "newest", "x").seen if one.question.id == asked)
    assert one.disputed


def test_a_judgement_through_a_stale_question_name_is_refused_by_place(site: Site) -> None:
    with pytest.raises(Unfit) as error:
        curation.judge(site, NAME, {"7": Opinion("q0", Ruling("keep"), "x")}, Actor("ana", ROLES))
    assert set(error.value.faults) == {"7"}


def test_a_model_leads_back_to_the_raw_files_over_its_corrections(site: Site, command: Command) -> None:
    asked = names(site)["tumour"]
    for who in ("ana", "bea"):
        command("review-data", "judge", NAME, asked, "--change", "glioma", "--reason", "ring", by=who)
    command("review-data", "close", NAME)
    old, new = site.find(DatasetVersion, "dataset", NAME)
    found = dossier.ancestors(site, new.id)
    assert [one.id for one in found] == [new.id, old.id]
    assert [one.readers for one in found[0].corrections] == [("ana", "bea")]
    assert found[1].files["table"] == (old.files["table"], True)
    assert len(found[1].pictures) == 36
    model = Candidate("sha256:c0ffee", NAME, {"tumour": new.id, "treatment": "sha256:gone"}, "r", {}, 7, "code", "b")
    with site.act(Actor("ana", ROLES), "train", NAME) as act:
        act.keep("candidate", model.id, model)
    told = command("lineage", NAME, "c0ffee", "--lang", "en").stdout
    assert told.index(new.id[7:19]) < told.index("1 corrections by ana, bea") < told.index(old.id[7:19])
    assert f"table  {old.files['table']}  kept" in told
    assert "not on this site" in told
    assert len(command("lineage", NAME, "newest", "--pictures").stdout.splitlines()) == 36
