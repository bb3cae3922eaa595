"""What every test may ask for, and the summary of what was left out."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

# Two workers with a pool of threads each are slower than two workers: say so before any library counts cores.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("AVICENA_REAL_DATA") or ROOT.parent / "shared" / "data")

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
