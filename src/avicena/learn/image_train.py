"""The trained part of the image network: from the frozen part's output to class scores."""

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from avicena.core.progress import Arrays, Progress
from avicena.core.recipe import ImageRecipe
from avicena.learn.image_network import WIDTH, Member

Trunk = NDArray[np.float16]
"""(n, c, h, w): the output of the frozen part for one copy of each of n slices."""


class Marked(NamedTuple):
    """Slices of a mixed batch and their share in it: class (b,), and by place how much the lesion covers (b, h, w)."""

    share: float
    labels: NDArray[np.int64]
    boxes: NDArray[np.float32]


class Tail(nn.Module):
    """The trained units, the mean over places, and a linear head: logits (N, K) and feature map (N, 1280, h, w)."""

    def __init__(self, net: nn.Sequential, classes: int, dropout: float):
        super().__init__()
        self.net = net
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, classes)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        maps = self.net(x)
        return self.head(self.dropout(maps.mean(dim=(2, 3)))), maps


@dataclass(frozen=True)
class Seen:
    """What a network says of n slices."""

    logits: NDArray[np.float32]  # (n, K)
    features: NDArray[np.float32]  # (n, C), mean of the feature map over its places
    cams: NDArray[np.float32]  # (n, K, h, w), class activation maps without the bias


def stripped(tail: Tail) -> dict[str, NDArray[np.generic]]:
    """The weights of a tail as arrays by name, to be kept."""
    return {f"weight.{name}": value.cpu().numpy() for name, value in tail.state_dict().items()}


def dressed(net: nn.Sequential, arrays: Arrays, recipe: ImageRecipe) -> Tail:
    """The tail whose weights `stripped` gave, over units shaped as `net`; in evaluation mode, on the CPU."""
    state = {name.removeprefix("weight."): torch.from_numpy(np.array(value)) for name, value in arrays.items()}
    tail = Tail(copy.deepcopy(net), len(state["head.bias"]), recipe.dropout)
    tail.load_state_dict(state)
    tail.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return tail.eval()


def member(tail: Tail) -> Member:
    """A tail as one member of the network that is exported."""
    held = tail.cpu()
    return Member(held.net, held.head.weight.detach().numpy(), held.head.bias.detach().numpy())


