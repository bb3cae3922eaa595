"""What a reader of a profile should see first, each as one sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from avicena.core.application import Application
from avicena.core.profile import FEWEST, OTHERS, Profile, Remark
from avicena.core.text import Text

FEW = 20
"""Families of a class under which no figure of it can be told from noise (as in `Threshold.units`)."""

LOPSIDED = 10
"""How many times more rows the largest class has than the smallest before that is remarked."""

NEARLY_ALL, MOST_OF_ALL = 0.9, 0.75
"""A class gathers in a source that has this share of its families, but less than that share of all; and vice versa."""


def remarks(application: Application, profile: Profile) -> Profile:
    """The profile with its remarks: gaps, rare classes, confounding, families and folds that need a look."""
    found = (*_gaps(application, profile), *_classes(application, profile), *_confounded(application, profile))
    return replace(profile, remarks=(*found, *_families(application, profile), *_folds(application, profile)))


def _gaps(application: Application, profile: Profile) -> Iterator[Remark]:
    never = [one.name for one in profile.inputs if one.known == 0]
    often = [one.name for one in profile.inputs if one.known and one.missing > one.known]
    if never:
        names = _listed(application, never)
        yield Remark("inputs", Text(f"Never given: {names.en}.", f"Nunca se dan: {names.es}."))
    if often:
        names = _listed(application, often)
        yield Remark(
            "missing",
            Text(f"Missing in more than half of the rows: {names.en}.", f"Faltan en más de la mitad: {names.es}."),
        )
    for one in profile.inputs:
        if one.implausible:
            name = application.word(one.name)
            yield Remark(
                "inputs",
                Text(
                    f"{one.implausible} rows hold an implausible value of: {name.en}.",
                    f"{one.implausible} filas tienen un valor poco plausible de: {name.es}.",
                ),
            )


def _classes(application: Application, profile: Profile) -> Iterator[Remark]:
    for stage, counts in profile.classes.items():
        title = application.word(stage)
        few = [one for one in counts if one.families < FEW]
        if few:
            names = _listed(application, [one.name for one in few])
            yield Remark(
                "classes",
                Text(
                    f"{_title(title.en)}: fewer than {FEW} families of {names.en}; no figure of these will be certain.",
                    f"{_title(title.es)}: menos de {FEW} familias de {names.es}; sus cifras serán inciertas.",
                ),
            )
        least, most = min(one.rows for one in counts), max(one.rows for one in counts)
        if most > LOPSIDED * max(least, 1):
            times = most // max(least, 1)
            yield Remark(
                "classes",
                Text(
                    f"{_title(title.en)}: the largest class has more than {times} times the rows of the smallest.",
                    f"{_title(title.es)}: la clase mayor tiene más de {times} veces las filas de la menor.",
                ),
            )


def _confounded(application: Application, profile: Profile) -> Iterator[Remark]:
    """Classes that nearly always come from one source, and sources that give nearly only one class."""
    for tab in (one for one in profile.crosstabs if one.by == "source" and len(one.levels) > 1):
        of_source, of_class = [sum(row) for row in tab.families], [sum(row) for row in zip(*tab.families, strict=True)]
        everyone = max(sum(of_source), 1)
        for at, level in enumerate(tab.levels):
            for which, label in enumerate(tab.classes) if level != OTHERS else ():
                here, name, place = tab.families[at][which], application.word(label), level or "?"
                if _gathered(here, of_class[which], of_source[at] / everyone):
                    yield Remark("sources", _one_source(name, place, here, of_class[which]))
                if _gathered(here, of_source[at], of_class[which] / everyone):
                    yield Remark("sources", _one_class(name, place, here, of_source[at]))


def _gathered(here: int, whole: int, share: float) -> bool:
    return whole >= FEWEST and here >= NEARLY_ALL * whole and share < MOST_OF_ALL


def _one_source(name: Text, source: str, here: int, whole: int) -> Text:
    return Text(
        f"{here} of {whole} families with {name.en} come from the source {source}: a model may learn the source "
        "instead of the class.",
        f"{here} de {whole} familias con {name.es} proceden de la fuente {source}: un modelo puede aprender la fuente "
        "en lugar de la clase.",
    )


def _one_class(name: Text, source: str, here: int, whole: int) -> Text:
    return Text(
        f"{here} of {whole} families from the source {source} have {name.en}: a model may learn the source instead of "
        "the class.",
        f"{here} de {whole} familias de la fuente {source} tienen {name.es}: un modelo puede aprender la fuente en "
        "lugar de la clase.",
    )


def _families(application: Application, profile: Profile) -> Iterator[Remark]:
    found = profile.families
    if found.told < profile.rows:
        untold = profile.rows - found.told
        yield Remark(
            "families",
            Text(
                f"Of {untold} rows the data do not say whose they are: one patient may be counted as several.",
                f"De {untold} filas los datos no dicen de quién son: un paciente puede contarse como varios.",
            ),
        )
    for stage, number in found.mixed.items():
        if number:
            name = application.word(stage)
            yield Remark(
                "families",
                Text(
                    f"{number} families have more than one class of {name.en}.",
                    f"{number} familias tienen más de una clase de {name.es}.",
                ),
            )


def _folds(application: Application, profile: Profile) -> Iterator[Remark]:
    parted = profile.families.several_folds
    if parted:
        yield Remark(
            "splits",
            Text(
                f"{parted} families stand in more than one fold: no figure measured on these folds can be trusted.",
                f"{parted} familias están en más de una partición: ninguna cifra medida así es fiable.",
            ),
        )
    for tab in (one for one in profile.crosstabs if one.by == "fold"):
        empty = [one for which, one in enumerate(tab.classes) if any(row[which] == 0 for row in tab.rows)]
        if empty:
            names = _listed(application, empty)
            yield Remark(
                "splits",
                Text(f"A fold lacks these classes: {names.en}.", f"A alguna partición le faltan clases: {names.es}."),
            )


def _listed(application: Application, names: Iterable[str]) -> Text:
    words = [application.word(name) for name in names]
    return Text(", ".join(one.en for one in words), ", ".join(one.es for one in words))


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]
