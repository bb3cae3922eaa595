"""Common and rare diseases in one list: trained, asked, kept, computed again, and scored on a table."""

import math
from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from avicena import lifecycle, queries
from avicena.cli.score_common import MEASURES
from avicena.core.answer import SAME, Answer
from avicena.core.application import Application, RankStage, TreeStage
from avicena.core.errors import Blocked, ContractViolation, Misconfigured
from avicena.core.model import Measure
from avicena.core.ranking import KINDS, NONE, Ranked, Ranking
from avicena.formats import answer as json_view
from avicena.formats import fhir, phenopacket_out, record
from avicena.formats.words import sentences
from avicena.serve import predict
from avicena.serve.mixture import Weighed
from avicena.settings import read
from avicena.site import Site
from tests import common, ranked

COLD = {"evidences": ["cough", "fever", "runny", "smokes"], "age": "P30Y", "sex": "female"}
FITS = {"evidences": ["fit", "grand", "slow"], "age": "P6Y", "sex": "female"}
FINDINGS = ["HP:0002197", "HP:0001263", "HP:0000365"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return common.common_site(tmp_path_factory.mktemp("both"), share=0.9)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation whose model knows common diseases only."""
    site = common.opened(tmp_path_factory.mktemp("alone"), common_share=0.9)
    made = common.trained(site)
    common.deployed(site, queries.bundle(site, made.bundle))
    return site


def ask(site: Site, **raw: object) -> tuple[Answer, Ranking]:
    found = lifecycle.answer(site, "diagnosis", raw, ranked.PERSON)
    ranking = found.prediction.outcome.ranking
    assert ranking is not None
    return found, ranking


def entry(ranking: Ranking, id: str) -> Ranked:
    return next(one for one in ranking.diseases if one.disease == id)


def remarked(ranking: Ranking, words: str) -> bool:
    return any(words in one.en for one in ranking.remarks)


def figure(measures: tuple[Measure, ...], name: str, level: str = "") -> Measure:
    return next(one for one in measures if (one.name, one.level) == (name, level))


def test_a_common_case_is_answered_kept_and_computed_again(site: Site) -> None:
    found, ranking = ask(site, **COLD)
    assert ranking.diseases[0].disease == "ICD10:J00"
    assert (found.decision.action, found.decision.outcome) == ("suggest", "ICD10:J00")
    assert lifecycle.read(site, found.id, ranked.PERSON) == found
    assert lifecycle.replay(site, found.id, ranked.PERSON) <= SAME


def test_the_probabilities_of_the_whole_list_add_up_to_one(site: Site) -> None:
    for raw in (COLD, FITS, {"findings": FINDINGS}, {}):
        found, ranking = ask(site, **raw)
        assert sum(found.prediction.outcome.scores.values()) == pytest.approx(1)
        assert sum(one.probability for one in ranking.diseases) + ranking.none + ranking.others == pytest.approx(1)


def test_the_share_is_weighed_by_whether_the_ranker_recognises_the_case(site: Site, tmp_path: Path) -> None:
    even = common.common_site(tmp_path, share=0.5)
    _, ranking = ask(site, **FITS)
    mixed = ask(site, **FITS)[0].prediction.outcome.scores
    half = ask(even, **FITS)[0].prediction.outcome.scores
    ratio = mixed["OMIM:100002"] / half["OMIM:100002"]
    assert mixed[NONE] / half[NONE] == pytest.approx(ratio)  # rare only and none of these: 1 - share
    for id in ("ICD10:J00", "ICD10:H66"):  # common only: share
        assert mixed[id] / half[id] == pytest.approx(9 * ratio)
    assert ranking.share == 0.9
    assert remarked(ranking, "held to be 90 % likely and a rare one 10 %")


def test_strong_rare_findings_that_happen_to_have_codes_keep_the_rare_disease_first(tmp_path: Path) -> None:
    sure = common.common_site(tmp_path, share=0.95, none={"intercept": -7.0})
    for findings, evidences, id in (
        (["HP:0007359", "HP:0000252", "HP:0001263"], ["slow", "deaf", "fever"], "OMIM:100002"),
        (["HP:0000256", "HP:0001263"], ["ear", "deaf", "fever"], "OMIM:100003"),  # the codes of an otitis
    ):
        found, ranking = ask(sure, findings=findings, evidences=evidences)
        assert ranking.share == 0.95
        assert (ranking.diseases[0].disease, ranking.diseases[0].kind) == (id, "rare")
        assert sum(found.prediction.outcome.scores.values()) == pytest.approx(1)


def test_classical_common_codes_keep_the_common_disease_first_beside_findings_that_no_rare_one_explains(
    tmp_path: Path,
) -> None:
    unsure = common.common_site(tmp_path, share=0.95, none={"intercept": 1.0})
    _, ranking = ask(unsure, **{**COLD, "findings": ["HP:0001631", "HP:0000518"]})
    assert (ranking.diseases[0].disease, ranking.diseases[0].kind) == ("ICD10:J00", "common")
    assert ranking.diseases[0].probability > 0.8


def test_a_share_of_nothing_is_the_ranking_and_a_whole_one_the_common_diseases(tmp_path: Path) -> None:
    nobody, all_ = (common.common_site(tmp_path / name, share=share) for name, share in (("none", 0.0), ("all", 1.0)))
    findings = {"findings": ["HP:0001263", "HP:0001252"], "age": "P6Y"}
    alone = ask(nobody, **findings)[0].prediction.outcome.scores
    told = {**findings, "evidences": ["cough", "fever", "runny"]}
    mixed = ask(nobody, **told)[0].prediction.outcome.scores
    assert {id: mixed[id] for id in alone} == pytest.approx(dict(alone))
    only = ask(all_, **told)[0].prediction.outcome.scores
    assert sum(only[id] for id in ("ICD10:J00", "ICD10:H66", "OMIM:100001")) == pytest.approx(1)
    assert only[NONE] == 0


@pytest.mark.parametrize("codes", [["zzz"], ["zzz", "yyy", "xxx"], ["smokes"], ["cough", "runny", "zzz"]])
def test_codes_that_are_unknown_or_too_few_say_nothing_of_common_diseases(
    site: Site, alone: Site, codes: list[str]
) -> None:
    for where in (site, alone):
        found, ranking = ask(where, evidences=codes)
        assert (found.decision.action, ranking.share, ranking.diseases) == ("refer", None, ())
        assert remarked(ranking, "fewer than 3") or "fewer than 3" in found.decision.reason.en


def test_unknown_codes_do_not_open_the_way_for_findings_that_are_not_understood(site: Site) -> None:
    strange = ["HP:0001252", "HP:0001251", "HP:0000252", "HP:0001631"]
    assert ask(site, findings=[*FINDINGS, *strange], evidences=["zzz"])[1].share is None


def test_as_many_unknown_codes_as_known_ones_withhold_the_list(site: Site) -> None:
    found, _ = ask(site, evidences=["cough", "fever", "runny", "xxx", "yyy", "zzz"])
    assert found.decision.action == "refer"
    assert "does not know 3 of the codes" in found.decision.reason.en
    assert ask(site, evidences=["cough", "fever", "runny", "yyy", "zzz"])[0].decision.action == "suggest"


@pytest.mark.parametrize("excluded", ["HP:0001250", "HP:0000707", "HP:0001303"])
def test_a_code_of_what_was_excluded_is_heard_by_neither_kind(site: Site, alone: Site, excluded: str) -> None:
    given = {"findings": [f"-{excluded}", "HP:0000365"], "evidences": ["fit", "grand", "cough", "fever"]}
    _, ranking = ask(site, **given)
    assert ranking.share == 0.9  # cough, fever and, from the finding, deaf
    assert not [one for one in ranking.findings if one.observed and one.written in ("fit", "grand")]
    assert remarked(ranking, "a code says otherwise of Seizure")
    assert remarked(ranking, "a code says otherwise of Generalized seizure")
    assert ask(site, findings=[f"-{excluded}", "HP:0000365"], evidences=["fit"])[0].decision.action == "refer"
    if excluded == "HP:0001250":  # without an ontology, by the very term
        _, plain = ask(alone, findings=["-HP:0001250"], evidences=["fit", "cough", "fever", "runny"])
        assert remarked(plain, "excludes what 1 of the codes tell")


def test_an_exclusion_that_the_list_itself_contradicts_takes_no_code_away(site: Site) -> None:
    _, ranking = ask(site, findings=["-HP:0001250", "HP:0002197"], evidences=["fit", "slow", "deaf"])
    assert next(one for one in ranking.findings if one.id == "HP:0001250").observed


def test_a_note_that_loses_to_a_code_is_said_to_lose_to_a_code(site: Site) -> None:
    _, ranking = ask(site, evidences=["fit", "slow", "deaf"], note="The girl has no seizure and is well today.")
    assert remarked(ranking, "than a code; the code was believed")
    assert next(one for one in ranking.findings if one.id == "HP:0001250").observed


def test_a_disease_of_both_kinds_has_one_id_whoever_speaks(site: Site, alone: Site) -> None:
    for where, raw in (
        (site, {"findings": ["HP:0002197", "HP:0001252"]}),  # rare alone
        (site, {"evidences": ["grand", "fever", "smokes"]}),  # common alone
        (site, FITS),
        (alone, FITS),
    ):
        scores = ask(where, **raw)[0].prediction.outcome.scores
        assert "OMIM:100001" in scores
        assert "ICD10:G40" not in scores


def test_a_disease_of_both_lists_is_one_entry_with_the_probability_of_both(site: Site) -> None:
    found, ranking = ask(site, **FITS)
    one = entry(ranking, "OMIM:100001")
    assert (one.kind, one.name.en) == ("both", "fits")
    assert "ICD10:G40" in one.also
    assert "ICD10:G40" not in found.prediction.outcome.scores
    assert one.probability > 0.9  # more than the share of common diseases alone could give
    assert (entry(ranking, "OMIM:100002").kind, entry(ranking, "ICD10:J00").kind) == ("rare", "common")


def test_coded_symptoms_are_findings_of_the_rare_list_and_antecedents_are_not(site: Site) -> None:
    _, ranking = ask(site, evidences=["fit", "slow", "smokes"], age=6)
    told = {one.id: one for one in ranking.findings}
    assert (told["HP:0001250"].source, told["HP:0001250"].written) == ("coded", "fit")
    assert (told["smokes"].source, told["smokes"].label.es) == ("coded", "fuma")
    assert {each.id for each in entry(ranking, "OMIM:100002").speaks} == {"HP:0001250", "HP:0001263"}


def test_a_list_of_findings_is_believed_before_a_code(site: Site) -> None:
    _, ranking = ask(site, evidences=["fit", "slow", "deaf"], findings=["-HP:0001250"])
    assert not next(one for one in ranking.findings if one.id == "HP:0001250").observed
    assert remarked(ranking, "a code says otherwise of Seizure")


def test_the_reasons_of_a_common_disease_are_its_codes_and_families_of_columns(site: Site) -> None:
    one = entry(ask(site, **COLD)[1], "ICD10:J00")
    assert {each.id for each in one.speaks} <= {"cough", "fever", "runny", "smokes"}
    assert max(one.speaks, key=lambda each: each.effect).id in ("cough", "runny")
    assert {each.name for each in one.because} <= {"observed", "expected", "course", "other"}
    spoken = sum(each.effect for each in one.speaks)
    assert spoken == pytest.approx(next(each.effect for each in one.because if each.name == "observed"))


def test_reasons_add_up_to_the_difference_between_two_diseases(alone: Site) -> None:
    """Exact SHAP in nats: the effects and where each class starts are the logarithms of the odds."""
    found, ranking = ask(alone, **COLD)
    first, other = entry(ranking, "ICD10:J00"), entry(ranking, "ICD10:H66")
    told = sum(each.effect for each in first.because) - sum(each.effect for each in other.because)
    scores = found.prediction.outcome.scores
    assert told == pytest.approx(log(scores["ICD10:J00"] / scores["ICD10:H66"]), abs=0.7)  # but for where they start


def test_findings_give_codes_to_common_diseases_and_the_answer_says_so(site: Site) -> None:
    _, ranking = ask(site, findings=FINDINGS, age=6)
    assert ranking.share == 0.9
    assert remarked(ranking, "4 of 4 codes were taken from the findings")  # a generalized seizure is a seizure
    assert "ICD10:H66" in {one.disease for one in ranking.diseases}


@pytest.mark.parametrize("findings", [["HP:0001263", "HP:0000365"], ["HP:0001263", "HP:0000365", "HP:0001252"]])
def test_common_diseases_are_silent_where_too_few_codes_were_heard(site: Site, findings: list[str]) -> None:
    found, ranking = ask(site, findings=findings)
    assert ranking.share is None
    assert remarked(ranking, "common diseases were not considered")
    assert "ICD10:J00" not in found.prediction.outcome.scores


def test_common_diseases_are_silent_where_most_findings_have_no_code(site: Site) -> None:
    strange = ["HP:0001252", "HP:0001251", "HP:0000252", "HP:0001631"]
    assert ask(site, findings=FINDINGS)[1].share == 0.9
    assert ask(site, findings=[*FINDINGS, *strange])[1].share is None


def test_a_rare_list_without_common_diseases_is_that_of_the_ranker_alone(site: Site, tmp_path: Path) -> None:
    raw = {"findings": ["HP:0001263", "HP:0001252"], "age": "P6Y"}
    with_part = ask(site, **raw)[0].prediction.outcome.scores
    bare = common.opened(tmp_path)
    known = ranked.learnt(bare, tmp_path)
    files = ranked.bundle(bare.application("diagnosis").contract_digest, known)
    common.deployed(bare, common.pack(files, bare.keys.sign, bare.keys.key_id))
    found, ranking = ask(bare, **raw)
    assert found.prediction.outcome.scores == pytest.approx(with_part)
    assert remarked(ranking, "the model has no part that knows them")


def test_a_silent_ranking_leaves_its_share_to_none_of_these(site: Site) -> None:
    _, ranking = ask(site, **COLD)
    assert ranking.none == pytest.approx(0.1)
    assert remarked(ranking, "rare diseases were not ranked: no observed finding")


def test_where_rare_diseases_are_likelier_beforehand_than_all_common_ones_nothing_is_suggested(tmp_path: Path) -> None:
    found, ranking = ask(common.common_site(tmp_path, share=0.3), **COLD)
    assert (found.decision.action, ranking.none) == ("refer", pytest.approx(0.7))


def test_a_wide_set_of_rare_diseases_withholds_a_list_that_a_rare_one_leads_and_no_other(tmp_path: Path) -> None:
    rare = {"threshold": 1.0, "widest": 2, "none": {"intercept": -7.0}}
    site = common.common_site(tmp_path / "common", share=0.9, **{**rare, "none": {"intercept": 2.0}})
    found, ranking = ask(site, evidences=["cough", "fever", "runny"], findings=["HP:0001250", "HP:0001631"])
    assert (found.decision.action, ranking.diseases[0].disease) == ("suggest", "ICD10:J00")
    assert len(found.prediction.confidence.plausible) > 3  # both sets: the promise holds in either population
    site = common.common_site(tmp_path / "rare", share=0.9, **rare)
    found, ranking = ask(site, evidences=["cough", "fever", "runny"], findings=["HP:0001250", "HP:0001631"])
    assert (found.decision.action, ranking.diseases[0].disease) == ("refer", "OMIM:100001")
    assert "remain plausible" in found.decision.reason.en


def test_an_answer_is_computed_again_with_the_share_it_was_given_with(tmp_path: Path) -> None:
    found, _ = ask(common.common_site(tmp_path, share=0.9), **FITS)
    later = common.opened(tmp_path, common_share=0.2)
    assert lifecycle.replay(later, found.id, ranked.PERSON) <= SAME


def test_an_answer_that_does_not_say_how_kinds_were_weighed_is_computed_again_as_it_was(tmp_path: Path) -> None:
    site = common.common_site(tmp_path, share=0.9)
    found, ranking = ask(site, **{**COLD, "findings": ["HP:0001631", "HP:0000518"]})
    assert ranking.kinds == KINDS
    case, model, known = found.case, site.live("diagnosis").model, site.known_for(site.live("diagnosis").model)
    old = predict(site.application("diagnosis"), case, {}, model, "suggest", known=known, share=0.9, kinds=None)
    assert (old.share, old.kinds) == (0.9, None)
    none = old.outcome.scores[NONE]
    assert abs(none - ranking.none) > 0.01
    kept = record.dump(replace(found, id="old", prediction=old))
    written = kept.replace(b',"kinds":null', b"").replace(b'"kinds":null,', b"")
    assert b'"kinds"' not in written
    with site.act(ranked.PERSON, "ask", "diagnosis") as act:
        act.keep("answer", "old", record.load(Answer, written))
    assert lifecycle.replay(site, "old", ranked.PERSON) <= SAME


def test_findings_that_no_code_expresses_speak_for_a_rare_disease(site: Site) -> None:
    """The codes of a cold, told with ever more findings that a cold does not know: the codes alone prove nothing."""
    strange = ["HP:0001631", "HP:0000518", "HP:0000252", "HP:0001252"]
    said = [ask(site, **COLD, findings=strange[:count])[1] for count in (2, 4)]
    assert all(remarked(each, "what was found is") for each in said)
    common_ones = [sum(one.probability for one in each.diseases if one.kind == "common") for each in said]
    assert common_ones[0] > common_ones[1] + 0.05


def test_what_a_form_asks_everybody_does_not_make_a_rare_patient_a_common_one() -> None:
    """A case that the ranking recognises and that eight findings make strange, whatever codes were told with it."""
    assert Weighed(0.95, KINDS, 8).left(0.06) > 0.85
    assert Weighed(0.95, None, 8).left(0.06) < 0.5  # as once was


def test_no_evidence_of_kind_outweighs_what_could_be_measured() -> None:
    most = math.exp(KINDS.most)
    assert KINDS.ratio(1 - 1e-12, 0) == pytest.approx(most)
    assert KINDS.ratio(1e-12, 200) == pytest.approx(1 / most)


@pytest.mark.parametrize("share", ["1.2", "-0.1", "nan"])
def test_a_share_that_is_no_probability_is_refused(share: str) -> None:
    with pytest.raises(Misconfigured, match="AVICENA_COMMON_SHARE"):
        read({"AVICENA_COMMON_SHARE": share})


def test_a_model_of_common_diseases_alone_lists_them_and_says_what_it_does_not_know(alone: Site) -> None:
    found, ranking = ask(alone, **COLD)
    assert (found.decision.outcome, ranking.knowledge, found.prediction.knowledge) == ("ICD10:J00", "", None)
    assert ranking.none == pytest.approx(0.1)
    assert remarked(ranking, "no part that ranks them")
    assert lifecycle.replay(alone, found.id, ranked.PERSON) <= SAME
    assert ask(alone, findings=FINDINGS)[1].diseases[0].disease == "OMIM:100001"


def test_a_model_of_common_diseases_alone_refers_where_nothing_was_coded(alone: Site) -> None:
    found, ranking = ask(alone, findings=["HP:0000252"])
    assert (found.decision.action, ranking.diseases, ranking.none) == ("refer", (), 1.0)


def test_codes_that_training_never_saw_are_counted_in_a_remark(site: Site) -> None:
    assert remarked(
        ask(site, evidences=["cough", "runny", "fever", "new", "newer"])[1], "2 of the codes given are unknown"
    )


def test_every_view_of_a_mixed_list_can_be_made(site: Site, alone: Site) -> None:
    for where in (site, alone):
        app: Application = where.application("diagnosis")
        found, ranking = ask(where, **COLD)
        view = json_view.view(found, app)["stages"][-1]["ranking"]
        assert (view["common_share"], view["diseases"][0]["kind"]) == (0.9, "common")
        assert any("catarro (ICD10:J00)" in line for line in sentences(found, app, "es"))
        entries = fhir.bundle(found, app)["entry"]
        assert sum(one["resource"]["resourceType"] == "Observation" for one in entries) == len(ranking.findings)
        assert not phenopacket_out.packet(found, app)["phenotypicFeatures"]


def test_an_optional_stage_without_data_is_left_out_of_the_model_and_of_the_gate(alone: Site) -> None:
    candidate = queries.candidate(alone, "diagnosis", "newest")
    assert set(candidate.datasets) == {"common"}
    assert not any(one.name.startswith("differential") for one in queries.evaluation(alone, candidate.id).checks)
    assert queries.technical_review(alone, "diagnosis", candidate.id, "en")


def test_where_nothing_can_be_learnt_at_all_all_labels_are_named(tmp_path: Path) -> None:
    with pytest.raises(Blocked, match="'common', 'differential'"):
        lifecycle.train(common.opened(tmp_path), "diagnosis", {}, 0, ranked.PERSON)


def test_a_stage_that_is_not_optional_must_have_data(tmp_path: Path) -> None:
    must = replace(common.application, chain=(replace(common.COMMON, optional=False), common.DIFFERENTIAL))
    assert must.needed == ("common",)
    site = common.opened(tmp_path)
    site.applications["diagnosis"] = must
    with pytest.raises(Blocked, match="label 'common'"):
        lifecycle.train(site, "diagnosis", {}, 0, ranked.PERSON)


def test_applications_that_could_be_left_without_an_answer_are_refused() -> None:
    tree, rank = common.COMMON, common.DIFFERENTIAL
    wrong: list[tuple[TreeStage | RankStage, ...]] = [
        (tree,),
        (replace(tree, needs=("no-such-input",)), rank),
        (tree, replace(rank, common="no-such-stage")),
        (tree, replace(rank, ids={"cold": ("ICD10:J00",)})),
        (tree, replace(rank, common="", ids={})),
        (rank, tree),
    ]
    for chain in wrong:
        with pytest.raises(ValueError, match="stage"):
            replace(common.application, chain=chain)


def test_common_diseases_are_scored_on_a_table_and_every_refused_row_is_counted(alone: Site) -> None:
    model = queries.choose(alone, "diagnosis", None).model
    fresh = common.table(90, seed=7).decode().splitlines()
    bad = ["40,M,measles,\"['cough']\"", "400,M,cold,\"['cough']\"", "40,M,cold,[]"]
    data = "\n".join([*fresh, *bad]).encode()
    found = lifecycle.score_common(alone, "diagnosis", model, data, ranked.PERSON)
    assert len(found.rows) == 90
    assert {one.reason for one in found.refused} == {"unknown-label", "outside-contract", "says-nothing"}
    assert figure(found.measures, "balanced accuracy").value > 0.9
    right = [one.best == one.label for one in found.rows if one.label == "cold"]
    recall = figure(found.measures, "recall", "cold")
    assert (recall.value, recall.units) == (pytest.approx(sum(right) / len(right)), 30)
    assert found.trained_on == 0
    assert {one.name for one in found.measures} <= set(MEASURES)


def test_a_score_on_rows_that_were_learnt_from_says_so(alone: Site) -> None:
    model = queries.choose(alone, "diagnosis", None).model
    found = lifecycle.score_common(alone, "diagnosis", model, common.table(), ranked.PERSON)
    assert found.trained_on == len(found.rows) == 60


def test_a_table_without_a_row_to_score_and_a_model_without_the_part_are_refused(site: Site, tmp_path: Path) -> None:
    model = queries.choose(site, "diagnosis", None).model
    with pytest.raises(ContractViolation, match="none of its rows"):
        lifecycle.score_common(site, "diagnosis", model, b"PATHOLOGY,EVIDENCES\nmeasles,cough\n", ranked.PERSON)
    bare = replace(model, stages=model.stages[1:])
    with pytest.raises(Blocked, match="no part for common"):
        lifecycle.score_common(site, "diagnosis", bare, common.table(), ranked.PERSON)
