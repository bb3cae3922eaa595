"""CASE IN → PREDICTION OUT: choose the model, run its chain, explain it, decide."""

from avicena.serve.decide import decide
from avicena.serve.predict import predict
from avicena.serve.route import choose

__all__ = ["choose", "decide", "predict"]
