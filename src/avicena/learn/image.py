"""An image model from slices: EfficientNet-Lite0, fine-tuned and measured by grouped cross-validation."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from avicena.core.progress import Progress, Shelf
from avicena.core.recipe import ImageRecipe
from avicena.formats.plane import frame, scale, square
from avicena.learn.image_copies import altered, covered
from avicena.learn.image_folds import Bench, Team, kept, look, open_session
from avicena.learn.image_network import export_trunk, head, imagenet
from avicena.learn.image_train import Trunk, device, member
from avicena.measure import lesion
from avicena.measure.calibration import softmax, temperature

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_MAKING = "1"
"""Goes up whenever the code would make other arrays from the same slices and recipe, so that old ones stay unused."""


@dataclass(frozen=True)
class ImageFit:
    """A trained image network and what is needed to judge it honestly: n slices, K classes, M members.

    C = 1280 M channels. "Out of fold" is said of figures by the network that did not see the slice.
    """

    onnx: bytes  # `plane` (N, 1, side, side) → `logits` (N, K), `feature_map` (N, C, h, w)
    head_weight: Floats  # (K, C); a class's activation map is its row times the feature map
    head_bias: Floats  # (K,)
    temperature: float  # of the released model: logits / temperature, fitted on all out-of-fold logits
    features: Floats  # (n, C), mean of the feature map, as the released model sees its own training slices
    fold_names: tuple[int, ...]  # the folds, in the order of the two fields below
    fold_temperatures: tuple[float, ...]  # fitted on the out-of-fold logits of the other folds
    fold_features: tuple[NDArray[np.float16], ...]  # (n, C): all slices, by the model trained without the fold
    oof_logits: Floats  # (n, K), out of fold, before temperature
    oof_features: Floats  # (n, C), out of fold
    oof_cams: Floats  # (n, K, h, w), out of fold: class activation maps of the square that `formats.plane.frame` cuts
    oof_members: Floats  # (M, n, K), out of fold, before temperature: logits of each member alone
    oof_plain: Floats  # (n, K), out of fold, before temperature: logits before weights were rounded
    boxed: Ints  # (b,), the slices with a lesion's box
    oof_erased: Floats  # (b, K), out of fold, before temperature: logits of these with the box erased

    def oof_probabilities(self, folds: Ints) -> Floats:
        """Calibrated class probabilities (n, K), each by a model and a temperature that did not see the slice."""
        return self.calibrated(self.oof_logits, folds)

    def calibrated(self, logits: Floats, folds: Ints) -> Floats:
        """Probabilities of out-of-fold `logits` (m, K) of slices in `folds` (m,)."""
        per_fold = dict(zip(self.fold_names, self.fold_temperatures, strict=True))
        warmth = np.array([per_fold[int(f)] for f in folds], np.float32)
        return softmax(logits / warmth[:, None]).astype(np.float32)


def fit_image(
    planes: Sequence[NDArray[Any]] | NDArray[np.uint8],
    labels: NDArray[np.integer[Any]],
    families: NDArray[Any],
    strata: NDArray[Any],
    folds: NDArray[np.integer[Any]],
    recipe: ImageRecipe,
    seed: int,
    shelf: Shelf,
    progress: Progress,
    boxes: NDArray[np.float64] | None = None,
) -> ImageFit:
    """Train on all slices, and once more without each fold in turn.

    planes: n grey slices (H, W), as `formats.plane.plane` takes them; labels (n,): class 0 to K - 1; families (n,):
    whose slices must stay in one fold; strata (n,): where a slice comes from; folds (n,): with which it is held out;
    boxes (n, 4): the lesion's left, top, width and height as fractions of the slice's sides, NaN where not known.
    Each class of each stratum is drawn equally often. Boxes are read in training, and to erase them when it is judged.

    Nothing is chosen on a held-out fold: its slices are only read once, after training.

    Raises ValueError (lengths differ, a family in two folds, or a class that training without some fold never sees).
    """
    fold = np.asarray(folds, np.int64)
    bench, key = prepare(planes, labels, families, strata, folds, recipe, seed, shelf, progress, boxes)
    names = tuple(int(f) for f in np.unique(fold))

    def held_out(name: int, turn: int) -> dict[str, NDArray[np.generic]]:
        stage, out = f"image fold {turn + 1}", fold == name
        team = Team(bench, np.flatnonzero(~out), recipe, seed, turn, f"{key}-fold-{name}", shelf)
        found = team.judged(team.tails(stage, progress), stage, progress)
        return {
            "logits": found.seen.logits,
            "features": found.seen.features.astype(np.float16),
            "cams": found.seen.cams[out],
            "members": found.members[:, out],
            "plain": found.plain[out],
            "wiped": found.wiped[out[bench.boxed]],
        }

    def final() -> dict[str, NDArray[np.generic]]:
        team = Team(bench, np.arange(len(fold)), recipe, seed, len(names), f"{key}-final", shelf)
        tails = team.tails("image final", progress)
        file, (weight, bias) = team.served(tails), head([member(tail) for tail in tails])
        seen = look(file, bench.squares, weight, "image export", progress)
        return {"onnx": np.frombuffer(file, np.uint8), "weight": weight, "bias": bias, "features": seen.features}

    what = f"{recipe.members}-{recipe.weights}"
    results = [
        kept(shelf, f"{key}-judged-{name}-{what}", partial(held_out, name, turn)) for turn, name in enumerate(names)
    ]
    return _gathered(results, kept(shelf, f"{key}-released-{what}", final), names, fold, bench)


def prepare(
    planes: Sequence[NDArray[Any]] | NDArray[np.uint8],
    labels: NDArray[np.integer[Any]],
    families: NDArray[Any],
    strata: NDArray[Any],
    folds: NDArray[np.integer[Any]],
    recipe: ImageRecipe,
    seed: int,
    shelf: Shelf,
    progress: Progress,
    boxes: NDArray[np.float64] | None = None,
) -> tuple[Bench, str]:
    """What every training on these slices shares, and a key under which its steps may be kept; as for `fit_image`."""
    y, fold = np.asarray(labels, np.int64), np.asarray(folds, np.int64)
    _, family = np.unique(np.asarray(families), return_inverse=True)
    _, stratum = np.unique(np.asarray(strata), return_inverse=True)
    _check(len(planes), y, family, stratum, fold)
    _, cells = np.unique(stratum * (y.max() + 1) + y, return_inverse=True)

    squares = np.stack([square(p, recipe.side) for p in planes])
    told = np.full((len(planes), 4), np.nan) if boxes is None else np.asarray(boxes, np.float64)
    framed = np.stack([_framed(box, p) for box, p in zip(told, planes, strict=True)])
    boxed = np.flatnonzero(~np.isnan(told).any(axis=1))
    wiped = np.zeros((0, recipe.side, recipe.side), np.uint8)
    if len(boxed):
        wiped = np.stack([square(lesion.erased(planes[i], told[i]), recipe.side) for i in boxed.tolist()])
    parts = list(imagenet())
    frozen, rest = nn.Sequential(*parts[: recipe.frozen + 1]), nn.Sequential(*parts[recipe.frozen + 1 :])
    clean, copies, base = _trunks(frozen, squares, recipe, seed, shelf, progress)
    lesions = _lesions(framed, recipe, seed)
    key = _digest(base.encode(), repr(recipe).encode(), y.tobytes(), cells.tobytes(), fold.tobytes(), framed.tobytes())
    blank = kept(shelf, f"{key}-wiped", lambda: {"trunk": _trunk(frozen, wiped, clean, recipe, progress)})["trunk"]
    bench = Bench(frozen, rest, squares, clean, copies, y, cells, lesions, boxed, wiped, blank)
    return bench, key


def _gathered(
    results: Sequence[dict[str, NDArray[Any]]],
    last: dict[str, NDArray[Any]],
    names: tuple[int, ...],
    fold: Ints,
    bench: Bench,
) -> ImageFit:
    """Each slice's figures from the fold that held it out."""
    y, n, (members, _, classes) = bench.labels, len(fold), results[0]["members"].shape
    logits, plain = np.zeros((n, classes), np.float32), np.zeros((n, classes), np.float32)
    features = np.zeros((n, last["features"].shape[1]), np.float32)
    cams = np.zeros((n, *results[0]["cams"].shape[1:]), np.float32)
    alone, wiped = np.zeros((members, n, classes), np.float32), np.zeros((len(bench.boxed), classes), np.float32)
    for name, result in zip(names, results, strict=True):
        out = fold == name
        logits[out], features[out], cams[out] = result["logits"][out], result["features"][out], result["cams"]
        alone[:, out], plain[out], wiped[out[bench.boxed]] = result["members"], result["plain"], result["wiped"]
    return ImageFit(
        onnx=last["onnx"].tobytes(),
        head_weight=last["weight"].astype(np.float32),
        head_bias=last["bias"].astype(np.float32),
        temperature=temperature(logits, y),
        features=last["features"].astype(np.float32),
        fold_names=names,
        fold_temperatures=tuple(temperature(logits[fold != name], y[fold != name]) for name in names),
        fold_features=tuple(result["features"].astype(np.float16) for result in results),
        oof_logits=logits,
        oof_features=features,
        oof_cams=cams,
        oof_members=alone,
        oof_plain=plain,
        boxed=bench.boxed,
        oof_erased=wiped,
    )


