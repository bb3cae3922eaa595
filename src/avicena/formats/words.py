"""An answer in words, for a clinician who reads English or Spanish; it never says more than the model knows."""

from avicena.core.answer import Answer, Contribution, HeatMap, StagePrediction
from avicena.core.application import Application
from avicena.core.bundle import given
from avicena.core.encoding_words import flag, level
from avicena.core.text import Language, Text
from avicena.formats import ranking as ranked
from avicena.formats.phrases import capital, listed, middle, number, percent, phrase, place, signed

NO_RECOMMENDATION = Text("No recommendation – refer to a specialist", "Sin recomendación – escalar a especialista")

BASE = "(base)"
"""The name under which a contribution holds the score before any feature is known."""

STRONGEST = 3
"""Reasons that are told of each stage."""

_FOR, _AGAINST = Text(" speaks for ", " habla a favor de "), Text(" speaks against ", " habla en contra de ")
_YES, _NO, _MISSING = Text(" (yes)", " (sí)"), Text(" (no)", " (no)"), Text(" (not given)", " (sin dato)")


def sentences(answer: Answer, application: Application, language: Language) -> list[str]:
    """The whole answer in sentences: what each stage sees, the decision, and the strongest reasons."""
    return [line.say(language) for line in lines(answer, application)]


def lines(answer: Answer, application: Application) -> list[Text]:
    """What `sentences` says, in both languages; the reasons are left out where the input is unfamiliar."""
    stages = answer.prediction.stages
    advised = answer.decision.action == "suggest"
    said = [line for stage in stages for line in seen(stage, application, advised)]
    said += [phrase(Text("Decision: ", "Decisión: "), decided(answer, application), ".")]
    said += [phrase(Text("Because: ", "Motivo: "), answer.decision.reason, ".")]
    if answer.prediction.familiar:
        said += [line for stage in stages for line in reasons(stage, answer, application)]
    return said


def seen(stage: StagePrediction, application: Application, advised: bool = True) -> list[Text]:
    """What one stage sees: a warning where its input is unfamiliar, its probabilities, and its conformal set.

    A list of an answer that advises nothing (not `advised`) says so.
    """
    if stage.ranking is not None:
        return ranked.lines(stage, stage.ranking, application, advised)
    order = sorted(stage.scores.items(), key=lambda one: -one[1])
    shares = listed(phrase(application.word(label), " ", percent(share)) for label, share in order)
    said = [] if stage.confidence.familiar else [unfamiliar(stage)]
    return [*said, phrase(capital(application.word(stage.stage)), ": ", shares, "."), plausible(stage, application)]


def plausible(stage: StagePrediction, application: Application) -> Text:
    """Which labels the conformal set keeps, and at which level."""
    level = percent(1 - stage.confidence.alpha)
    if not stage.confidence.plausible:
        return phrase(Text("No label is plausible at ", "Ninguna clase es plausible al "), level, ".")
    kept = listed(application.word(label) for label in stage.confidence.plausible)
    return phrase(Text("Plausible at ", "Plausible al "), level, ": ", kept, ".")


def unfamiliar(stage: StagePrediction) -> Text:
    """The warning that a stage does not know this kind of input."""
    distance, limit = stage.confidence.outlier, stage.confidence.outlier_limit
    known = distance is not None and limit is not None
    far = listed((_said("distance ", "distancia ", distance), _said("limit ", "límite ", limit))) if known else ""
    return phrase(
        Text("Warning: the picture is unlike those this model learnt from", "Aviso: la imagen no se parece a aquellas"),
        Text("", " con las que aprendió este modelo"),
        phrase(" (", far, ")") if far else "",
        Text("; do not use the figures that follow.", "; no use las cifras que siguen."),
    )


def decided(answer: Answer, application: Application) -> Text:
    """The decision, in the words in which it may be repeated."""
    outcome = answer.decision.outcome
    if answer.decision.action == "refer" or outcome is None:
        return NO_RECOMMENDATION
    stage = answer.prediction.outcome
    if stage.ranking is not None:
        return phrase(Text("Differential – ", "Diagnóstico diferencial – "), ranked.first(stage))
    return phrase(Text("Suggestion – ", "Sugerencia – "), application.word(outcome))


def proven(answer: Answer, stage: StagePrediction) -> bool:
    """Whether this stage may guide a choice; if not, its reasons only tell how its scores were computed.

    It may where every input is familiar, and for the outcome only where the review let the model suggest.
    """
    reviewed = answer.prediction.scope == "suggest" or stage.stage != answer.prediction.outcome.stage
    return reviewed and answer.prediction.familiar


