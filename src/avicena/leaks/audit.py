"""The whole audit of one sheet: labels against views, copies, families, and whether there is any signal."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.errors import Unreadable
from avicena.core.leak import LeakFinding
from avicena.core.progress import Progress, silent
from avicena.leaks.copies import Copies, find_copies
from avicena.leaks.files import RIM, FileFacts, look
from avicena.leaks.groups import copy_findings, disagreeing, family_findings, same_rows
from avicena.leaks.sample import MOST, sampled
from avicena.leaks.sheet import Sheet
from avicena.leaks.signal import absent, note_as_a_whole, pairs_of_columns
from avicena.leaks.tells import Labels, labels_of, of_scores, told
from avicena.leaks.texture import SIDE
from avicena.leaks.views import View, views
from avicena.measure.association import binned, coded, nearest_shares
from avicena.measure.components import joined

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Audited:
    """What an audit found, what it looked for, what it could not look for and why, and the group of each row."""

    findings: tuple[LeakFinding, ...]
    looked: tuple[str, ...]
    skipped: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pictures:
    """The pictures of a sheet, each looked at once: facts by digest, which rows have one, and what is none."""

    facts: Mapping[str, FileFacts]
    rows: Ints
    of_row: tuple[str, ...]
    unreadable: frozenset[str]


def audit(
    sheet: Sheet,
    read: Callable[[str], bytes] | None = None,
    progress: Progress = silent,
    *,
    copies: bool = True,
    most: int = MOST,
) -> Audited:
    """Audit a sheet; `read` gives a picture's bytes by its digest, and without it pictures are left out.

    Without `copies` no copies are looked for, which is what takes most of the time. Of more than `most` rows labels,
    pictures and near copies are judged on a sample of whole families, which the report says; the split, repeated rows
    and exact copies on all.
    """
    looked = ["columns", "phrases", "missing cells", "row order", "identifiers", "cell format", "future columns"]
    skipped: dict[str, str] = {}
    whole, (sheet, places) = sheet, sampled(sheet, most)
    sample = f"in a sample of {sheet.size} of {whole.size} rows"
    if sheet.size < whole.size:
        looked.append(f"labels {sample}")
    pictures = _pictures(sheet, read, progress)
    alike = None
    if pictures is None:
        skipped["pictures"] = "the data have none"
    else:
        looked += ["file metadata", "intensity", "rim"]
        if copies:
            looked += ["copies"] if sheet is whole else ["exact copies", f"near copies {sample}"]
            if sheet is not whole:
                skipped["near copies"] = "only the pictures of the sample were compared; --whole compares all"
            bodies = np.stack([pictures.facts[one].body for one in dict.fromkeys(pictures.of_row)])
            alike = find_copies(bodies, progress)
    if sheet.folds is None:
        skipped["split"] = "the data have none"
    if sheet.sources is None:
        skipped["source"] = "the data name one at most"
    groups, joined = _grouped(whole, pictures, alike)
    merged = joined[list(places)]
    findings = [*family_findings(whole), *same_rows(whole, joined)]
    if alike is not None:
        drawn = sheet.size / whole.size
        findings += [
            *copy_findings(whole, groups, list(whole.pictures), alike.mirrored, drawn),
            *disagreeing(sheet, [groups[place] for place in places]),
        ]
    seen = list(views(sheet, merged))
    for number, (name, values) in enumerate(sheet.labels.items(), start=1):
        labels = labels_of(name, values, merged)
        if labels is None:
            skipped[f"label {name}"] = "fewer than two classes with 5 families, or fewer than 20 families"
            continue
        looked.append(f"signal in {name}")
        known = {(one.kind, one.what) for one in findings if one.label == sheet.given.get(name)}
        found = _of_label(sheet, labels, seen, pictures)
        findings += [one for one in found if one.severity == "serious" or (one.kind, one.what) not in known]
        progress("judging labels", number, len(sheet.labels))
    order = {"serious": 0, "notice": 1}
    ranked = sorted(findings, key=lambda one: (order[one.severity], one.label, -one.effect))
    return Audited(tuple(ranked), tuple(looked), skipped, tuple(groups))


def _of_label(sheet: Sheet, labels: Labels, seen: Sequence[View], pictures: _Pictures | None) -> list[LeakFinding]:
    findings = told(labels, seen)
    if pictures is not None:
        findings += _of_pictures(sheet, labels, pictures)
    alone = {one.what for one in findings if one.measure == "AUROC"}
    findings += note_as_a_whole(labels, seen, alone)
    findings += pairs_of_columns(labels, seen, alone)
    if not any(one.label == labels.name and one.severity == "serious" and one.kind in _TELLING for one in findings):
        bodies = None if pictures is None else _coarse(pictures, labels)
        findings += absent(sheet, labels, seen, bodies)
    return findings


_TELLING = frozenset({"column", "phrase", "note", "pair", "future"})


def _pictures(sheet: Sheet, read: Callable[[str], bytes] | None, progress: Progress) -> _Pictures | None:
    if read is None or not any(sheet.pictures):
        return None
    facts: dict[str, FileFacts] = {}
    wanted = list(dict.fromkeys(one for one in sheet.pictures if one is not None))
    unreadable: set[str] = set()
    for number, name in enumerate(wanted, start=1):
        try:
            facts[name] = look(read(name))
        except Unreadable:
            unreadable.add(name)
        progress("reading pictures", number, len(wanted))
    rows = [i for i, one in enumerate(sheet.pictures) if one is not None and one not in unreadable]
    if not rows:
        return None
    of_row = tuple(str(sheet.pictures[i]) for i in rows)
    return _Pictures(facts, np.array(rows, np.int64), of_row, frozenset(unreadable))


def _grouped(sheet: Sheet, pictures: _Pictures | None, copies: Copies | None) -> tuple[list[str], Ints]:
    """The group of copies of each row by name, and each row's family once copies have joined families, as numbers.

    Rows of one and the same picture are of one group, be it among those compared (`pictures`) or not.
    """
    groups = [f"row:{one}" for one in sheet.ids]
    if pictures is not None and copies is not None:
        names = list(dict.fromkeys(pictures.of_row))
        groups = _named(sheet, {name: names[int(copies.group[i])] for i, name in enumerate(names)}, pictures.unreadable)
    root = joined((f"unit:{unit}", group) for unit, group in zip(sheet.units, groups, strict=True))
    return groups, coded([root(group) for group in groups])


def _named(sheet: Sheet, first: Mapping[str, str], without: Set[str]) -> list[str]:
    """The group of each row by its picture, or by the `first` picture that it is a copy of; the row's own else."""
    shown = sheet.pictures or (None,) * sheet.size
    seen = {name for name in shown if name is not None} - without
    of = {name: f"copies:{digest.of(first.get(name, name))[7:19]}" for name in seen}
    return [of.get(name or "", f"row:{id}") for id, name in zip(sheet.ids, shown, strict=True)]


