"""The JSON view of an Answer: what `POST /v1/{application}/answers` and `GET /v1/answers/{id}` send."""

from typing import Any

from avicena.core import digest
from avicena.core.answer import Answer, Contribution, StagePrediction
from avicena.core.application import Application
from avicena.core.case import Image
from avicena.core.ranking import NONE
from avicena.formats import ranking as ranked
from avicena.formats.phrases import place
from avicena.formats.ranking import text
from avicena.formats.words import contributed, decided, proven, strongest


def view(answer: Answer, application: Application, *, base_url_path: str = "/v1") -> dict[str, Any]:
    """The whole answer as JSON: inputs, stages with scores and explanation, decision, model, links.

    Values that the patient gave are not repeated, but for those that explain a score.
    """
    unit = answer.route.live
    return {
        "id": answer.id,
        "at": answer.at,
        "application": answer.application,
        "subject": answer.case.subject,
        "inputs": _inputs(answer, application),
        "stages": [_stage(stage, answer, application, base_url_path) for stage in answer.prediction.stages],
        "decision": _decision(answer, application),
        "review": {"scope": answer.prediction.scope, "reason": text(answer.prediction.scope_reason)},
        "model": {
            "application": unit.application,
            "version": unit.version,
            "bundle": unit.bundle,
            "weights": dict(unit.weights),
            "arm": answer.route.arm,
        },
        "limits": [text(limit) for limit in application.limits],
        "links": _links(answer, base_url_path),
    }


def heat_map_path(answer: Answer, stage: str, base_url_path: str = "/v1") -> str:
    """Where the heat map of a stage is found; the stage is named only where the answer holds several."""
    path = f"{base_url_path}/answers/{answer.id}/heat-map.png"
    shown = [one.stage for one in answer.prediction.stages if one.heat_map is not None]
    return path if shown[:1] == [stage] else f"{path}?stage={stage}"


def pictures(answer: Answer, application: Application) -> dict[str, str]:
    """The digest of each picture of the case, by the name of its input."""
    given = answer.case.values
    return {
        name: str(given[name])
        for name, kind in application.inputs.items()
        if isinstance(kind, Image) and given.get(name) is not None
    }


def _inputs(answer: Answer, application: Application) -> dict[str, Any]:
    given = answer.case.values
    return {
        "digest": digest.of(answer.case),
        "given": [name for name in application.inputs if given.get(name) is not None],
        "missing": [name for name in application.inputs if given.get(name) is None],
        "pictures": pictures(answer, application),
    }


def _decision(answer: Answer, application: Application) -> dict[str, Any]:
    decision = answer.decision
    return {
        "action": decision.action,
        "outcome": decision.outcome,
        "words": text(decided(answer, application)),
        "reason": text(decision.reason),
    }


def _stage(stage: StagePrediction, answer: Answer, application: Application, base: str) -> dict[str, Any]:
    known = stage.confidence
    named = stage.scores if stage.ranking is None else (*stage.ranking.names, NONE)
    outlier = None
    if known.outlier is not None:
        outlier = {"distance": known.outlier, "limit": known.outlier_limit, "familiar": known.familiar}
    return {
        "stage": stage.stage,
        "words": text(application.word(stage.stage)),
        "best": stage.best,
        "scores": dict(stage.scores),
        "labels": {label: text(ranked.label(label, stage, application)) for label in named},
        "plausible": list(known.plausible),
        "alpha": known.alpha,
        "outlier": outlier,
        "explanation": _explanation(stage, answer, application, base),
        **({"ranking": ranked.view(stage.ranking)} if stage.ranking is not None else {}),
    }


def _explanation(stage: StagePrediction, answer: Answer, application: Application, base: str) -> dict[str, Any]:
    """Why a stage says so; `proven` is false where that may not guide a choice."""
    sure = proven(answer, stage)
    ranked = sorted(stage.contributions, key=lambda one: -abs(one.effect))
    return {
        "proven": sure,
        "heat_map": _heat_map(stage, answer, base),
        "strongest": [_contribution(one, application, sure) for one in strongest(stage)],
        "contributions": [_contribution(one, application, sure) for one in ranked],
    }


def _heat_map(stage: StagePrediction, answer: Answer, base: str) -> dict[str, Any] | None:
    shown = stage.heat_map
    if shown is None:
        return None
    peak = shown.peak
    return {
        "label": shown.label,
        "href": heat_map_path(answer, stage.stage, base),
        "peak": {"x": peak.x, "y": peak.y, "width": peak.width, "height": peak.height, "words": text(place(peak))},
    }


def _contribution(one: Contribution, application: Application, sure: bool) -> dict[str, Any]:
    return {
        "label": one.label,
        "feature": one.feature,
        "value": one.value,
        "effect": one.effect,
        "words": text(contributed(one, application, sure)),
    }


def _links(answer: Answer, base: str) -> dict[str, str]:
    links = {"self": f"{base}/answers/{answer.id}", "application": f"{base}/{answer.application}"}
    for stage in answer.prediction.stages:
        if stage.heat_map is not None:
            links.setdefault("heat_map", heat_map_path(answer, stage.stage, base))
    return links
