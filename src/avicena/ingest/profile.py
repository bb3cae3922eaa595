"""The rows of a dataset version, counted for a person who wants to know what is in it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application, ImageStage
from avicena.core.case import Case, Choice, Image, Input, Note, Number
from avicena.core.codes import Codes
from avicena.core.model import DatasetVersion, Row
from avicena.core.profile import (
    OTHERS,
    Bin,
    Count,
    Crosstab,
    Example,
    Gap,
    InputProfile,
    Kind,
    Pattern,
    Profile,
    Vocabulary,
)
from avicena.core.text import Text
from avicena.ingest.counting import MOST, Key, codes, codes_of, count, crosstab, families, fold, label, source, splits
from avicena.ingest.doubt import column, stages
from avicena.ingest.remarks import remarks
from avicena.ingest.vocabulary import vocabulary

BINS = 20
PATTERNS = 12
EXAMPLES = 6
"""Pictures of each class on the sheet, of different families where there are as many."""

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_KINDS: tuple[tuple[type, Kind], ...] = (
    (Number, "number"),
    (Choice, "choice"),
    (Codes, "codes"),
    (Note, "note"),
    (Image, "image"),
)
_REFUSED = "refused:"


def profile(application: Application, version: DatasetVersion, rows: Sequence[Row]) -> Profile:
    """What a dataset version holds, counted; the same rows always give the same profile."""
    classes = {one.name: one.classes for one in application.chain if any(one.name in row.labels for row in rows)}
    sources, folds = count(rows, source), count(rows, fold, [str(one) for one in range(version.folds)])
    groups = {name: _group(rows, _level(of)) for name, of in application.groups.items()}
    counted = Profile(
        application.name,
        version.id,
        len(rows),
        families(rows, classes),
        tuple(_input(name, kind, rows) for name, kind in application.inputs.items()),
        {stage: count(rows, label(stage), order) for stage, order in classes.items()},
        sources,
        folds,
        groups,
        patterns(application, rows),
        gaps(application, rows, classes, [one.name for one in sources]),
    )
    crossed = _crosstabs(application, counted, rows, classes)
    names, places = ([one.name for one in held] for held in (folds, sources))
    return remarks(
        application,
        replace(
            counted,
            crosstabs=crossed,
            splits=tuple(one for stage, order in classes.items() for one in splits(rows, stage, order, names, places)),
            examples=tuple(examples(application, rows, classes)),
            vocabularies=_vocabularies(application, rows, classes),
            refused={name.removeprefix(_REFUSED): n for name, n in version.counts.items() if name.startswith(_REFUSED)},
        ),
    )


def _crosstabs(
    application: Application, counted: Profile, rows: Sequence[Row], classes: Mapping[str, Sequence[str]]
) -> tuple[Crosstab, ...]:
    by: dict[str, tuple[Key, Sequence[Count]]] = {"source": (source, counted.sources), "fold": (fold, counted.folds)}
    by |= {name: (_level(of), counted.groups[name]) for name, of in application.groups.items()}
    return tuple(
        crosstab(rows, stage, order, name, key, [one.name for one in levels])
        for stage, order in classes.items()
        for name, (key, levels) in by.items()
    )


def patterns(application: Application, rows: Sequence[Row]) -> tuple[Pattern, ...]:
    """Which inputs and labels are missing together, most frequent first; beyond the first few, all others as one."""
    fields = (*application.inputs, *stages(application))
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in rows:
        absent = tuple(name for name in fields if row.values.get(name) is None and name not in row.labels)
        held[absent].append(row.family)
    ranked = sorted(held, key=lambda one: (-len(held[one]), one))
    found = [Pattern(one, len(held[one]), len(set(held[one]))) for one in ranked[:PATTERNS]]
    rest = [family for one in ranked[PATTERNS:] for family in held[one]]
    return (*found, Pattern((OTHERS,), len(rest), len(set(rest)))) if rest else tuple(found)


def gaps(
    application: Application, rows: Sequence[Row], classes: Mapping[str, Sequence[str]], sources: Sequence[str]
) -> tuple[Gap, ...]:
    """The share of rows without each input, by class and by source; only of inputs that some rows have and some lack.

    Missing more often in one class than in others is a shortcut, or at least no accident.
    """
    lacking = {name: sum(row.values.get(name) is None for row in rows) for name in application.inputs}
    fields = [name for name, number in lacking.items() if 0 < number < len(rows)]
    levels = {**{stage: (label(stage), order) for stage, order in classes.items()}, "source": (source, sources)}
    found = []
    for by, (key, order) in levels.items() if fields else ():
        held: dict[str | None, list[Row]] = defaultdict(list)
        for row in rows:
            held[key(row)].append(row)
        for level in (one for one in order if held[one]):
            for name in fields:
                lack = sum(row.values.get(name) is None for row in held[level])
                found.append(Gap(by, level, name, lack / len(held[level]), len(held[level])))
    return tuple(found)


def examples(application: Application, rows: Sequence[Row], classes: Mapping[str, Sequence[str]]) -> list[Example]:
    """A few pictures of each class, by the hash of their digests, of different families first."""
    shown = [one for one in application.chain if isinstance(one, ImageStage) and one.name in classes]
    field = next((name for name, kind in application.inputs.items() if isinstance(kind, Image)), None)
    wanted = [(one.name, one.input) for one in shown] or [(one, field) for one in list(classes)[:1] if field]
    return [
        Example(stage, said, row.source, str(row.values[name]))
        for stage, name in wanted
        for said in classes[stage]
        for row in _few([row for row in rows if row.labels.get(stage) == said and row.values.get(str(name))], str(name))
    ]


def _few(rows: Sequence[Row], field: str) -> list[Row]:
    ranked = sorted(rows, key=lambda row: (hashlib.sha256(str(row.values[field]).encode()).digest(), row.id))
    first = list({row.family: row for row in reversed(ranked)}.values())[::-1]
    taken = {row.id for row in first}
    return [*first, *(row for row in ranked if row.id not in taken)][:EXAMPLES]


def _vocabularies(
    application: Application, rows: Sequence[Row], classes: Mapping[str, Sequence[str]]
) -> tuple[Vocabulary, ...]:
    found = []
    for name in (name for name, kind in application.inputs.items() if isinstance(kind, Note)):
        for stage in classes:
            frequent = count(rows, label(stage))[:MOST]
            made = vocabulary(rows, name, stage, [one.name for one in frequent if one.name != OTHERS])
            found += [made] if made is not None else []
    return tuple(found)


def _input(name: str, kind: Input, rows: Sequence[Row]) -> InputProfile:
    known = [row for row in rows if row.values.get(name) is not None]
    sort: Kind = next((word for of, word in _KINDS if isinstance(kind, of)), "other")
    meaning: Text | None = getattr(kind, "missing", None)
    found = InputProfile(name, sort, kind.required, len(known), len(rows) - len(known), meaning=meaning)
    if isinstance(kind, Number):
        values = column(known, name)
        low, high = kind.plausible or (-np.inf, np.inf)
        implausible = int(((values < low) | (values > high)).sum()) if kind.plausible else None
        return replace(_spread(found, values), unit=kind.unit, implausible=implausible)
    if isinstance(kind, Note):
        return _spread(found, np.array([len(str(row.values[name]).split()) for row in known], dtype=np.float64))
    if isinstance(kind, Codes):
        return replace(_spread(found, np.array([len(codes_of(row, name)) for row in known])), levels=codes(known, name))
    if isinstance(kind, Choice):
        return replace(found, levels=count(known, lambda row: str(row.values[name]), kind.options))
    return replace(found, different=len({row.values[name] for row in known}))


def _spread(found: InputProfile, values: NDArray[np.float64]) -> InputProfile:
    """With the histogram and the quantiles of values (n,)."""
    if not len(values):
        return found
    finest = 1.0 if (values == np.floor(values)).all() else 0.0
    step = max(finest, _step(float(values.max() - values.min())))
    first, last = int(np.floor(values.min() / step)), int(np.floor(values.max() / step))
    counts = np.bincount(np.floor(values / step).astype(np.int64) - first, minlength=last - first + 1)
    # From whole multiples, so that no edge carries a rounding error.
    bins = tuple(Bin((first + i) * step, (first + i + 1) * step, int(n)) for i, n in enumerate(counts))
    quantiles = tuple(float(one) for one in np.quantile(values, _QUANTILES))
    return replace(found, bins=bins, quantiles=quantiles)


def _step(span: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that cuts `span` in at most `BINS` bins; 1 for no span."""
    if span <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(span / BINS))
    return float(next(power * one for one in (1, 2, 5, 10, 20) if span / (power * one) <= BINS - 1))


def _group(rows: Sequence[Row], key: Key) -> tuple[Count, ...]:
    """The levels of a group by name, as far as they are shown by name."""
    found = count(rows, key)
    return tuple(sorted(found, key=lambda one: (one.name == OTHERS, one.name)))


def _level(of: Callable[[Case], str]) -> Key:
    return lambda row: of(Case(None, row.values))