def _of_pictures(sheet: Sheet, labels: Labels, pictures: _Pictures) -> list[LeakFinding]:
    """What files, intensities and rims tell of a label."""
    rows = pictures.rows
    here = np.isin(labels.rows, rows)
    if here.sum() < len(labels.rows):  # judge the rows that have a picture
        labels = Labels(
            labels.name, labels.rows[here], labels.codes[here], labels.classes, labels.units[here], labels.folds[here]
        )
    facts = [pictures.facts[one] for one in pictures.of_row]
    keys = sorted({key for one in facts for key in one.metadata})
    seen = []
    for key in keys:
        texts = [one.metadata.get(key, "") for one in facts]
        whole = all(re.fullmatch(r"\d{1,12}", text) for text in texts)
        levels = binned(np.array(list(map(float, texts)))) if whole else coded(list(texts))
        seen.append(View("file", key, _spread(levels, rows, sheet.size)))
    for place, name in enumerate(RIM):
        seen.append(View("rim", name, _spread(binned(np.array([one.rim[place] for one in facts])), rows, sheet.size)))
    findings = told(labels, seen)
    statistics = np.zeros((sheet.size, 4))
    statistics[rows] = [one.statistics for one in facts]
    shares = nearest_shares(statistics[labels.rows], labels.codes, labels.folds)
    intensity = of_scores(labels, "intensity", "mean, spread, share of air, brightest 1 %", shares)
    return [*findings, *([intensity] if intensity is not None else [])]


def _spread(levels: Ints, rows: Ints, n: int) -> Ints:
    """Levels of the rows that have a picture, and a level of its own for the others."""
    codes = np.zeros(n, np.int64)
    codes[rows] = levels + 1
    return codes


def _coarse(pictures: _Pictures, labels: Labels) -> NDArray[np.float64]:
    """The bodies of a label's rows in 16 x 16 pixels, (n, 256); zero where there is no picture."""
    block = SIDE // 16
    small = {
        name: one.body.reshape(16, block, 16, block).mean(axis=(1, 3)).ravel() for name, one in pictures.facts.items()
    }
    held = dict(zip(pictures.rows.tolist(), pictures.of_row, strict=True))
    return np.array([small[held[row]] if row in held else np.zeros(256) for row in labels.rows.tolist()])
