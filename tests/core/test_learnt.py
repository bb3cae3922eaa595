"""Marks of the pictures that a model learnt from."""

from avicena.core import digest
from avicena.core.learnt import BYTES, marked

PICTURES = [digest.of_bytes(bytes([number])) for number in range(5)]


def test_a_picture_that_was_learnt_from_is_recognised_and_no_other() -> None:
    learnt = marked("sha256:a", {"tumour": PICTURES[:3]})
    assert learnt.known("tumour", PICTURES) == 3
    assert learnt.known("tumour", PICTURES[3:]) == 0
    assert learnt.known("treatment", PICTURES) is None


def test_the_same_candidate_gives_the_same_marks_whatever_the_order_and_another_one_gives_others() -> None:
    one = marked("sha256:a", {"tumour": PICTURES})
    assert one == marked("sha256:a", {"tumour": [*reversed(PICTURES), PICTURES[0]]})
    other = marked("sha256:b", {"tumour": PICTURES})
    assert one.salt != other.salt
    assert not set(one.pictures["tumour"]) & set(other.pictures["tumour"])


def test_a_mark_is_short_and_repeats_nothing_of_the_digest() -> None:
    learnt = marked("sha256:a", {"tumour": PICTURES})
    assert {len(one) for one in learnt.pictures["tumour"]} == {2 * BYTES}
    assert not any(mark in picture for mark in learnt.pictures["tumour"] for picture in PICTURES)
