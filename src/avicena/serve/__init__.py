"""CASE IN → PREDICTION OUT: choose the model, run its chain, explain it, decide."""

from avicena.serve.decide import decide
from avicena.serve.model import Model
from avicena.serve.predict import difference, lost, picture_inputs, predict
from avicena.serve.route import choose
from avicena.serve.score import image_stage, score

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
]
