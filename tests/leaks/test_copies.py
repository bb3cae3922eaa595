"""Copies are found whichever way they are turned, and pictures of their own are left alone."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from avicena.leaks import copies, register, texture
from avicena.leaks.files import look
from tests.leaks.planted import saved
from tests.leaks.planted import texture as made


def body(image: Image.Image, form: str = "PNG", **options: object) -> np.ndarray:
    return look(saved(image, form, **options)).body


@pytest.fixture(scope="module")
def images() -> list[Image.Image]:
    random = np.random.default_rng(5)
    return [Image.fromarray(made(random, 160)) for _ in range(12)]


@pytest.mark.parametrize(
    ("change", "mirrored"),
    [
        (lambda image: image.rotate(90), False),
        (lambda image: image.rotate(33, Image.Resampling.BICUBIC), False),
        (ImageOps.mirror, True),
        (lambda image: ImageOps.flip(image).rotate(10, Image.Resampling.BICUBIC), True),
        (lambda image: image.resize((190, 150)), False),
        (lambda image: image.crop((25, 0, 160, 160)), False),
        (lambda image: image.point(lambda v: int(v * 0.8)), False),
    ],
)
def test_a_changed_copy_agrees_and_another_picture_does_not(
    images: list[Image.Image], change: object, mirrored: bool
) -> None:
    shown = register.pyramid(np.stack([body(images[0]), body(change(images[0])), body(images[1])]))  # type: ignore[operator]
    scores, turned = register.agreement(shown, np.array([0, 0]), np.array([1, 2]))
    assert scores[0] >= copies.SAME
    assert turned[0] == mirrored
    assert scores[1] < 0.8


def test_a_copy_saved_as_a_poor_jpeg_is_still_a_copy(images: list[Image.Image]) -> None:
    shown = register.pyramid(np.stack([body(images[0]), body(images[0], "JPEG", quality=40)]))
    assert register.agreement(shown, np.array([0]), np.array([1]))[0][0] >= copies.SAME


def test_groups_hold_copies_of_copies_and_nothing_else(images: list[Image.Image]) -> None:
    pictures = [*images, images[3].rotate(90), ImageOps.mirror(images[3]), images[7].rotate(180)]
    found = copies.find_copies(np.stack([body(one) for one in pictures]))
    assert found.group.tolist() == [*range(12), 3, 3, 7]
    assert {(3, 12), (7, 14)} <= {tuple(pair) for pair in found.pairs.tolist()}
    assert (found.agreement >= copies.SAME).all()


def test_the_fingerprint_of_a_turned_picture_is_nearest_to_its_own(images: list[Image.Image]) -> None:
    rows = texture.fingerprints(np.stack([body(one) for one in [*images, *(one.rotate(90) for one in images)]]))
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -1)
    assert likeness.argmax(axis=1).tolist() == [*range(12, 24), *range(12)]


def test_pictures_of_nothing_but_air_make_no_trouble() -> None:
    found = copies.find_copies(np.zeros((5, texture.SIDE, texture.SIDE), np.uint8))
    assert found.group.tolist() == [0, 1, 2, 3, 4]
    assert copies.find_copies(np.zeros((1, texture.SIDE, texture.SIDE), np.uint8)).group.tolist() == [0]
