"""What a reviewer signs."""

from dataclasses import dataclass, fields, replace

from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.model import Evaluation, Review
from avicena.formats.signature import verify


@dataclass(frozen=True, slots=True)
class _Pageless:
    """A review as it was before it bound a page; the order of the fields is that of the bytes."""

    candidate: str
    verdict: str
    scope: str
    reviewer: Actor
    reason: str
    at: str
    evaluation: str
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class _Paged(_Pageless):
    """A review as it was before it named the facts on the page."""

    page: str


def signed_bytes(review: Review) -> bytes:
    """The bytes of a review under its signature: all of it but the signature itself.

    A review that names no facts, or binds no page, is signed without those fields, as all were before there were any.
    """
    form = Review if review.facts else _Paged if review.page else _Pageless
    unsigned = replace(review, signature="")
    return digest.canonical(form(*(getattr(unsigned, one.name) for one in fields(form))))


def holds(review: Review, evaluation: Evaluation, public_key: bytes) -> bool:
    """Whether that key (32 bytes) signed this review, and it was signed on this very evaluation."""
    try:
        signature = bytes.fromhex(review.signature)
    except ValueError:
        return False
    return verify(public_key, signature, signed_bytes(review)) and digest.of(evaluation) == review.evaluation
