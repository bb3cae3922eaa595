"""A bundle made ready to answer: engines opened, arrays read, parity checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from avicena.core.bundle import BundleSpec, ImageStageSpec, TreeStageSpec
from avicena.core.engine import FloatArray, Network, Trees
from avicena.core.errors import Untrusted
from avicena.core.text import Text
from avicena.formats.bundle import Bundle, read_arrays
from avicena.measure.outlier import OutlierModel


@dataclass(frozen=True)
class ImageModel:
    """An image stage ready to run.

    `weight` is (k, c) float32, the head's less its mean over classes, for class activation maps: what all logits have
    in common tells no class from another.
    """

    spec: ImageStageSpec
    network: Network
    weight: FloatArray
    outlier: OutlierModel | None


@dataclass(frozen=True)
class TreeModel:
    """A tree stage ready to run."""

    spec: TreeStageSpec
    trees: Trees


@dataclass(frozen=True)
class Model:
    """A whole chain ready to run, with the digest of each stage's weights."""

    digest: str
    candidate: str
    spec: BundleSpec
    stages: tuple[ImageModel | TreeModel, ...]
    weights: Mapping[str, str]
    scope_reason: Text | None


def assemble(bundle: Bundle, open_network: Callable[[bytes], Network], open_trees: Callable[[bytes], Trees]) -> Model:
    """Open every stage of a verified bundle and see that it still gives the outputs it was released with.

    Raises Untrusted (a file does not open, or the outputs differ here from those at release).
    """
    stages: list[ImageModel | TreeModel] = []
    for spec in bundle.spec.stages:
        parity = read_arrays(bundle.files[spec.parity_file])
        try:
            if isinstance(spec, ImageStageSpec):
                head = read_arrays(bundle.files[spec.head_file])
                outlier = None
                if spec.outlier is not None:
                    outlier = OutlierModel.from_arrays(read_arrays(bundle.files[spec.outlier.file]))
                network = open_network(bundle.files[spec.file])
                weight = head["weight"].astype(np.float32)
                stages.append(ImageModel(spec, network, weight - weight.mean(axis=0), outlier))
                outputs = network.run(parity["inputs"].astype(np.float32))[0]
            else:
                trees = open_trees(bundle.files[spec.file])
                stages.append(TreeModel(spec, trees))
                outputs = trees.run(parity["inputs"].astype(np.float32))[0]
            worst = float(np.max(np.abs(outputs - parity["outputs"])))
        except (KeyError, ValueError, IndexError, RuntimeError) as error:
            raise Untrusted(f"stage {spec.name} of the bundle does not open: {type(error).__name__}") from error
        if not worst <= spec.tolerance:
            raise Untrusted(
                f"stage {spec.name} gives other outputs here than at release (by {worst:.2g}); do not use it"
            )
    weights = dict(sorted((spec.name, bundle.digest_of(spec.file)) for spec in bundle.spec.stages))
    return Model(bundle.digest, bundle.candidate.id, bundle.spec, tuple(stages), weights, bundle.scope_reason)
