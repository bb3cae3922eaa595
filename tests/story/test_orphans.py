"""A disease that only Orphanet names, in the answers of a site that knows Mondo."""

import json
from pathlib import Path

from avicena import library, lifecycle, queries
from avicena.core.answer import SAME
from avicena.core.ranking import Ranking
from avicena.settings import Settings
from avicena.site import Site, open_site
from tests import orphans, ranked, toy

SMALL_HEAD = ["HP:0000252", "HP:0001629", "-HP:0001263"]


def site(folder: Path, built_with_mondo: bool, **changed: object) -> Site:
    """An installation in `folder` that ranks this world, its knowledge built with Mondo or without."""
    made = open_site(Settings(site=str(folder / "site")), {"diagnosis": ranked.application})
    obo, hpoa, of = orphans.written(folder)
    known = library.build(made, ranked.PERSON, obo, hpoa, of if built_with_mondo else None).id
    ranked.install(made, known, **changed)
    return made


def ask(made: Site) -> tuple[str, Ranking]:
    found = lifecycle.answer(made, "diagnosis", toy.raw(findings=SMALL_HEAD), ranked.PERSON)
    assert found.prediction.outcome.ranking is not None
    return found.id, found.prediction.outcome.ranking


def test_a_model_that_learnt_with_mondo_names_it_with_its_ids_elsewhere(tmp_path: Path) -> None:
    made = site(tmp_path, True, scorer="columns/2", mondo=True)
    id, ranking = ask(made)
    listed = {one.disease: one for one in ranking.diseases}
    assert listed["ORPHA:9"].also == ("ICD10CM:Q02", "MONDO:9", "OMIM:999999")
    assert not {"ORPHA:1", "ORPHA:2", "ORPHA:3", "ORPHA:4"} & set(listed)
    assert lifecycle.replay(made, id, ranked.PERSON) <= SAME


def test_a_model_that_learnt_without_mondo_answers_as_if_the_site_knew_no_mondo(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    with_, without = (ask(site(tmp_path / name, name == "with"))[1] for name in ("with", "without"))
    assert [(one.disease, one.probability) for one in with_.diseases] == [
        (one.disease, one.probability) for one in without.diseases
    ]
    assert not any(one.disease.startswith("ORPHA:") for one in with_.diseases)


def test_a_case_whose_disease_stands_there_by_orphanets_code_alone_is_a_hit_by_the_lenient_rule(tmp_path: Path) -> None:
    made = site(tmp_path, True, scorer="columns/2", mondo=True)
    features = [{"type": {"id": id.lstrip("-")}, "excluded": id.startswith("-")} for id in SMALL_HEAD]
    packet = {"id": "c", "phenotypicFeatures": features}
    data = json.dumps({"id": "c", "pmids": ["PMID:5"], "gold": "OMIM:999999", "phenopacket": packet}).encode()
    model = queries.choose(made, "diagnosis").model
    found = lifecycle.score_cases(made, "diagnosis", model, data, queries.known_for(made, model), ranked.PERSON)
    (one,) = found.cases
    assert one.rank is None
    assert one.lenient == 1 + [disease for disease, _ in one.first].index("ORPHA:9")
