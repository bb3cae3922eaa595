"""`avicena technical-review` and `avicena study` as a person uses them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("optuna", reason="training needs the extra `train`")

from avicena import curation, dossier, lifecycle, queries
from avicena.cli.main import app
from avicena.core.actor import Actor
from avicena.core.errors import NotAllowed, NotFound, Untrusted
from avicena.core.model import Candidate, Review
from avicena.core.study import Study
from avicena.formats import record
from avicena.review import holds
from avicena.site import Site
from tests.quick import application, trained
from tests.small import small_site
from tests.tables import PERSON

NAME = application.name


def run(folder: Path, *words: str, applications: str = "tests.quick") -> tuple[int, str]:
    environment = {"AVICENA_SITE": str(folder), "AVICENA_APPLICATIONS": applications, "COLUMNS": "400"}
    done = CliRunner().invoke(app, list(words), env=environment)
    return done.exit_code, " ".join((done.output + repr(done.exception or "")).split())


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Candidate, Path]:
    """A site with one candidate, trained on patients without pictures."""
    folder = tmp_path_factory.mktemp("quick")
    return *trained(folder), folder


Learnt = tuple[Site, Candidate, Path]


def test_training_keeps_what_cross_validation_said_of_each_row_and_the_page_shows_it(learnt: Learnt) -> None:
    site, candidate, folder = learnt
    [kept] = dossier.workings(site, candidate.id)
    assert (kept.stage, len(kept.ids), set(kept.groups)) == ("disease", 90, {"sex"})
    right = (kept.guesses == kept.labels).mean()
    accuracy = next(one for one in queries.evaluation(site, candidate.id).overall if one.name == "accuracy")
    assert right == pytest.approx(accuracy.value)
    code, said = run(folder, "technical-review", NAME, "--to", str(folder / "page.html"), "--lang", "es")
    assert (code, "page.html" in said, "pictures of patients" in said) == (0, True, True)
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "Revisión técnica: small-fever" in page
    assert "No medido aquí" not in page
    entry = queries.audit(site, 1)[0].entry
    assert (entry.act, entry.subject, entry.outcome) == ("inspect", f"candidate/{candidate.id}", "done")


def test_workings_are_no_part_of_the_bundle_that_leaves_the_site(learnt: Learnt) -> None:
    site, candidate, _ = learnt
    rows = [str(one).encode() for one in dossier.workings(site, candidate.id)[0].ids]
    files = queries.bundle(site, candidate.bundle)
    assert len(rows) == 90
    assert [name for name, data in files.items() if rows[0] in data and rows[1] in data] == []


def test_a_study_is_kept_and_stands_on_the_page(learnt: Learnt) -> None:
    site, candidate, folder = learnt
    assert "Not measured: run" in queries.technical_review(site, NAME, candidate.id, "en")
    code, said = run(folder, "study", NAME, "--seeds", "2", "--fractions", "0.5")
    assert code == 0, said
    assert "technical-review small-fever" in said
    [study] = site.find(Study, "study", NAME)
    assert [(one.seed, one.fraction) for one in study.trials] == [(5, 1.0), (6, 1.0), (4, 0.5)]
    assert (study.candidate, study.stage, study.recipe) == (candidate.id, "disease", candidate.recipe)
    page = queries.technical_review(site, NAME, candidate.id, "en")
    assert "Not measured: run" not in page
    assert "Other seeds tried: 2." in page
    assert run(folder, "study", NAME, "--seeds", "2", "--fractions", "0.5")[0] == 0
    assert site.find(Study, "study", NAME) == [study]


def test_the_candidates_own_seed_gives_the_candidates_own_figures(learnt: Learnt) -> None:
    site, candidate, _ = learnt
    [study] = lifecycle.study(site, NAME, candidate.id, (), [candidate.seed], [], PERSON)
    told = {one.name: one.value for one in study.trials[0].measures}
    mine = {one.name: one.value for one in queries.evaluation(site, candidate.id).overall}
    assert told == {name: pytest.approx(mine[name], abs=1e-6) for name in told}
    assert len(told) == 4


def test_words_that_are_no_fraction_or_stage_are_wrong_usage(learnt: Learnt) -> None:
    folder = learnt[2]
    assert run(folder, "study", NAME, "--fractions", "half")[0] == 2
    assert run(folder, "study", NAME, "--fractions", "1.5")[0] == 2
    code, said = run(folder, "study", NAME, "--seeds", "0", "--fractions", "")
    assert (code, "nothing to study" in said) == (2, True)
    code, said = run(folder, "study", NAME, "--stage", "tumour")
    assert (code, "there are: disease" in said) == (2, True)


def test_the_very_page_that_was_signed_is_shown_and_an_altered_one_is_not(tmp_path: Path) -> None:
    site, candidate = trained(tmp_path)
    with pytest.raises(NotFound, match="not reviewed yet"):
        queries.signed_review(site, candidate.id)
    assert "NotFound" in run(tmp_path, "technical-review", NAME, "--signed")[1]
    lifecycle.sign_off(site, NAME, candidate.id, True, "committee of 3 May", PERSON)
    review, page = queries.signed_review(site, candidate.id)
    assert b"This page was made at signing" in page
    assert b"named no page that they had read" in page
    assert review.facts == ""
    assert b"committee of 3 May" in page
    curation.check(site, NAME, candidate.datasets["disease"], PERSON)
    assert queries.technical_review(site, NAME, candidate.id, "en").encode() != page
    code, said = run(tmp_path, "technical-review", NAME, "--signed", "--to", str(tmp_path / "signed.html"))
    assert (code, "verify" in said, PERSON.id in said) == (0, True, True)
    assert (tmp_path / "signed.html").read_bytes() == page
    (tmp_path / "signed.html").write_bytes(b"mine")
    code, said = run(tmp_path, "technical-review", NAME, "--to", str(tmp_path / "signed.html"))
    assert (code, "is not overwritten" in said) == (1, True)
    assert (tmp_path / "signed.html").read_bytes() == b"mine"
    name = review.page.removeprefix("sha256:")
    [file] = [one for one in tmp_path.rglob(name) if one.is_file()]
    file.chmod(0o600)
    file.write_bytes(page.replace(b"committee", b"Committee"))
    with pytest.raises(Untrusted, match="altered"):
        queries.signed_review(site, candidate.id)
    file.unlink()
    with pytest.raises(Untrusted, match="missing"):
        queries.signed_review(site, candidate.id)


def test_a_verdict_is_bound_to_the_facts_on_the_page_that_was_read_and_refused_when_they_changed(
    tmp_path: Path,
) -> None:
    site, candidate = trained(tmp_path)
    assert run(tmp_path, "technical-review", NAME, "--to", str(tmp_path / "read.html"), "--lang", "es")[0] == 0
    read = (tmp_path / "read.html").read_text(encoding="utf-8")
    [digest] = re.findall(r"--accept --page ([0-9a-f]{12}) ", read)
    verdict = ("review", NAME, "newest", "--reject", "--reason", "not yet", "--page")
    for wrong in ("short", digest[:11], digest + "x"):
        assert run(tmp_path, *verdict, wrong)[0] == 2
    curation.check(site, NAME, candidate.datasets["disease"], PERSON)
    code, said = run(tmp_path, *verdict, digest)
    assert (code, "have changed since" in said) == (1, True)
    assert site.store.get("review", candidate.id) is None
    facts = dossier.technical(site, NAME, candidate.id).facts
    assert run(tmp_path, *verdict, facts[7:19])[0] == 0
    review, page = queries.signed_review(site, candidate.id)
    assert review.facts == facts
    assert f"at signing they were still the same: <code>{facts}</code>".encode() in page
    assert dossier.technical(site, NAME, candidate.id).facts == facts


def test_studying_a_candidate_of_other_code_says_so_first(tmp_path: Path) -> None:
    site, candidate = trained(tmp_path)
    older = replace(candidate, id="sha256:" + "0" * 64, code="avicena before")
    with site.act(PERSON, "train", NAME) as act:
        act.keep("candidate", older.id, older)
    said = run(tmp_path, "study", NAME, "0000", "--seeds", "1", "--fractions", "")
    assert (said[0], "other code made this candidate (avicena before)" in said[1]) == (0, True)
    said = run(tmp_path, "study", NAME, candidate.id, "--seeds", "1", "--fractions", "")
    assert (said[0], "other code" in said[1]) == (0, False)


def test_a_review_with_another_page_or_verdict_than_was_signed_is_not_trusted(tmp_path: Path) -> None:
    site, candidate = trained(tmp_path)
    lifecycle.sign_off(site, NAME, candidate.id, False, "not yet", PERSON)
    kept = site.store.get("review", candidate.id)
    assert kept is not None
    review = record.load(Review, kept.body)
    assert review.page.startswith("sha256:")
    other = site.blobs.put(b"<!doctype html>another page", durable=True)
    evaluation = queries.evaluation(site, candidate.id)
    assert holds(review, evaluation, site.keys.public_key())
    assert not holds(replace(review, page=other), evaluation, site.keys.public_key())
    assert not holds(replace(review, verdict="accept"), evaluation, site.keys.public_key())


def test_an_installed_candidate_has_no_workings_and_cannot_be_studied_here(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    [candidate] = site.find(Candidate, "candidate", "small-tumour")
    assert dossier.workings(site, candidate.id) == ()
    page = queries.technical_review(site, "small-tumour", candidate.id, "en")
    assert "Not measured here" in page
    assert queries.signed_review(site, candidate.id)[1]
    code, said = run(tmp_path, "study", "small-tumour", applications="tests.small")
    assert (code, "another recipe" in said) == (1, True)


def test_only_a_reviewer_sees_the_page_and_only_an_engineer_studies(learnt: Learnt) -> None:
    site, candidate, _ = learnt
    with pytest.raises(NotAllowed):
        lifecycle.inspect(site, NAME, candidate.id, Actor("nurse", ("clinician", "engineer")))
    with pytest.raises(NotAllowed):
        lifecycle.study(site, NAME, candidate.id, (), [1], [], Actor("nurse", ("clinician", "reviewer")))
    with pytest.raises(NotFound):
        lifecycle.inspect(site, NAME, "sha256:nothing", PERSON)
