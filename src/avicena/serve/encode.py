"""The fitted encodings of a tree stage at answer time: the very ones that training applied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from avicena.core.application import Application, TreeStage
from avicena.core.bundle import PROBE, BundleSpec, EncodedTreeStageSpec, fitted
from avicena.core.case import Case
from avicena.core.encoder import Arrays, Encoder, Told, Vector
from avicena.core.encoding import NoteEmbedding
from avicena.core.engine import Sentences
from avicena.core.errors import Untrusted

ALIKE = 1e-6
"""How far the model of sentences may lie from that of training, in each component of a vector of length 1.

One and the same model lies within 1.2e-7 on processors with and without wide instructions.
"""


@dataclass(frozen=True)
class Encodes:
    """What makes the encoded columns of a stage; `sentences` reads the notes where one is embedded."""

    encoder: Encoder
    sentences: Sentences | None

    def notes(self, case: Case) -> dict[str, Vector]:
        """What each embedded note of a case means, by input."""
        if self.sentences is None:
            return {}
        asked = {name: case.values.get(name) for name in read_notes(self.encoder)}
        return {name: self.sentences.run(text) for name, text in asked.items() if isinstance(text, str)}

    def columns(
        self, case: Case, features: Mapping[str, float], notes: Mapping[str, Vector], looks: Mapping[str, Vector]
    ) -> dict[str, float]:
        """The encoded columns of a case; NaN in gaps."""
        return self.encoder.named(Told(case.values, features, notes, looks))


def read_notes(encoder: Encoder) -> list[str]:
    """The inputs whose notes are embedded."""
    return [one.declared.input for one in encoder.fitted if isinstance(one.declared, NoteEmbedding)]


def open_encodings(
    spec: EncodedTreeStageSpec, arrays: Arrays, channels: Mapping[str, int], open_sentences: Callable[[], Sentences]
) -> Encodes:
    """The encodings of a stage, ready; `channels` are the pooled features that each image stage before gives.

    Raises Untrusted (the model of sentences is another one than in training), ValueError (arrays that do not fit),
    Misconfigured (notes are embedded, and the extra `notes` is not installed).
    """
    encoder = Encoder(spec.encodings, arrays)
    for stage, length in encoder.lengths.items():
        if stage in channels and length not in (0, channels[stage]):
            raise ValueError(f"the embedding of {stage} was fitted on another network")
    if not read_notes(encoder):
        return Encodes(encoder, None)
    sentences = open_sentences()
    seen, told = sentences.run(PROBE), arrays.get("probe")
    if told is None or told.shape != seen.shape or not float(np.abs(told - seen).max()) <= ALIKE:
        raise Untrusted(
            f"stage {spec.name} was trained with another model of sentences than the extra `notes` has here; "
            "install the release that it was trained with, or train it again"
        )
    return Encodes(encoder, sentences)


def as_declared(app: Application, spec: BundleSpec) -> None:
    """Raises Untrusted (the encodings of a bundle are not those that the application declares now)."""
    if others := undeclared(app, spec):
        raise Untrusted(
            f"stage {others[0]} was trained with other encodings than {app.name} declares now; install the bundle of "
            f"this release (`avicena install {app.name}`) or train one, then `avicena review` and `avicena deploy` it"
        )


def undeclared(app: Application, spec: BundleSpec) -> list[str]:
    """The stages whose encodings in a bundle are not those that the application declares."""
    declared = {stage.name: stage.encodings for stage in app.chain if isinstance(stage, TreeStage)}
    kept = {stage.name: tuple(one.declared for one in fitted(stage)) for stage in spec.stages}
    return [name for name, made in kept.items() if made != declared.get(name, ())]
