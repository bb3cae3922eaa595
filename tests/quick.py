"""The small application without pictures, with trees that are learnt in a moment, for tests that train."""

from dataclasses import replace
from pathlib import Path

from avicena import TreeRecipe, TreeStage
from avicena.core.model import Candidate
from avicena.curation import freeze
from avicena.lifecycle import train
from avicena.settings import Settings
from avicena.site import Site, open_site
from tests import tables

RECIPE = TreeRecipe(families=("xgboost",), imbalance=("none",), trials=1, permutations=0, max_rounds=5)
STAGE = TreeStage("disease", ("influenza", "measles", "nothing"), RECIPE)

application = replace(
    tables.application, chain=(STAGE,), groups={"sex": lambda case: str(case.values.get("sex") or "unknown")}
)


def trained(folder: Path, rows: int = 90) -> tuple[Site, Candidate]:
    """An installation in `folder` with a candidate that learnt from that many patients."""
    site = open_site(Settings(site=str(folder), applications="tests.quick"), {application.name: application})
    data = {"table": tables.patients(range(rows))}
    version = freeze(site, application.name, (), lambda _: b"", data, tables.PERSON)
    return site, train(site, application.name, {"disease": version.id}, 4, tables.PERSON)
