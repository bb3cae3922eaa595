"""EVALUATION IN → VERDICT OUT: the gate, the model card, and a person's signature."""

from avicena.review.card import card
from avicena.review.gate import judge
from avicena.review.signoff import signed_bytes

__all__ = ["card", "judge", "signed_bytes"]
