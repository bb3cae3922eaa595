"""What the stage of common diseases says of a case: by which codes it may speak, its classes as entries, and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from avicena.core.application import RankStage
from avicena.core.bundle import TreeStageSpec
from avicena.core.case import Case
from avicena.core.findings import findings
from avicena.core.found import Found, codes, contradicted, with_above
from avicena.core.ontology import Ontology
from avicena.core.ranking import Considered, Family, Ranked, Spoken
from avicena.core.text import Text
from avicena.serve.tree import TreeSaid, plausible

FEWEST = 3
"""Codes that training rows had, told or given by findings, before common diseases are spoken of."""

UNDERSTOOD = 0.5
"""The least share of the observed findings that must give a code where too few were told: who hears less is silent."""


@dataclass(frozen=True)
class Common:
    """What the stage of common diseases says: its spec, and what its trees say.

    `codes` are all that it was told; `translated` maps those of them that only findings gave to these; `denied` are
    those that the list of findings contradicts, so that they were not told. `strange` is how many observed findings no
    code expresses.
    """

    spec: TreeStageSpec
    said: TreeSaid
    codes: tuple[str, ...]
    translated: Mapping[str, str]
    denied: tuple[str, ...] = ()
    strange: int = 0

    @property
    def plausible(self) -> tuple[str, ...]:
        """The classes that remain plausible at the promised coverage."""
        return plausible(self.spec.classes, self.said.scores, self.spec.conformal)

    def unheard(self, coded: str) -> int:
        """How many codes were told that no training row had."""
        return len(self.codes) - heard(self.codes, coded, self.spec)


def heard(codes: Iterable[str], coded: str, spec: TreeStageSpec) -> int:
    """How many of these codes of the input `coded` a training row had."""
    return sum(f"{coded}={code}" in spec.columns for code in codes)


def spoken_to(
    case: Case, stage: RankStage, spec: TreeStageSpec, told: Found | None, onto: Ontology | None
) -> tuple[Case, dict[str, str]]:
    """The case with the codes that its findings give besides its own, and these with the finding of each.

    Its own codes are those that its list of findings does not contradict. A finding gives the code of its term, and of
    what that is a kind of; without the ontology `onto`, of its term alone. A case with too few codes of its own that a
    training row had gets some only where most of its findings give one.
    """
    observed = _observed(case, stage, told)
    gives = {one: _codes_of(one, stage, onto) for one in observed}
    denied = contradicted(case, stage, onto)
    own = [code for code in codes(case, stage) if code not in denied]
    understood = sum(bool(all_) for all_ in gives.values()) >= UNDERSTOOD * len(observed)
    given = {code: one for one, all_ in gives.items() for code in all_}
    if not understood and heard(own, stage.coded, spec) < FEWEST:
        given = {}
    more = {code: one for code, one in sorted(given.items()) if code not in {*own, *denied}}
    return replace(case, values={**case.values, stage.coded: tuple(sorted({*own, *more}))}), more


def _observed(case: Case, stage: RankStage, told: Found | None) -> list[str]:
    """The ids of the findings that were observed, without those that only codes tell."""
    if told is not None:
        return [one.id for one in told.findings if one.observed and one.source != "coded"]
    return [one.id for one in findings(case.values.get(stage.input)) if one.observed]


def strange(case: Case, stage: RankStage, told: Found | None, onto: Ontology | None) -> int:
    """How many of the observed findings no code expresses, nor one of what they are a kind of."""
    return sum(not _codes_of(one, stage, onto) for one in _observed(case, stage, told))


def _codes_of(id: str, stage: RankStage, onto: Ontology | None) -> list[str]:
    """The codes that a finding gives."""
    return [stage.gives[one] for one in with_above(id, onto) if one in stage.gives]


def considered(common: Common, stage: RankStage, told: Found | None, word: Callable[[str], Text]) -> list[Considered]:
    """What was told besides the findings that are ranked with: codes that have no term, as findings of their own."""
    known = {one.id for one in told.findings} if told is not None else set()
    more = {one for one in common.translated.values() if one not in known}
    return [
        *(Considered(one, word(one), True) for one in sorted(more)),
        *(
            Considered(code, word(code), True, source="coded", field=stage.coded)
            for code in common.codes
            if code not in common.translated and stage.terms.get(code) not in known
        ),
    ]


def entry(common: Common, stage: RankStage, place: int, found: Mapping[str, Considered], name: Text) -> Ranked:
    """A class as an entry of the list, with what speaks for and against it (exact SHAP of the trees, in nats).

    `found` holds all findings by their id. What speaks are the codes that were told; the families hold the sum of it,
    of codes that were not told, and of age and sex.
    """
    label = common.spec.classes[place]
    effects = common.said.effects[place, :-1] / common.spec.temperature
    told = {f"{stage.coded}={code}": code for code in common.codes}
    speaks, families = Counter[str](), Counter[str]()
    for column, effect in zip(common.spec.columns, effects.tolist(), strict=True):
        if not effect:
            continue
        if column in told:
            speaks[_finding(told[column], common, stage, found)] += effect
        families[_family(column, stage, told)] += effect
    ordered = sorted(speaks.items(), key=lambda one: (-abs(one[1]), one[0]))
    return Ranked(
        stage.ids[label][0],
        name,
        float(common.said.scores[place]),
        stage.ids[label][1:],
        speaks=tuple(Spoken(id, effect, None) for id, effect in ordered if id in found),
        because=tuple(
            Family(family, effect)
            for family, effect in sorted(families.items(), key=lambda one: (-abs(one[1]), one[0]))
        ),
        kind="common",
    )


def _finding(code: str, common: Common, stage: RankStage, found: Mapping[str, Considered]) -> str:
    """The id under which a code is considered: that of the finding that gave it, or of its term, else its own."""
    term = common.translated.get(code) or stage.terms.get(code, code)
    return term if term in found else code


def _family(column: str, stage: RankStage, told: Mapping[str, str]) -> str:
    if column in told:
        return "observed"
    if column.startswith(f"{stage.coded}="):
        return "expected"
    return "other" if column.startswith(stage.coded) else "course"
