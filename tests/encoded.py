"""A small application whose tree stage has every kind of encoding, trained on made-up patients."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from avicena import Application, Case, Codes, TreeRecipe, TreeStage
from avicena.backends.engine.onnx import open_network
from avicena.backends.engine.sentences import open_sentences
from avicena.backends.engine.trees import open_trees
from avicena.core.bundle import BundleSpec, EncodedTreeStageSpec, ImageStageSpec
from avicena.core.case import Picture, Value
from avicena.core.encoding import EvidenceList, ImageEmbedding, Impute, NoteEmbedding, OneHot, Ordinal
from avicena.core.model import Row
from avicena.core.progress import MemoryShelf, silent
from avicena.formats import image, record
from avicena.formats.bundle import open_bundle, pack
from avicena.learn.encode_stage import read_notes
from avicena.learn.tree_stage import Earlier, TreeOutcome, learn_trees, table_of
from avicena.learn.trees_table import Encoded
from avicena.serve.model import ImageModel, Model, assemble
from avicena.serve.predict import see
from tests import small
from tests.formats.test_bundle import KEY, TRUSTED

ENCODINGS = (
    OneHot("sex"),
    Ordinal("grade", ("low", "high")),
    Impute("age"),
    Impute("duration", by="mean"),
    EvidenceList("signs"),
    NoteEmbedding("note", dimensions=6),
    ImageEmbedding("tumour", dimensions=3),
)
NOTES = (
    "Headaches for three weeks, worse in the morning.",
    "Cefalea desde hace tres semanas, peor por la mañana.",
    "A first seizure, and no headache.",
    "Primera convulsión, sin cefalea.",
    "Blurred vision since spring, and a hormonal disorder.",
)


def features(case: Case) -> Mapping[str, float]:
    """How long the note is, and a duration that is often unknown."""
    note = str(case.values.get("note") or "")
    days = [days for days, words in ((21.0, ("weeks", "semanas")), (90.0, ("since",))) if any(w in note for w in words)]
    return {"length": float(len(note)), "duration": days[0] if days else float("nan")}


application = replace(
    small.application,
    inputs={
        **small.application.inputs,
        "grade": small.Choice("low", "high", required=False),
        "age": small.Number(0, 120, "a", required=False),
        "signs": Codes(required=False),
    },
    chain=(
        small.application.chain[0],
        TreeStage(
            "treatment",
            small.TREATMENTS,
            TreeRecipe(families=("xgboost",), imbalance=("none",), trials=1, permutations=0, max_rounds=15),
            encodings=ENCODINGS,
        ),
    ),
    features=features,
)


@dataclass(frozen=True)
class Made:
    """Rows, the pictures they name, what the trees learnt from, what training left, and the model as it is served."""

    rows: tuple[Row, ...]
    pictures: Mapping[str, Picture]
    learnt: Encoded
    outcome: TreeOutcome
    files: Mapping[str, bytes]
    model: Model


def values(number: int) -> dict[str, Value]:
    """The inputs of one made-up patient but the picture, some of them not given."""
    random = np.random.default_rng(number)
    told: dict[str, Value] = {
        "age": float(random.integers(20, 90)),
        "sex": str(random.choice(["female", "male"])),
        "grade": str(random.choice(["low", "high"])),
        "signs": tuple(sorted({f"S{code}" for code in random.integers(0, 12, 3).tolist()})),
        "note": NOTES[number % len(NOTES)],
    }
    return {name: None if name != "note" and random.random() < 0.15 else value for name, value in told.items()}


def bundle(app: Application, outcome: TreeOutcome) -> dict[str, bytes]:
    """A signed bundle of the small image stage and the trees that were trained."""
    plain = small.bundle(app.contract_digest)
    spec = record.load(BundleSpec, plain["bundle.json"])
    whole = replace(spec, application=app.name, stages=(spec.stages[0], outcome.spec))
    mine = {name: data for name, data in plain.items() if not name.startswith("treatment")}
    return pack({**mine, **outcome.files, "bundle.json": record.dump(whole)}, KEY.sign, "site-1")


def opened(files: Mapping[str, bytes]) -> Model:
    """The model of a bundle, verified and ready to answer."""
    return assemble(open_bundle(files, TRUSTED), open_network, open_trees, open_sentences)


@cache
def trained(people: int = 60) -> Made:
    """The application trained once, on what the network says and sees of each picture at answer time.

    `learn.chain` gives training rows what networks blind to them say and see instead, so that these columns differ
    there by design (`tests/learn/test_nearest.py`); here every column must come out the same.
    """
    found = [image.read(small.picture(seed)) for seed in range(people)]
    pictures = {one.digest: one for one in found}
    plain = small.bundle(application.contract_digest)
    spec = record.load(BundleSpec, plain["bundle.json"]).stages[0]
    assert isinstance(spec, ImageStageSpec)
    network, head = open_network(plain[spec.file], 1), small.network()[1]
    seen = [see(ImageModel(spec, network, head, None), one.pixels) for one in found]
    labels = [{"treatment": small.TREATMENTS[number % 3]} for number in range(people)]
    rows = tuple(
        Row(f"R{i}", {**values(i), "mri": one.digest}, labels[i], f"F{i}", True, "test", i % 4)
        for i, one in enumerate(found)
    )
    chances = np.stack([one.scores for one in seen]).astype(np.float32)
    earlier = [Earlier("tumour", small.TUMOURS, chances, np.stack([one.features for one in seen]))]
    stage, shelf = application.chain[1], MemoryShelf()
    assert isinstance(stage, TreeStage)
    notes = read_notes(stage, rows, open_sentences, shelf, silent)
    learnt = table_of(application, stage, rows, earlier, notes)[0].everything()
    outcome = learn_trees(application, stage, rows, earlier, 0, shelf, silent, notes)
    assert isinstance(outcome.spec, EncodedTreeStageSpec)
    files = bundle(application, outcome)
    return Made(rows, pictures, learnt, outcome, files, opened(files))
