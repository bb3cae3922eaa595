"""The terms of the Human Phenotype Ontology as numbers: ancestors, old ids, labels and synonyms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from avicena.core.errors import ContractViolation
from avicena.core.ragged import Ints, Ragged, ragged
from avicena.core.text import Language, Text

PHENOTYPE = "HP:0000118"
"""Phenotypic abnormality: what lies below it can be found in a patient."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another name of a term (its number); `scope` EXACT, BROAD, NARROW or RELATED; `kind` such as layperson, or ""."""

    term: int
    text: str
    scope: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One term as its file has it; `synonyms` are (text, scope, kind)."""

    id: str
    name: str = ""
    parents: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()
    obsolete: bool = False
    synonyms: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """A label in another language, its status as the file says it (OFFICIAL or CANDIDATE), and what was translated."""

    text: str
    status: str
    source: str = ""


@dataclass(frozen=True, eq=False)
class Ontology:
    """Terms sorted so that a parent always stands before its children.

    `ids`, `labels` and `spanish` are equally long, "" where there is no Spanish label; `spanish_status` says what each
    Spanish label is. `ancestors` holds each term's own number and all above it, `parents` those directly above. `old`
    maps an alternative or replaced id to the one in force; `gone` maps an obsolete id that nothing replaces to the
    terms that its authors suggest instead.
    """

    version: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    ancestors: Ragged
    parents: Ragged
    old: Mapping[str, str]
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: tuple[Synonym, ...] = ()
    spanish: tuple[str, ...] = ()
    spanish_status: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def number(self) -> dict[str, int]:
        """Id → place, old ids included."""
        now = {id: place for place, id in enumerate(self.ids)}
        return now | {old: now[new] for old, new in self.old.items() if new in now}

    @cached_property
    def descendants(self) -> Ragged:
        """Each term's own number and all below it."""
        return self.ancestors.turned(len(self))[0]

    @cached_property
    def phenotypes(self) -> Ints:
        """The terms below "Phenotypic abnormality", itself left out."""
        below: Ints = self.descendants.row(self.number[PHENOTYPE])
        rest: Ints = below[below != self.number[PHENOTYPE]]
        return rest

    @cached_property
    def findable(self) -> frozenset[int]:
        """The numbers of `phenotypes` and of "Phenotypic abnormality" itself, for quick questions."""
        return frozenset(self.descendants.row(self.number[PHENOTYPE]).tolist())

    def label(self, term: int, language: Language = "en") -> str:
        """The name of a term; in English where there is no Spanish one."""
        return (self.spanish[term] if language == "es" and self.spanish else "") or self.labels[term]

    def words(self, term: int) -> Text:
        """The name of a term in both languages."""
        return Text(self.label(term, "en"), self.label(term, "es"))


def ontology(version: str, terms: Sequence[Term], spanish: Mapping[str, Translation] | None = None) -> Ontology:
    """The ontology of the terms of a file; obsolete terms stay as old names of the one term that replaces them.

    Raises ContractViolation (no "Phenotypic abnormality", an unknown parent, a term above itself).
    """
    living = {term.id: term for term in terms if not term.obsolete}
    _check(living)
    order = _parents_first(living)
    place = {id: index for index, id in enumerate(order)}
    parents = [sorted({place[parent] for parent in living[id].parents}) for id in order]
    above: list[set[int]] = []
    for index, direct in enumerate(parents):
        above.append({index}.union(*(above[parent] for parent in direct)))
    old, gone = _renamed(terms, living)
    said = [(spanish or {}).get(id, Translation("", "")) for id in order]
    return Ontology(
        version,
        tuple(order),
        tuple(living[id].name for id in order),
        ragged([sorted(row) for row in above]),
        ragged(parents),
        old,
        gone,
        tuple(Synonym(place[id], *one) for id in order for one in sorted(set(living[id].synonyms))),
        tuple(one.text for one in said),
        tuple(one.status for one in said),
    )


def _check(living: Mapping[str, Term]) -> None:
    if PHENOTYPE not in living:
        raise ContractViolation({"obo": f'no term {PHENOTYPE} "Phenotypic abnormality"; this is not hp.obo'})
    lost = sorted({parent for term in living.values() for parent in term.parents} - set(living))
    if lost:
        named = ", ".join(lost[:3])
        raise ContractViolation({"obo": f"{len(lost)} parents are missing ({named}); the file was cut short"})


def _renamed(terms: Sequence[Term], living: Mapping[str, Term]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Ids that another one took over, and obsolete ids with what may be meant; chains are followed to the end."""
    first: dict[str, str] = {}
    suggested: dict[str, tuple[str, ...]] = {}
    for term in terms:
        if term.obsolete and len(set(term.replaced_by)) == 1:
            first[term.id] = term.replaced_by[0]
        elif term.obsolete:
            suggested[term.id] = tuple(sorted({*term.replaced_by, *term.consider}))
    for term in terms:
        for other in term.alternatives:
            if other not in living:
                first.setdefault(other, term.id)
                suggested.pop(other, None)
    old: dict[str, str] = {}
    for id in sorted(first):
        now, seen = first[id], {id}
        while now not in living and now in first and now not in seen:
            seen.add(now)
            now = first[now]
        if now in living:
            old[id] = now
        else:
            suggested[id] = suggested.get(now, ())
    return old, {id: suggested[id] for id in sorted(suggested)}


def _parents_first(living: Mapping[str, Term]) -> list[str]:
    order: dict[str, None] = {}
    for id in sorted(living):
        stack, entered = [id], set()
        while stack:
            top = stack[-1]
            waiting = [parent for parent in living[top].parents if parent not in order]
            if waiting and top in entered:
                raise ContractViolation({"obo": f"{top} stands above itself; the file is damaged"})
            entered.add(top)
            if waiting:
                stack.extend(waiting)
            else:
                order.setdefault(stack.pop())
    return list(order)
