"""What an audit forbids: training on a dataset with a serious finding that nobody took upon themselves."""

from collections.abc import Iterable, Mapping

from avicena.core.leak import LeakFinding, LeakReport, Override
from avicena.core.model import DatasetVersion


def blocking(report: LeakReport, overrides: Iterable[Override], label: str | None = None) -> tuple[LeakFinding, ...]:
    """The serious findings that no person overrode; of one label only (and of the rows as such), where it is named.

    An override covers the findings that it was made on: what an audit found since, of whatever kind, still blocks.
    """
    about = {"", label} if label is not None else None
    return tuple(one for one in report.standing(overrides) if about is None or one.label in about)


def forbidden(
    version: DatasetVersion,
    versions: Iterable[DatasetVersion],
    reports: Iterable[LeakReport],
    overrides: Iterable[Override],
    label: str,
) -> str | None:
    """Why a label may not be trained on a dataset version, None where it may.

    Its newest audit decides (`reports` stand oldest first). Where it was never audited, those of the versions that it
    was made from do, the nearest audited one on each line: what stands there most likely stands here as well.
    """
    known, newest = {one.id: one for one in versions}, {one.dataset: one for one in reports}
    taken = tuple(overrides)
    if version.id in newest:
        found = blocking(newest[version.id], taken, label)
        return refusal(version.application, newest[version.id], found) if found else None
    for report in _inherited(version, known, newest):
        found = blocking(report, taken, label)
        if found:
            short, older = _short(version.id), _short(report.dataset)
            return (
                f"dataset {short} was never audited, and the audit of {older}, which it was made from, found "
                f"{_kinds(found)}; run `avicena check {version.application} {short}` first"
            )
    return None


def refusal(application: str, report: LeakReport, findings: Iterable[LeakFinding]) -> str:
    """Why training is blocked and what to do, for a person at the command line; kinds only, no word of the data."""
    found, short = tuple(findings), _short(report.dataset)
    ways = " ".join(f'--override "{kind}"' for kind in dict.fromkeys(one.kind for one in found))
    return (
        f"the audit of dataset {short} found {_kinds(found)}; `avicena check {application} {short}` shows it. "
        f"Mend the data, or take it upon yourself: avicena check {application} {short} {ways} --reason …"
    )


def _inherited(
    version: DatasetVersion, known: Mapping[str, DatasetVersion], newest: Mapping[str, LeakReport]
) -> list[LeakReport]:
    """The newest audit of the nearest audited ancestor on each line."""
    found, seen, left = [], {version.id}, list(version.parents)
    while left:
        parent = left.pop()
        if parent in newest and parent not in seen:
            found.append(newest[parent])
        elif parent in known and parent not in seen:
            left.extend(known[parent].parents)
        seen.add(parent)
    return found


def _kinds(findings: Iterable[LeakFinding]) -> str:
    return "something serious (" + ", ".join(dict.fromkeys(one.kind for one in findings)) + ")"


def _short(dataset: str) -> str:
    return dataset.removeprefix("sha256:")[:12]
