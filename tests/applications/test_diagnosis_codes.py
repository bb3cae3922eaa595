"""The vocabulary of coded evidence: its words, its HPO terms, and the ids of common diseases."""

import csv
import gzip
import json
import re
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

import pytest

from avicena.formats.links import SYSTEMS
from avicena.formats.mondo import read_matches
from avicena.formats.obo import read_obo
from avicena_applications import diagnosis
from avicena_applications.diagnosis import coded

FELT = frozenset({"anxiete_s"})
"""What DDXPlus lists as an antecedent, though it asks what the patient feels today."""


def test_there_are_words_in_both_languages_for_every_code_and_condition() -> None:
    for name in (*coded.TERMS, *coded.CONDITIONS):
        found = diagnosis.application.words[name]
        assert "" not in (found.en.strip(), found.es.strip()), name
        assert name not in (found.en, found.es), name


def test_a_finding_gives_back_only_a_code_that_means_it() -> None:
    assert coded.GIVES
    assert {term: coded.TERMS[code] for term, code in coded.GIVES.items()} == {term: term for term in coded.GIVES}


def test_a_code_with_a_value_is_said_with_its_side() -> None:
    found = diagnosis.application.word("douleurxx_endroitducorps_@_oreille_G_")
    assert (found.en, found.es) == ("pain located in: ear (left)", "dolor localizado en: oído (lado izquierdo)")


def test_every_condition_has_an_id_of_its_own_in_a_vocabulary_that_fhir_knows() -> None:
    first = [ids[0] for ids in coded.IDS.values()]
    assert len(coded.CONDITIONS) == len(set(first)) == 49
    assert all(one.partition(":")[0] in SYSTEMS for ids in coded.IDS.values() for one in ids)
    assert all(re.fullmatch(r"ICD10(CM)?:[A-Z][0-9]{2}(\.[0-9]{1,3})?", one) for one in first)


def test_risk_factors_and_what_was_before_are_no_findings() -> None:
    for code in ("f17.210", "e66", "j45", "z80.1", "trav1", "i10", "ap_fk", "contact", "c00-d48"):
        assert code in diagnosis.application.words
        assert code not in coded.TERMS


@pytest.mark.real_data
def test_every_term_is_a_finding_of_the_ontology_in_force(real_data: Path) -> None:
    with gzip.open(real_data / "rare" / "hpo" / "hp_2025-01-16.obo.gz", "rt", encoding="utf-8") as file:
        terms = {one.id: one for one in read_obo(file)[1]}
    for term in coded.TERMS.values():
        assert term in terms, term
        assert not terms[term].obsolete, term


@pytest.mark.real_data
def test_the_vocabulary_is_that_of_ddxplus_and_no_antecedent_has_a_term(real_data: Path) -> None:
    known = json.loads((real_data / "common" / "release_evidences_fr.json").read_text(encoding="utf-8"))
    past = {code for code, one in known.items() if one["is_antecedent"]}
    assert {code.split("_@_")[0] for code in coded.TERMS} & past == FELT
    for code, one in known.items():
        told = [f"{code}_@_{value}" for value in one["possible-values"]] if one["data_type"] != "B" else [code]
        assert [name for name in told if name not in diagnosis.application.words] == []


@pytest.mark.real_data
def test_the_icd_codes_are_those_that_ddxplus_gives(real_data: Path) -> None:
    known = json.loads((real_data / "common" / "release_conditions.json").read_text(encoding="utf-8"))
    given = {one["cond-name-fr"]: re.split(r",\s*", one["icd10-id"].upper()) for one in known.values()}
    assert set(given) == set(coded.CONDITIONS)
    for name, ids in coded.IDS.items():
        assert ids[0].partition(":")[2] in given[name], name


@pytest.mark.real_data
def test_ids_of_other_vocabularies_are_those_that_mondo_matches(real_data: Path) -> None:
    same: dict[str, set[str]] = {}
    for name in ("omim", "orphanet"):
        path = real_data / "rare" / "mondo" / f"mondo_exactmatch_{name}.sssom.tsv.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for node, code in read_matches(file):
                same.setdefault(node, set()).add(code)
    for ids in coded.IDS.values():
        nodes = [id for id in ids if id.startswith("MONDO:")]
        others = {id for id in ids if id.startswith(("OMIM:", "ORPHA:"))} - {"OMIM:181000"}
        assert others <= {code for node in nodes for code in same[node]}


@pytest.mark.real_data
def test_every_row_of_the_shared_tables_is_read(real_data: Path) -> None:
    for row in _rows(real_data):
        assert row["PATHOLOGY"] in coded.CONDITIONS
        assert [code for code in literal_eval(row["EVIDENCES"]) if code not in diagnosis.application.words] == []


def _rows(real_data: Path) -> Iterator[dict[str, str]]:
    for name in ("dro_all_7276", "nlp_train"):
        with gzip.open(real_data / "common" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
