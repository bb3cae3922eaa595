"""An image network with most of its convolutions in eight bits: smaller and faster, as an ordinary ONNX file.

Quantise-dequantise nodes (ONNX operators QuantizeLinear and DequantizeLinear, opset 13) around convolutions and sums,
which ONNX Runtime fuses into integer kernels; scheme of Jacob et al., CVPR 2018: activations unsigned with a zero
point, weights signed and symmetric with one scale per channel. Weights take 7 bits, so that the 16-bit sums of x86
processors without VNNI cannot overflow, and the network says the same on every processor.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from avicena.formats.plane import scale

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Ranges = Mapping[str, tuple[float, float]]

FIRST = 8
"""Convolutions at the beginning that stay in float32, beside the last one of each member and the linear head."""

TOLERANCE = 0.25
"""Largest difference between processors in logits: a last bit of a float before a rounding may tip it over."""

SLICES = 300
"""Slices from which the range of every activation is learnt."""

_WEIGHT = 63  # the largest quantised weight: 7 bits with sign
_BATCH = 8


def calibration(cells: Ints, seed: int, count: int = SLICES) -> Ints:
    """About `count` rows, the same number from each of the `cells` (n,), such as classes within sources; sorted."""
    random = np.random.default_rng(seed)
    names = np.unique(cells)
    drawn = []
    for name in names:
        rows = np.flatnonzero(cells == name)
        drawn.append(random.choice(rows, min(len(rows), -(-count // len(names))), replace=False))
    return np.sort(np.concatenate(drawn)).astype(np.int64)


def eight_bits(network: bytes, squares: NDArray[np.uint8], cells: Ints, seed: int) -> bytes:
    """The network in eight bits, with the ranges of activations that it meets in its training slices.

    `squares` (n, side, side) are these slices as `formats.plane.square` cuts them, `cells` (n,) as for `calibration`.
    """
    typical = squares[calibration(cells, seed)]
    return quantised(network, np.stack([scale(one) for one in typical])[:, None])


def quantised(network: bytes, planes: Floats, first: int = FIRST) -> bytes:
    """The network with its convolutions in eight bits, but for the `first` ones and each member's last.

    Its outputs stay float32. `network` is as `image_network.export` writes it; `planes` (n, 1, side, side) are typical
    inputs, from which the range of each activation is learnt. Raises ValueError (no planes, or no convolution is left
    to quantise).
    """
    model = onnx.load_from_string(network)
    last = _last(model.graph)
    convs = [node for node in model.graph.node if node.op_type == "Conv"][first:]
    convs = [node for node in convs if node.output[0] not in last]
    if not convs or not len(planes):
        raise ValueError("there must be planes, and a convolution between the first ones and the last")
    chosen = _chosen(model.graph, convs)
    tensors = _tensors(model.graph, chosen)
    made = _Quantised(model.graph, _ranges(model, tensors, planes))
    for node in chosen.values():
        made.rewire(node)
    made.join(chosen, tensors)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _last(graph: onnx.GraphProto) -> set[str]:
    """What the last convolutions put out: those that the feature map is made of."""
    maps = next(node for node in graph.node if "feature_map" in node.output)
    return {_source(graph, name) for name in maps.input}


def _chosen(graph: onnx.GraphProto, convs: list[onnx.NodeProto]) -> dict[str, onnx.NodeProto]:
    """The nodes to quantise by the tensor they put out: the convolutions, and sums of what one of them puts out."""
    found = {node.output[0]: node for node in convs}
    for node in graph.node:
        if node.op_type == "Add" and any(_source(graph, name) in found for name in node.input):
            found[node.output[0]] = node
    return found


def _source(graph: onnx.GraphProto, tensor: str) -> str:
    """The tensor before a Clip, or the tensor itself where none made it."""
    made_by = next((node for node in graph.node if tensor in node.output), None)
    return made_by.input[0] if made_by is not None and made_by.op_type == "Clip" else tensor


def _activated(graph: onnx.GraphProto, tensor: str) -> str:
    """The tensor after the Clip that reads it, or the tensor itself where none does."""
    clip = next((node for node in graph.node if node.op_type == "Clip" and node.input[0] == tensor), None)
    return str(clip.output[0]) if clip is not None else tensor


def _tensors(graph: onnx.GraphProto, chosen: Mapping[str, onnx.NodeProto]) -> list[str]:
    """The activations that are rounded: what the chosen nodes read and what they put out, each once, in order."""
    found: dict[str, None] = {}
    for node in chosen.values():
        inputs = node.input if node.op_type == "Add" else node.input[:1]
        found.update(dict.fromkeys([*inputs, _activated(graph, node.output[0])]))
    return list(found)


def _ranges(model: onnx.ModelProto, tensors: list[str], planes: Floats) -> Ranges:
    """The least and the largest value of each tensor over all planes."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    probe.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in tensors)
    session = _session(probe.SerializeToString())
    name = session.get_inputs()[0].name
    low, high = np.full(len(tensors), np.inf), np.full(len(tensors), -np.inf)
    for start in range(0, len(planes), _BATCH):
        seen = session.run(tensors, {name: planes[start : start + _BATCH]})
        low = np.minimum(low, [one.min() for one in seen])
        high = np.maximum(high, [one.max() for one in seen])
    return dict(zip(tensors, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _session(network: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


class _Quantised:
    """A graph whose chosen nodes come to read and write eight bits."""

    def __init__(self, graph: onnx.GraphProto, ranges: Ranges) -> None:
        self._graph = graph
        self._ranges = ranges
        self._weights = {one.name: one for one in graph.initializer}
        self._new: list[onnx.NodeProto] = []

    def rewire(self, node: onnx.NodeProto) -> None:
        """Let a node read what was rounded, and a convolution rounded weights and bias."""
        if node.op_type == "Add":
            node.input[:] = [f"{name}.rounded" for name in node.input]
            return
        scale = self._scale(node.input[0])[0]
        weight = numpy_helper.to_array(self._weights[node.input[1]]).astype(np.float64)
        widest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)))
        scales = (np.maximum(widest, 1e-8) / _WEIGHT).astype(np.float32)
        shape = (-1, *[1] * (weight.ndim - 1))
        rounded = np.clip(np.round(weight / scales.reshape(shape)), -_WEIGHT, _WEIGHT).astype(np.int8)
        inputs = [f"{node.input[0]}.rounded", self._constant(node.input[1], rounded, scales)]
        if len(node.input) > 2:
            steps = (np.float32(scale) * scales).astype(np.float32)
            bias = np.round(numpy_helper.to_array(self._weights[node.input[2]]).astype(np.float64) / steps)
            whole = np.clip(bias, -(2**31) + 1, 2**31 - 1).astype(np.int32)
            inputs.append(self._constant(node.input[2], whole, steps))
        node.input[:] = inputs

    def join(self, chosen: Mapping[str, onnx.NodeProto], tensors: list[str]) -> None:
        """Put the rounding behind each tensor, and let whoever read what a chosen node made read it rounded."""
        made = {_activated(self._graph, name) for name in chosen}
        for node in self._graph.node:
            if node.output[0] not in chosen:
                node.input[:] = [f"{name}.rounded" if name in made else name for name in node.input]
        pending = set(tensors)
        given = [one.name for one in self._graph.input if one.name in pending]
        nodes = [*self._new, *(node for name in given for node in self._rounding(name))]
        for node in self._graph.node:
            nodes.append(node)
            for name in node.output:
                if name in pending:
                    nodes += self._rounding(name)
        del self._graph.node[:]
        self._graph.node.extend(nodes)
        used = {name for node in nodes for name in node.input}
        kept = [one for one in self._graph.initializer if one.name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)

    def _scale(self, tensor: str) -> tuple[float, int]:
        """Step and zero point of a tensor in 0 to 255; zero itself is always met exactly."""
        low, high = min(self._ranges[tensor][0], 0.0), max(self._ranges[tensor][1], 0.0)
        step = float(np.float32(max(high - low, 1e-8) / 255))
        return step, round(-low / step)

    def _rounding(self, tensor: str) -> list[onnx.NodeProto]:
        step, zero = self._scale(tensor)
        names = [f"{tensor}.step", f"{tensor}.zero"]
        self._keep(names[0], np.array(step, np.float32))
        self._keep(names[1], np.array(min(zero, 255), np.uint8))
        return [
            helper.make_node("QuantizeLinear", [tensor, *names], [f"{tensor}.bits"], name=f"{tensor}.bits"),
            helper.make_node("DequantizeLinear", [f"{tensor}.bits", *names], [f"{tensor}.rounded"]),
        ]

    def _constant(self, name: str, values: NDArray[Any], steps: Floats) -> str:
        """Whole numbers with a step for each channel, read as floats under a new name."""
        self._keep(f"{name}.bits", values)
        self._keep(f"{name}.step", steps)
        self._keep(f"{name}.zero", np.zeros(len(steps), values.dtype))
        inputs = [f"{name}.bits", f"{name}.step", f"{name}.zero"]
        self._new.append(helper.make_node("DequantizeLinear", inputs, [f"{name}.rounded"], axis=0))
        return f"{name}.rounded"

    def _keep(self, name: str, values: NDArray[Any]) -> None:
        self._graph.initializer.append(numpy_helper.from_array(values, name))
