"""CASE IN → PREDICTION OUT: choose the model, run its chain, explain it, decide."""

from avicena.serve.decide import decide
from avicena.serve.predict import difference, picture_inputs, predict
from avicena.serve.route import choose

__all__ = ["choose", "decide", "difference", "picture_inputs", "predict"]
