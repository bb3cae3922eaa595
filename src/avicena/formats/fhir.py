"""The FHIR R4 (4.0.1) view of an Answer: one Bundle of type `collection`, as plain JSON.

`collection`, because the resources only travel together: a `document` would need a Composition that somebody attests,
which nobody has done for a preliminary answer, and a `transaction` would tell the receiver's server what to store.
"""

from collections.abc import Iterable
from uuid import NAMESPACE_URL, UUID, uuid5

from avicena.core import digest
from avicena.core.answer import Answer, StagePrediction
from avicena.core.application import Application, ImageStage
from avicena.core.ranking import Considered, Ranking
from avicena.core.text import Text
from avicena.formats import fhir_ranking
from avicena.formats.answer import heat_map_path, pictures
from avicena.formats.fhir_types import ABSENT, AI_ASSERTED, HL7, Resource, absent, both, concept, narrative, participant
from avicena.formats.phrases import percent, phrase
from avicena.formats.words import decided, lines

_WITHHELD = Text(
    "withheld: the picture is unlike those this model learnt from",
    "omitido: la imagen no se parece a aquellas con las que aprendió este modelo",
)


def bundle(answer: Answer, application: Application, *, base_url: str = "/v1") -> Resource:
    """The answer as a FHIR Bundle: equal answers give equal Bundles.

    A DiagnosticReport (preliminary), an Observation for each stage, Media for each heat map, the Device that is the
    model, a ServiceRequest (a draft proposal) only where a treatment is suggested, and a Provenance. A stage that ranks
    diseases is a RiskAssessment, and each finding that it ranked with an Observation. What a machine asserted carries
    the security label AIAST. `base_url` goes before the link to the heat map.
    """
    stages = answer.prediction.stages
    made: dict[str, Resource] = {}
    for stage in stages:
        if stage.ranking is None:
            made[f"observation-{stage.stage}"] = _observation(stage, answer, application)
        else:
            made |= _ranked(stage, stage.ranking, answer, application)
    shown = [stage for stage in stages if stage.heat_map is not None]
    made |= {f"media-{stage.stage}": _media(stage, answer, application, base_url) for stage in shown}
    made["report"] = _report(answer, application)
    chosen = answer.decision.outcome if answer.prediction.outcome.ranking is None else None
    if answer.decision.action == "suggest" and chosen is not None:
        made["request"] = _request(chosen, answer, application)
    given = _given(answer)
    made = {
        name: resource if name in given else {**resource, "meta": {"security": [AI_ASSERTED]}}
        for name, resource in made.items()
    }
    entries = {"report": made.pop("report"), **made, "device": _device(answer, application)}
    entries["provenance"] = _provenance(list(entries)[:-1], answer, application)
    return {
        "resourceType": "Bundle",
        "meta": {"security": [AI_ASSERTED]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": urn(answer, "bundle")},
        "type": "collection",
        "timestamp": answer.at,
        "entry": [{"fullUrl": urn(answer, name), "resource": resource} for name, resource in entries.items()],
    }


def urn(answer: Answer, name: str) -> str:
    """The address of one resource of an answer: the same on every reading (UUID version 5; RFC 9562, section 5.5)."""
    try:
        space = UUID(answer.id)
    except ValueError:
        space = uuid5(NAMESPACE_URL, answer.id)
    return f"urn:uuid:{uuid5(space, name)}"


def _report(answer: Answer, application: Application) -> Resource:
    told = lines(answer, application)
    conclusion = phrase(decided(answer, application), ". ", answer.decision.reason, ".")
    stages = answer.prediction.stages
    media = [{"link": _to(answer, f"media-{stage.stage}")} for stage in stages if stage.heat_map is not None]
    return {
        "resourceType": "DiagnosticReport",
        "text": {"status": "generated", "div": narrative(told)},
        "identifier": [{"value": answer.id}],
        "status": "preliminary",
        "code": concept(application.name, application, application.purpose),
        **_subject(answer),
        "effectiveDateTime": answer.at,
        "issued": answer.at,
        "result": [_to(answer, name) for name in _observed(answer)],
        **({"media": media} if media else {}),
        "conclusion": both(conclusion),
    }


def _observed(answer: Answer) -> list[str]:
    """The names of all Observations of an answer."""
    found: list[str] = []
    for stage in answer.prediction.stages:
        found += [f"observation-{stage.stage}"] if stage.ranking is None else fhir_ranking.findings(stage.ranking)
    return found


def _given(answer: Answer) -> set[str]:
    """The resources that say again what a person said."""
    lists = [stage.ranking for stage in answer.prediction.stages if stage.ranking is not None]
    said = (one for ranking in lists for one in ranking.findings if one.source != "note" and not _translated(one))
    return {f"finding-{one.id}" for one in said}


def _translated(one: Considered) -> bool:
    """Whether a term was put in the place of a code."""
    return one.source == "coded" and bool(one.written)


def _ranked(stage: StagePrediction, ranking: Ranking, answer: Answer, application: Application) -> dict[str, Resource]:
    """The RiskAssessment of a stage that ranks diseases, and the Observations of what it ranked with."""
    when = {**_subject(answer), "effectiveDateTime": answer.at, "issued": answer.at}
    found = {name: {**one, **when} for name, one in fhir_ranking.findings(ranking).items()}
    sure = ranking.withheld is None and answer.decision.action == "suggest"
    notes = [{"text": both(one)} for one in fhir_ranking.notes(ranking)]
    assessment = {
        "resourceType": "RiskAssessment",
        "status": "preliminary",
        "code": concept(stage.stage, application),
        **_subject(answer, needed=True),
        "occurrenceDateTime": answer.at,
        "performer": _to(answer, "device"),
        **({"basis": [_to(answer, name) for name in found]} if found else {}),
        **({"prediction": fhir_ranking.predictions(stage, ranking)} if sure else {}),
        **({"note": notes} if notes else {}),
    }
    return {**found, f"assessment-{stage.stage}": assessment}


def _observation(stage: StagePrediction, answer: Answer, application: Application) -> Resource:
    """What one stage says. It has a value only where that may be relied on, and else the reason why it has none."""
    known = _known(stage, answer)
    before = answer.prediction.stages[: answer.prediction.stages.index(stage)]
    earlier = [one for one in before if one.ranking is None]  # R4 derives no Observation from a RiskAssessment
    imaging = {"coding": [{"system": f"{HL7}observation-category", "code": "imaging", "display": "Imaging"}]}
    seen_by_image = isinstance(application.stage(stage.stage), ImageStage)
    value, why = _value(stage, answer)
    said = {"valueCodeableConcept": concept(value, application)} if value else {"dataAbsentReason": absent(why)}
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        **({"category": [imaging]} if seen_by_image else {}),
        "code": concept(stage.stage, application),
        **_subject(answer),
        "effectiveDateTime": answer.at,
        "issued": answer.at,
        **said,
        "device": _to(answer, "device"),
        **({"derivedFrom": [_to(answer, f"observation-{one.stage}") for one in earlier]} if earlier else {}),
        "component": [_component(label, stage, application, known) for label in stage.scores],
    }


