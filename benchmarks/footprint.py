"""What the default install weighs, and what `import avicena` costs: each beside its goal and what it is made of.

Without options it installs Avicena into a fresh virtual environment, as `make demo` does; `--here` measures the
environment it runs in. Exits with 1 when a goal is missed.
"""

import argparse
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 300.0
"""Goal for the default install, in MB (10⁶ bytes), compiled files included, pip and setuptools not."""
SECONDS = 0.5
"""Goal for `import avicena`, in CPU-seconds (user and system) over those of an empty interpreter."""
TOOLS = {"pip", "setuptools", "wheel"}
"""What a virtual environment brings along by itself."""


def main() -> int:
    """Measure, print both tables, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="measure the environment this runs in")
    parser.add_argument("--sizes", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=12, help="how many packages and modules to show")
    given = parser.parse_args()
    if given.sizes:
        print(json.dumps(sizes()))
        return 0
    if given.here:
        return measure(sys.executable, given.rows)
    with tempfile.TemporaryDirectory() as folder:
        return measure(fresh(Path(folder)), given.rows)


def fresh(folder: Path) -> str:
    """The interpreter of a new virtual environment with the default install."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    print("Installing Avicena into a fresh virtual environment ...", flush=True)
    subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", str(ROOT)], check=True)
    return python


def measure(python: str, rows: int) -> int:
    """Print what is installed beside `python` and what the import costs it; 0 if both goals are met."""
    weights = json.loads(said(python, __file__, "--sizes"))
    total = sum(weights.values())
    show("installed by default, MB", weights, total, MEGABYTES, rows)
    cost = cpu_seconds(python, "import avicena") - cpu_seconds(python, "pass")
    show("import avicena, CPU-seconds", import_times(python), cost, SECONDS, rows)
    return 0 if total <= MEGABYTES and cost <= SECONDS else 1


def sizes() -> dict[str, float]:
    """MB of the files of each package installed here, those that pip compiled included."""
    found: dict[str, float] = {}
    for package in importlib.metadata.distributions():
        if (name := package.name) not in TOOLS:
            paths = [Path(str(package.locate_file(file))) for file in package.files or []]
            found[name] = sum(path.stat().st_size for path in paths if path.is_file()) / 1e6
    return found


def cpu_seconds(python: str, code: str, runs: int = 5) -> float:
    """The smallest CPU time (user and system) of some runs of `code`, after one that fills the caches."""
    times = []
    for _ in range(runs + 1):
        before = os.times()
        subprocess.run([python, "-c", code], check=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(times[1:])


def import_times(python: str) -> dict[str, float]:
    """Seconds that each top-level package takes of `import avicena`, without what it imports of others."""
    done = subprocess.run(
        [python, "-X", "importtime", "-c", "import avicena"], capture_output=True, text=True, check=True
    )
    times: dict[str, float] = {}
    for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", done.stderr):
        package = name.split(".")[0]
        package = "the standard library" if package in sys.stdlib_module_names else package
        times[package] = times.get(package, 0.0) + int(own) / 1e6
    return times


def said(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def show(title: str, parts: dict[str, float], total: float, goal: float, rows: int) -> None:
    """One table: the largest parts, the rest, the total beside its goal."""
    ranked = sorted(parts.items(), key=lambda part: -part[1])
    print(f"\n{title}")
    for name, value in ranked[:rows]:
        print(f"  {name:<28}{value:10.3f}")
    print(f"  {f'{len(ranked[rows:])} others':<28}{sum(value for _, value in ranked[rows:]):10.3f}")
    print(f"  {'total':<28}{total:10.3f}   goal {goal:g}: {'met' if total <= goal else 'MISSED'}")


if __name__ == "__main__":
    sys.exit(main())
