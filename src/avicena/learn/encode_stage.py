"""What a tree stage gives its encodings to read, and what it leaves of them in a bundle."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from avicena.core import digest
from avicena.core.application import TreeStage
from avicena.core.bundle import PROBE, EncodedTreeStageSpec, TreeStageSpec
from avicena.core.case import Value
from avicena.core.encoder import Encoder, Fitted, Told, Vector
from avicena.core.encoding import Impute, NoteEmbedding
from avicena.core.engine import Sentences
from avicena.core.errors import Blocked
from avicena.core.model import Row
from avicena.core.progress import Progress, Shelf
from avicena.formats.arrays import write_arrays
from avicena.learn.encode import Arrays

Columns = Mapping[str, float]


@dataclass(frozen=True)
class Notes:
    """What the notes of some rows mean: `vectors` maps each embedded input to a vector of each row, None without one.

    `probe` (c,) is what the model of sentences made of `PROBE`; None where no note is embedded.
    """

    vectors: Mapping[str, Sequence[Vector | None]]
    probe: Vector | None = None


SILENT = Notes({})
"""The notes of a stage that embeds none."""


def read_notes(
    stage: TreeStage, rows: Sequence[Row], open_sentences: Callable[[], Sentences], shelf: Shelf, progress: Progress
) -> Notes:
    """Every note that the stage embeds, read once. Raises Misconfigured (the extra `notes` is not installed)."""
    asked = [one.input for one in stage.encodings if isinstance(one, NoteEmbedding)]
    if not asked:
        return SILENT
    sentences = open_sentences()
    probe = sentences.run(PROBE)
    found = {}
    for name in asked:
        texts = [row.values.get(name) for row in rows]
        said = sorted({text for text in texts if isinstance(text, str)})
        key = "meant-" + digest.of([said, digest.of_bytes(probe.tobytes())])[7:39]
        kept = shelf.get(key)
        if kept is None:
            kept = {"vectors": np.zeros((len(said), len(probe)), np.float32)}
            for place, text in enumerate(said):
                kept["vectors"][place] = sentences.run(text)
                progress(f"{stage.name}: notes read", place + 1, len(said))
            shelf.put(key, kept)
        vectors = kept["vectors"].astype(np.float32)
        places = {text: place for place, text in enumerate(said)}
        found[name] = [vectors[places[text]] if isinstance(text, str) else None for text in texts]
    return Notes(found, probe)


def told(
    values: Sequence[Mapping[str, Value]],
    columns: Sequence[Columns],
    notes: Notes,
    looks: Mapping[str, Sequence[Vector]],
) -> list[Told]:
    """All that the encodings may read of each row; `looks` maps image stages to a vector of each row."""
    found = []
    for row, (value, column) in enumerate(zip(values, columns, strict=True)):
        meant = {name: vectors[row] for name, vectors in notes.vectors.items()}
        seen = {name: vectors[row] for name, vectors in looks.items()}
        found.append(Told(value, column, {name: one for name, one in meant.items() if one is not None}, seen))
    return found


def left(stage: TreeStage, columns: Sequence[Columns], inputs: Sequence[str]) -> list[dict[str, float]]:
    """The application's features without the columns that an encoding takes the place of.

    Raises Blocked (an encoding reads a column that they do not have).
    """
    read = {one.input for one in stage.encodings if isinstance(one, Impute) and one.input not in inputs}
    if strange := sorted(read - {name for row in columns for name in row}):
        raise Blocked(f"features give no column {strange[0]}, which an encoding of stage {stage.name} reads")
    return [{name: value for name, value in row.items() if name not in read} for row in columns]


def apart(stage: TreeStage, columns: Sequence[str], encoder: Encoder) -> None:
    """Raises Blocked (an encoding makes a column that features, a stage before or another encoding gives as well)."""
    names = [*columns, *encoder.columns]
    if twice := sorted({name for name in encoder.columns if names.count(name) > 1}):
        raise Blocked(f"stage {stage.name} has the column {twice[0]} twice; leave it out of features")


def with_encodings(
    spec: TreeStageSpec, fitted: tuple[Fitted, ...], arrays: Arrays, notes: Notes
) -> tuple[EncodedTreeStageSpec, dict[str, bytes]]:
    """The spec of a stage with its fitted encodings, and the file that holds their arrays."""
    name = f"{spec.name}-encodings.npz"
    held = {one.name: getattr(spec, one.name) for one in fields(spec) if one.name != "kind"}
    more = {} if notes.probe is None else {"probe": notes.probe}
    return EncodedTreeStageSpec(**held, encodings=fitted, encodings_file=name), {name: write_arrays({**arrays, **more})}