def _check(n: int, y: Ints, family: Ints, stratum: Ints, fold: Ints) -> None:
    if {len(y), len(family), len(stratum), len(fold)} != {n} or n == 0:
        raise ValueError("there must be one label, family, stratum and fold for each slice")
    if len(np.unique(fold)) < 2:
        raise ValueError("cross-validation needs at least two folds")
    if len(np.unique(np.stack([family, fold]), axis=1).T) != family.max() + 1:
        raise ValueError("a family must stay within one fold")
    for name in np.unique(fold):
        if len(np.unique(y[fold != name])) != y.max() + 1:
            raise ValueError("each class must have slices outside each fold")


def _trunks(
    frozen: nn.Sequential, squares: NDArray[np.uint8], recipe: ImageRecipe, seed: int, shelf: Shelf, progress: Progress
) -> tuple[Trunk, list[Trunk], str]:
    """The frozen part's output for the slices themselves and for each altered copy; and a digest of what made them."""
    r = recipe
    alterations = (r.side, r.frozen, r.copies, r.turned, r.angle, r.zoom, r.shift, r.gamma, r.noise)
    base = _digest(repr((_MAKING, alterations, seed, squares.shape)).encode(), squares.tobytes())
    run = _runner(frozen, recipe.side)
    total = len(squares) * (recipe.copies + 1)

    def one(which: int) -> dict[str, NDArray[np.generic]]:
        rng = np.random.default_rng([seed, which])
        parts = []
        for start in range(0, len(squares), 16):
            batch = squares[start : start + 16]
            shown = [scale(s) if which == 0 else altered(s, recipe, which <= recipe.turned, rng) for s in batch]
            parts.append(run(np.stack(shown)[:, None]).astype(np.float16))
            progress("image features", which * len(squares) + start + len(batch), total)
        return {"trunk": np.concatenate(parts)}

    found = [
        kept(shelf, f"{base}-trunk-{which}", partial(one, which))["trunk"].astype(np.float16, copy=False)
        for which in range(recipe.copies + 1)
    ]
    return found[0], found[1:], base


