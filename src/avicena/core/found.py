"""From the findings of a case, and those its notes tell, to the terms in force that a patient is ranked by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from avicena.core import found_words as words
from avicena.core.application import RankStage
from avicena.core.case import Case
from avicena.core.errors import ContractViolation
from avicena.core.findings import Finding, findings
from avicena.core.found_words import sentence
from avicena.core.knowledge import Patient
from avicena.core.noted import Noted, ReadsNotes
from avicena.core.onset import earliest
from avicena.core.ontology import Ontology
from avicena.core.ranking import Considered
from avicena.core.text import Text

LATE = 1.0
"""Years by which an onset may be later than the age: an age may be told in whole years, or of an earlier visit."""

SEXES = frozenset({"female", "male"})
"""The sexes that a disease can be linked to; any other says nothing about it."""


@dataclass(frozen=True)
class Found:
    """The findings of a case as they are ranked with, the patient that they make, and what a reader must know."""

    findings: tuple[Considered, ...]
    patient: Patient
    remarks: tuple[Text, ...]


def found(
    case: Case, stage: RankStage, onto: Ontology, notes: ReadsNotes | None = None, *, lenient: bool = False
) -> Found:
    """The findings under `stage.input`, those that its codes mean, and those that `notes` reads in its texts.

    Old ids are followed. What was given counts more than a code, and both more than what a note says. Raises
    ContractViolation (an id that the ontology does not have, or that is obsolete without a successor; a term that is
    both observed and excluded; an onset over a year after the age), unless it is `lenient`, as towards published cases,
    which may know newer terms: then such a finding, or such an onset, is left out.
    """
    given = _given(findings(case.values.get(stage.input)), onto, stage.input, lenient, case.number(stage.age))
    denied = set(contradicted(case, stage, onto))
    read, remarks = _read(case, stage, onto, notes)
    merged = {number: one for number, one in given.items() if number in onto.findable}
    remarks += [sentence(words.FOLLOWED, one) for one in given.values() if one.written]
    remarks += [sentence(words.FOREIGN, one) for number, one in given.items() if number not in onto.findable]
    for number, one in _coded(case, stage, onto).items():
        if one.written in denied:
            remarks.append(sentence(words.CODE_AGAINST_LIST, one))
        elif (before := merged.setdefault(number, one)) is not one and not before.observed:
            remarks.append(sentence(words.IMPLIED, before))
            merged[number] = one
    for number, one in read.items():
        before = merged.setdefault(number, one)
        if before.observed != one.observed:
            believed = words.NOTE_AGAINST_CODE if before.source == "coded" else words.NOTE_AGAINST_LIST
            remarks.append(sentence(believed, one))
    merged, torn = _consistent(merged, onto)
    ordered = dict(sorted(merged.items(), key=lambda one: (not one[1].observed, one[1].id)))
    return Found(tuple(ordered.values()), _patient(ordered, case, stage), (*remarks, *torn))


def _given(given: Iterable[Finding], onto: Ontology, field: str, lenient: bool, age: float) -> dict[int, Considered]:
    problems: list[str] = []
    kept: dict[int, Considered] = {}
    for place, one in enumerate(given, 1):
        number = onto.number.get(one.id)
        if number is None:
            problems.append(_unknown(one.id, place, onto))
            continue
        id, onset = onto.ids[number], one.onset
        if (begins := earliest(onset)) is not None and begins > age + LATE:
            problems.append(f"{one.id} (term {place}) has an onset later than the age of the patient")
            onset = ""
        new = Considered(id, onto.words(number), one.observed, onset, written="" if id == one.id else one.id)
        before = kept.setdefault(number, new)
        if before.observed != new.observed:
            was = " and ".join(sorted({before.written, new.written} - {""}))
            problems.append(f"{was} is today {id}, which is both observed and excluded")
        elif before.written and not new.written:
            kept[number] = new
    if problems and not lenient:
        raise ContractViolation({field: "; ".join(problems)})
    return kept


def _unknown(id: str, place: int, onto: Ontology) -> str:
    if id not in onto.gone:
        return f"{id} (term {place}) is not in this knowledge's ontology ({onto.version})"
    instead = ", ".join(f"{other} {onto.labels[onto.number[other]]}" for other in onto.gone[id] if other in onto.number)
    return f"{id} (term {place}) is obsolete" + (f"; consider {instead}" if instead else " and has no successor")


def _read(
    case: Case, stage: RankStage, onto: Ontology, notes: ReadsNotes | None
) -> tuple[dict[int, Considered], list[Text]]:
    """What the notes say, by term; what they both affirm and deny is left out."""
    kept: dict[int, Considered] = {}
    torn: set[int] = set()
    for name in stage.notes:
        text = case.values.get(name)
        for one in _told(notes, text, name) if notes is not None and isinstance(text, str) else ():
            number = onto.number.get(one.id)
            if number is None or number not in onto.findable:
                continue
            before = kept.setdefault(number, _noted(one, number, name, onto))
            if before.observed != one.observed:
                torn.add(number)
    remarks = [sentence(words.UNCLEAR, kept.pop(number)) for number in sorted(torn)]
    return kept, remarks


def _coded(case: Case, stage: RankStage, onto: Ontology) -> dict[int, Considered]:
    """What the codes of a vocabulary of one's own mean, by term; the first code of a term stands for all of them."""
    kept: dict[int, Considered] = {}
    for code in codes(case, stage):
        number = onto.number.get(stage.terms.get(code, ""))
        if number is not None and number in onto.findable:
            one = Considered(
                onto.ids[number], onto.words(number), True, source="coded", written=code, field=stage.coded
            )
            kept.setdefault(number, one)
    return kept


