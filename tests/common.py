"""A whole installation whose list holds common and rare diseases of the toy world together."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from avicena import curation, lifecycle, queries
from avicena.core.bundle import BundleSpec
from avicena.core.encoding import EvidenceList
from avicena.core.model import Candidate, DatasetVersion, Deployment
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe
from avicena.formats import record
from avicena.formats.bundle import SPEC, pack
from avicena.settings import Settings
from avicena.site import Site, open_site
from avicena_applications import diagnosis
from tests import ranked

SHOWS: Mapping[str, tuple[str, ...]] = {
    "cold": ("cough", "fever", "runny"),
    "otitis": ("ear", "fever", "deaf"),
    "fits": ("fit", "slow", "grand"),
}
"""The codes that most patients of each common disease show. Fits are seizure disease A of the toy world."""

TABLE_CLASSES = tuple(sorted(SHOWS))
IDS = {"cold": ("ICD10:J00",), "otitis": ("ICD10:H66",), "fits": ("ICD10:G40", "OMIM:100001")}
TERMS = {"fit": "HP:0001250", "grand": "HP:0002197", "slow": "HP:0001263", "deaf": "HP:0000365", "blind": "HP:0000518"}

COMMON = replace(
    diagnosis.COMMON,
    classes=TABLE_CLASSES,
    recipe=TreeRecipe(("xgboost",), ("none",), trials=1, permutations=0, prevalence="equal", max_rounds=20),
    encodings=(EvidenceList("evidences", least=1, indicator=False),),
)
DIFFERENTIAL = replace(diagnosis.DIFFERENTIAL, terms=TERMS, gives={term: code for code, term in TERMS.items()}, ids=IDS)

application = replace(
    ranked.application,
    chain=(COMMON, DIFFERENTIAL),
    words={**ranked.application.words, "cold": Text("common cold", "catarro"), "smokes": Text("smokes", "fuma")},
)


def table(rows: int = 60, seed: int = 0) -> bytes:
    """A table of made-up patients in the layout of DDXPlus: most show two codes of their disease, some smoke."""
    random = np.random.default_rng(seed)
    lines = ["AGE,SEX,PATHOLOGY,EVIDENCES"]
    for number in range(rows):
        label = TABLE_CLASSES[number % len(TABLE_CLASSES)]
        shown = [code for code in SHOWS[label] if random.random() < 0.8] or [SHOWS[label][0]]
        codes = [*shown, *(["smokes"] if random.random() < 0.3 else [])]
        told = "[" + ", ".join(f"'{code}'" for code in codes) + "]"
        lines.append(f'{5 + number + seed / 10},{"MF"[number % 2]},{label},"{told}"')
    return "\n".join(lines).encode()


def brought(site: Site, data: bytes | None = None) -> DatasetVersion:
    """The table, imported."""
    return curation.freeze(site, application.name, [], lambda path: b"", {"table": data or table()}, ranked.PERSON)


def trained(site: Site) -> Candidate:
    """A candidate of common diseases alone."""
    brought(site)
    return lifecycle.train(site, application.name, {}, 0, ranked.PERSON)


def deployed(site: Site, files: Mapping[str, bytes]) -> None:
    """Install, accept and deploy a bundle."""
    found = lifecycle.install(site, files, ranked.PERSON)
    version = lifecycle.sign_off(site, application.name, found.id, True, "small, for tests", ranked.PERSON)
    assert version is not None
    lifecycle.deploy(site, application.name, version.number, "for tests", ranked.PERSON)


def with_both(site: Site, made: Candidate, known: str, **changed: Any) -> dict[str, bytes]:
    """A signed bundle of the common stage that was trained and the ranker of the toy world."""
    files = ranked.bundle(site.application(application.name).contract_digest, known, **changed)
    common = queries.bundle(site, made.bundle)
    spec, rare = record.load(BundleSpec, common[SPEC]), record.load(BundleSpec, files[SPEC])
    both = replace(rare, stages=(spec.stages[0], rare.stages[0]))
    own = {name: common[name] for name in replace(spec, stages=spec.stages[:1]).files}
    return pack({**files, **own, SPEC: record.dump(both)}, site.keys.sign, site.keys.key_id)


def opened(folder: Path, **given: Any) -> Site:
    """An empty installation of the application."""
    return open_site(Settings(site=str(folder), **given), {application.name: application})


def common_site(folder: Path, share: float = 0.5, **changed: Any) -> Site:
    """An installation whose model knows common and rare diseases."""
    site = opened(folder, common_share=share)
    if not site.find(Deployment, "deployment", application.name):
        deployed(site, with_both(site, trained(site), ranked.learnt(site, folder), **changed))
    return site
