"""What a reviewer signs: reviews from before there were pages go on verifying, and a page cannot be taken away."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.model import Evaluation, Review
from avicena.formats import record
from avicena.review import holds, signed_bytes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EVALUATION = Evaluation("c", (), (), ())
BEFORE = (
    b'{"candidate":"c","verdict":"accept","scope":"refer","reviewer":{"id":"ana","roles":["reviewer"]},'
    b'"reason":"why","at":"2026","evaluation":"%b","key_id":"k","signature":""}' % digest.of(EVALUATION).encode()
)
"""The bytes under the signature of a review that was signed before reviews bound a page."""


def signed(page: str = "") -> Review:
    """A review under that key."""
    found = Review("c", "accept", "refer", Actor("ana", ("reviewer",)), "why", "2026", digest.of(EVALUATION), "k")
    found = replace(found, page=page)
    return replace(found, signature=KEY.sign(signed_bytes(found)).hex())


def ours(review: Review, evaluation: Evaluation = EVALUATION) -> bool:
    return holds(review, evaluation, KEY.public_key().public_bytes_raw())


def test_a_review_from_before_there_were_pages_is_read_and_verifies() -> None:
    signature = KEY.sign(BEFORE).hex().encode()
    old = record.load(Review, BEFORE.replace(b'"signature":""', b'"signature":"' + signature + b'"'))
    assert old.page == ""
    assert signed_bytes(old) == BEFORE
    assert ours(old)


def test_a_review_from_before_facts_were_named_verifies_and_none_can_be_added_or_taken_away() -> None:
    paged = BEFORE.replace(b'"signature":""', b'"signature":"","page":"sha256:page"')
    assert signed_bytes(signed("sha256:page")) == paged
    old = record.load(
        Review, paged.replace(b'"signature":""', b'"signature":"' + KEY.sign(paged).hex().encode() + b'"')
    )
    assert ours(old)
    assert not ours(replace(old, facts="sha256:facts"))
    named = replace(old, facts="sha256:facts", signature="")
    named = replace(named, signature=KEY.sign(signed_bytes(named)).hex())
    assert ours(named)
    assert not ours(replace(named, facts=""))
    assert not ours(replace(named, facts="sha256:other"))


def test_a_page_can_be_neither_changed_nor_taken_away_nor_added() -> None:
    assert ours(signed("sha256:page"))
    assert not ours(replace(signed("sha256:page"), page="sha256:other"))
    assert not ours(replace(signed("sha256:page"), page=""))
    assert not ours(replace(signed(), page="sha256:page"))


def test_another_evaluation_key_or_text_for_a_signature_does_not_hold() -> None:
    assert not ours(signed(), replace(EVALUATION, candidate="d"))
    assert not ours(replace(signed(), signature="not hexadecimal"))
    assert not holds(signed(), EVALUATION, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
