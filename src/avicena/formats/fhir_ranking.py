"""A ranked list as FHIR R4 (4.0.1): a RiskAssessment with predictions in rank order, and findings as Observations."""

from collections.abc import Iterator, Mapping

from avicena.core.answer import StagePrediction
from avicena.core.ranking import NONE, Considered, Ranked, Ranking, Source
from avicena.core.text import Text
from avicena.formats.fhir_types import HL7, Resource, both
from avicena.formats.links import coding
from avicena.formats.onset_words import onset_words
from avicena.formats.phrases import phrase
from avicena.formats.ranking import NONE_WORDS, reasons

_PRESENT = {"system": "http://snomed.info/sct", "code": "52101004", "display": "Present"}
_ABSENT = {"system": "http://snomed.info/sct", "code": "2667000", "display": "Absent"}
_SEEN = {
    True: {"coding": [_PRESENT], "text": "present / presente"},
    False: {"coding": [_ABSENT], "text": "absent / ausente"},
}
_METHOD: Mapping[Source, str] = {
    "note": "read in a note by machine / leído en una nota por máquina",
    "coded": "given as a code of a vocabulary of one's own / dado como código de un vocabulario propio",
}
_LEVELS = ((0.5, "high", "High likelihood"), (0.1, "moderate", "Moderate likelihood"), (0.01, "low", "Low likelihood"))
_LEAST = ("negligible", "Negligible likelihood")


def findings(ranking: Ranking) -> dict[str, Resource]:
    """An Observation for each finding, the absent ones too, by the name of its resource; subject and time left out."""
    return {f"finding-{one.id}": _finding(one) for one in ranking.findings}


def _finding(one: Considered) -> Resource:
    code = coding(one.id, one.label.en)
    said = f"{both(onset_words(one.onset))} ({one.onset})" if one.onset else ""
    onset = {"code": {"text": "onset / inicio"}, "valueString": said}
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {**({"coding": [code]} if code else {}), "text": both(one.label)},
        "valueCodeableConcept": _SEEN[one.observed],
        **({"component": [onset]} if one.onset else {}),
        **({"method": {"text": _METHOD[one.source]}} if one.source in _METHOD else {}),
    }


def predictions(stage: StagePrediction, ranking: Ranking) -> list[Resource]:
    """The outcomes by falling probability (as a percentage, as FHIR wants it), "none of these" in its place."""
    told = [(one.probability, _outcome(one), both(_rationale(one, ranking))) for one in ranking.diseases]
    told.append((ranking.none, {"coding": [], "text": both(NONE_WORDS)}, both(_none(stage))))
    ranked = enumerate(sorted(told, key=lambda one: -one[0]), 1)
    return [
        {
            "outcome": {name: value for name, value in outcome.items() if value},
            "probabilityDecimal": round(100 * share, 4),
            "qualitativeRisk": _likelihood(share),
            "rationale": f"{place}. {why}",
        }
        for place, (share, outcome, why) in ranked
    ]


def _outcome(one: Ranked) -> Resource:
    codes = [found for id in (one.disease, *one.also) if (found := coding(id, one.name.en)) is not None]
    return {"coding": codes, "text": both(one.name)}


def _rationale(one: Ranked, ranking: Ranking) -> Text:
    told = list(reasons(one, ranking))
    spaced = [part for line in told for part in (" ", line)]
    return phrase(*spaced[1:]) if spaced else Text("no finding tells of it", "ningún hallazgo informa de ella")


def _none(stage: StagePrediction) -> Text:
    plausible = NONE in stage.confidence.plausible
    return Text("plausible" if plausible else "not plausible", "plausible" if plausible else "no plausible")


def _likelihood(share: float) -> Resource:
    """The qualitative likelihood: from 50 % high, from 10 % moderate, from 1 % low, else negligible."""
    code, display = next(((code, display) for least, code, display in _LEVELS if share >= least), _LEAST)
    return {"coding": [{"system": f"{HL7}risk-probability", "code": code, "display": display}]}


def notes(ranking: Ranking) -> Iterator[Text]:
    """What the reader of a RiskAssessment must know: why no list is given, remarks, and what to ask next."""
    if ranking.withheld is not None:
        yield ranking.withheld
    yield from ranking.remarks
    for one in ranking.next:
        yield phrase(Text("Ask next: ", "Preguntar después: "), one.label, f" ({one.id})")
