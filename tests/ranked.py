"""A whole installation that ranks the diseases of the toy world."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from avicena import library, lifecycle
from avicena.backends.engine.trees import open_trees
from avicena.core import digest
from avicena.core.actor import ROLES, Actor
from avicena.core.application import Application, Gate
from avicena.core.bundle import BundleSpec, RankStageSpec
from avicena.core.model import Candidate, Deployment, Evaluation
from avicena.formats import record
from avicena.formats.arrays import write_arrays
from avicena.formats.bundle import pack
from avicena.measure.rank_columns import COLUMNS
from avicena.settings import Settings
from avicena.site import Site, open_site
from avicena_applications import diagnosis
from tests import toy

application = replace(diagnosis.application, gate=Gate(serve=()))
"""The application without its gate: nothing was measured on a toy."""

PERSON = Actor("test", ROLES)


def learnt(site: Site, folder: Path) -> str:
    """Build the toy world as a version of the knowledge; its id."""
    texts = {"toy.obo": toy.obo(), "toy.hpoa": toy.hpoa(), "toy.babelon.tsv": toy.babelon()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    obo, hpoa, babelon = (folder / name for name in texts)
    return library.build(site, PERSON, obo=obo, hpoa=hpoa, babelon=babelon).id


def bundle(contract: str, known: str, **changed: Any) -> dict[str, bytes]:
    """The files of a ranking bundle, not yet signed; `changed` replaces fields of its stage."""
    rows = np.random.default_rng(4).random((4, len(COLUMNS))).astype(np.float32)
    ubj = toy.ranker()
    fields: dict[str, Any] = {
        "name": application.chain[-1].name,
        "input": "findings",
        "file": "ranker.ubj",
        "columns": COLUMNS,
        "scorer": "columns/1",
        "temperature": 0.7,
        "none": {"intercept": -1.0, "findings": -0.5},
        "alpha": 0.1,
        "threshold": 0.8,
        "widest": 5,
        "knowledge": known,
        "mondo": False,
        "family": "xgboost",
        "parity_file": "parity.npz",
    }
    spec = BundleSpec(application.name, contract, (RankStageSpec(**{**fields, **changed}),))
    name = digest.of_bytes(ubj + record.dump(spec))
    return {
        "bundle.json": record.dump(spec),
        "evaluation.json": record.dump(Evaluation(name, (), (), ())),
        "candidate.json": record.dump(Candidate(name, application.name, {}, "toy", {}, 0, "tests", "")),
        "MODEL_CARD.md": b"# A model for tests\n",
        "ranker.ubj": ubj,
        "parity.npz": write_arrays({"inputs": rows, "outputs": open_trees(ubj).margins(rows)}),
    }


def install(site: Site, known: str, **changed: Any) -> None:
    """Install, accept and deploy a ranker of the toy world; `changed` replaces fields of its stage."""
    app: Application = site.application(application.name)
    files = pack(bundle(app.contract_digest, known, **changed), site.keys.sign, site.keys.key_id)
    found = lifecycle.install(site, files, PERSON)
    version = lifecycle.sign_off(site, app.name, found.id, True, "small, for tests", PERSON)
    assert version is not None
    lifecycle.deploy(site, app.name, version.number, "for tests", PERSON)


def ranked_site(folder: Path, **changed: Any) -> Site:
    """An installation in `folder` that ranks."""
    site = open_site(Settings(site=str(folder)), {application.name: application})
    if not site.find(Deployment, "deployment", application.name):
        install(site, learnt(site, folder), **changed)
    return site
