import numpy as np
import pytest

from avicena.measure import outlier

SIDE = 224
WIDTH = 320


def head(random):
    """A plane with an oval body: bright rim, dark ring, grey middle, black air."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    reach = np.hypot(x / random.uniform(0.7, 0.9), y / random.uniform(0.75, 0.92))
    plane = np.select([reach < 0.8, reach < 0.9, reach < 1.0], [random.uniform(-0.3, 0), -0.85, 0.7], -1.0)
    return np.clip(plane + random.normal(0, 0.03, plane.shape) * (reach < 1), -1, 1).astype(np.float32)


@pytest.fixture(scope="module")
def known():
    """Features, looks, families and folds of 300 slices of 60 families."""
    random = np.random.default_rng(0)
    basis = random.normal(size=(12, WIDTH))
    families = np.repeat(np.arange(60), 5)
    centre = np.repeat(random.normal(size=(60, 12)), 5, axis=0)
    features = (centre + 0.3 * random.normal(size=(300, 12))) @ basis + 0.4 * random.normal(size=(300, WIDTH))
    looks = np.stack([outlier.look(head(random)) for _ in range(300)])
    return features.astype(np.float32), looks, families, families % 4


@pytest.fixture(scope="module")
def gate(known):
    features, looks, families, folds = known
    return outlier.calibrated(features, np.stack([features] * 4), looks, families, folds)


def test_about_the_wanted_share_of_unseen_slices_is_refused(gate):
    assert 0.005 <= (gate.scores > gate.limit).mean() <= 0.03


def test_slices_like_those_known_score_near_one(gate):
    assert np.median(gate.scores) == pytest.approx(1, abs=0.2)


def test_features_outside_the_known_subspace_are_refused(gate, known):
    features, looks, *_ = known
    strange = features + np.random.default_rng(1).normal(0, 2, features.shape).astype(np.float32)
    assert (gate.model.scores(strange, looks) > gate.limit).all()


@pytest.mark.parametrize(
    "plane",
    [
        np.full((SIDE, SIDE), -1, dtype=np.float32),
        np.full((SIDE, SIDE), 0.3, dtype=np.float32),
        np.random.default_rng(0).uniform(-1, 1, (SIDE, SIDE)).astype(np.float32),
        np.tile(np.linspace(-1, 1, SIDE, dtype=np.float32), (SIDE, 1)),
        -head(np.random.default_rng(7)),
    ],
    ids=["black", "flat", "noise", "ramp", "inverted"],
)
def test_a_picture_that_looks_like_no_slice_is_refused_even_with_familiar_features(gate, known, plane):
    assert gate.model.score(known[0][0], outlier.look(plane)) > gate.limit


def test_a_look_is_the_same_when_the_slice_is_mirrored_or_upside_down():
    plane = head(np.random.default_rng(3))
    for other in (plane[:, ::-1], plane[::-1], np.rot90(plane, 2)):
        assert outlier.look(other) == pytest.approx(outlier.look(plane), abs=0.05)


def test_a_score_survives_storage_as_arrays(gate, known):
    again = outlier.OutlierModel.from_arrays(gate.model.to_arrays())
    seen = outlier.look(head(np.random.default_rng(4)))
    assert again.score(known[0][0], seen) == gate.model.score(known[0][0], seen)


def test_arrays_that_do_not_fit_are_refused(gate):
    arrays = gate.model.to_arrays()
    with pytest.raises(ValueError, match="do not fit"):
        outlier.OutlierModel.from_arrays(arrays | {"mean": arrays["mean"][:-1]})
    with pytest.raises(KeyError):
        outlier.OutlierModel.from_arrays({name: array for name, array in arrays.items() if name != "axes"})


def test_a_model_for_1280_features_is_small():
    random = np.random.default_rng(0)
    features = random.normal(size=(200, 1280)).astype(np.float32)
    model = outlier.fit(features, random.normal(size=(200, 44)).astype(np.float32))
    assert sum(array.nbytes for array in model.to_arrays().values()) <= 600_000


def test_the_limit_counts_each_family_once():
    scores = np.concatenate([np.arange(10.0), np.full(90, 20.0)])
    families = np.concatenate([np.arange(10), np.full(90, 10)])
    assert outlier.limit(scores, families, 0.1) == 9.0
    assert outlier.limit(scores, np.arange(100), 0.1) == 20.0


def test_learning_twice_gives_the_same_model(known):
    features, looks, *_ = known
    one, other = (outlier.fit(features, looks).to_arrays() for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_nothing_is_learnt_from_nothing():
    with pytest.raises(ValueError, match="at least two"):
        outlier.fit(np.zeros((1, 4)), np.zeros((1, 44)))
    with pytest.raises(ValueError, match="at least one score"):
        outlier.limit(np.zeros(0), np.zeros(0), 0.03)
