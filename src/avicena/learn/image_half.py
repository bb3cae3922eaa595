"""An image network whose weights are kept in sixteen bits, so that its file is half as large; as ordinary ONNX.

Weights are rounded to IEEE 754 half precision (eleven significant bits) and cast back when the runtime opens the file,
once; it computes in float32, at the speed of float32, and says the same on every processor.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

_SMALL = 64
"""Arrays of fewer numbers, such as bounds and biases of a head, stay as they are."""


def sixteen_bits(network: bytes) -> bytes:
    """The network with its weights in half precision.

    `network` is as `image_network.export` writes it. Raises ValueError (a weight is too large for half precision).
    """
    model = onnx.load_from_string(network)
    graph = model.graph
    kept, casts = [], []
    for one in graph.initializer:
        values = numpy_helper.to_array(one)
        if values.dtype != np.float32 or values.size < _SMALL:
            kept.append(one)
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ValueError("a weight is too large for half precision")
        kept.append(numpy_helper.from_array(values.astype(np.float16), f"{one.name}.half"))
        casts.append(helper.make_node("Cast", [f"{one.name}.half"], [one.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def widened(network: bytes) -> bytes:
    """The network that `sixteen_bits` gave with its rounded weights in float32 again, as tools expect them."""
    model = onnx.load_from_string(network)
    graph = model.graph
    halves = {one.name: one for one in graph.initializer}
    casts = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Cast" and node.input[0] in halves}
    kept = [one for name, one in halves.items() if name not in casts]
    for name, whole in casts.items():
        kept.append(numpy_helper.from_array(numpy_helper.to_array(halves[name]).astype(np.float32), whole))
    nodes = [node for node in graph.node if not (node.op_type == "Cast" and node.input[0] in casts)]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
