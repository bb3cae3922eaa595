"""The whole way of a case: import, train, review, deploy, answer, replay, audit."""

from pathlib import Path

import pytest

from avicena import curation, dossier, lifecycle, queries, review
from avicena.core.actor import Actor
from avicena.core.answer import Answer
from avicena.core.case import Upload
from avicena.core.errors import Blocked, ContractViolation, NotAllowed, NotDeployed, Untrusted
from avicena.core.learnt import Learnt
from avicena.core.model import Candidate, DatasetVersion
from avicena.formats import record
from avicena.formats.bundle import LEARNT
from avicena.kept import rows_of
from avicena.settings import Settings
from avicena.site import Site, open_site
from tests.story import hospital

pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("optuna", reason="training needs the extra `train`")

NAME = "brain-tumour"
NOTE = "Patient reports seizures for the last 3 weeks, moderate. No headaches."


def bring(site: Site, folder: Path) -> str:
    """Import a whole folder; the dataset version's id."""
    paths = sorted(path.name for path in (folder / "images").iterdir())
    tables = {"table": (folder / "table.csv").read_bytes(), "manifest": (folder / "manifest.csv").read_bytes()}

    def read(path: str) -> bytes:
        return (folder / "images" / path).read_bytes()

    return curation.freeze(site, NAME, paths, read, tables, hospital.DOCTOR).id


def trained(folder: Path, *, planted: bool) -> tuple[Site, Candidate]:
    """A site whose tumour stage learnt from few slices, and whose treatment stage from many patients."""
    hospital.write(folder / "raw", planted=planted)
    hospital.write(folder / "more", planted=planted, families=160, seed=1)
    site = open_site(Settings(site=str(folder / "site")), {NAME: hospital.small_application()})
    datasets = {"tumour": bring(site, folder / "raw"), "treatment": bring(site, folder / "more")}
    return site, lifecycle.train(site, NAME, datasets, 0, hospital.DOCTOR)


def ask(site: Site, folder: Path) -> Answer:
    picture = (folder / "raw" / "images" / "000_0.png").read_bytes()
    raw = {"mri": Upload(picture), "age": 54, "sex": "female", "note": NOTE, "subject": "p-1"}
    return lifecycle.answer(site, NAME, raw, hospital.DOCTOR)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Candidate, Path]:
    folder = tmp_path_factory.mktemp("planted")
    return *trained(folder, planted=True), folder


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Candidate, Path]:
    folder = tmp_path_factory.mktemp("random")
    return *trained(folder, planted=False), folder


def test_a_planted_signal_is_found_and_a_suggestion_comes_out(planted: tuple[Site, Candidate, Path]) -> None:
    site, candidate, folder = planted
    assert queries.evaluation(site, candidate.id).scope == "suggest"
    with pytest.raises(NotDeployed):
        ask(site, folder)
    version = lifecycle.sign_off(site, NAME, candidate.id, True, "signal confirmed", hospital.DOCTOR)
    assert version is not None
    lifecycle.deploy(site, NAME, version.number, "first", hospital.DOCTOR)
    found = ask(site, folder)
    assert found.prediction.stage("treatment").best == "surgery"
    assert found.prediction.stage("treatment").contributions[1].feature == "symptom=seizure"
    if found.prediction.familiar and all(stage.confidence.single for stage in found.prediction.stages):
        assert (found.decision.action, found.decision.outcome) == ("suggest", "surgery")
    else:
        pytest.fail("the case the model was made for is not answered")
    assert lifecycle.replay(site, found.id, hospital.DOCTOR) <= 1e-6
    assert lifecycle.verify(site, None, hospital.DOCTOR)[0] is None


def test_the_bundle_knows_the_pictures_of_its_image_stage_again(planted: tuple[Site, Candidate, Path]) -> None:
    site, candidate, _ = planted
    learnt = record.load(Learnt, queries.bundle(site, candidate.bundle)[LEARNT])
    rows = rows_of(site, site.get(DatasetVersion, "dataset", candidate.datasets["tumour"]))
    assert learnt.known("tumour", [str(row.values["mri"]) for row in rows]) == len(rows)
    assert learnt.known("treatment", []) is None


def test_random_labels_are_found_out_and_the_model_refers_only(random: tuple[Site, Candidate, Path]) -> None:
    site, candidate, folder = random
    evaluation = queries.evaluation(site, candidate.id)
    assert evaluation.scope == "refer"
    assert any("no signal beyond tumour class (p =" in check.text.en for check in evaluation.checks)
    version = lifecycle.sign_off(site, NAME, candidate.id, True, "referral only", hospital.DOCTOR)
    assert version is not None
    assert version.scope == "refer"
    lifecycle.deploy(site, NAME, version.number, "first", hospital.DOCTOR)
    found = ask(site, folder)
    assert found.decision.action == "refer"
    assert found.prediction.stage("treatment").confidence.plausible


