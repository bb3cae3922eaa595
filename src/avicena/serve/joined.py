"""Common and rare diseases in one list: its entries, what remains plausible, and when it may not be given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from avicena.core.answer import Confidence, StagePrediction
from avicena.core.application import RankStage
from avicena.core.found import Found
from avicena.core.ranking import NONE, WIDEST, Considered, NextFinding, Ranked, Ranking
from avicena.core.text import Text
from avicena.measure.known import Known
from avicena.serve import rank_words
from avicena.serve.common import Common, considered, entry
from avicena.serve.mixture import Mixture, Weighed, mixture


def joined(
    stage: RankStage,
    rare: StagePrediction | None,
    common: Common | Text,
    weighed: Weighed,
    known: Known | None,
    told: Found | None,
    word: Callable[[str], Text],
) -> StagePrediction:
    """One list of what both stages say; where one is silent that of the other, with a remark.

    `rare` is None where the model has no part that ranks the knowledge; `common` says why where nothing is said of
    common diseases. Where no rare disease was ranked it is none of these, so that the whole share of rare diseases is.
    """
    if isinstance(common, Text):
        return _rare_alone(stage, rare, common)
    mixed = mixture(stage, common, rare.scores if rare is not None else {NONE: 1.0}, weighed, known)
    found = {one.id: one for one in (*(told.findings if told else ()), *considered(common, stage, told, word))}
    shown = tuple(_shown(stage, rare, common, mixed, found, word))
    none = mixed.scores[NONE]
    ranking = Ranking(
        known.id if known is not None else "",
        shown,
        none,
        max(0.0, 1 - none - sum(one.probability for one in shown)),
        tuple(found.values()),
        _next(rare, shown, none),
        _withheld(stage, rare, common, mixed, shown),
        tuple(_remarks(stage, rare, common, weighed, told)),
        weighed.share,
        weighed.kinds,
    )
    levels = [common.spec.conformal.alpha, *([rare.confidence.alpha] if rare is not None else [])]
    plausible = mixed.plausible(_ids(common, mixed), rare.confidence.plausible if rare is not None else (NONE,))
    return StagePrediction(stage.name, mixed.scores, Confidence(plausible, max(levels)), ranking=ranking)


def _rare_alone(stage: RankStage, rare: StagePrediction | None, why: Text) -> StagePrediction:
    """The ranking of the knowledge as it is; where there is none either, nothing can be said."""
    if rare is None or rare.ranking is None:
        nothing = Ranking("", (), 1.0, 0.0, (), withheld=why, remarks=(rank_words.NO_RARE,))
        return StagePrediction(stage.name, {NONE: 1.0}, Confidence((NONE,), stage.alpha), ranking=nothing)
    return replace(rare, ranking=replace(rare.ranking, remarks=(*rare.ranking.remarks, why)))


def _ids(common: Common, mixed: Mixture) -> list[str]:
    """The ids of the classes that remain plausible."""
    kept = set(common.plausible)
    return [id for id, place in mixed.places.items() if common.spec.classes[place] in kept]


def _shown(
    stage: RankStage,
    rare: StagePrediction | None,
    common: Common,
    mixed: Mixture,
    found: Mapping[str, Considered],
    word: Callable[[str], Text],
) -> Iterator[Ranked]:
    """The first diseases of the list with their reasons, each of the stage that tells most of it."""
    ranked = rare.ranking.diseases if rare is not None and rare.ranking is not None else ()
    told = {mixed.merged.get(one.disease, one.disease): one for one in reversed(ranked)}
    order = sorted((id for id in mixed.scores if id != NONE), key=lambda id: (-mixed.scores[id], id))
    for id in order[: stage.shown]:
        place, theirs = mixed.places.get(id), told.get(id)
        if place is not None:
            name = word(common.spec.classes[place])
            ours = entry(common, stage, place, found, name)
            one = theirs if theirs is not None and not mixed.mostly_common(id) else ours
            also = dict.fromkeys((*ours.also, ours.disease, *(theirs.also if theirs is not None else ())))
            more = tuple(each for each in also if each != id)
            rarity = theirs.rarity if theirs is not None else None
            one = replace(one, disease=id, name=name, also=more, rarity=rarity, kind=mixed.kind(id))
        elif theirs is not None:
            one = theirs
        else:
            return  # beyond what the ranking explained
        yield replace(one, probability=mixed.scores[id])


def _next(rare: StagePrediction | None, shown: tuple[Ranked, ...], none: float) -> tuple[NextFinding, ...]:
    """What to ask next; where all else would lead, and a common disease leads that, it is named."""
    asked = rare.ranking.next if rare is not None and rare.ranking is not None else ()
    first = next((one for one in shown if one.kind != "rare"), None)
    if first is None or first.probability <= none:
        return asked
    named = {NONE: first.disease}
    return tuple(
        replace(one, observed=named.get(one.observed, one.observed), excluded=named.get(one.excluded, one.excluded))
        for one in asked
    )


def _withheld(
    stage: RankStage, rare: StagePrediction | None, common: Common, mixed: Mixture, shown: tuple[Ranked, ...]
) -> Text | None:
    """Why the list may not be given as advice, None where it may; how wide a set may be is asked of the leading kind.

    Each stage's set holds the truth among its own diseases at the promised level, so that both together do, whatever
    the share; but twenty rare diseases that cannot be ruled out say nothing against a common one that leads. Where the
    ranking recognises none of its own, and the set of common diseases is too wide, neither kind speaks.
    """
    theirs = rare.ranking.withheld if rare is not None and rare.ranking is not None else None
    if theirs == rank_words.OTHER_SEX:
        return theirs
    if not shown or mixed.scores[NONE] >= shown[0].probability:
        return rank_words.NONE_LIKELIEST
    unheard = common.unheard(stage.coded)
    if unheard >= (heard := len(common.codes) - unheard):
        return rank_words.mostly_unheard(unheard, heard)
    if not mixed.mostly_common(shown[0].disease):
        return theirs
    if not common.plausible:
        return rank_words.NOTHING_PLAUSIBLE
    if len(common.plausible) > WIDEST:
        return rank_words.too_many(len(common.plausible), WIDEST, round(100 * (1 - common.spec.conformal.alpha)))
    return None


def _remarks(
    stage: RankStage, rare: StagePrediction | None, common: Common, weighed: Weighed, told: Found | None
) -> Iterator[Text]:
    """What the reader must know of a list in which common diseases stand."""
    if common.denied and told is None:
        yield rank_words.denied(len(common.denied))
    if rare is not None and rare.ranking is not None:
        yield from rare.ranking.remarks
    yield rank_words.share(weighed.share)
    if rare is not None and (ratio := weighed.ratio(rare.scores[NONE])) is not None:
        yield rank_words.kinds(ratio)
    if rare is None or rare.ranking is None:
        yield rank_words.NO_RARE
    elif not rare.ranking.diseases:
        yield rank_words.rare_silent(rare.ranking.withheld)
    if common.translated:
        yield rank_words.translated(len(common.translated), len(common.codes))
    if unheard := common.unheard(stage.coded):
        yield rank_words.unheard(unheard)