def device() -> torch.device:
    """The GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    net: nn.Sequential,
    copies: Sequence[Trunk],
    labels: NDArray[np.int64],
    cells: NDArray[np.int64],
    rows: NDArray[np.int64],
    lesions: Sequence[NDArray[np.float32]],
    recipe: ImageRecipe,
    seed: int,
    stage: str,
    progress: Progress,
) -> Tail:
    """Fine-tune `net`, the units after the frozen ones, on `rows` of the cached `copies`; in evaluation mode.

    labels (n,): class; cells (n,): group of slices, each of which is drawn equally often; lesions: for each copy
    (n, h, w), how much of each place of the feature map the lesion's box covers. An epoch draws as many slices as
    there are rows, up to a whole batch. The weights given back are an exponential moving average over steps.
    """
    where = device()
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        torch.manual_seed(seed)
        tail = Tail(copy.deepcopy(net), int(labels.max()) + 1, recipe.dropout)
        tail.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        tail.to(where).train()
        mean = copy.deepcopy(tail)
        pairs = list(zip(mean.state_dict().values(), tail.state_dict().values(), strict=True))
        total = recipe.epochs * math.ceil(len(rows) / recipe.batch)
        optimiser = torch.optim.AdamW(_groups(tail, recipe), lr=recipe.rate, fused=True)
        turn = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, total))
        for step, (x, target, marked) in enumerate(_batches(copies, labels, cells, rows, lesions, recipe, rng)):
            logits, maps = tail(x.to(where, memory_format=torch.channels_last))
            loss = nn.functional.cross_entropy(logits, target.to(where))
            if recipe.attention:
                loss = loss + recipe.attention * _astray(tail.head.weight, maps, marked)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            turn.step()
            _average(pairs, min(recipe.average, (1 + step) / (10 + step)))
            if step % 4 == 3 or step + 1 == total:
                progress(stage, step + 1, total)
    mean.eval()
    return mean


def see(tail: Tail, trunk: Trunk, batch: int = 32) -> Seen:
    """What the trained `tail` says of the slices whose trunk output is given."""
    where = device()
    logits, features, cams = [], [], []
    with torch.inference_mode():
        for start in range(0, len(trunk), batch):
            x = torch.from_numpy(trunk[start : start + batch].astype(np.float32))
            said, maps = tail(x.to(where, memory_format=torch.channels_last))
            logits.append(said.cpu().numpy())
            features.append(maps.mean(dim=(2, 3)).cpu().numpy())
            cams.append(torch.einsum("kc,nchw->nkhw", tail.head.weight, maps).cpu().numpy())
    return Seen(np.concatenate(logits), np.concatenate(features), np.concatenate(cams))


def _batches(
    copies: Sequence[Trunk],
    labels: NDArray[np.int64],
    cells: NDArray[np.int64],
    rows: NDArray[np.int64],
    lesions: Sequence[NDArray[np.float32]],
    recipe: ImageRecipe,
    rng: np.random.Generator,
) -> Iterator[tuple[Tensor, Tensor, list[Marked]]]:
    """Trunk outputs (b, c, h, w) and class probabilities (b, K), balanced over cells, mixed by mixup; and lesions.

    Mixup: Zhang et al., ICLR 2018; between hidden states: Verma et al., ICML 2019.
    """
    counts = np.bincount(cells[rows])
    chance = 1 / counts[cells[rows]]
    chance /= chance.sum()
    truth = np.eye(int(labels.max()) + 1, dtype=np.float32)[labels]
    for _ in range(recipe.epochs):
        size = math.ceil(len(rows) / recipe.batch) * recipe.batch
        drawn = rng.choice(rows, size=size, p=chance)
        which = rng.integers(len(copies), size=size)
        for start in range(0, size, recipe.batch):
            picked = drawn[start : start + recipe.batch]
            places = list(zip(which[start : start + recipe.batch], picked, strict=True))
            x = np.stack([copies[c][i] for c, i in places]).astype(np.float32)
            boxes = np.stack([lesions[c][i] for c, i in places])
            target = truth[picked]
            marked = [Marked(1.0, labels[picked], boxes)]
            if recipe.mix:
                share = np.float32(rng.beta(recipe.mix, recipe.mix))
                order = rng.permutation(len(picked))
                x = share * x + (1 - share) * x[order]
                target = share * target + (1 - share) * target[order]
                both = (float(share), labels[picked], boxes), (float(1 - share), labels[picked][order], boxes[order])
                marked = [Marked(*one) for one in both]
            yield torch.from_numpy(x), torch.from_numpy(target), marked


def _astray(weight: Tensor, maps: Tensor, marked: Sequence[Marked]) -> Tensor:
    """How far the class activation maps lie from the lesions: - log of the share of their softmax inside the boxes.

    `weight` (K, c) is the head's, `maps` (b, c, h, w). The loss of weakly supervised localisation turned round: here
    the box is known, as in "right for the right reasons" (Ross et al., IJCAI 2017), and the map is held to it.
    """
    centred = weight - weight.mean(dim=0, keepdim=True)
    cams = torch.einsum("kc,nchw->nkhw", centred, maps).flatten(2)
    total = cams.new_zeros(())
    for one in marked:
        inside = torch.from_numpy(one.boxes).to(cams.device).flatten(1)
        chosen = cams[torch.arange(len(cams)), torch.from_numpy(one.labels)]
        shares = torch.logsumexp(torch.log_softmax(chosen, dim=1) + inside.clamp(min=1e-6).log(), dim=1)
        total = total - one.share * (shares * (inside.sum(dim=1) > 0)).mean()
    return total


def _groups(tail: Tail, recipe: ImageRecipe) -> list[dict[str, object]]:
    """Weight decay for matrices only, not for biases and batch normalisation."""
    matrices = [p for p in tail.parameters() if p.ndim > 1]
    others = [p for p in tail.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": recipe.decay}, {"params": others, "weight_decay": 0.0}]


def _rate(step: int, total: int) -> float:
    """Share of the peak learning rate: a warm-up over the first tenth, then half a cosine down to zero."""
    warm = max(1, total // 10)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))


@torch.no_grad()
def _average(pairs: Sequence[tuple[Tensor, Tensor]], keep: float) -> None:
    """Move each mean of a weight or batch statistic, the first of its pair, towards its present value."""
    for mean, present in pairs:
        if mean.is_floating_point():
            mean.lerp_(present, 1 - keep)
        else:
            mean.copy_(present)
