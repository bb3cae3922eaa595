"""How often the released model refuses pictures that are no slice of a head, by kind, with 95 % intervals.

    pip install scikit-image scikit-learn ultralytics imgaug stardist pydicom-data    (with --no-deps; pictures only)
    python benchmarks/outlier.py [--bundle FOLDER] [--slices FOLDER/brain] [--copies 12] [--count 80] [--seed 0]

With `--slices` (a folder with manifest.csv and images) real slices are asked too, as they are and spoilt in several
ways. The released model has seen these slices, so their share is lower than for new patients; the figure for patients
it never saw is "refused as unfamiliar" on the model card. Nothing is downloaded, nothing is written.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from outlier_images import Grey, Picture, drawn, found, missing, spoilt
from PIL import Image

from avicena.backends.engine.onnx import open_network
from avicena.core.engine import Network
from avicena.formats.arrays import read_arrays
from avicena.formats.plane import plane
from avicena.measure.intervals import wilson
from avicena.measure.outlier import OutlierModel, look

RELEASED = Path(__file__).resolve().parents[1] / "src/avicena_applications/brain_tumour/bundle"
SPOILT = 60  # real slices that are spoilt in each way


@dataclass(frozen=True)
class Gate:
    """The network of an image stage with its gate: what answers and what refuses."""

    network: Network
    model: OutlierModel
    limit: float
    side: int

    def score(self, pixels: Grey) -> float:
        seen = plane(pixels, self.side)
        features = self.network.run(seen[None, None])[1].mean(axis=(2, 3))[0]
        return self.model.score(features, look(seen))


def open_gate(folder: Path) -> Gate:
    """The gate of the first image stage in a bundle's folder; signatures are not looked at."""
    stages: list[dict[str, Any]] = orjson.loads((folder / "bundle.json").read_bytes())["stages"]
    stage = next(one for one in stages if one.get("outlier"))
    model = OutlierModel.from_arrays(read_arrays((folder / stage["outlier"]["file"]).read_bytes()))
    network = open_network((folder / stage["file"]).read_bytes())
    return Gate(network, model, float(stage["outlier"]["limit"]), int(stage["side"]))


def real(folder: Path) -> list[Grey]:
    """Every slice named in the folder's manifest."""
    with (folder / "manifest.csv").open(newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines)]
    return [np.asarray(Image.open(folder / name).convert("L")) for name in names]


def pictures(slices: list[Grey], copies: int, count: int, random: np.random.Generator) -> Iterator[Picture]:
    """All pictures to ask about, real slices first."""
    yield from (Picture("real slice", str(number), pixels) for number, pixels in enumerate(slices))
    yield from drawn(count, random)
    yield from found(copies, random)
    few = random.choice(len(slices), min(SPOILT, len(slices)), replace=False) if slices else ()
    yield from spoilt([slices[i] for i in few], random)


def report(gate: Gate, asked: Iterable[Picture]) -> None:
    """Print one line for each kind: how many, the share refused with its interval, and the scores."""
    scores: dict[str, list[float]] = defaultdict(list)
    for picture in asked:
        scores[picture.kind].append(gate.score(picture.pixels))
    print(f"limit {gate.limit:.3f}\n{'kind':36}{'n':>6}  refused (95 % interval)      score: least  median")
    for kind, values in scores.items():
        print(line(kind, np.array(values), gate.limit))
    others = [np.array(v) for kind, v in scores.items() if not kind.startswith(("real slice", "slice:"))]
    print(line("all that is no slice", np.concatenate(others), gate.limit))


def line(kind: str, scores: NDArray[np.float64], limit: float) -> str:
    refused = int((scores > limit).sum())
    low, high = wilson(refused, len(scores))
    share = f"{refused / len(scores):7.1%} ({low:.1%} to {high:.1%})"
    return f"{kind:36}{len(scores):6}  {share:30}{scores.min():8.2f}{np.median(scores):8.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=RELEASED)
    parser.add_argument("--slices", type=Path)
    parser.add_argument("--copies", type=int, default=12, help="altered copies of each picture found")
    parser.add_argument("--count", type=int, default=80, help="pictures drawn of each kind")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if lacking := missing():
        print("not installed, so their pictures are not asked about:", ", ".join(lacking))
    slices = real(asked.slices) if asked.slices else []
    random = np.random.default_rng(asked.seed)
    report(open_gate(asked.bundle), pictures(slices, asked.copies, asked.count, random))


if __name__ == "__main__":
    main()
