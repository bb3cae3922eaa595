"""A ranked list of outcomes as JSON and in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from avicena.core.answer import StagePrediction
from avicena.core.application import Application
from avicena.core.ranking import FAMILIES, NONE, Considered, NextFinding, Ranked, Ranking, Source, Spoken
from avicena.core.text import Text
from avicena.formats.links import page
from avicena.formats.onset_words import onset_words
from avicena.formats.phrases import capital, listed, number, percent, phrase, signed

NONE_WORDS = Text("none of these", "ninguna de estas")

TOLD = 5
"""Diseases whose reasons are told in words; the JSON view holds them all."""

LIKELY = 0.01
"""The smallest probability of a disease whose reasons are told in words."""

SPOKEN = 3
"""Findings that are told for and against each disease."""


_READ: Mapping[Source, Text] = {
    "note": Text(", read in the note", ", leído en la nota"),
    "coded": Text(", as a code", ", como código"),
}
"""How a finding was told that was not in the list of findings."""


def label(name: str, stage: StagePrediction, application: Application) -> Text:
    """The name of an outcome in words, as the stage or the application gives it."""
    if stage.ranking is None:
        return application.word(name)
    if name == NONE:
        return NONE_WORDS
    return stage.ranking.names.get(name, Text(name, name))


def first(stage: StagePrediction, count: int = 3) -> Text:
    """The first diseases of a list with their probabilities, in one line."""
    shown = () if stage.ranking is None else stage.ranking.diseases[:count]
    return listed(phrase(f"{place}. ", _name(one), " ", percent(one.probability)) for place, one in enumerate(shown, 1))


def lines(stage: StagePrediction, ranking: Ranking, application: Application, advised: bool) -> list[Text]:
    """The list in sentences: what it was made from, the diseases, the reasons, and what to ask next.

    It is headed as a recommendation only where the answer is one (`advised`) and the list is not withheld.
    """
    said = [phrase(Text("Note: ", "Nota: "), capital(one), ".") for one in ranking.remarks]
    said += list(_considered(ranking))
    if ranking.diseases:
        said.append(_list(stage, ranking, application, advised))
        said.append(_plausible(stage))
    likely = [one for one in ranking.diseases[:TOLD] if one.probability >= LIKELY]
    for one in likely if ranking.withheld is None else ():
        said += list(reasons(one, ranking))
    return [*said, *_asked(ranking), *_source(ranking)]


def _considered(ranking: Ranking) -> Iterator[Text]:
    for observed, lead in (
        (True, Text("Observed: ", "Observado: ")),
        (False, Text("Excluded: ", "Descartado: ")),
    ):
        found = [one for one in ranking.findings if one.observed == observed]
        if found:
            yield phrase(lead, listed(_finding(one) for one in found), ".")


def _finding(one: Considered) -> Text:
    read = _READ.get(one.source, "")
    onset = phrase(", ", onset_words(one.onset)) if one.onset else ""
    return phrase(one.label, f" ({one.id}", onset, read, ")")


def _list(stage: StagePrediction, ranking: Ranking, application: Application, advised: bool) -> Text:
    lead = application.word(stage.stage) if advised and ranking.withheld is None else None
    head = phrase(capital(lead)) if lead else Text("Ranked, but no recommendation", "Ordenado, pero sin recomendación")
    shown = first(stage, len(ranking.diseases))
    rest = phrase("; ", Text("others ", "otras "), percent(ranking.others)) if ranking.others else ""
    return phrase(head, ": ", shown, rest, "; ", NONE_WORDS, " ", percent(ranking.none), ".")


def _plausible(stage: StagePrediction) -> Text:
    names = [one for one in stage.confidence.plausible if one != NONE]
    level = percent(1 - stage.confidence.alpha)
    also = phrase(Text(" and ", " y "), NONE_WORDS) if NONE in stage.confidence.plausible else ""
    count = len(names)
    words = Text("disease" if count == 1 else "diseases", "enfermedad" if count == 1 else "enfermedades")
    return phrase(Text("Plausible at ", "Plausible al "), level, f": {count} ", words, also, ".")


def reasons(one: Ranked, ranking: Ranking) -> Iterator[Text]:
    """What speaks for and against one disease."""
    named = ranking.labels
    for sign, lead in ((1, Text(" speaks for it: ", " habla a favor: ")), (-1, Text(" against it: ", " en contra: "))):
        told = [spoken for spoken in one.speaks if spoken.effect * sign > 0][:SPOKEN]
        if told:
            yield phrase(
                _name(one), Text(":", ":"), lead, listed(_spoken(each, named[each.id], ranking) for each in told), "."
            )
    if one.because:
        families = listed(phrase(family(each.name), " ", signed(each.effect)) for each in one.because[:SPOKEN])
        yield phrase(_name(one), Text(": its place comes from ", ": su posición se debe a "), families, ".")


def family(name: str) -> Text:
    """A family of reasons in words."""
    return FAMILIES.get(name, FAMILIES["other"])


def _spoken(one: Spoken, label: Text, ranking: Ranking) -> Text:
    absent = any(each.id == one.id and not each.observed for each in ranking.findings)
    without = Text("absence of ", "ausencia de ") if absent else ""
    often = phrase(", ", one.often) if one.often is not None else ""
    return phrase(without, label, " (", signed(one.effect), often, ")")


def _asked(ranking: Ranking) -> Iterator[Text]:
    if ranking.next:
        told = listed(phrase(f"{place}. ", _next(one)) for place, one in enumerate(ranking.next, 1))
        yield phrase(Text("Ask next: ", "Preguntar después: "), told, ".")


def _next(one: NextFinding) -> Text:
    tells = phrase(Text("tells ", "aporta "), number(one.gain), Text(" bits, expected in ", " bits, se espera en el "))
    return phrase(one.label, f" ({one.id}; ", tells, percent(one.probability), ")")


def _source(ranking: Ranking) -> Iterator[Text]:
    if ranking.knowledge:
        yield phrase(Text("Knowledge: ", "Conocimiento: "), ranking.knowledge[:19], ".")


def _name(one: Ranked) -> Text:
    return phrase(one.name, f" ({one.disease})")


def view(ranking: Ranking) -> dict[str, Any]:
    """The list as JSON."""
    return {
        "knowledge": ranking.knowledge or None,
        "common_share": ranking.share,
        "withheld": text(ranking.withheld),
        "diseases": [_disease(place, one, ranking) for place, one in enumerate(ranking.diseases, 1)],
        "none": ranking.none,
        "others": ranking.others,
        "findings": [_considered_view(one) for one in ranking.findings],
        "next": [_next_view(one) for one in ranking.next],
        "remarks": [text(one) for one in ranking.remarks],
    }


def text(words: Text | None) -> dict[str, str] | None:
    """Words in both languages, as JSON."""
    return None if words is None else {"en": words.en, "es": words.es}


def _disease(place: int, one: Ranked, ranking: Ranking) -> dict[str, Any]:
    ids = (one.disease, *one.also)
    named = ranking.labels
    return {
        "rank": place,
        "id": one.disease,
        "name": text(one.name),
        "kind": one.kind,
        "probability": one.probability,
        "ids": list(ids),
        "links": {id: link for id in ids if (link := page(id)) is not None},
        "rarity": text(one.rarity),
        "findings": [
            {
                "id": each.id,
                "effect": each.effect,
                "frequency": each.frequency,
                "often": text(each.often),
                "words": text(_spoken(each, named[each.id], ranking)),
            }
            for each in one.speaks
        ],
        "because": [
            {"family": each.name, "effect": each.effect, "words": text(family(each.name))} for each in one.because
        ],
    }


def _considered_view(one: Considered) -> dict[str, Any]:
    span = {"field": one.field, "start": one.start, "end": one.end} if one.source == "note" else None
    return {
        "id": one.id,
        "label": text(one.label),
        "observed": one.observed,
        "onset": one.onset or None,
        "onset_words": text(onset_words(one.onset)) if one.onset else None,
        "source": one.source,
        "written": one.written or None,
        "span": span,
        "link": page(one.id),
    }


def _next_view(one: NextFinding) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": text(one.label),
        "gain": one.gain,
        "probability": one.probability,
        "if_observed": one.observed,
        "if_excluded": one.excluded,
        "link": page(one.id),
    }
