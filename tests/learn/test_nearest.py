"""What a later stage may hear of pictures that the network learnt from."""

import numpy as np
import pytest

from avicena.learn.nearest import Known, blind, look, tell

CLASSES, FOLDS, WIDE = 3, 4, 24


def known(rows: int = 240) -> tuple[Known, np.ndarray]:
    """Slices whose class shows a little, and a network that learnt each by heart; and what shows of them, (n, c)."""
    random = np.random.default_rng(4)
    labels, folds = random.integers(0, CLASSES, rows), np.arange(rows) % FOLDS
    shown = random.normal(0, 1, (rows, WIDE)).astype(np.float32)
    by_heart = np.zeros((rows, WIDE), np.float32)
    by_heart[np.arange(rows), labels] = 6.0
    own_axes = {fold: np.linalg.qr(random.normal(0, 1, (WIDE, WIDE)))[0].astype(np.float32) for fold in range(FOLDS)}
    seen = {fold: (shown + by_heart * (folds != fold)[:, None]) @ axes for fold, axes in own_axes.items()}
    chances = np.eye(CLASSES, dtype=np.float32)[labels]
    return Known([f"sha256:{i}" for i in range(rows)], shown + by_heart, chances, b"", folds, seen), shown


def test_features_by_networks_blind_to_a_slice_come_on_the_axes_of_the_released_one() -> None:
    slices, shown = known()
    honest = blind(slices)
    assert honest.dtype == np.float32
    learnt = np.abs(slices.features - shown).mean()
    assert np.abs(honest - shown).mean() < 0.25 * learnt
    like = [np.corrcoef(mine, true)[0, 1] for mine, true in zip(honest.T, shown.T, strict=True)]
    assert min(like) > 0.9


def test_what_a_network_learnt_by_heart_of_a_slice_does_not_show() -> None:
    slices, _ = known()
    labels = slices.chances.argmax(axis=1)
    by_heart = (slices.features[:, :CLASSES].argmax(axis=1) == labels).mean()
    honest = (blind(slices)[:, :CLASSES].argmax(axis=1) == labels).mean()
    assert by_heart > 0.95
    assert honest < 0.5


def test_a_picture_that_was_learnt_from_has_its_own_features_and_another_those_of_the_most_alike() -> None:
    slices, _ = known()
    honest = blind(slices)
    asked = np.stack([slices.features[5], slices.features[9] * 1.01])
    np.testing.assert_array_equal(look(slices, ["sha256:3", "strange"], asked), honest[[3, 9]])
    np.testing.assert_array_equal(tell(slices, ["sha256:3", "strange"], asked), slices.chances[[3, 9]])


def test_without_folds_the_features_are_those_released() -> None:
    slices, _ = known()
    plain = Known(slices.digests, slices.features, slices.chances, b"")
    assert blind(plain) == pytest.approx(slices.features)
