"""The technical review page of a candidate: what it says, and that nothing of it is markup or leaves."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from avicena.core.application import Gate, Threshold
from avicena.core.model import Evaluation, Measure
from avicena.core.technical import TechnicalReview
from avicena.core.text import Language
from avicena.formats.page.charts import axis
from avicena.formats.page.review import page
from avicena.formats.page.review_views import ReviewReader
from avicena.formats.page.review_words import GROUPS, MEASURES, REVIEW_WORDS, measure_words
from avicena.review import appraise, judge
from avicena_applications import brain_tumour
from avicena_applications.brain_tumour import application
from tests.formats.page.datasets import EVIL, pictures
from tests.formats.page.reviews import CANDIDATE, SIGNED, bare, gated, reviewed, workings
from tests.formats.page.test_explore import BOTH, Reading


def made(language: Language = "en", of: TechnicalReview | None = None) -> str:
    return page(gated(), of or reviewed(), language, pictures)


@pytest.fixture(scope="module")
def english() -> str:
    return made()


def test_every_figure_and_group_of_the_released_bundle_has_words_in_spanish() -> None:
    released = Path(brain_tumour.__file__).parent / "bundle" / "evaluation.json"
    told = json.loads(released.read_text(encoding="utf-8"))
    measures = {one["name"] for part in ("overall", "by_group") for one in told[part]}
    assert {name for name in measures if measure_words(name).es == name} <= {"ECE", "AUROC"}
    groups = {part for one in told["by_group"] for part in one["group"].split(" and ")}
    assert groups - GROUPS.keys() <= set(application.groups)


@pytest.mark.parametrize("language", BOTH)
def test_every_chart_has_a_title_a_description_and_a_table_and_every_link_a_place(language: Language) -> None:
    tags = Reading(made(language)).tags
    ids = [told["id"] for _, told in tags if "id" in told]
    assert len(ids) == len(set(ids))
    charts = [told for tag, told in tags if tag == "svg" and told.get("role") == "img"]
    assert len(charts) > 10
    for chart in charts:
        name = str(chart["aria-labelledby"]).removesuffix("-t")
        assert {f"{name}-t", f"{name}-d", f"{name}-c"} <= set(ids)
    assert {told["href"] for tag, told in tags if tag == "a"} <= {f"#{one}" for one in ids}
    assert {told["aria-labelledby"] for _, told in tags if "aria-labelledby" in told} <= set(ids)


def test_what_comes_from_data_and_persons_is_text_and_never_markup(english: str) -> None:
    assert "script" not in [tag for tag, _ in Reading(english).tags]
    assert f"committee {EVIL}" in Reading(english).text
    plain = re.sub(r"base64,[^\"]+", "", english).replace("</", "<")
    assert re.findall(r"https?:|//[a-z]|url\(|@import", plain) == []
    assert not any("style" in told or any(name.startswith("on") for name in told) for _, told in Reading(english).tags)


def test_the_same_facts_give_the_same_bytes(english: str) -> None:
    assert made() == english


def test_the_gate_the_figures_and_their_intervals_are_said(english: str) -> None:
    text = Reading(english).text
    assert "tumour: accuracy at least 0.1 PASS serving" in text
    assert "tumour: ECE at most 0.001 FAIL suggestions" in text
    assert "treatment: AUROC at least 0.5 INSUFFICIENT suggestions AUROC was not measured" in text
    assert "accuracy 0.810 0.750 – 0.860 60" in text
    assert "log loss 0.500 0.400 – 0.600 60" in text


def test_folds_seeds_and_the_learning_curve_of_a_studied_stage_are_shown(english: str) -> None:
    text = Reading(english).text
    assert re.search(r"Each fold by a model that never saw it: from 0\.\d{3} to 0\.\d{3}\.", text)
    assert "Other seeds tried: 2. With the candidate's own, from 0.790 to 0.810, standard deviation 0.012." in text
    assert "Trained again by the candidate's recipe and judged before its weights are rounded." in text
    assert "7 (this candidate) 0.810" in text
    assert "From 22 to 45 families the accuracy changes by +0.210" in text


def test_a_study_of_trees_says_that_only_the_chosen_way_is_trained_again() -> None:
    [study] = reviewed().studies
    text = Reading(made(of=replace(reviewed(), studies=(replace(study, stage="treatment"),)))).text
    assert text.count("Only the way that the candidate chose is trained again") == 4  # two charts, said and described
    assert "the choice between ways is not repeated" in text


def test_a_study_with_the_candidates_seed_alone_is_no_study_of_seeds() -> None:
    [study] = reviewed().studies
    own = replace(study, trials=(replace(study.trials[0], seed=CANDIDATE.seed),))
    text = Reading(made(of=replace(reviewed(), studies=(own,)))).text
    assert "Other seeds tried" not in text
    assert "--stage tumour --seeds 3" in text


def test_a_study_by_other_code_than_the_candidates_says_so(english: str) -> None:
    assert "Other code than the candidate's" not in Reading(english).text
    [study] = reviewed().studies
    text = Reading(made(of=replace(reviewed(), studies=(replace(study, code="avicena 1"),)))).text
    assert "Other code than the candidate's (avicena 0) ran studies of this stage: avicena 1." in text


def test_what_has_no_interval_shows_a_dash_and_permutations_a_range(english: str) -> None:
    text = Reading(english).text
    assert "size of sets 1.300 – 60" in text
    assert "log loss by class on permuted labels 1.200 1.100 – 1.300 (range) 99 permutations" in text
    assert "p of signal beyond tumour 0.460 – 99 permutations" in text
    assert "A range is the least and the greatest over permutations of the labels, no interval." in text
    assert "1,100 – 1,300 (rango) 99 permutaciones" in Reading(made("es")).text


def test_a_way_that_was_chosen_on_these_rows_is_said_to_be_where_there_were_several(english: str) -> None:
    said = "the way to learn (family of models, answer to rare classes) was chosen on these same rows"
    assert Reading(english).text.count(said) == 1
    assert f"Treatment: {said}" in Reading(english).text
    found = reviewed().evaluation
    one = replace(found, by_group=tuple(one for one in found.by_group if "augment" not in one.level))
    assert said not in Reading(made(of=replace(reviewed(), evaluation=one))).text


def test_the_gate_and_the_ways_to_learn_are_said_in_spanish() -> None:
    text = Reading(made("es")).text
    assert "tumour: exactitud al menos 0,1 CUMPLE servir exactitud: 0,810 (95 % 0,750 – 0,860, n = 60)" in text
    assert "treatment: AUROC al menos 0,5 INSUFICIENTE sugerencias no se midió: AUROC" in text
    assert "bosque aleatorio, filas sintéticas" in text
    assert "accuracy at least" not in text
    assert "augment" not in text


def test_a_stage_within_the_name_of_a_figure_is_said_in_spanish_too() -> None:
    found = ReviewReader(application, "es")
    assert found.measure("p of signal beyond tumour") == "p de que haya señal más allá de «clase de tumor»"
    assert found.measure("accuracy of the surest 80% of patients") == "exactitud en el 80% más seguro de pacientes"


def test_a_requirement_of_every_group_is_said_in_spanish_with_its_small_groups() -> None:
    asked = Threshold("tumour", "coverage of sets", at_least=0.9, at_most=1, bound="high", worst_group=True, units=20)
    gate = Gate(serve=(asked,))
    told = (
        Measure("tumour", "coverage of sets", 0.9, 0.8, 0.95, 40, "class", "glioma"),
        Measure("tumour", "coverage of sets", 0.8, 0.5, 0.9, 9, "class and sex", "glioma, female"),
    )
    found = replace(reviewed(), evaluation=Evaluation(CANDIDATE.id, (), told, judge(gate, told)))
    text = Reading(page(replace(gated(), gate=gate), found, "es", pictures)).text
    said = "tumour: límite superior de cobertura de los conjuntos al menos 0,9 y como máximo 1 en cada grupo"
    assert (
        f"{said} CUMPLE servir cobertura de los conjuntos (clase: glioma): 0,900 (95 % 0,800 – 0,950, n = 40)" in text
    )
    assert f"{said}, grupos pequeños INSUFICIENTE" in text
    assert "familias insuficientes para juzgar: clase y sex: glioma, female (9)" in text


def test_a_requirement_that_the_application_no_longer_asks_is_said_as_it_is_kept() -> None:
    text = Reading(page(replace(gated(), gate=Gate(serve=())), reviewed(), "es", pictures)).text
    assert "tumour: accuracy at least 0.1 CUMPLE" in text


def test_the_digest_of_the_facts_is_the_same_in_both_languages_and_after_the_verdict_but_not_of_other_facts() -> None:
    digest = reviewed().facts.removeprefix("sha256:")[:12]
    assert f"digest of the facts {digest}" in Reading(made()).text
    assert f"huella de los datos {digest}" in Reading(made("es")).text
    unread = replace(reviewed(), review=None, lineage=replace(reviewed().lineage, version=None))
    assert unread.facts == reviewed().facts
    assert f"--accept --page {digest} --reason" in Reading(made(of=unread)).text
    for other in (replace(reviewed(), studies=()), replace(reviewed(), audits=())):
        assert other.facts != reviewed().facts


def test_a_review_says_which_facts_its_reviewer_read_or_that_none_were_named(english: str) -> None:
    assert "The reviewer named no page that they had read" in Reading(english).text
    text = Reading(made(of=replace(reviewed(), review=replace(SIGNED, facts="sha256:f")))).text
    assert (
        "The reviewer named the facts that they had read on a page; at signing they were still the same: sha256:f"
        in text
    )
    assert "named no page" not in text


def test_training_is_said_to_make_another_candidate() -> None:
    assert "A candidate that is trained here has it; it is another one" in Reading(made(of=bare())).text
    assert "es otro, con su propia revisión" in Reading(made("es", bare())).text


def test_what_was_not_studied_says_so_and_how_to_do_it(english: str) -> None:
    text = Reading(english).text
    name = CANDIDATE.id[7:19]
    assert f"Not measured: run avicena study small-tumour {name} --stage treatment --seeds 3" in text
    assert f"Not measured: run avicena study small-tumour {name} --stage treatment --fractions 0.25,0.5" in text
    assert f"{name} --stage tumour" not in text


def test_a_group_of_few_families_is_marked_insufficient_and_is_not_the_least(english: str) -> None:
    text = Reading(english).text
    assert re.search(r"<script>alert\(1\)</script>\S* [01]\.\d{3} – 1 \(INSUFFICIENT\)", text)
    assert "The least is glioma, source north with 0.700" in text
    assert "female 0.930 0.800 – 0.970 12 (INSUFFICIENT)" in text
    few = replace(reviewed(), appraisals=(appraise(workings("tumour", number=6)),))
    assert "No level has families enough to be judged" in Reading(made(of=few)).text


def test_leaks_stand_with_who_took_them_upon_themselves_and_those_that_nobody_did(english: str) -> None:
    assert "• Accepted by ana on 2026-01-02: known" in Reading(english).text
    [audit] = reviewed().audits
    open_ = replace(reviewed(), audits=(replace(audit, overrides=()),))
    assert "nobody has overridden it" in Reading(made(of=open_)).text
    never = replace(reviewed(), audits=(replace(audit, report=None),))
    text = Reading(made(of=never)).text
    assert "avicena check small-tumour abababababab" in text
    assert "0 (not audited)" in text


def test_the_surest_mistakes_are_shown_with_their_pictures_and_where_the_model_looked(english: str) -> None:
    found = reviewed().appraisals[0]
    reading = Reading(english)
    shown = [told for tag, told in reading.tags if tag == "img"]
    assert len(shown) == 2 * len(found.mistakes)
    assert all(str(told["src"]).startswith("data:image/jpeg;base64,") for told in shown)
    first = found.mistakes[0]
    assert shown[0]["alt"] == f"Patient picture 1: {first.truth}, said to be {first.said}"
    assert f"1 {first.truth} {first.said} {first.confidence:.3f} {first.given:.3f} {first.fold}" in reading.text
    assert f"{first.family} {first.row}" in reading.text
    assert f"{len(found.mistakes)} of {found.wrong} wrong rows" in reading.text


def test_a_picture_that_is_no_longer_kept_is_said_to_be_gone() -> None:
    text = Reading(page(gated(), reviewed(), "en", lambda _: None))
    assert "1: the picture is no longer kept." in text.text
    assert "img" not in [tag for tag, _ in text.tags]


def test_a_model_without_mistakes_is_not_said_to_have_any() -> None:
    perfect = replace(reviewed(), appraisals=(appraise(workings("tumour", 1.0)),))
    assert "Tumour: no row is wrong." in Reading(made(of=perfect)).text


def test_a_candidate_from_elsewhere_says_what_is_not_known_here_and_nothing_is_blank() -> None:
    reading = Reading(page(gated(), bare(), "en", pictures))
    assert reading.text.count("Not measured here: what cross-validation said of each row") == 10
    assert "is not on this site, so nothing is known here of its leaks" in reading.text
    assert "Nobody has reviewed this candidate yet" in reading.text
    assert "No figure was kept with this candidate" in reading.text
    sections = re.split(r"<h2 id=", page(gated(), bare(), "en", pictures))[1:]
    assert [one[:40] for one in sections if len(Reading(one.partition("</h2>")[2]).text) < 20] == []


def test_the_review_is_shown_as_it_is_about_to_be_signed_as_it_was_and_where_no_page_was_bound() -> None:
    told = Reading(made()).text
    assert "ana, 2026-02-03T04:05:06Z: accepted (referral only)." in told
    assert SIGNED.signature in told
    assert "This page was made after the review" in told
    signing = replace(reviewed(), review=replace(SIGNED, signature="", page=""))
    assert "This page was made at signing, with the verdict in it" in Reading(made(of=signing)).text
    old = replace(reviewed(), review=replace(SIGNED, page=""))
    assert "binds no page" in Reading(made(of=old)).text
    assert "not reviewed yet" in Reading(made(of=replace(reviewed(), review=None))).text


def test_the_lineage_leads_to_the_raw_files_and_says_what_is_not_here(english: str) -> None:
    text = Reading(english).text
    assert "abababababab 2026-01-01 120 0 table 111111111111" in text
    assert "999999999999 not on this site" in text


def test_many_classes_are_told_by_their_most_frequent_confusions() -> None:
    found = appraise(workings("tumour"))
    many = tuple(f"class {n}" for n in range(30))
    lines = tuple(tuple(5 if i == j else int(i == 3 and j == 7) * 4 for j in range(30)) for i in range(30))
    wide = replace(reviewed(), appraisals=(replace(found, classes=many, confusion=lines, mistakes=()),))
    text = Reading(made(of=wide)).text
    assert "the most frequent confusions" in text
    assert "class 3 class 7 4 44 %" in text


def test_figures_are_written_as_the_language_does_and_every_word_has_both() -> None:
    assert "exactitud 0,810 0,750 – 0,860 60" in Reading(made("es")).text
    assert all(text.en and text.es for text in (*REVIEW_WORDS.values(), *MEASURES.values()))
    for name, text in REVIEW_WORDS.items():
        assert set(re.findall(r"{\w+}", text.en)) == set(re.findall(r"{\w+}", text.es)), name
    assert measure_words("gain over tumour alone").es == "ganancia sobre solo tumour"
    assert measure_words("something new").es == "something new"


@pytest.mark.parametrize("values", [[], [0.5], [0.0, 1.0], [0.83, 0.87], [-3.0, 12.0], [0.0, 1840.0], [1e-9, 2e-9]])
def test_an_axis_holds_its_values_between_round_marks(values: list[float]) -> None:
    found = axis(values)
    assert found.low < found.high
    assert all(found.low - 1e-12 <= one <= found.high + 1e-12 for one in values)
    assert 2 <= len(found.ticks) <= 9
    assert (found.share(found.low), found.share(found.high)) == (0, 1)