def contradicted(case: Case, stage: RankStage, onto: Ontology | None) -> tuple[str, ...]:
    """The codes of a case whose HPO term, or one above it, its list of findings excludes; without `onto`, the term.

    An exclusion above an observed finding of the list counts for nothing.
    """
    given = findings(case.values.get(stage.input))
    observed = {above for one in given if one.observed for above in with_above(one.id, onto)}
    excluded = {with_above(one.id, onto)[-1] for one in given if not one.observed} - observed
    return tuple(code for code in codes(case, stage) if excluded & {*with_above(stage.terms.get(code, ""), onto)})


def with_above(id: str, onto: Ontology | None) -> list[str]:
    """The ids of all terms above a term, as they are in force, and at last its own."""
    number = onto.number.get(id) if onto is not None else None
    if onto is None or number is None:
        return [id]
    return [onto.ids[one] for one in onto.ancestors.row(number).tolist()]


def codes(case: Case, stage: RankStage) -> tuple[str, ...]:
    """The codes of a case under `stage.coded`; none where it was not given."""
    given = case.values.get(stage.coded) if stage.coded else None
    return given if isinstance(given, tuple) else ()


def _told(notes: ReadsNotes, text: str, field: str) -> list[Noted]:
    """What a text tells. Raises ContractViolation (it cannot be read; the problem is that of its own field)."""
    try:
        return list(notes(text))
    except ContractViolation as error:
        raise ContractViolation({field: "; ".join(error.problems.values())}) from None


def _noted(one: Noted, number: int, field: str, onto: Ontology) -> Considered:
    return Considered(
        onto.ids[number],
        onto.words(number),
        one.observed,
        source="note",
        field=field,
        start=one.start,
        end=one.end,
    )


def _consistent(merged: Mapping[int, Considered], onto: Ontology) -> tuple[dict[int, Considered], list[Text]]:
    """Without exclusions of a term of which a kind was observed: who has the kind has the term."""
    observed = np.array([number for number, one in merged.items() if one.observed], dtype=np.int32)
    above = set(onto.ancestors.items[onto.ancestors.places(observed)[0]].tolist())
    torn = [number for number, one in merged.items() if not one.observed and number in above]
    rest = {number: one for number, one in merged.items() if number not in torn}
    return rest, [sentence(words.IMPLIED, merged[number]) for number in torn]


def _patient(merged: Mapping[int, Considered], case: Case, stage: RankStage) -> Patient:
    sex, age = str(case.values.get(stage.sex) or ""), case.number(stage.age)
    onsets = [years for one in merged.values() if (years := Finding(one.id, True, one.onset).years) is not None]
    return Patient(
        observed=tuple(number for number, one in merged.items() if one.observed),
        excluded=tuple(number for number, one in merged.items() if not one.observed),
        sex=sex if sex in SEXES else "",
        age=None if age != age else age,
        onset=min(onsets, default=None),
    )
