"""Files in, a named version of the knowledge out."""

import gzip

import pytest

from avicena.core.errors import ContractViolation
from avicena.core.ontology import Translation
from avicena.formats.babelon import read_babelon
from avicena.ingest.build import build
from tests.knowledge_files import BABELON, BABELON_HEAD, EDGES, HPOA, MATCHES, OBO

FILES = {"obo": OBO.encode(), "hpoa": HPOA.encode()}
MORE = {"mondo/x_exactmatch_a.sssom.tsv": MATCHES.encode(), "mondo/edges.tsv": EDGES.encode()}


def test_a_version_says_what_it_was_made_of_and_what_it_could_not_use() -> None:
    version = build(FILES | MORE | {"babelon": BABELON.encode()}).version
    assert (version.hpo, version.hpoa, version.mondo) == ("2024-01-01", "2024-02-02", True)
    assert version.unknown == {"HP:0000489": 1, "HP:9999999": 1}
    assert version.suggested == {"HP:0000489": ("HP:0000252", "HP:0001250")}
    assert version.followed == {"HP:0001303": "HP:0001250"}
    assert version.counts["diseases"] == 3
    assert version.counts["rows"] == 8
    assert version.counts["rows NOT"] == 1
    assert version.counts["references"] == 4
    assert version.counts["spanish OFFICIAL"] == version.counts["spanish CANDIDATE"] == 1
    assert version.counts["spanish of an older label"] == 1
    assert set(version.sources) == {"obo", "hpoa", "babelon", *MORE}
    assert "Human Phenotype Ontology (2024-01-01) and its annotations (2024-02-02)" in version.notices[0]
    assert any("CC BY 4.0" in line for line in version.notices)
    assert version.id.startswith("sha256:")


def test_a_frequency_that_cannot_be_is_named_and_not_believed() -> None:
    made = build(FILES | {"hpoa": HPOA.replace("9/10", "11/9").encode()})
    assert made.version.doubted == {"11/9": 1}
    full = made.known.full_f
    assert full.max() <= 1
    assert full[0] == made.known.direct_f[0] == (1 + 0.5) / 11  # what the other paper counted
    assert build(FILES).version.doubted == {}


def test_packed_files_give_the_same_version() -> None:
    packed = {f"{role}{'.gz' if '/' in role else ''}": gzip.compress(data) for role, data in (FILES | MORE).items()}
    assert build(packed).version == build(dict(reversed((FILES | MORE).items()))).version


def test_another_file_or_another_choice_gives_another_version() -> None:
    ids = {
        build(files).version.id
        for files in (
            FILES,
            FILES | MORE,
            FILES | {"babelon": BABELON.encode()},
            FILES | {"hpoa": HPOA.replace("9/10", "8/10").encode()},
        )
    }
    assert len(ids) == 4


def test_every_step_is_reported() -> None:
    heard: list[tuple[int, int]] = []
    build(FILES, lambda stage, done, total: heard.append((done, total)))
    assert heard == [(step, 6) for step in range(1, 7)]


@pytest.mark.parametrize("role", ["obo", "hpoa"])
def test_a_packed_file_that_was_cut_is_named(role: str) -> None:
    with pytest.raises(ContractViolation) as error:
        build(FILES | {role: gzip.compress(FILES[role])[:-20]})
    assert list(error.value.problems) == [role]
    assert "cut short" in error.value.problems[role]


def test_files_in_the_wrong_place_are_named() -> None:
    with pytest.raises(ContractViolation, match=r"obo: .*phenotype\.hpoa\?"):
        build({"obo": FILES["hpoa"], "hpoa": FILES["obo"]})
    with pytest.raises(ContractViolation, match="UTF-8"):
        build(FILES | {"hpoa": b"\xff\xfe\x00"})
    with pytest.raises(ContractViolation) as error:
        build({})
    assert list(error.value.problems) == ["obo", "hpoa"]


def test_half_of_mondo_is_refused() -> None:
    name = "mondo/x_exactmatch_a.sssom.tsv"
    with pytest.raises(ContractViolation, match="both"):
        build(FILES | {name: MORE[name]})


def test_spanish_names_are_there_where_they_are_official_or_candidates() -> None:
    found = read_babelon(BABELON.splitlines())
    assert found == {
        "HP:0001250": Translation("Crisis epiléptica", "OFFICIAL", "Seizure"),
        "HP:0000252": Translation("Microcefalia", "CANDIDATE", "Small head"),
    }
    onto = build(FILES | {"babelon": BABELON.encode()}).known.ontology
    assert onto.label(onto.number["HP:0001250"], "es") == "Crisis epiléptica"
    assert onto.label(onto.number["HP:0001250"], "en") == "Seizure"
    assert onto.label(onto.number["HP:0002197"], "es") == "Generalized seizure"
    assert onto.spanish_status[onto.number["HP:0000252"]] == "CANDIDATE"


def test_the_official_label_goes_before_the_candidate() -> None:
    row = "en\tes\tHP:0001250\tSeizure\trdfs:label\t{}\t{}\n"
    for order in ((0, 1), (1, 0)):
        rows = [row.format("Ataque", "CANDIDATE"), row.format("Crisis", "OFFICIAL")]
        assert read_babelon([BABELON_HEAD, *(rows[one] for one in order)])["HP:0001250"].text == "Crisis"


@pytest.mark.parametrize("text", [OBO, HPOA, "", BABELON_HEAD, BABELON[:-20]])
def test_what_is_no_table_of_translations_is_refused(text: str) -> None:
    with pytest.raises(ContractViolation) as error:
        read_babelon(text.splitlines())
    assert list(error.value.problems) == ["babelon"]
