"""Run a ranking stage on one case: candidates, probabilities, reasons, what to ask next, and whether it may be said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.answer import Confidence, StagePrediction
from avicena.core.application import RankStage
from avicena.core.bundle import RankStageSpec
from avicena.core.engine import Trees
from avicena.core.found import Found
from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ontology import PHENOTYPE
from avicena.core.ragged import Ints
from avicena.core.ranking import NONE, Considered, Family, Ranked, Ranking, Spoken
from avicena.core.text import Text
from avicena.measure.known import Known
from avicena.measure.rank_list import probabilities
from avicena.serve import rank_words
from avicena.serve.rank_next import next_findings
from avicena.serve.rank_often import reported
from avicena.serve.scorers import Scored, Scorer

Doubles = NDArray[np.float64]

_ORGANS = {"male": "HP:0010460", "female": "HP:0010461"}
"""The branch of the HPO with the genital organs of the other sex."""


TELLING = 1.0
"""Information in nats above which a finding counts: what over a third of all diseases show tells little of any."""


@dataclass(frozen=True)
class RankModel:
    """A ranking stage ready to run."""

    spec: RankStageSpec
    trees: Trees
    scorer: Scorer


@dataclass(frozen=True, eq=False)
class Ordered:
    """The candidates of a case by falling probability.

    `places` int (k,): where each stands among `scored`; `names`: their ids; `shares` float64 (k,): their probabilities;
    `none`: that of none of these.
    """

    scored: Scored
    places: NDArray[np.intp]
    names: tuple[str, ...]
    shares: Doubles
    none: float

    @property
    def diseases(self) -> Ints:
        """The numbers of the diseases, int32 (k,)."""
        return self.scored.diseases[self.places]


def rank(
    stage: RankModel, declared: RankStage, told: Found, known: Known, left: Callable[[float], float] = lambda none: 1.0
) -> StagePrediction:
    """The differential of what was found in a case.

    `left` says how much of a list that common diseases join it has, by its "none of these"; for what to ask.
    """
    withheld = unanswerable(told, declared, known.knowledge)
    if withheld is not None:
        return _nothing(stage.spec, told, known, withheld)
    ordered, spec = order(stage, told.patient, known), stage.spec
    diseases, shares, none = ordered.diseases, ordered.shares, ordered.none
    weight = left(none)
    ranking = Ranking(
        known.id,
        _explained(stage, ordered, declared.shown, told.findings, known.knowledge),
        none,
        float(max(0.0, shares[declared.shown :].sum())),
        told.findings,
        next_findings(told.patient, known.knowledge, diseases, weight * shares, 1 - weight * (1 - none)),
        why_withheld(told, ordered, spec, known.knowledge),
        told.remarks,
    )
    every = {**dict(zip(ordered.names, shares.tolist(), strict=True)), NONE: none}
    plausible = Confidence(still_plausible(ordered, spec), spec.alpha)
    return StagePrediction(spec.name, dict(sorted(every.items())), plausible, ranking=ranking)


def order(stage: RankModel, patient: Patient, known: Known) -> Ordered:
    """Score the candidates of a patient, and turn the scores into probabilities."""
    scored, spec = stage.scorer(patient, known.ready), stage.spec
    scores = stage.trees.margins(scored.values)[:, 0].astype(np.float64)
    chances, none = probabilities(scores, spec.temperature, spec.none, scored.case)
    places = np.lexsort((scored.diseases, -chances))
    names = tuple(known.knowledge.diseases[disease] for disease in scored.diseases[places].tolist())
    return Ordered(scored, places, names, chances[places], none)


def unanswerable(told: Found, declared: RankStage, known: Knowledge) -> Text | None:
    """Why there is nothing to rank by, None where there is."""
    observed = telling(told.patient.observed, known)
    if observed < declared.fewest:
        return rank_words.too_few(observed, declared.fewest)
    shown = known.shown[np.array(told.patient.observed, dtype=np.int32)]
    return rank_words.NOTHING_KNOWN if not shown.any() else None


def telling(observed: Sequence[int], known: Knowledge) -> int:
    """How many observed terms count: the most specific ones, and none that tells next to nothing, as a whole organ."""
    onto = known.ontology
    above = {one for term in observed for one in onto.ancestors.row(term).tolist() if one != term}
    above.add(onto.number[PHENOTYPE])
    return sum(term not in above and float(known.ic[term]) > TELLING for term in set(observed))


def _contradicts(told: Found, known: Knowledge) -> bool:
    """Whether an observed finding lies in organs of the other sex: one of both may be entered wrongly."""
    onto, other = known.ontology, _ORGANS.get(told.patient.sex)
    if other is None or other not in onto.number:
        return False
    below = set(onto.descendants.row(onto.number[other]).tolist())
    return bool(below & set(told.patient.observed))


def _nothing(spec: RankStageSpec, told: Found, known: Known, why: Text) -> StagePrediction:
    """The answer where nothing can be ranked: it may be anything."""
    ranking = Ranking(known.id, (), 1.0, 0.0, told.findings, withheld=why, remarks=told.remarks)
    return StagePrediction(spec.name, {NONE: 1.0}, Confidence((NONE,), spec.alpha), ranking=ranking)


def still_plausible(ordered: Ordered, spec: RankStageSpec) -> tuple[str, ...]:
    """The outcomes that remain plausible at the promised coverage, by falling probability."""
    every = [*zip(ordered.names, ordered.shares.tolist(), strict=True), (NONE, ordered.none)]
    kept = [(label, share) for label, share in every if 1 - share <= spec.threshold]
    return tuple(label for label, _ in sorted(kept, key=lambda one: -one[1]))


def why_withheld(told: Found, ordered: Ordered, spec: RankStageSpec, known: Knowledge) -> Text | None:
    """Why the list may not be given as advice, None where it may."""
    if _contradicts(told, known):
        return rank_words.OTHER_SEX
    if ordered.none >= float(ordered.shares[0]):
        return rank_words.NONE_LIKELIEST
    plausible = still_plausible(ordered, spec)
    if not plausible:
        return rank_words.NOTHING_PLAUSIBLE
    if len(plausible) > spec.widest:
        return rank_words.too_many(len(plausible), spec.widest, round(100 * (1 - spec.alpha)))
    return None


def _explained(
    stage: RankModel, ordered: Ordered, count: int, findings: tuple[Considered, ...], known: Knowledge
) -> tuple[Ranked, ...]:
    """The first `count` diseases with their reasons."""
    shown, scored = ordered.places[:count], ordered.scored
    effects = stage.trees.run(scored.values[shown])[1][:, 0, :-1].astype(np.float64)
    said = scored.said(shown.astype(np.int32)).astype(np.float64)
    return tuple(
        Ranked(
            known.diseases[disease],
            Text(known.names[disease], known.names[disease]),
            chance,
            known.codes(disease),
            _rarity(known.diseases[disease], known.codes(disease)),
            speaks=_spoken(findings, line, disease, known),
            because=_families(stage, effect),
        )
        for disease, chance, line, effect in zip(
            scored.diseases[shown].tolist(), ordered.shares[:count].tolist(), said, effects, strict=True
        )
    )


def _rarity(id: str, codes: Iterable[str]) -> Text | None:
    """That Orphanet has an entry of a disease, where so: most of these are rare, but not all."""
    return rank_words.RARE if any(one.startswith("ORPHA:") for one in (id, *codes)) else None


def _spoken(findings: Iterable[Considered], said: Doubles, disease: int, known: Knowledge) -> tuple[Spoken, ...]:
    """What each finding says of a disease, strongest first."""
    all_ = tuple(findings)
    often = reported(known, disease, [known.ontology.number[one.id] for one in all_])
    told = [
        Spoken(one.id, effect, *often.get(known.ontology.number[one.id], (None, None)))
        for one, effect in zip(all_, said.tolist(), strict=True)
    ]
    return tuple(sorted(told, key=lambda one: (-abs(one.effect), one.id)))


def _families(stage: RankModel, effects: Doubles) -> tuple[Family, ...]:
    """The contributions of the columns, summed by family, strongest first; families that added nothing are left out."""
    sums: dict[str, float] = {}
    for column, effect in zip(stage.spec.columns, effects.tolist(), strict=True):
        name = stage.scorer.family(column)
        sums[name] = sums.get(name, 0.0) + effect
    told = [Family(name, effect) for name, effect in sums.items() if effect]
    return tuple(sorted(told, key=lambda one: (-abs(one.effect), one.name)))
