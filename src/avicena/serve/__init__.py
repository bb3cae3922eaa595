"""CASE IN → PREDICTION OUT: choose the model, run its chain, explain it, decide."""

from avicena.serve.decide import decide
from avicena.serve.model import Model
from avicena.serve.predict import difference, lost, picture_inputs, predict
from avicena.serve.route import choose
from avicena.serve.score import image_stage, score
from avicena.serve.score_cases import score_cases
from avicena.serve.score_common import score_common

__all__ = [
    "Model",
    "choose",
    "decide",
    "difference",
    "image_stage",
    "lost",
    "picture_inputs",
    "predict",
    "score",
    "score_cases",
    "score_common",
]