def _component(label: str, stage: StagePrediction, application: Application, known: bool) -> Resource:
    """The probability of one label; withheld where the stage's input is unfamiliar."""
    code = concept(label, application)
    if not known:
        return {"code": code, "dataAbsentReason": absent(_WITHHELD)}
    level = percent(1 - stage.confidence.alpha)
    kept = Text("plausible at ", "plausible al ") if label in stage.confidence.plausible else None
    ruled = phrase(kept or Text("not plausible at ", "no plausible al "), level)
    share = {"value": round(stage.scores[label], 6), "system": "http://unitsofmeasure.org", "code": "1"}
    return {"code": code, "valueQuantity": share, "interpretation": [{"text": both(ruled)}]}


def _value(stage: StagePrediction, answer: Answer) -> tuple[str | None, Text]:
    """The label that an Observation may state as its value, or None and why not."""
    if stage.stage == answer.prediction.outcome.stage:
        return answer.decision.outcome, answer.decision.reason
    if not _known(stage, answer):
        return None, _WITHHELD
    several = Text("not exactly one label is plausible", "no queda exactamente una clase plausible")
    return (stage.confidence.plausible[0], several) if stage.confidence.single else (None, several)


def _known(stage: StagePrediction, answer: Answer) -> bool:
    """Whether this stage, and those before it that it reads, know their input."""
    stages = answer.prediction.stages
    return all(one.confidence.familiar for one in stages[: stages.index(stage) + 1])


