"""The probabilities of common and rare diseases as one list.

A common disease is beforehand as likely as the site says, its share s. What the findings say of both kinds is told by
the verdict N of the ranking, its probability that it is none of its diseases: a case that it does not recognise may be
a common disease, one that it recognises hardly is. So, by Bayes, but for what makes all add up to 1:

    common disease c   s × N × P(c | common)
    rare disease d     (1 - s) × P(d | ranking)
    none of these      (1 - s) × N

The odds of none of the rare ones are N / (1 - N) as the ranking says, times 1 / (1 - s), of which s are common. With
s = 0 that is the list of the ranking, with s = 1 that of common diseases, and so it is where the ranking says nothing,
N = 1: P(c) = s × P(c | common). That N stands for a ratio of evidence was not measured on patients of both kinds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avicena.core.application import RankStage
from avicena.core.ranking import NONE, Kind
from avicena.measure.known import Known
from avicena.measure.rank_list import remaining
from avicena.serve.common import Common


@dataclass(frozen=True)
class Mixture:
    """The whole list: probabilities by id, which add up to 1, in alphabetical order.

    `places` maps the ids of common diseases to their class, `merged` ids of the ranking to the common one that they are
    the same as. `ours` and `theirs` are what the stage of common diseases and the ranking give to each id.
    """

    scores: Mapping[str, float]
    places: Mapping[str, int]
    merged: Mapping[str, str]
    ours: Mapping[str, float]
    theirs: Mapping[str, float]

    def kind(self, id: str) -> Kind:
        """Which stage tells of a disease."""
        if id not in self.places:
            return "rare"
        return "both" if id in self.theirs else "common"

    def mostly_common(self, id: str) -> bool:
        """Whether the stage of common diseases gives more of a disease's probability than the ranking."""
        return self.ours.get(id, 0.0) > self.theirs.get(id, 0.0)

    def plausible(self, common: Sequence[str], rare: Sequence[str]) -> tuple[str, ...]:
        """The union of two sets of ids, by falling probability."""
        every = {*common, *(self.merged.get(id, id) for id in rare)}
        return tuple(sorted(every, key=lambda id: (-self.scores[id], id)))


def mixture(stage: RankStage, common: Common, rare: Mapping[str, float], share: float, known: Known | None) -> Mixture:
    """The list of both; `rare` are the probabilities of the ranking, {NONE: 1} where it says nothing."""
    left = remaining(rare[NONE], share)
    merged: dict[str, str] = {}
    places: dict[str, int] = {}
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for place, (label, chance) in enumerate(zip(common.spec.classes, common.said.scores.tolist(), strict=True)):
        every = [*_elsewhere(stage.ids[label], known)]
        id = first_id(stage.ids[label], every, known)
        merged.update({one: id for one in every if one in rare})
        places[id], ours[id] = place, (1 - left) * chance
    for id, chance in rare.items():
        at = merged.get(id, id)
        theirs[at] = theirs.get(at, 0.0) + left * chance
    scores = {id: ours.get(id, 0.0) + theirs.get(id, 0.0) for id in {NONE, *ours, *theirs}}
    return Mixture(dict(sorted(scores.items())), places, merged, ours, theirs)


def first_id(own: Sequence[str], every: Sequence[str], known: Known | None) -> str:
    """The one id of a class in every list, whoever speaks: that of OMIM, else one that the knowledge holds."""
    held = known.knowledge.number if known is not None else {}
    listed = [*own, *(id for id in every if id in held)]
    return next((id for id in listed if id.startswith("OMIM:")), next((id for id in every if id in held), own[0]))


def _elsewhere(ids: Sequence[str], known: Known | None) -> Iterator[str]:
    """Ids of one disease, and those that Mondo says to be the same."""
    mondo = known.knowledge.mondo if known is not None else None
    for id in ids:
        yield id
        yield from mondo.same.get(id, ()) if mondo is not None else ()
