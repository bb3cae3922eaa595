"""Whether a reader's opinion can go in: the seat it takes, or why it cannot, in words for the reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.actor import Actor
from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.layout import plain
from avicena.core.problems import problem
from avicena.core.question import Judgement, Opinion, Question, Ruling, Unfit
from avicena.core.reading import THIRD, Reading
from avicena.core.text import Text
from avicena.core.units import BY_UNIT
from avicena.ingest.doubt import choices, quantities, stages

_COMMA = re.compile(r"-?\d+,\d+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reader's opinions come to: `judgements` to keep, the others by their place and why they are not needed."""

    judgements: tuple[Judgement, ...]
    passed: Mapping[str, Text]


def options(application: Application, question: Question) -> tuple[Text, ...]:
    """What the field of a question may be changed to, as it is written in either language; nothing where it is a
    number or a text."""
    field = question.field
    if question.whole_source:
        return tuple(one.words for one in BY_UNIT.get(quantities(application)[field].unit, ()))
    if field in stages(application):
        words = application.stage(field).classes
    else:
        words = tuple(getattr(application.inputs[field], "options", ())) if field in choices(application) else ()
    return tuple(Text(word, word) for word in words)


def value_of(application: Application, question: Question, text: str) -> Value:
    """What a reader wrote, as the application takes it; a number may have a decimal comma.

    Raises ValueError (it is not one of the classes, or not what the input accepts; the words repeat no value).
    """
    if question.whole_source:
        return _unit(application, question, text)
    if question.field in stages(application):
        known = {name.casefold(): name for name in application.stage(question.field).classes}
        if text.strip().casefold() not in known:
            raise ValueError(f"not one of {', '.join(known.values())}")
        return known[text.strip().casefold()]
    written = text.strip()
    if question.field in quantities(application) and _COMMA.fullmatch(written):
        written = written.replace(",", ".")
    return application.inputs[question.field].parse(written)


def _unit(application: Application, question: Question, text: str) -> str:
    """The unit that a reader names for a whole source, in either language. Raises ValueError (none of those known)."""
    known = BY_UNIT.get(quantities(application)[question.field].unit, ())
    found = next((one.words.en for one in known if plain(text) in (plain(one.words.en), plain(one.words.es))), None)
    if found is None:
        raise ValueError(f"not one of {', '.join(one.words.en for one in known)}")
    return found


def wrong(application: Application, question: Question, error: ValueError) -> Text:
    """Why `value_of` does not take what a reader wrote, in both languages."""
    known = options(application, question)
    if known:
        english, spanish = (", ".join(one.say(language) for one in known) for language in ("en", "es"))
        return Text(f"new value: not one of {english}", f"valor nuevo: no es ninguno de {spanish}")
    said = problem(str(error))
    return Text(f"new value: {said.en}", f"valor nuevo: {said.es}")


def take(
    application: Application,
    read: Mapping[str, Reading],
    given: Mapping[str, Opinion],
    reader: Actor,
    at: str,
    wrong: Mapping[str, Text] | None = None,
) -> Taken:
    """The judgements that these opinions (by the place they came from) make, all of them or none.

    A judgement that the reader gave before, word for word, and one on a question that others decided or differ about
    meanwhile, is passed over and said. `wrong` are faults found before, by place. Raises Unfit (every fault there is).
    """
    faults = dict(wrong or {})
    passed: dict[str, Text] = {}
    found: list[Judgement] = []
    for place, opinion in given.items():
        one = read.get(opinion.question)
        fault = _fault(application, one, opinion, reader.id)
        if fault is None and opinion.question in {other.question for other in found}:
            fault = Text("this question stands there twice", "esta pregunta figura dos veces")
        if fault is not None:
            faults[place] = fault
        elif one is not None and (why := _passed(one, opinion, reader.id)) is not None:
            passed[place] = why
        elif one is not None and (seat := one.seat(reader.id)) is not None:
            found.append(Judgement(opinion.question, seat, reader, at, opinion.ruling, opinion.reason.strip()))
    if faults:
        raise Unfit(faults)
    return Taken(tuple(found), passed)


def _fault(application: Application, one: Reading | None, opinion: Opinion, reader: str) -> Text | None:
    """What the reader has to mend."""
    if one is None:
        return Text(
            "no question of that name; do not edit the first column, and export the sheet again if it is old",
            "no hay ninguna pregunta con ese nombre; no modifique la primera columna y, si la hoja es antigua, "
            "vuelva a exportarla",
        )
    if not opinion.reason.strip():
        return Text("say why: the reason is missing", "diga por qué: falta el motivo")
    before = one.by(reader)
    if before is not None and (before.ruling, before.reason) != (opinion.ruling, opinion.reason.strip()):
        return Text(
            "you judged this question before; a judgement is never changed and nobody judges twice",
            "usted ya respondió esta pregunta; una respuesta no se modifica y nadie responde dos veces",
        )
    return _unchanged(application, one.question, opinion.ruling)


def _unchanged(application: Application, question: Question, ruling: Ruling) -> Text | None:
    """What is wrong with a ruling that changes nothing, or takes a label away."""
    if ruling.action == "change" and all(value == ruling.value for value in question.values):
        return Text(
            "that is what stands there already; to leave it, write keep",
            "eso es lo que ya figura; para dejarlo, escriba mantener",
        )
    if ruling.action == "keep" and question.refused and not question.whole_source:
        return Text(
            "the import refused this, so it cannot stay as it is; change it, blank it, or drop the row",
            "la importación lo rechazó, así que no puede quedar como está; cámbielo, vacíelo o descarte la fila",
        )
    if ruling.action == "blank" and question.field in stages(application):
        return Text(
            "a label cannot be blanked; change it, or drop the row",
            "una etiqueta no se puede vaciar; cámbiela o descarte la fila",
        )
    if ruling.action == "blank" and all(value is None for value in question.values):
        return Text(
            "it is blank already; to leave it so, write keep", "ya está vacío; para dejarlo así, escriba mantener"
        )
    return None


def _passed(one: Reading, opinion: Opinion, reader: str) -> Text | None:
    """Why an opinion that is in order is not needed."""
    if one.by(reader) is not None:
        return Text("already in, word for word", "ya consta, palabra por palabra")
    if one.ruling is not None:
        return Text("two others decided it meanwhile", "otras dos personas ya la decidieron entretanto")
    if one.seat(reader) == THIRD and opinion.seat != THIRD:
        return Text(
            "two others differ about it: read both judgements (show, or a new export) and decide as the third",
            "otras dos personas difieren: lea las dos respuestas (show, o una exportación nueva) y decida como tercera",
        )
    return None
