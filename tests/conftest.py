"""What every test may ask for, and the summary of what was left out."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# Two workers with a pool of threads each are slower than two workers: say so before any library counts cores.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("AVICENA_REAL_DATA") or ROOT.parent / "shared" / "data")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""A browser that runs as whoever runs the tests, and asks the network for nothing of its own."""

settings.register_profile(
    "avicena", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("avicena")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; the test is left out where there is none."""
    if not (REAL_DATA / "brain" / "manifest.csv").is_file():
        pytest.skip("no real data: set AVICENA_REAL_DATA to the folder that holds brain/ and brain_challenge/")
    return REAL_DATA


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A real browser without a window; the test is left out where there is none."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as player:
        path = found or player.chromium.executable_path
        if not Path(path).is_file():
            pytest.skip("no browser: install chromium, or run `playwright install chromium`")
        opened = player.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with what was left out and why, most frequent reason first."""
    reasons = Counter(_reasons(terminalreporter))
    deselected = len(terminalreporter.stats.get("deselected", []))
    if deselected:
        reasons["deselected on the command line"] += deselected
    terminalreporter.section("left out")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:5d}  {reason}")
    if not reasons:
        terminalreporter.write_line("nothing: every test ran")


def _reasons(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    for report in terminalreporter.stats.get("skipped", []):
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        yield reason.removeprefix("Skipped: ")
    for report in terminalreporter.stats.get("xfailed", []):
        yield f"known to fail: {getattr(report, 'wasxfail', '') or 'no reason given'}"
