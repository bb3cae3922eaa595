"""What eight bits cost and save: the released image network beside itself with rounded convolutions, in one run.

    python benchmarks/int8.py [--data ../shared/data/brain] [--slices 800] [--rounds 100]

Latency: one thread, one plane, variants in turn, so that what else the machine does falls on all. Agreement: on slices
that the network learnt from, and on altered copies of them that it did not see. Accuracy on these is no honest figure;
its difference between variants is what counts.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from avicena.backends.engine.onnx import open_network
from avicena.core.engine import Network
from avicena.core.recipe import ImageRecipe
from avicena.formats.arrays import read_arrays
from avicena.formats.image import read
from avicena.formats.plane import scale, square
from avicena.learn.image_copies import altered
from avicena.learn.image_half import widened
from avicena.learn.image_int8 import calibration, quantised
from avicena.measure.calibration import softmax

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "src/avicena_applications/brain_tumour/bundle"
UNSEEN = 20_26
"""Seed of the altered copies; training uses others."""


def flags() -> set[str]:
    """What the processor offers for eight bits, where the system tells."""
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return set()
    return {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "asimddp", "i8mm"} & set(words)


def latency(networks: dict[str, Network], plane: NDArray[np.float32], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each run of each network, in turn."""
    taken: dict[str, list[float]] = {name: [] for name in networks}
    for turn in range(rounds + 10):
        for name, network in networks.items():
            start = time.perf_counter()
            network.run(plane)
            if turn >= 10:
                taken[name].append(1e3 * (time.perf_counter() - start))
    return taken


def said(
    network: Network, planes: NDArray[np.float32], head: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Logits (n, k) and the strongest place of the predicted class's activation map (n,); `head` is (k, c)."""
    logits, places = [], []
    for plane in planes:
        one, maps = network.run(plane[None])
        logits.append(one[0])
        places.append(np.tensordot(head[one[0].argmax()], maps[0], axes=1).argmax())
    return np.stack(logits), np.array(places)


def slow(network: bytes, planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits of the same rounding done in floats, without integer kernels: how far processors may differ."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["logits"], {"plane": one[None]})[0] for one in planes])


def main() -> None:
    """Quantise, time and compare, and print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/brain")
    words.add_argument("--slices", type=int, default=800)
    words.add_argument("--rounds", type=int, default=100)
    given = words.parse_args()
    spec = json.loads((RELEASED / "bundle.json").read_text())["stages"][0]
    with (given.data / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    labels = np.array([spec["classes"].index(row["tumour"]) for row in rows])
    cells = np.unique([f"{row['tumour']} {row['source']}" for row in rows], return_inverse=True)[1]
    random = np.random.default_rng(UNSEEN)
    drawn = random.choice(len(rows), min(given.slices, len(rows)), replace=False)
    chosen = calibration(cells, seed=0)
    cut = {i: square(read((given.data / rows[i]["file"]).read_bytes()).pixels, spec["side"]) for i in {*drawn, *chosen}}

    head = read_arrays((RELEASED / spec["head_file"]).read_bytes())["weight"].astype(np.float32)
    head -= head.mean(axis=0)
    released = (RELEASED / spec["file"]).read_bytes()
    plain = widened(released)
    typical = np.stack([scale(cut[i]) for i in chosen])[:, None]
    variants = {
        "float32": plain,
        "float16 (released)": released,
        "int8": quantised(plain, typical),
        "int8 from the start": quantised(plain, typical, 0),
    }
    networks = {name: open_network(data) for name, data in variants.items()}
    recipe = ImageRecipe(side=spec["side"])
    kinds = {
        "slices": np.stack([scale(cut[i]) for i in drawn])[:, None],
        "altered copies": np.stack([altered(cut[i], recipe, False, random) for i in drawn])[:, None],
    }
    print(f"onnxruntime {onnxruntime.__version__}, processor with {', '.join(sorted(flags())) or 'nothing known'}")
    taken = latency(networks, kinds["slices"][:1], given.rounds)
    for name, data in variants.items():
        ratio = np.median(np.array(taken[name]) / np.array(taken["float32"]))
        print(f"{name:20} {len(data) / 1e6:5.1f} MB  {np.median(taken[name]):6.2f} ms  ratio {ratio:.2f}")
    for kind, planes in kinds.items():
        found = {name: said(network, planes, head) for name, network in networks.items()}
        chances = {name: softmax(logits, spec["temperature"]) for name, (logits, _) in found.items()}
        first = chances["float32"]
        for name, one in chances.items():
            gap = np.abs(one - first)
            right = 100 * np.mean(one.argmax(axis=1) == labels[drawn])
            same = 100 * np.mean(one.argmax(axis=1) == first.argmax(axis=1))
            place = 100 * np.mean(found[name][1] == found["float32"][1])
            print(
                f"{kind:15} {name:20} accuracy {right:6.2f} %  same class {same:6.2f} %  same peak {place:6.2f} %  "
                f"|dp| mean {gap.max(axis=1).mean():.4f}, 99 % {np.quantile(gap.max(axis=1), 0.99):.3f}"
            )
    few = kinds["slices"][:50]
    gap = np.abs(slow(variants["int8"], few) - said(networks["int8"], few, head)[0]).max()
    print(f"int8 in whole numbers beside the same rounding in floats: logits differ by at most {gap:.3g} on 50 slices")


if __name__ == "__main__":
    main()