def reasons(stage: StagePrediction, answer: Answer, application: Application) -> list[Text]:
    """Why one stage says so: where its network looked, and the strongest features for its best label."""
    said = [located(stage.heat_map, application)] if stage.heat_map is not None else []
    told = strongest(stage)
    sure = proven(answer, stage)
    if told and not sure:
        said.append(unproven(answer, stage, application))
    return said + [phrase(capital(contributed(one, application, sure)), ".") for one in told]


def strongest(stage: StagePrediction, count: int = STRONGEST) -> list[Contribution]:
    """The features that moved the score of the best label most, strongest first."""
    found = [one for one in stage.contributions if one.label == stage.best and one.feature != BASE and one.effect]
    return sorted(found, key=lambda one: -abs(one.effect))[:count]


def unproven(answer: Answer, stage: StagePrediction, application: Application) -> Text:
    """That the scores of a stage under referral are no evidence for a choice, and why unless it was just said."""
    why = answer.prediction.scope_reason
    told = why is None or why == answer.decision.reason
    return phrase(
        Text("The figures for ", "Las cifras de "),
        application.word(stage.stage),
        Text(" are no evidence for a choice", " no avalan ninguna elección"),
        "" if why is None or told else phrase(" (", why, ")"),
        Text("; this is only how they were computed:", "; esto es solo cómo se calcularon:"),
    )


def contributed(one: Contribution, application: Application, sure: bool = True) -> Text:
    """One reason, such as "age 54 speaks for surgery (+0.21 log-odds)"; without `sure`, only what was computed."""
    label, by = application.word(one.label), signed(one.effect)
    if one.feature == BASE:
        return Text(
            f"the score of {label.en} starts at {by.en} log-odds",
            f"la puntuación de {label.es} parte de {by.es} log-odds",
        )
    name = feature_of(one, application)
    if not sure:
        return Text(
            f"{name.en} moved the score of {label.en} by {by.en} log-odds",
            f"{name.es} movió la puntuación de {label.es} en {by.es} log-odds",
        )
    speaks = _AGAINST if one.effect < 0 else _FOR
    return Text(
        f"{name.en}{speaks.en}{label.en} ({by.en} log-odds)", f"{name.es}{speaks.es}{label.es} ({by.es} log-odds)"
    )


def feature_of(one: Contribution, application: Application) -> Text:
    """A feature and its value.

    A feature named "name=level" says whether something is so, and reads "(yes)" or "(no)"; any other is a quantity.
    """
    value = one.value
    earlier = _earlier(one.feature, application) if "=" in one.feature else None
    if earlier is not None:
        share = percent(value) if value is not None else Text("(unknown)", "(desconocida)")
        return Text(f"the probability of {earlier.en} {share.en}", f"la probabilidad de {earlier.es} {share.es}")
    name = application.word(one.feature)
    if value is None:
        said = _MISSING
    elif flag(one.feature, application.encodings) and value in (0.0, 1.0):
        said = _YES if value else _NO
    elif (rank := level(one.feature, value, application.encodings, application.word)) is not None:
        said = phrase(" ", rank)
    else:
        said = phrase(" = " if " " in name.en else " ", number(value))
    return Text(name.en + said.en, name.es + said.es)


def located(heat_map: HeatMap, application: Application) -> Text:
    """Where on the picture the network saw its strongest evidence."""
    across, down = middle(heat_map.peak)
    return phrase(
        Text("The heat map for ", "El mapa de calor de "),
        application.word(heat_map.label),
        Text(" is strongest in the ", " es más intenso en la parte "),
        place(heat_map.peak),
        Text(" of the picture, centred at ", " de la imagen, con centro al "),
        percent(across),
        Text(" from the left, ", " desde la izquierda y al "),
        percent(down),
        Text(" from the top.", " desde arriba."),
    )


def _said(en: str, es: str, value: float | None) -> Text:
    return phrase(Text(en, es), number(value) if value is not None else "")


def _earlier(feature: str, application: Application) -> Text | None:
    """The label whose probability, as an earlier stage gave it, is this feature; None for any other feature."""
    for stage in application.chain:
        label = feature.removeprefix(given(stage.name, ""))
        if label in stage.classes and label != feature:
            return application.word(label)
    return None
