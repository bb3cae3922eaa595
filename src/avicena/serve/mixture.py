"""The probabilities of common and rare diseases as one list.

A common disease is beforehand as likely as the site says, its share s. What the findings say of both kinds is told by
their likelihood ratio K of common against rare, which `Kinds` computes from the verdict N of the ranking, its
probability that it is none of its diseases (a case that it recognises is hardly a common one), and from how many
findings are strange to common diseases. So, by Bayes, but for what makes all add up to 1:

    common disease c   s × K × P(c | common)
    rare disease d     (1 - s) × P(d | ranking)
    none of these      (1 - s) × N

With s = 0 that is the list of the ranking, with s = 1 that of common diseases. Where the ranking says nothing, N = 1,
nothing is known of the kind, K = 1: P(c) = s × P(c | common). Answers of old that say nothing of `Kinds` had K = N.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avicena.core.application import RankStage
from avicena.core.ranking import NONE, Kind, Kinds
from avicena.measure.known import Known
from avicena.measure.rank_list import remaining
from avicena.serve.common import Common


@dataclass(frozen=True)
class Weighed:
    """How common and rare diseases are weighed in one list.

    `share` is how likely a common one is beforehand; `kinds` how what was found tells both apart, None for the answers
    that do not say how; `strange` how many findings no code of common diseases expresses.
    """

    share: float
    kinds: Kinds | None
    strange: int

    def left(self, none: float) -> float:
        """What of the list the ranking and its "none of these", which has the probability `none` in it, have."""
        ratio = self.ratio(none)
        return remaining(none if ratio is None else ratio, self.share)

    def ratio(self, none: float) -> float | None:
        """How many times likelier what was found makes a common disease, None where that is not told."""
        return self.kinds.ratio(none, self.strange) if self.kinds is not None and none < 1 else None


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


def mixture(
    stage: RankStage, common: Common, rare: Mapping[str, float], weighed: Weighed, known: Known | None
) -> Mixture:
    """The list of both; `rare` are the probabilities of the ranking, {NONE: 1} where it says nothing."""
    left = weighed.left(rare[NONE])
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
