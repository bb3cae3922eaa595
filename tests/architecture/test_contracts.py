"""Each import contract, seen to break when somebody breaks it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTS = {
    "floors": [
        ("avicena/core/digest.py", "import avicena.measure"),
        ("avicena/measure/__init__.py", "import avicena.formats"),
        ("avicena/serve/__init__.py", "import avicena.backends"),
        ("avicena/review/__init__.py", "import avicena.learn"),
        ("avicena/site.py", "import avicena.lifecycle"),
        ("avicena/curation.py", "import avicena.lifecycle"),
        ("avicena/catalogue.py", "import avicena.queries"),
        ("avicena/kept.py", "import avicena.catalogue"),
        ("avicena/dossier.py", "import avicena.queries"),
        ("avicena/cli/__init__.py", "import avicena.api"),
        ("avicena/attic/__init__.py", '"""A folder without a place."""'),
    ],
    "door": [("avicena/ingest/__init__.py", "from avicena import Application")],
    "applications": [
        ("avicena_applications/brain_tumour/__init__.py", "from avicena.core.case import Case"),
        ("avicena_applications/brain_tumour/__init__.py", "from avicena import site"),
    ],
    "apart": [
        ("avicena_applications/diagnosis/__init__.py", "from avicena_applications.brain_tumour import SEXES"),
        ("avicena_applications/brain_tumour/__init__.py", "import avicena_applications.diagnosis.words"),
    ],
    "platform": [("avicena/site.py", "import avicena_applications.brain_tumour")],
    "doors": [
        ("avicena/api/__init__.py", "import avicena.serve"),
        ("avicena/cli/__init__.py", "import avicena.backends"),
        ("avicena/cli/__init__.py", "import avicena_applications"),
    ],
    "training": [
        ("avicena/serve/__init__.py", "import torch"),
        ("avicena/review/__init__.py", "from sklearn.metrics import roc_auc_score"),
        ("avicena_applications/brain_tumour/__init__.py", "import optuna"),
    ],
    "serving": [("avicena/site.py", "import avicena.learn.image")],
    "http": [
        ("avicena/cli/__init__.py", "import uvicorn"),
        ("avicena/core/errors.py", "from starlette.exceptions import HTTPException"),
    ],
    "core": [("avicena/core/case.py", "import PIL")],
    "measure": [("avicena/measure/__init__.py", "import scipy.stats")],
    "pure": [
        ("avicena/ingest/__init__.py", "import tempfile"),
        ("avicena/serve/__init__.py", "import time"),
        ("avicena/review/__init__.py", "import sqlite3"),
    ],
}
"""Contract → files (under `src`) with one line each that breaks it."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources and their contracts, to do harm to."""
    copy = tmp_path_factory.mktemp("house")
    nothing_compiled = shutil.ignore_patterns("__pycache__", "*.onnx", "*.ubj", "*.npz", "*.png", "*.jpg")
    shutil.copytree(ROOT / "src", copy / "src", ignore=nothing_compiled)
    shutil.copytree(ROOT / "tests" / "architecture", copy / "tests" / "architecture", ignore=nothing_compiled)
    shutil.copy(ROOT / "tests" / "__init__.py", copy / "tests")
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def contracts() -> dict[str, str]:
    """Id → name of each contract in pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return {one["id"]: one["name"] for one in tomllib.load(file)["tool"]["importlinter"]["contracts"]}


def lint(house: Path) -> tuple[int, str]:
    """The exit status and the words of `lint-imports` on a copy of the house."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(house / "src")}
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    status, words = lint(house)
    assert status == 0, words
    assert f"Contracts: {len(contracts())} kept, 0 broken." in words


def test_every_contract_has_a_violation_to_plant() -> None:
    assert set(PLANTS) == set(contracts())


@pytest.mark.parametrize(
    ("contract", "file", "line"), [(name, *plant) for name, plants in PLANTS.items() for plant in plants]
)
def test_a_planted_violation_breaks_its_contract(house: Path, contract: str, file: str, line: str) -> None:
    path = house / "src" / file
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        status, words = lint(house)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before)
    assert status == 1, words
    assert f"{contracts()[contract]} BROKEN" in words
