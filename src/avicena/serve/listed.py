"""The stage that lists diseases: who speaks of a case, and by what."""

from avicena.core.answer import StagePrediction
from avicena.core.application import Application, RankStage, TreeStage
from avicena.core.case import Case
from avicena.core.errors import Misconfigured
from avicena.core.found import Found, codes, contradicted, found
from avicena.core.ranking import Kinds
from avicena.core.text import Text
from avicena.measure.known import Known
from avicena.serve import rank_words
from avicena.serve.common import FEWEST, Common, heard, spoken_to, strange
from avicena.serve.joined import joined
from avicena.serve.mixture import Weighed
from avicena.serve.model import Model, TreeModel
from avicena.serve.rank import RankModel, rank
from avicena.serve.tree import run, silent


def listed(
    app: Application,
    stage: RankStage,
    case: Case,
    model: Model,
    known: Known | None,
    share: float,
    kinds: Kinds | None,
) -> StagePrediction:
    """The list of diseases: rare ones by the knowledge, and with them the common ones where the stage joins these.

    `share` is how likely a common one is beforehand, `kinds` how both are told apart by what was found.

    Raises ContractViolation (a finding that the knowledge does not know), Misconfigured (no knowledge where one ranks).
    """
    ranks = next((one for one in model.stages if isinstance(one, RankModel)), None)
    if (known is None and ranks is not None) or (ranks is None and not stage.common):
        raise Misconfigured("a stage ranks by the knowledge, and none is here; build it: avicena knowledge build")
    told = (
        found(case, stage, known.knowledge.ontology, known.notes) if known is not None and ranks is not None else None
    )
    common = _common(app, stage, case, model, known, told) if stage.common else rank_words.NO_COMMON
    weighed = Weighed(share, kinds, common.strange if isinstance(common, Common) else 0)
    left = weighed.left if isinstance(common, Common) else lambda none: 1.0
    rare = rank(ranks, stage, told, known, left) if ranks and known and told else None
    if not stage.common:
        assert rare is not None  # noqa: S101 (refused above)
        return rare
    return joined(stage, rare, common, weighed, known, told, app.word)


def _common(
    app: Application, stage: RankStage, case: Case, model: Model, known: Known | None, told: Found | None
) -> Common | Text:
    """What the stage of common diseases says; why it says nothing, where it is not there or has too little to go by."""
    trees = next((one for one in model.stages if isinstance(one, TreeModel) and one.spec.name == stage.common), None)
    onto = known.knowledge.ontology if known is not None else None
    if trees is None:
        return rank_words.NO_COMMON
    asked, translated = spoken_to(case, stage, trees.spec, told, onto)
    declared, own = app.stage(stage.common), codes(case, stage)
    known_codes = heard(codes(asked, stage), stage.coded, trees.spec)
    if known_codes < FEWEST or (isinstance(declared, TreeStage) and silent(declared, asked)):
        return rank_words.too_few_codes(known_codes, FEWEST) if own else rank_words.NO_EVIDENCE
    columns = app.features(asked)
    denied = contradicted(case, stage, onto)
    encoded = trees.encodes.columns(asked, columns, {}, {}) if trees.encodes is not None else {}
    told_of = (codes(asked, stage), translated, denied, strange(case, stage, told, onto))
    return Common(trees.spec, run(trees, {**columns, **encoded}), *told_of)
