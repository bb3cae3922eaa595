"""The whole way of a case through a stage that ranks: asked, kept, audited, computed again."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from avicena import lifecycle
from avicena.core.answer import SAME, Answer, StagePrediction
from avicena.core.errors import ContractViolation, NotDeployed, Untrusted
from avicena.core.ranking import NONE, Ranking
from avicena.formats import record
from avicena.formats.words import NO_RECOMMENDATION, sentences
from avicena.settings import Settings
from avicena.site import Site, open_site
from tests import ranked, toy


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return ranked.ranked_site(tmp_path_factory.mktemp("ranked"))


def ask(site: Site, **changed: object) -> tuple[Answer, Ranking]:
    found = lifecycle.answer(site, "diagnosis", toy.raw(**changed), ranked.PERSON)
    ranking = found.prediction.outcome.ranking
    assert ranking is not None
    return found, ranking


def problems(site: Site, **changed: object) -> Mapping[str, str]:
    with pytest.raises(ContractViolation) as error:
        ask(site, **changed)
    return error.value.problems


def test_a_case_is_answered_kept_audited_and_computed_again(site: Site) -> None:
    found, ranking = ask(site)
    assert ranking.diseases[0].disease == "OMIM:100001"
    assert (found.decision.action, found.decision.outcome) == ("suggest", "OMIM:100001")
    assert sum(found.prediction.outcome.scores.values()) == pytest.approx(1)
    shown = sum(one.probability for one in ranking.diseases)
    assert shown + ranking.none + ranking.others == pytest.approx(1)
    assert lifecycle.read(site, found.id, ranked.PERSON) == found
    assert lifecycle.replay(site, found.id, ranked.PERSON) <= SAME
    assert lifecycle.verify(site, None, ranked.PERSON)[0] is None


def test_the_answer_names_the_knowledge_it_was_given_with(site: Site) -> None:
    assert ask(site)[1].knowledge == site.knowledge_version().id


def test_an_answer_kept_before_there_were_rankings_reads_as_before(site: Site) -> None:
    plain = replace(ask(site)[0].prediction.outcome, ranking=None)
    body = record.dump(plain)
    assert b',"ranking":null' in body
    assert record.load(StagePrediction, body.replace(b',"ranking":null', b"")) == plain


def test_what_speaks_for_and_against_the_leading_disease_are_the_findings_of_the_patient(site: Site) -> None:
    leading = ask(site)[1].diseases[0]
    assert {one.id for one in leading.speaks} == {"HP:0002197", "HP:0001263", "HP:0000252"}
    assert leading.speaks[0].effect > 0
    other = next(one for one in ask(site)[1].diseases if one.disease == "OMIM:100002")
    assert {one.id: one.effect for one in other.speaks}["HP:0000252"] < 0


def test_the_next_findings_are_neither_known_nor_implied_nor_kinds_of_each_other(site: Site) -> None:
    _, ranking = ask(site, findings=["HP:0001250", "HP:0001263", "-HP:0001626"])
    asked = [one.id for one in ranking.next]
    assert asked
    assert not {"HP:0001250", "HP:0001263", "HP:0001626", "HP:0001631", "HP:0001629", "HP:0000118"} & set(asked)
    assert [one.gain for one in ranking.next] == sorted((one.gain for one in ranking.next), reverse=True)


def test_the_answer_to_the_next_finding_moves_the_list(site: Site) -> None:
    _, before = ask(site, findings=["HP:0001250", "HP:0001263"])
    first = before.next[0]
    _, after = ask(site, findings=["HP:0001250", "HP:0001263", first.id])
    assert [one.probability for one in after.diseases] != [one.probability for one in before.diseases]


def test_an_old_id_is_followed_and_the_answer_says_so(site: Site) -> None:
    found, ranking = ask(site, findings=["HP:0001303", "HP:0001263"])
    assert {one.id: one.written for one in ranking.findings}["HP:0001250"] == "HP:0001303"
    assert any("HP:0001303 es un código antiguo" in line for line in sentences(found, ranked.application, "es"))


def test_unknown_and_obsolete_ids_are_named_with_what_may_be_meant(site: Site) -> None:
    told = problems(site, findings=["HP:9999999", "HP:0000058", "HP:0001250"])["findings"]
    assert "HP:9999999" in told
    assert "HP:0000058 (term 1) is obsolete; consider HP:0000252 Microcephaly" in told


def test_a_term_that_is_both_observed_and_excluded_is_refused_also_under_an_old_id(site: Site) -> None:
    assert "both" in problems(site, findings=["HP:0001250", "-HP:0001250"])["findings"]
    assert "HP:0001303 is today HP:0001250" in problems(site, findings=["HP:0001303", "-HP:0001250"])["findings"]
    assert "HP:0001303 is today HP:0001250" in problems(site, findings=["-HP:0001303", "HP:0001250"])["findings"]


def test_an_exclusion_that_an_observed_kind_of_it_contradicts_is_left_out_and_said(site: Site) -> None:
    _, ranking = ask(site, findings=["HP:0002197", "HP:0001263", "-HP:0001250"])
    assert all(one.observed for one in ranking.findings)
    assert "Seizure (HP:0001250) was excluded" in ranking.remarks[0].en


@pytest.mark.parametrize("findings", [[], ["HP:0001250"], ["-HP:0001250", "-HP:0001263"]])
def test_too_few_observed_findings_are_referred_without_a_list(site: Site, findings: list[str]) -> None:
    found, ranking = ask(site, findings=findings)
    assert (found.decision.action, ranking.diseases) == ("refer", ())
    assert found.prediction.outcome.scores == {NONE: 1.0}
    assert any(NO_RECOMMENDATION.es in line for line in sentences(found, ranked.application, "es"))
    assert lifecycle.replay(site, found.id, ranked.PERSON) == 0


@pytest.mark.parametrize(
    "findings",
    [["HP:0002197", "HP:0001250"], ["HP:0000118", "HP:0000707"], ["HP:0001250", "HP:0000707", "HP:0000118"]],
)
def test_a_kind_and_its_parent_an_organ_system_or_the_root_are_not_two_findings(
    site: Site, findings: list[str]
) -> None:
    found, ranking = ask(site, findings=findings)
    assert (found.decision.action, ranking.diseases) == ("refer", ())


def test_an_onset_after_the_age_is_a_named_problem(site: Site) -> None:
    for onset in ("P40Y", "HP:0003581", "P3Y1M"):
        told = problems(site, findings=[f"HP:0001250@{onset}", "HP:0001263"], age="P2Y")["findings"]
        assert told == "HP:0001250 (term 1) has an onset later than the age of the patient"
    for onset, age in (("P3Y", "P2Y"), ("HP:0003581", "P20Y"), ("HP:0003621", "P6Y"), ("P40Y", None)):
        assert ask(site, findings=[f"HP:0001250@{onset}", "HP:0001263"], age=age)


def test_a_finding_is_told_with_the_patients_who_were_reported_to_show_it(site: Site) -> None:
    _, ranking = ask(site, findings=["HP:0002197", "HP:0001250", "HP:0001263"])
    leading = {one.id: one for one in ranking.diseases[0].speaks}
    seen = leading["HP:0002197"]
    assert (seen.frequency, seen.often and seen.often.es) == (0.9, "lo muestran 9 de 10 pacientes")
    assert leading["HP:0001250"].often is None  # only a kind of it is annotated


def test_onsets_are_words_in_both_languages(site: Site) -> None:
    found, _ = ask(site, findings=["HP:0002197@HP:0003577", "HP:0001263@P3Y"])
    spanish, english = (" ".join(sentences(found, ranked.application, one)) for one in ("es", "en"))
    assert "inicio congénito" in spanish
    assert "desde la edad de 3 años" in spanish
    assert "since the age of 3 years" in english
    assert "HP:0003577" not in spanish + english


def test_findings_that_no_disease_shows_are_referred(site: Site) -> None:
    found, _ = ask(site, findings=["HP:0000006", "HP:0003577"])
    assert found.decision.action == "refer"
    assert "is no finding of a patient" in found.prediction.outcome.ranking.remarks[0].en  # type: ignore[union-attr]


def test_a_finding_of_the_other_sex_is_referred_to_be_checked(site: Site) -> None:
    given = ["HP:0002197", "HP:0001263", "HP:0000131"]
    found, ranking = ask(site, findings=given, sex="male")
    assert (found.decision.action, found.decision.reason) == ("refer", ranking.withheld)
    assert "other sex" in found.decision.reason.en
    other = ask(site, findings=given, sex="female")[1].withheld
    assert other is None or "other sex" not in other.en


def test_a_note_gives_findings_with_their_places_and_what_it_denies(site: Site) -> None:
    note = "Niña con crisis epiléptica y retraso global del desarrollo. No tiene microcefalia."
    _, ranking = ask(site, findings=None, note=note)
    told = {one.id: one for one in ranking.findings}
    assert set(told) == {"HP:0001250", "HP:0001263", "HP:0000252"}
    assert not told["HP:0000252"].observed
    seizure = told["HP:0001250"]
    assert (seizure.source, note[seizure.start : seizure.end].lower()) == ("note", "crisis epiléptica")


def test_a_list_of_findings_is_believed_before_the_note(site: Site) -> None:
    _, ranking = ask(site, findings=["HP:0001250", "HP:0001263"], note="The girl has no seizure and is well today.")
    assert all(one.observed for one in ranking.findings)
    assert "the list was believed" in ranking.remarks[0].en


def test_a_note_in_another_language_is_a_named_problem(site: Site) -> None:
    german = "Das Mädchen hat seit drei Wochen Krampfanfälle und eine Entwicklungsverzögerung, sagt ihre Mutter."
    assert "Spanish" in problems(site, history=german)["history"]


def test_a_list_with_too_many_plausible_outcomes_is_no_recommendation(tmp_path: Path) -> None:
    site = ranked.ranked_site(tmp_path, threshold=1.0, widest=3)
    found, ranking = ask(site)
    assert found.decision.action == "refer"
    assert "remain plausible at 90 %" in found.decision.reason.en
    assert ranking.diseases  # what was computed is kept, and shown as no recommendation


def test_where_none_of_these_is_likeliest_no_disease_is_suggested(tmp_path: Path) -> None:
    site = ranked.ranked_site(tmp_path, none={"intercept": 3.0})
    found, ranking = ask(site)
    assert (found.decision.action, found.decision.outcome) == ("refer", None)
    assert ranking.none > 0.9


def test_a_ranker_does_not_answer_without_knowledge(tmp_path: Path) -> None:
    site = open_site(Settings(site=str(tmp_path)), {"diagnosis": ranked.application})
    ranked.install(site, "sha256:not-here")
    with pytest.raises(NotDeployed, match="avicena knowledge build"):
        ask(site)


def test_a_ranker_that_reads_unknown_columns_is_not_served(tmp_path: Path) -> None:
    site = open_site(Settings(site=str(tmp_path)), {"diagnosis": ranked.application})
    with pytest.raises(Untrusted, match="columns"):
        ranked.install(site, "sha256:x", scorer="columns/9")