def _trunk(
    frozen: nn.Sequential, squares: NDArray[np.uint8], like: Trunk, recipe: ImageRecipe, progress: Progress
) -> Trunk:
    """The frozen part's output for `squares` (b, side, side), which may be none."""
    run, parts = _runner(frozen, recipe.side), [like[:0]]
    for start in range(0, len(squares), 16):
        shown = np.stack([scale(one) for one in squares[start : start + 16]])[:, None]
        parts.append(run(shown).astype(np.float16))
        progress("image features without lesions", start + len(shown), len(squares))
    return np.concatenate(parts)


def _framed(box: NDArray[np.float64], pixels: NDArray[Any]) -> NDArray[np.float64]:
    """A box in fractions of the slice's sides, in fractions of the square that `formats.plane.square` shows."""
    left, top, side = frame(pixels)
    height, width = pixels.shape
    x, y, wide, high = box
    return np.array([x * width - left, y * height - top, wide * width, high * height]) / side


def _lesions(boxes: NDArray[np.float64], recipe: ImageRecipe, seed: int) -> list[Floats]:
    """For each altered copy, how much of each place of the feature map (n, h, w) the lesion's box covers."""
    if not recipe.attention or np.isnan(boxes).any(axis=1).all():
        cells = recipe.side // 32
        return [np.zeros((len(boxes), cells, cells), np.float32)] * recipe.copies
    return [
        covered(boxes, recipe, which <= recipe.turned, np.random.default_rng([seed, which]))
        for which in range(1, recipe.copies + 1)
    ]


def _runner(net: nn.Sequential, side: int) -> Callable[[Floats], Floats]:
    """Planes (N, 1, side, side) → output of `net`: on the GPU, or by ONNX Runtime, far faster than torch on a CPU."""
    if device().type == "cuda":
        moved = net.to(device())

        def on_gpu(x: Floats) -> Floats:
            with torch.inference_mode():
                return np.asarray(moved(torch.from_numpy(x).to(device())).cpu().numpy())

        return on_gpu
    session = open_session(export_trunk(net, side))
    return lambda x: np.asarray(session.run(None, {"plane": x})[0])


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:24]