def _media(stage: StagePrediction, answer: Answer, application: Application, base_url: str) -> Resource:
    """The link to a heat map."""
    title = both(phrase(Text("Heat map: ", "Mapa de calor: "), application.word(stage.stage)))
    url = heat_map_path(answer, stage.stage, base_url)
    return {
        "resourceType": "Media",
        "status": "completed",
        **_subject(answer),
        "createdDateTime": answer.at,
        "issued": answer.at,
        "device": _to(answer, "device"),
        "content": {"contentType": "image/png", "url": url, "title": title},
    }


def _request(outcome: str, answer: Answer, application: Application) -> Resource:
    """A proposal that a person must take up; nothing is ordered by it."""
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "code": concept(outcome, application),
        **_subject(answer, needed=True),
        "authoredOn": answer.at,
        "requester": _to(answer, "device"),
        "reasonReference": [
            _to(answer, f"observation-{stage.stage}") for stage in answer.prediction.stages if stage.ranking is None
        ],
        "supportingInfo": [_to(answer, "report")],
        "note": [{"text": both(answer.decision.reason)}],
    }


def _device(answer: Answer, application: Application) -> Resource:
    """The model chain as software: its version, and the digests of its bundle and of each stage's weights."""
    unit = answer.route.live
    digests = [("bundle", unit.bundle), *((f"weights of {stage}", found) for stage, found in unit.weights.items())]
    return {
        "resourceType": "Device",
        "identifier": [{"type": {"text": "SHA-256 of the model bundle"}, "value": unit.bundle}],
        "status": "active",
        "deviceName": [{"name": f"Avicena {unit.application}", "type": "model-name"}],
        "type": {"text": "Clinical decision support software (machine learning)"},
        "version": [{"type": {"text": "model version"}, "value": str(unit.version)}],
        "property": [{"type": {"text": f"SHA-256 of the {name}"}, "valueCode": [{"text": at}]} for name, at in digests],
        "note": [{"text": both(limit)} for limit in (application.purpose, *application.limits)],
    }


def _provenance(made: Iterable[str], answer: Answer, application: Application) -> Resource:
    """Which model made the rest, who asked, and from which inputs."""
    ranked = answer.prediction.outcome.ranking
    known = {} if ranked is None or not ranked.knowledge else {"knowledge of diseases": ranked.knowledge}
    sources = {"case": digest.of(answer.case), **known, **pictures(answer, application)}
    return {
        "resourceType": "Provenance",
        "target": [_to(answer, name) for name in made],
        "occurredDateTime": answer.at,
        "recorded": answer.at,
        "activity": {"text": "Prediction by a machine-learning model"},
        "agent": [
            {"type": participant("author", "Author"), "who": _to(answer, "device")},
            {"type": participant("enterer", "Enterer"), "who": {"identifier": {"value": answer.actor.id}}},
        ],
        "entity": [
            {"role": "source", "what": {"identifier": {"value": at}, "display": f"SHA-256 of the input: {name}"}}
            for name, at in sources.items()
        ],
    }


def _subject(answer: Answer, *, needed: bool = False) -> Resource:
    """The patient by pseudonym; where none was given, nothing, or what FHIR wants in its place where `needed`."""
    if answer.case.subject is not None:
        return {"subject": {"type": "Patient", "identifier": {"value": answer.case.subject}}}
    unknown = {"extension": [{"url": ABSENT, "valueCode": "unknown"}], "type": "Patient"}
    return {"subject": unknown} if needed else {}


def _to(answer: Answer, name: str) -> Resource:
    return {"reference": urn(answer, name)}
