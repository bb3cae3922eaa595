"""Phenopackets in and out: tolerant of how version 2 is written, plain about what is none."""

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena import lifecycle
from avicena.api.describe import PACKET
from avicena.core.errors import ContractViolation, NotFound
from avicena.formats import phenopacket
from avicena.formats.intake import intake
from avicena.formats.phenopacket_out import duration, packet
from avicena.site import Site
from tests import ranked, toy
from tests.formats import samples

Change = Callable[[dict[str, Any]], Any]
CONTRACT = ranked.application.contract


def changed(change: Change) -> dict[str, Any]:
    made = copy.deepcopy(PACKET)
    change(made)
    return made


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3),
    max_leaves=4,
)
WHOLE = changed(
    lambda made: (
        made["subject"].update(
            karyotypicSex="XX", dateOfBirth="2010-01-01T00:00:00Z", timeAtLastEncounter={"timestamp": "2016-01-01"}
        ),
        made["phenotypicFeatures"].extend(
            {"type": {"id": f"HP:000000{n}", "label": "x"}, "onset": onset}
            for n, onset in enumerate(
                [
                    {"ageRange": {"start": {"iso8601duration": "P3Y"}, "end": {"iso8601duration": "P4Y"}}},
                    {"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}},
                    {"gestationalAge": {"weeks": 20, "days": 1}},
                    {"timestamp": "2012-01-01T00:00:00Z"},
                    {"interval": {"start": "2012-01-01", "end": "2013-01-01"}},
                ]
            )
        ),
    )
)
"""A packet that holds every element that is read."""


def problem(given: object, **more: object) -> dict[str, str]:
    with pytest.raises(ContractViolation) as error:
        intake(CONTRACT, {"phenopacket": given, **more})
    return error.value.problems


def test_findings_age_and_sex_are_read() -> None:
    case, _ = intake(CONTRACT, {"phenopacket": PACKET})
    assert case.values["findings"] == ("-HP:0000252", "HP:0001250@P6M", "HP:0001263")
    assert (case.values["age"], case.values["sex"], case.subject) == (6.5, "female", "P-0001")


def test_bytes_text_and_the_names_of_the_schema_say_the_same() -> None:
    whole = intake(CONTRACT, {"phenopacket": PACKET})
    snake = json.dumps(PACKET).replace("phenotypicFeatures", "phenotypic_features")
    snake = snake.replace("timeAtLastEncounter", "time_at_last_encounter")
    assert (
        intake(CONTRACT, {"phenopacket": json.dumps(PACKET).encode()})
        == whole
        == intake(CONTRACT, {"phenopacket": snake})
    )


@pytest.mark.parametrize(
    ("element", "age"),
    [
        ({"ageRange": {"start": {"iso8601duration": "P3Y"}, "end": {"iso8601duration": "P4Y"}}}, 3.0),
        ({"timestamp": "2020-07-01T00:00:00Z"}, 10.5),
        ({"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}}, None),
        ({"interval": {"start": "2020-01-01T00:00:00Z", "end": "2021-01-01T00:00:00Z"}}, None),
    ],
)
def test_each_kind_of_time_is_read_or_left_out(element: dict[str, Any], age: float | None) -> None:
    def change(made: dict[str, Any]) -> None:
        made["subject"] |= {"dateOfBirth": "2010-01-01T00:00:00Z", "timeAtLastEncounter": element}

    found = intake(CONTRACT, {"phenopacket": changed(change)})[0].values["age"]
    assert found == (None if age is None else pytest.approx(age, abs=0.01))


def test_a_name_or_a_record_number_with_blanks_is_not_kept() -> None:
    case, _ = intake(CONTRACT, {"phenopacket": changed(lambda made: made["subject"].update(id="Jane Doe, 12345"))})
    assert case.subject is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"\xff\xfe", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([1], "not a JSON object"),
        ({}, "neither phenotypicFeatures nor a subject"),
        ({"proband": PACKET, "members": []}, "a family or a cohort"),
        (changed(lambda made: made["metaData"].update(phenopacketSchemaVersion="1.0.0")), "version 2 is read"),
        (changed(lambda made: made["phenotypicFeatures"][0].update(negated=True)), "version 1"),
        (changed(lambda made: made["subject"].update(ageAtCollection={"age": "P3Y"})), "version 1"),
        (changed(lambda made: made["phenotypicFeatures"][1].pop("type")), "phenotypicFeatures[2]: it has no type.id"),
        (changed(lambda made: made["phenotypicFeatures"][1].update(excluded="yes")), "phenotypicFeatures[2]"),
        (changed(lambda made: made["subject"].update(sex="F")), "subject.sex is none of"),
        (changed(lambda made: made["subject"].update(karyotypicSex="XY")), "contradict"),
        (changed(lambda made: made.update(phenotypicFeatures={"type": 1})), "must be a list"),
        ('{"subject": {"id": "a", "id": "b"}}', "given more than once"),
        ({"phenotypicFeatures": [], "phenotypic_features": []}, "given more than once"),
        (changed(lambda made: made["subject"].update(sex=[])), "subject.sex is none of"),
        (changed(lambda made: made["subject"].update(sex={})), "subject.sex is none of"),
        (changed(lambda made: made["subject"].update(id=7)), "subject.id is not a text"),
        (changed(lambda made: made["subject"].update(timeAtLastEncounter={"timestamp": 1})), "timestamp is not a text"),
        (changed(lambda made: made["metaData"].update(phenopacketSchemaVersion=1.0)), "is not a text"),
        (changed(lambda made: made["metaData"].update(phenopacketSchemaVersion=["1.0"])), "is not a text"),
        (changed(lambda made: made["metaData"].update(phenopacketSchemaVersion="two")), "version 2 is read"),
        (changed(lambda made: made.update(metaData=[])), "metaData an object"),
    ],
)
def test_what_is_no_phenopacket_of_version_2_is_a_named_problem(given: object, words: str) -> None:
    assert words in problem(given)["phenopacket"]


@pytest.mark.parametrize("version", [None, "", "2", "2.0", "2.0.2", "v2.0.0-beta"])
def test_a_packet_of_version_2_or_of_none_said_is_read(version: str | None) -> None:
    phenopacket.read(changed(lambda made: made["metaData"].update(phenopacketSchemaVersion=version)))


def test_null_is_a_member_that_was_not_set() -> None:
    nulled = changed(lambda made: made["phenotypicFeatures"][0].update(excluded=None, onset=None, negated=None))
    assert phenopacket.read(nulled)["findings"][0]["excluded"] is False
    bare = changed(lambda made: made.update(phenotypicFeatures=None, proband=None))
    assert phenopacket.read(bare)["findings"] == []


@given(st.data())
def test_any_value_at_any_member_is_read_or_a_named_problem(data: st.DataObject) -> None:
    made = copy.deepcopy(WHOLE)
    place: Any = made
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(ANYTHING)
    with suppress(ContractViolation):
        intake(CONTRACT, {"phenopacket": made})
    with suppress(ContractViolation):
        intake(CONTRACT, {"phenopacket": json.dumps(made)})


@pytest.mark.parametrize("onset", ["P3YTJohn Smith", "P6YTfoo", "P٣Y", "P3Y P1M", "P3YT", "P3Y3Y"])
def test_free_text_in_an_onset_is_refused(onset: str) -> None:
    def change(made: dict[str, Any]) -> None:
        made["phenotypicFeatures"][0]["onset"] = {"age": {"iso8601duration": onset}}

    assert "neither a duration" in problem(changed(change))["findings"]


def test_all_problems_are_named_at_once() -> None:
    told = problem({"proband": {}}, age=190, sex="?")
    assert set(told) == {"phenopacket", "age", "sex"}


def test_a_packet_that_contradicts_what_was_given_beside_it_is_refused() -> None:
    assert problem(PACKET, sex="male", age=6.5) == {"sex": "the phenopacket says otherwise; give it once"}
    assert "both observed and excluded" in problem(PACKET, findings="-HP:0001250")["findings"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda x: (
            st.lists(x, max_size=4)
            | st.dictionaries(
                st.sampled_from(["subject", "phenotypicFeatures", "type", "id", "onset", "age", "metaData"]), x
            )
        ),
    )
)
def test_whatever_is_sent_it_is_read_or_a_named_problem(given: Any) -> None:
    with suppress(ContractViolation):
        assert set(phenopacket.read(given)) <= {"findings", "age", "sex", "subject"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return ranked.ranked_site(tmp_path_factory.mktemp("packets"))


def test_an_answer_goes_out_as_a_packet_that_reads_in_again(site: Site) -> None:
    given = changed(lambda made: made["phenotypicFeatures"][0]["type"].update(id="HP:0002197"))
    answer = lifecycle.answer(site, "diagnosis", {"phenopacket": given}, ranked.PERSON)
    made = packet(answer, ranked.application)
    assert intake(CONTRACT, {"phenopacket": json.dumps(made)})[0] == answer.case
    ranked_ids = [one.disease for one in answer.prediction.outcome.ranking.diseases]  # type: ignore[union-attr]
    assert [one["diagnosis"]["disease"]["id"] for one in made["interpretations"]] == ranked_ids
    assert {one["namespacePrefix"] for one in made["metaData"]["resources"]} == {"HP", "OMIM"}
    assert not any("version" in one for one in made["metaData"]["resources"])
    assert {one["progressStatus"] for one in made["interpretations"]} == {"IN_PROGRESS"}


@pytest.mark.parametrize("vocabulary", ["ICD10", "ICD10CM", "ICD10WHO"])
def test_a_packet_names_the_vocabulary_of_each_disease_and_an_onset_by_its_term(site: Site, vocabulary: str) -> None:
    given = changed(lambda made: made["phenotypicFeatures"][0].update(onset={"ontologyClass": {"id": "HP:0003577"}}))
    answer = lifecycle.answer(site, "diagnosis", {"phenopacket": given}, ranked.PERSON)
    stage = answer.prediction.outcome
    assert stage.ranking is not None
    first = replace(stage.ranking.diseases[0], disease=f"{vocabulary}:J18.9")
    changed_stage = replace(stage, ranking=replace(stage.ranking, diseases=(first, *stage.ranking.diseases[1:])))
    stages = tuple(changed_stage if one is stage else one for one in answer.prediction.stages)
    made = packet(replace(answer, prediction=replace(answer.prediction, stages=stages)), ranked.application)
    assert vocabulary in {one["namespacePrefix"] for one in made["metaData"]["resources"]}
    onsets = [one["onset"] for one in made["phenotypicFeatures"] if "onset" in one]
    assert {"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}} in onsets


def test_a_referral_goes_out_without_any_diagnosis(site: Site) -> None:
    answer = lifecycle.answer(site, "diagnosis", toy.raw(findings=["HP:0001250"]), ranked.PERSON)
    assert packet(answer, ranked.application)["interpretations"] == []


def test_an_answer_that_ranks_nothing_has_no_packet() -> None:
    with pytest.raises(NotFound):
        packet(next(iter(samples.ANSWERS.values()))(), samples.APPLICATION)


@given(st.floats(0, 120))
def test_a_duration_is_the_age_to_the_day(years: float) -> None:
    from avicena.core.onset import age_years

    assert age_years(duration(years)) == pytest.approx(years, abs=0.01)


def test_the_example_of_the_document_is_a_packet(tmp_path: Path) -> None:
    (tmp_path / "packet.json").write_text(json.dumps(PACKET))
    assert phenopacket.read((tmp_path / "packet.json").read_bytes())["sex"] == "female"
