"""Copies, patients and rows that stand on both sides of a split."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.leak import LeakFinding, Severity
from avicena.leaks.sheet import Sheet
from avicena.leaks.views import is_identifier
from avicena.leaks.words import PLAIN, said
from avicena.measure.intervals import Interval, bootstrap_mean, wilson

SHARE = 0.01
"""Share of the rows from which a repetition is serious."""

MANY = 50_000
"""Families from which on a share's interval is not drawn again and again but computed."""

_INFORMATIVE = 24.0  # bits a row must hold before saying the same is no coincidence


def copy_findings(
    sheet: Sheet, groups: Sequence[str], pictures: Sequence[str | None], mirrored: NDArray[np.bool_], drawn: float = 1.0
) -> list[LeakFinding]:
    """What the grouping of copies says of families and of the split.

    `pictures` are the rows' own. Where near copies were looked for in a share `drawn` of the rows only, the share of
    rows is what was found at least; how serious it is follows from what there is then in all rows: both halves of a
    pair are drawn with a chance of `drawn`², and exact copies are all known.
    """
    turned = f"{int(mirrored.sum())} / {len(mirrored)}"
    findings: list[LeakFinding] = []
    for kind, of in (("copies across split", sheet.folds), ("copies", sheet.units)):
        if of is not None and not findings:
            marked = _parted(groups, of)
            exact = marked * _parted(pictures, of)
            likely = float(exact.mean() + (marked - exact).mean() / drawn**2)
            findings += _share(kind, turned, marked, groups, always="serious" if likely >= SHARE else "notice")
    return findings


def disagreeing(sheet: Sheet, groups: Sequence[str]) -> list[LeakFinding]:
    """Labels about which copies disagree."""
    members = _members(groups)
    return [one for name, classes in sheet.labels.items() for one in _disagreeing(name, classes, members)]


def _parted(groups: Sequence[str | None], of: Sequence[str | int]) -> NDArray[np.float64]:
    """1 for each row of a group that stands in several of `of`, its rows' families or folds; else 0, (n,)."""
    found = np.zeros(len(of))
    for name, rows in _members(groups).items():
        if name is not None and len({of[i] for i in rows}) > 1:
            found[rows] = 1
    return found


def family_findings(sheet: Sheet) -> list[LeakFinding]:
    """Patients on both sides of the split, and rows whose patient is not known."""
    findings = []
    units = list(sheet.units)
    if sheet.folds is not None:
        torn = np.zeros(sheet.size)
        for rows in _members(units).values():
            torn[rows] = len({sheet.folds[i] for i in rows}) > 1
        findings += _share("families across split", "", torn, units)
    unknown = 1.0 - np.array(sheet.told, dtype=np.float64)
    if unknown.any() and (sheet.pictures or any(sheet.told)):
        findings += _share("families unknown", "", unknown, units, always="notice")
    return findings


def same_rows(sheet: Sheet, units: NDArray[np.int64]) -> list[LeakFinding]:
    """Rows of different families that say the same in every column, where that cannot be coincidence."""
    names = [name for name, values in sheet.columns.items() if not is_identifier(name, values)]
    if not names:
        return []
    levels = [np.unique([str(v) for v in sheet.columns[name]], return_inverse=True)[1].ravel() for name in names]
    bits = np.zeros(sheet.size)
    for name, codes in zip(names, levels, strict=True):
        known = np.array([value is not None for value in sheet.columns[name]])
        bits -= np.where(known, np.log2(np.bincount(codes)[codes] / sheet.size), 0)
    rows = np.stack(levels, axis=1)
    alike = _members([row.tobytes() for row in rows])
    again = np.zeros(sheet.size)
    for held in alike.values():
        if len({int(units[i]) for i in held}) > 1 and bits[held[0]] >= _INFORMATIVE:
            again[held] = 1
    return _share("same rows", "", again, [str(one) for one in units])


def _disagreeing(name: str, classes: Sequence[str | None], members: dict[Any, list[int]]) -> list[LeakFinding]:
    """The share of pairs of copies that carry the same class, where it is far from all."""
    agree, group = [], []
    for number, rows in enumerate(members.values()):
        held = [classes[i] for i in rows if classes[i] is not None]
        pairs = [(a, b) for i, a in enumerate(held) for b in held[i + 1 :]]
        agree += [float(a == b) for a, b in pairs]
        group += [number] * len(pairs)
    if len(agree) < 10:
        return []
    found = bootstrap_mean(np.array(agree), np.array(group), draws=500)
    if found.value > 0.95:
        return []
    severity: Severity = "serious" if found.high < 0.8 else "notice"
    return [_finding("copies disagree", name, "", found, severity)]


def _share(
    kind: str, what: str, marked: NDArray[np.float64], units: Sequence[str], always: Severity | None = None
) -> list[LeakFinding]:
    if not marked.any():
        return []
    found = _interval(marked, np.array(units))
    severity: Severity = always or ("serious" if found.value >= SHARE else "notice")
    return [_finding(kind, "", what, found, severity)]


def _interval(marked: NDArray[np.float64], units: NDArray[Any]) -> Interval:
    """The share of marked rows with its interval by whole families; of very many families the score interval."""
    _, place = np.unique(units, return_inverse=True)
    sizes = np.bincount(place)
    if len(sizes) <= MANY:
        return bootstrap_mean(marked, units, draws=500)
    low, high = wilson(float((np.bincount(place, weights=marked) / sizes).sum()), len(sizes))
    value = float(marked.mean())
    return Interval(value, min(low, value), max(high, value), len(sizes))


def _finding(kind: str, label: str, what: str, found: Interval, severity: Severity) -> LeakFinding:
    text, advice = PLAIN[kind]
    words = {"label": label, "what": what, "effect": f"{100 * found.value:.1f} %"}
    return LeakFinding(
        kind,
        label,
        what,
        "share of pairs" if kind == "copies disagree" else "share of rows",
        round(found.value, 6),
        round(found.low, 6),
        round(found.high, 6),
        found.units,
        severity,
        said(text, **words),
        said(advice, **words),
    )


def _members(names: Sequence[Any]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        found[name].append(i)
    return dict(found)
