"""The networks of one image recipe: several members for each fold, joined into one, and what it says of the slices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from avicena.core.progress import Arrays, Progress, Shelf
from avicena.core.recipe import ImageRecipe
from avicena.formats.plane import scale
from avicena.learn.image_half import sixteen_bits
from avicena.learn.image_int8 import eight_bits
from avicena.learn.image_network import export, head
from avicena.learn.image_train import Seen, Tail, Trunk, dressed, member, see, stripped, train

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

PARITY = 1e-4
"""Largest difference allowed between the exported network and the trained one, in logits."""

_BATCH = 8


@dataclass(frozen=True)
class Bench:
    """What training and judging need: n slices, of which b have a lesion's box.

    squares (n, side, side); clean: the trunk's output for them; copies: for each altered copy; labels, cells (n,);
    lesions: for each altered copy (n, h, w); wiped (b, side, side) and wiped_trunk (b, ...): the slices `boxed` (b,)
    with their lesion's box erased.
    """

    frozen: nn.Sequential
    rest: nn.Sequential
    squares: NDArray[np.uint8]
    clean: Trunk
    copies: Sequence[Trunk]
    labels: Ints
    cells: Ints
    lesions: Sequence[Floats]
    boxed: Ints
    wiped: NDArray[np.uint8]
    wiped_trunk: Trunk


@dataclass(frozen=True)
class Judged:
    """What the network trained on some rows says of all n slices, and of those it did not see (h of them).

    seen: of all, as served; members (M, n, K): logits of each member alone; plain (n, K): logits before
    weights were rounded; wiped (b, K): logits of the slices whose lesion was erased.
    """

    seen: Seen
    members: Floats
    plain: Floats
    wiped: Floats


class Team:
    """The members trained on some rows, each kept on the shelf as soon as it is made."""

    def __init__(
        self, bench: Bench, rows: Ints, recipe: ImageRecipe, seed: int, turn: int, key: str, shelf: Shelf
    ) -> None:
        self._bench, self._rows, self._recipe = bench, rows, recipe
        self._seed, self._turn, self._key, self._shelf = seed, turn, key, shelf

    def tails(self, stage: str, progress: Progress) -> list[Tail]:
        """The trained members; those that stand on the shelf are taken from there."""
        return [self._tail(number, stage, progress) for number in range(self._recipe.members)]

    def _tail(self, number: int, stage: str, progress: Progress) -> Tail:
        bench, alone = self._bench, self._recipe.members == 1
        name = stage if alone else f"{stage}, network {number + 1}"

        def make() -> dict[str, NDArray[np.generic]]:
            seed = _seed(self._seed, 1 + self._turn, number)
            parts = (bench.rest, bench.copies, bench.labels, bench.cells, self._rows, bench.lesions)
            return stripped(train(*parts, self._recipe, seed, name, progress))

        return dressed(bench.rest, kept(self._shelf, f"{self._key}-{number}", make), self._recipe)

    def file(self, tails: Sequence[Tail]) -> bytes:
        """The whole network of these members as ONNX. Raises RuntimeError (it is not what was trained)."""
        bench = self._bench
        frozen = bench.frozen.cpu()
        file = export(frozen, [member(tail) for tail in tails], self._recipe.side)
        shown = _planes(bench.squares[:4])
        with torch.inference_mode():
            trunk = frozen(torch.from_numpy(shown))
            expected = np.mean([tail(trunk)[0].numpy() for tail in tails], axis=0)
        difference = float(np.abs(expected - open_session(file).run(["logits"], {"plane": shown})[0]).max())
        if difference > PARITY:
            raise RuntimeError(f"the exported network differs from the trained one by {difference:.1e}")
        return file

    def served(self, tails: Sequence[Tail]) -> bytes:
        """The network as it is to be served: `file`, or that with fewer bits; ranges are met in the team's own rows."""
        file = self.file(tails)
        if self._recipe.weights == "float32":
            return file
        if self._recipe.weights == "float16":
            return sixteen_bits(file)
        return eight_bits(file, self._bench.squares[self._rows], self._bench.cells[self._rows], self._seed)

    def judged(self, tails: Sequence[Tail], stage: str, progress: Progress) -> Judged:
        """What these members together say of every slice, as served."""
        bench = self._bench
        each = [see(tail, bench.clean) for tail in tails]
        members = np.stack([one.logits for one in each])
        plain = members.mean(axis=0)
        if self._recipe.weights == "float32":
            features = np.concatenate([one.features for one in each], axis=1)
            cams = np.mean([one.cams for one in each], axis=0)
            return Judged(Seen(plain, features, cams), members, plain, self._wiped(tails))
        file, (weight, _) = self.served(tails), head([member(tail) for tail in tails])
        seen = look(file, bench.squares, weight, f"{stage} as {self._recipe.weights}", progress)
        wiped = look(file, bench.wiped, weight, f"{stage} without lesions", progress)
        return Judged(seen, members, plain, wiped.logits)

    def _wiped(self, tails: Sequence[Tail]) -> Floats:
        if not len(self._bench.boxed):
            return np.zeros((0, len(tails[0].head.bias)), np.float32)
        found: Floats = np.mean([see(tail, self._bench.wiped_trunk).logits for tail in tails], axis=0)
        return found


def look(network: bytes, squares: NDArray[np.uint8], weight: Floats, stage: str, progress: Progress) -> Seen:
    """What an exported network says of `squares` (n, side, side), whose head has the `weight` (K, C)."""
    session = open_session(network)
    side = squares.shape[1] // 32
    logits, features = [np.zeros((0, len(weight)), np.float32)], [np.zeros((0, weight.shape[1]), np.float32)]
    cams = [np.zeros((0, len(weight), side, side), np.float32)]
    for start in range(0, len(squares), _BATCH):
        shown = _planes(squares[start : start + _BATCH])
        said, maps = session.run(["logits", "feature_map"], {"plane": shown})
        logits.append(said)
        features.append(maps.mean(axis=(2, 3)))
        cams.append(np.einsum("kc,nchw->nkhw", weight, maps, optimize=True))
        progress(stage, start + len(shown), len(squares))
    return Seen(np.concatenate(logits), np.concatenate(features), np.concatenate(cams))


def open_session(network: bytes) -> Any:
    """An ONNX network ready to run on the CPU."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def kept(shelf: Shelf, key: str, make: Callable[[], Arrays]) -> dict[str, NDArray[Any]]:
    """What stands on the shelf under `key`, made and put there first if need be."""
    found = shelf.get(key)
    if found is None:
        found = dict(make())
        shelf.put(key, found)
    return found


def _planes(squares: NDArray[np.uint8]) -> Floats:
    return np.stack([scale(one) for one in squares])[:, None]


def _seed(seed: int, turn: int, number: int) -> int:
    """A seed of its own for each training run."""
    return int(np.random.SeedSequence([seed, turn, number]).generate_state(1)[0])
