"""The image network in eight bits, on the real architecture at a small size."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper
from torch import nn

from avicena.backends.engine.external import needs_other_files
from avicena.backends.engine.onnx import open_network
from avicena.core.progress import MemoryShelf, silent
from avicena.core.recipe import ImageRecipe
from avicena.formats.plane import scale
from avicena.learn.image import fit_image
from avicena.learn.image_int8 import FIRST, TOLERANCE, calibration, eight_bits, quantised
from avicena.learn.image_network import WIDTH, Member, export, imagenet
from tests import small

SIDE = 64


@pytest.fixture(scope="module")
def planes() -> np.ndarray:
    random = np.random.default_rng(0)
    coarse = random.uniform(-1, 1, (12, 1, 8, 8)).astype(np.float32)
    return np.clip(
        coarse.repeat(8, axis=2).repeat(8, axis=3) + random.normal(0, 0.1, (12, 1, SIDE, SIDE)), -1, 1
    ).astype(np.float32)


@pytest.fixture(scope="module")
def plain() -> bytes:
    random = np.random.default_rng(1)
    units = list(imagenet())
    heads = [random.normal(0, 0.02, (3, WIDTH)).astype(np.float32) for _ in range(2)]
    members = [Member(nn.Sequential(*units[16:]), head, np.zeros(3, np.float32)) for head in heads]
    return export(nn.Sequential(*units[:16]), members, SIDE)


@pytest.fixture(scope="module")
def small_bits(plain: bytes, planes: np.ndarray) -> bytes:
    return quantised(plain, planes)


def test_the_serving_engine_opens_it_and_hears_nearly_the_same(
    plain: bytes, small_bits: bytes, planes: np.ndarray
) -> None:
    before, after = open_network(plain).run(planes), open_network(small_bits).run(planes)
    assert [one.dtype for one in after] == [np.float32, np.float32]
    for one, other in zip(before, after, strict=True):
        assert one.shape == other.shape
        assert 0.95 < np.corrcoef(one.ravel(), other.ravel())[0, 1] < 1
        assert np.abs(one - other).mean() < 0.25 * one.std()
    assert not needs_other_files(small_bits)


def test_it_takes_less_than_half_the_room(plain: bytes, small_bits: bytes) -> None:
    assert len(small_bits) < 0.45 * len(plain)


def test_the_first_convolutions_the_last_and_the_head_stay_as_they_were(plain: bytes, small_bits: bytes) -> None:
    graph = onnx.load_from_string(small_bits).graph
    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    old = {one.name: numpy_helper.to_array(one) for one in onnx.load_from_string(plain).graph.initializer}
    convs = [node for node in graph.node if node.op_type == "Conv"]
    kept = [node.input[1] in known for node in convs]
    lasts = [place for place, node in enumerate(convs) if node.name.endswith("unit1.conv")]  # of each member
    assert len(lasts) == 2
    assert [place for place, same in enumerate(kept) if same] == [*range(FIRST), *lasts]
    same = [node.input[1] for node in (*convs[:FIRST], *(convs[place] for place in lasts), graph.node[-1])]
    assert all((known[name] == old[name]).all() for name in same)


def test_weights_take_seven_bits_so_that_no_processor_overflows(small_bits: bytes) -> None:
    arrays = [numpy_helper.to_array(one) for one in onnx.load_from_string(small_bits).graph.initializer]
    weights = [one for one in arrays if one.dtype == np.int8 and one.ndim == 4]
    assert len(weights) == 43
    assert {int(np.abs(one.astype(int)).max()) for one in weights} == {63}


def test_the_runtime_computes_it_in_whole_numbers(small_bits: bytes, tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "fused.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(small_bits, options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(tmp_path / "fused.onnx").graph.node]
    assert kinds.count("QLinearConv") == 43
    assert kinds.count("QLinearAdd") == 9


def test_floats_that_follow_the_same_rounding_agree_within_the_tolerance(small_bits: bytes, planes: np.ndarray) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(small_bits, options, providers=["CPUExecutionProvider"])
    slow = session.run(["logits"], {"plane": planes})[0]
    apart = np.abs(slow - open_network(small_bits).run(planes)[0]).max(axis=1)
    assert apart.max() < TOLERANCE
    assert np.median(apart) < 0.1 * TOLERANCE


def test_it_can_be_asked_to_round_from_the_very_first_convolution(plain: bytes, planes: np.ndarray) -> None:
    assert np.isfinite(open_network(quantised(plain, planes[:2], first=0)).run(planes[:2])[0]).all()


def test_the_same_planes_give_the_same_bytes(plain: bytes, small_bits: bytes, planes: np.ndarray) -> None:
    assert quantised(plain, planes) == small_bits


def test_a_network_too_short_or_no_planes_are_refused(plain: bytes) -> None:
    with pytest.raises(ValueError, match="planes"):
        quantised(plain, np.zeros((0, 1, SIDE, SIDE), np.float32))
    with pytest.raises(ValueError, match="convolution"):
        quantised(small.network()[0], np.zeros((1, 1, small.SIDE, small.SIDE), np.float32))


def test_the_ranges_come_from_the_slices_that_calibration_draws(plain: bytes, planes: np.ndarray) -> None:
    squares = ((planes[:, 0] + 1) * 127).astype(np.uint8)
    cells = np.arange(len(squares)) % 3
    drawn = np.stack([scale(one) for one in squares[calibration(cells, 0)]])[:, None]
    assert eight_bits(plain, squares, cells, 0) == quantised(plain, drawn)


def test_calibration_draws_each_cell_alike_and_all_of_a_small_one() -> None:
    cells = np.repeat([0, 1, 2], [1000, 100, 4])
    rows = calibration(cells, seed=3, count=60)
    assert np.bincount(cells[rows]).tolist() == [20, 20, 4]
    assert len(set(rows.tolist())) == len(rows)
    assert (calibration(cells, seed=3, count=60) == rows).all()


def test_a_recipe_in_eight_bits_trains_nothing_again_and_says_nearly_the_same() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (24, 80, 80), dtype=np.uint8)
    numbers = np.arange(24)
    given = (images, numbers // 2 % 2, numbers // 2, numbers % 6 < 2, numbers // 4 % 2)
    recipe = ImageRecipe(side=32, frozen=15, copies=1, turned=0, epochs=1, batch=16, attention=0, members=2)
    shelf, told = MemoryShelf(), set[str]()
    plain = fit_image(*given, replace(recipe, weights="float32"), 3, shelf, silent)
    rounded = fit_image(*given, replace(recipe, weights="int8"), 3, shelf, lambda stage, done, total: told.add(stage))
    assert told == {"image fold 1 as int8", "image fold 2 as int8", "image export"}
    assert len(rounded.onnx) < 0.45 * len(plain.onnx)
    assert (rounded.oof_plain == plain.oof_logits).all()
    assert (rounded.oof_logits != plain.oof_logits).any()
    assert np.abs(rounded.oof_logits - plain.oof_logits).max() < 0.5
    assert np.corrcoef(rounded.features.ravel(), plain.features.ravel())[0, 1] > 0.95


def test_a_recipe_knows_no_other_weights() -> None:
    with pytest.raises(ValueError, match="float32, float16 or int8"):
        ImageRecipe(weights="int4")  # type: ignore[arg-type]
