"""Image networks on ONNX Runtime: what they give, and which files are refused."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.backends.engine.external import needs_other_files
from avicena.backends.engine.onnx import open_network
from avicena.core.errors import Untrusted

onnx = pytest.importorskip("onnx", reason="no ONNX: pip install 'avicena[train]'")
FLOAT = 1
SIDE, CLASSES, CHANNELS = 8, 3, 4


def network(
    outputs: Sequence[str] = ("logits", "feature_map"), inputs: int = 1, change: Callable[[Any], None] | None = None
) -> bytes:
    """A convolution, a global average pooling and a linear head, as ONNX."""
    h, rng = onnx.helper, np.random.default_rng(7)
    kernel = onnx.numpy_helper.from_array(rng.normal(size=(CHANNELS, 1, 3, 3)).astype(np.float32), "kernel")
    head = onnx.numpy_helper.from_array(rng.normal(size=(CHANNELS, CLASSES)).astype(np.float32), "head")
    map_name = "feature_map" if "feature_map" in outputs else "inner"
    nodes = [
        h.make_node("Conv", ["planes", "kernel"], [map_name], strides=[2, 2], pads=[1, 1, 1, 1]),
        h.make_node("GlobalAveragePool", [map_name], ["pooled"]),
        h.make_node("Flatten", ["pooled"], ["flat"]),
        h.make_node("MatMul", ["flat", "head"], ["logits"]),
    ]
    shapes = {"logits": ["n", CLASSES], "feature_map": ["n", CHANNELS, SIDE // 2, SIDE // 2]}
    given = [h.make_tensor_value_info(name, FLOAT, ["n", 1, SIDE, SIDE]) for name in ("planes", "other")[:inputs]]
    made = [h.make_tensor_value_info(name, FLOAT, shapes[name]) for name in outputs]
    graph = h.make_graph(nodes, "network", given, made, [kernel, head])
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=9)
    if change is not None:
        change(model)
    return bytes(model.SerializeToString())


def planes(number: int) -> Any:
    """So many planes, (n, 1, side, side) float32."""
    return np.random.default_rng(3).normal(size=(number, 1, SIDE, SIDE)).astype(np.float32)


def test_a_network_gives_logits_and_the_map_they_come_from() -> None:
    logits, maps = open_network(network()).run(planes(5))
    assert (logits.shape, maps.shape) == ((5, CLASSES), (5, CHANNELS, SIDE // 2, SIDE // 2))
    assert (logits.dtype, maps.dtype) == (np.float32, np.float32)
    head = np.random.default_rng(7)
    head.normal(size=(CHANNELS, 1, 3, 3))
    weights = head.normal(size=(CHANNELS, CLASSES)).astype(np.float32)
    np.testing.assert_allclose(maps.mean(axis=(2, 3)) @ weights, logits, atol=1e-5)


def test_one_plane_alone_gives_what_it_gives_among_others() -> None:
    opened = open_network(network(), threads=2)
    together, _ = opened.run(planes(4))
    alone = [opened.run(plane[None])[0][0] for plane in planes(4)]
    np.testing.assert_allclose(alone, together, atol=1e-6)


def test_who_asks_alone_gets_the_same_with_more_threads() -> None:
    opened = open_network(network(), threads=1, alone=2)
    for plane in planes(4):
        np.testing.assert_allclose(opened.run(plane[None], True)[0], opened.run(plane[None])[0], atol=1e-6)


def test_a_second_session_is_opened_only_for_another_number_of_threads() -> None:
    sessions = [vars(open_network(network(), 2, alone)) for alone in (0, 2, 1)]
    assert [found["_alone"] is found["_session"] for found in sessions] == [True, True, False]


def test_many_threads_may_run_it_at_once() -> None:
    opened = open_network(network())
    expected = opened.run(planes(1))[0]
    with ThreadPoolExecutor(8) as pool:
        for logits, _ in pool.map(opened.run, [planes(1)] * 200):
            np.testing.assert_array_equal(logits, expected)


@pytest.mark.parametrize("outputs", [("logits",), ("feature_map",), ("feature_map", "logits")])
def test_a_network_with_other_outputs_is_refused(outputs: tuple[str, ...]) -> None:
    with pytest.raises(Untrusted):
        open_network(network(outputs))


def test_a_network_with_two_inputs_is_refused() -> None:
    with pytest.raises(Untrusted):
        open_network(network(inputs=2))


def test_a_network_that_needs_code_of_its_own_is_refused() -> None:
    def change(model: Any) -> None:
        model.graph.node[0].domain = "some.vendor"
        model.opset_import.append(onnx.helper.make_opsetid("some.vendor", 1))

    with pytest.raises(Untrusted):
        open_network(network(change=change))


@pytest.mark.parametrize("weight", [0, 1])
def test_a_network_whose_weights_lie_in_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weight: int
) -> None:
    monkeypatch.chdir(tmp_path)

    def change(model: Any) -> None:
        tensor = model.graph.initializer[weight]
        (tmp_path / "weights").write_bytes(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="weights")

    with pytest.raises(Untrusted):
        open_network(network(change=change))


def test_a_tensor_inside_a_node_may_not_lie_in_another_file_either() -> None:
    def change(model: Any) -> None:
        tensor = onnx.TensorProto(data_type=FLOAT, dims=[1], data_location=onnx.TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="/etc/passwd")
        inner = onnx.helper.make_graph([onnx.helper.make_node("Constant", [], ["c"], value=tensor)], "inner", [], [])
        model.graph.node.append(onnx.helper.make_node("If", ["logits"], ["x"], then_branch=inner, else_branch=inner))

    assert needs_other_files(network(change=change))
    assert not needs_other_files(network())


@given(data=st.binary(max_size=60))
def test_bytes_that_are_no_model_are_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Untrusted):
        open_network(data)


def test_a_network_that_was_cut_short_is_refused() -> None:
    whole = network()
    for end in range(0, len(whole), 37):
        with pytest.raises(Untrusted):
            open_network(whole[:end])
    with pytest.raises(Untrusted):
        open_network(b"\x80\x04junk")
