"""A bundle made ready to answer: engines opened, arrays read, parity checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from avicena.core.bundle import BundleSpec, EncodedTreeStageSpec, ImageStageSpec, RankStageSpec, TreeStageSpec
from avicena.core.engine import FloatArray, Network, Sentences, Trees
from avicena.core.errors import Untrusted
from avicena.core.learnt import Learnt
from avicena.core.text import Text
from avicena.formats.bundle import Bundle, read_arrays
from avicena.measure.outlier import OutlierModel
from avicena.serve.encode import Encodes, open_encodings
from avicena.serve.rank import RankModel
from avicena.serve.scorers import scorer


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
    """A tree stage ready to run, with its fitted encodings where it has some."""

    spec: TreeStageSpec
    trees: Trees
    encodes: Encodes | None = None


StageModel = ImageModel | TreeModel | RankModel


@dataclass(frozen=True)
class Model:
    """A whole chain ready to run, with the digest of each stage's weights, and marks of what it learnt from."""

    digest: str
    candidate: str
    spec: BundleSpec
    stages: tuple[StageModel, ...]
    weights: Mapping[str, str]
    scope_reason: Text | None
    learnt: Learnt | None = None

    @property
    def ranked(self) -> tuple[RankStageSpec, ...]:
        """The stages that rank by the knowledge, and so need one to answer."""
        return tuple(stage.spec for stage in self.stages if isinstance(stage, RankModel))


def assemble(
    bundle: Bundle,
    open_network: Callable[[bytes], Network],
    open_trees: Callable[[bytes], Trees],
    open_sentences: Callable[[], Sentences],
) -> Model:
    """Open every stage of a verified bundle and see that it still gives the outputs it was released with.

    Raises Untrusted (a file does not open, or the outputs differ here from those at release), Misconfigured (it embeds
    notes, and the extra `notes` is not installed).
    """
    stages: list[StageModel] = []
    channels: dict[str, int] = {}
    for spec in bundle.spec.stages:
        parity = read_arrays(bundle.files[spec.parity_file])
        try:
            inputs = parity["inputs"].astype(np.float32)
            stage: StageModel
            if isinstance(spec, ImageStageSpec):
                stage = _image_model(spec, bundle.files, open_network)
                channels[spec.name] = stage.weight.shape[1]
                outputs = stage.network.run(inputs)[0]
            elif isinstance(spec, RankStageSpec):
                stage = RankModel(spec, open_trees(bundle.files[spec.file]), scorer(spec.scorer, spec.columns))
                outputs = stage.trees.margins(inputs)
            else:
                trees = open_trees(bundle.files[spec.file])
                stage = TreeModel(spec, trees, _encodes(spec, bundle.files, channels, open_sentences))
                outputs = trees.run(inputs)[0]
            worst = float(np.max(np.abs(outputs - parity["outputs"])))
        except (KeyError, ValueError, IndexError, RuntimeError) as error:
            raise Untrusted(f"stage {spec.name} of the bundle does not open: {type(error).__name__}") from error
        if not worst <= spec.tolerance:
            raise Untrusted(
                f"stage {spec.name} gives other outputs here than at release (by {worst:.2g}); do not use it"
            )
        stages.append(stage)
    weights = dict(sorted((spec.name, bundle.digest_of(spec.file)) for spec in bundle.spec.stages))
    return Model(
        bundle.digest, bundle.candidate.id, bundle.spec, tuple(stages), weights, bundle.scope_reason, bundle.learnt
    )


def _image_model(
    spec: ImageStageSpec, files: Mapping[str, bytes], open_network: Callable[[bytes], Network]
) -> ImageModel:
    weight = read_arrays(files[spec.head_file])["weight"].astype(np.float32)
    outlier = None if spec.outlier is None else OutlierModel.from_arrays(read_arrays(files[spec.outlier.file]))
    return ImageModel(spec, open_network(files[spec.file]), weight - weight.mean(axis=0), outlier)


def _encodes(
    spec: TreeStageSpec,
    files: Mapping[str, bytes],
    channels: Mapping[str, int],
    open_sentences: Callable[[], Sentences],
) -> Encodes | None:
    if not isinstance(spec, EncodedTreeStageSpec):
        return None
    return open_encodings(spec, read_arrays(files[spec.encodings_file]), channels, open_sentences)
