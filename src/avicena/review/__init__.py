"""EVALUATION IN → VERDICT OUT: the gate, the model card, and a person's signature."""

from avicena.review.appraise import appraise
from avicena.review.card import card
from avicena.review.gate import judge
from avicena.review.signoff import holds, signed_bytes

__all__ = ["appraise", "card", "holds", "judge", "signed_bytes"]
