"""What every file of the project must be like."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import avicena
from avicena import settings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
PURE = ("core", "formats", "ingest", "leaks", "learn", "measure", "review", "serve")
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
LONGEST = {"lifecycle.py": 500}
"""Modules with a limit of their own; every other one has 400 lines at most."""


def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its full name, wherever in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def said(path: Path) -> str:
    """Where a file is, as a person would say it."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """The name by which a source file is imported."""
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")


def test_nothing_is_mocked() -> None:
    mocked = [said(path) for path in PYTHON for name in imported(path) if re.match(r"(unittest\.)?mock\b", name)]
    assert mocked == []


def test_nothing_we_ship_reads_or_writes_pickles() -> None:
    shunned = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "skops", "shelve", "marshal"}
    found = [said(path) for path in SOURCES for name in imported(path) if name.split(".")[0] in shunned]
    flags = re.compile(r"allow_pickle\s*=\s*True|weights_only\s*=\s*False")
    assert found + [said(path) for path in SOURCES if flags.search(path.read_text(encoding="utf-8"))] == []


def test_the_public_door_has_at_most_twenty_four_names_and_each_opens() -> None:
    assert len(avicena.__all__) <= 24
    assert sorted(set(avicena.__all__)) == sorted(avicena.__all__)
    assert [name for name in avicena.__all__ if not hasattr(avicena, name)] == []


def test_every_setting_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {words} |" for name, default, words in settings.table()
    ]
    assert "\n".join(row for row in rows if row not in page) == ""


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {said(path): lines for path, lines in lengths.items() if lines > LONGEST.get(path.name, 400)} == {}


def test_every_module_class_and_function_says_what_it_gives() -> None:
    silent = []
    for path in SOURCES:
        module = tree(path)
        if module.body and not ast.get_docstring(module):
            silent.append(said(path))
        for node in module.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{said(path)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_pure_room_opens_a_file_or_reads_the_clock() -> None:
    doing = re.compile(r"(?<![.\w])open\(|\.(now|utcnow|today)\(")
    rooms = [path for name in PURE for path in sorted((ROOT / "src" / "avicena" / name).rglob("*.py"))]
    assert rooms
    assert [said(path) for path in rooms if doing.search(path.read_text(encoding="utf-8"))] == []
    assert [said(path) for path in rooms if "pathlib.Path" in imported(path)] == []


def test_only_the_web_service_is_asynchronous() -> None:
    below = [path for path in SOURCES if "api" not in path.parts and "console" not in path.parts]
    waiting = [path for path in below if any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree(path)))]
    assert [said(path) for path in waiting] == []


def test_every_decision_has_the_five_headings_in_order() -> None:
    decisions = sorted((ROOT / "decisions").glob("[0-9]*.md"))
    headings = {said(path): re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.M) for path in decisions}
    assert headings
    assert {name: found for name, found in headings.items() if found != HEADINGS} == {}


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_command_the_readmes_name_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in ("README.md", "README.es.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:`|^|\n)make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")))
        assert named, page
        assert named <= targets, page


def test_no_file_names_the_host_of_a_package_registry() -> None:
    hosts = re.compile("|".join([r"pypi\.%s", r"pythonhosted\.%s", r"npmjs\.%s", r"deb\.debian\.%s"]) % (("org",) * 4))
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in files if path.stat().st_size < 1_000_000}
    assert texts
    assert [said(path) for path, text in texts.items() if hosts.search(text)] == []


def test_serving_loads_no_training_library() -> None:
    names = [module(path) for path in SOURCES if path.stem != "__main__"]
    serving = [name for name in names if not name.startswith("avicena.learn")]
    loaded = run(
        "import importlib, sys",
        f"[importlib.import_module(name) for name in {serving}]",
        "print(*sorted({name.split('.')[0] for name in sys.modules}))",
    )
    assert {"avicena", "starlette", "sqlalchemy"} <= loaded
    assert loaded & {"torch", "sklearn", "optuna", "onnx", "xgboost", "scipy", "pandas"} == set()


def test_importing_avicena_loads_the_nouns_and_not_the_machinery() -> None:
    loaded = run("import sys, avicena", "print(*sorted({name.split('.')[0] for name in sys.modules}))")
    assert "avicena" in loaded
    assert loaded & {"fastapi", "onnxruntime", "sqlalchemy", "xgboost", "scipy", "PIL", "rich", "uvicorn"} == set()


def run(*lines: str) -> set[str]:
    """The words that a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())