def test_training_again_takes_finished_steps_from_the_shelf_and_gives_the_same_candidate(
    random: tuple[Site, Candidate, Path],
) -> None:
    site, candidate, _ = random
    assert lifecycle.train(site, NAME, candidate.datasets, 0, hospital.DOCTOR) == candidate


def test_a_candidate_is_reviewed_once_with_a_reason_by_a_reviewer(random: tuple[Site, Candidate, Path]) -> None:
    site, candidate, _ = random
    with pytest.raises(Blocked, match="reason"):
        lifecycle.sign_off(site, NAME, candidate.id, True, " ", hospital.DOCTOR)
    clinician = Actor("nurse", ("clinician",))
    with pytest.raises(NotAllowed):
        lifecycle.sign_off(site, NAME, candidate.id, True, "fine", clinician)


def test_a_tampered_bundle_is_never_deployed_and_the_old_model_keeps_serving(
    planted: tuple[Site, Candidate, Path], random: tuple[Site, Candidate, Path]
) -> None:
    site, candidate, folder = random
    version = queries.history(site, NAME).versions
    if not version:
        lifecycle.sign_off(site, NAME, candidate.id, True, "referral only", hospital.DOCTOR)
        lifecycle.deploy(site, NAME, 1, "first", hospital.DOCTOR)
    files = queries.bundle(planted[0], planted[1].bundle)
    with pytest.raises(Untrusted):
        lifecycle.install(site, files, hospital.DOCTOR)
    broken = dict(queries.bundle(site, candidate.bundle))
    broken["treatment.ubj"] = broken["treatment.ubj"][:-1] + b"\0"
    with pytest.raises(Untrusted):
        lifecycle.install(site, broken, hospital.DOCTOR)
    assert ask(site, folder).route.live.bundle == candidate.bundle


def test_every_wrong_field_is_named_at_once_and_leaves_only_the_audit_line(
    random: tuple[Site, Candidate, Path],
) -> None:
    site, _, _ = random
    before = site.store.head()
    raw = {"mri": Upload(b"GIF89a"), "age": 190, "sex": "?", "note": ""}
    with pytest.raises(ContractViolation) as error:
        lifecycle.answer(site, NAME, raw, hospital.DOCTOR)
    assert set(error.value.problems) == {"mri", "age", "sex", "note"}
    assert before is not None
    [line] = site.store.lines(after=before.seq)
    assert (line.entry.outcome, line.entry.kept) == ("ContractViolation", ())


def test_what_was_said_of_each_slice_is_kept_and_the_technical_review_shows_it(
    planted: tuple[Site, Candidate, Path],
) -> None:
    site, candidate, _ = planted
    kept = {one.stage: one for one in dossier.workings(site, candidate.id)}
    maps = kept["tumour"].maps
    assert maps is not None
    assert (len(maps), set(kept["treatment"].groups) >= {"sex"}) == (36, True)
    accuracies = {
        one.stage: one.value for one in queries.evaluation(site, candidate.id).overall if one.name == "accuracy"
    }
    for stage, one in kept.items():
        assert float((one.guesses == one.labels).mean()) == pytest.approx(accuracies[stage])
    page = queries.technical_review(site, NAME, candidate.id, "en")
    assert "Not measured here" not in page
    assert page.count("<img") == sum(
        len(one.mistakes) * (1 + bool(one.stage == "tumour")) for one in map(review.appraise, kept.values())
    )


def test_a_study_of_the_network_with_the_candidates_seed_gives_the_candidates_figures(
    planted: tuple[Site, Candidate, Path],
) -> None:
    site, candidate, _ = planted
    given = (candidate.id, ["tumour"], [candidate.seed], [0.5], hospital.DOCTOR)
    [study] = lifecycle.study(site, NAME, *given)
    whole, half = study.trials
    mine = {one.name: one.value for one in queries.evaluation(site, candidate.id).overall if one.stage == "tumour"}
    assert {one.name: pytest.approx(mine[one.name], abs=0.03) for one in whole.measures} == {
        one.name: one.value for one in whole.measures
    }
    assert half.families < whole.families
    assert "Not measured: run" in queries.technical_review(site, NAME, candidate.id, "en")  # of the treatment stage
