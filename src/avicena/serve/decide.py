"""From a prediction to a decision: the platform's own reasons to refer come before the application's rule."""

from avicena.core.answer import Decision, Prediction, refer
from avicena.core.application import Application


def decide(app: Application, prediction: Prediction) -> Decision:
    """The decision on one prediction; a model that cannot know refers, whatever the application would say."""
    for stage in prediction.stages:
        if not stage.confidence.familiar:
            return refer(
                "the picture does not look like the ones this model learnt from",
                "la imagen no se parece a aquellas con las que aprendió este modelo",
            )
    for stage in prediction.stages:
        if stage.ranking is not None and stage.ranking.withheld is not None:
            why = stage.ranking.withheld
            return refer(why.en, why.es)
    if prediction.scope == "refer":
        reason = prediction.scope_reason
        if reason is None:
            return refer(
                "this model was released for referral only", "este modelo solo se aprobó para derivar al especialista"
            )
        return refer(reason.en, reason.es)
    if not all(stage.confidence.plausible for stage in prediction.stages):
        return refer("no outcome is plausible for this case", "ningún resultado es plausible en este caso")
    decision = app.decide(prediction)
    if decision.action == "suggest" and decision.outcome not in prediction.confidence.plausible:
        return refer(
            "the outcome that the application chose is not plausible",
            "el resultado que eligió la aplicación no es plausible",
        )
    return decision
