"""A whole installation in a folder, with models so small that a test may have one of its own."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pixels

from avicena import (
    Application,
    Case,
    Choice,
    Decision,
    Gate,
    Image,
    ImageRecipe,
    ImageStage,
    Note,
    Number,
    Prediction,
    Text,
    TreeRecipe,
    TreeStage,
    lifecycle,
    refer,
    suggest,
)
from avicena.backends.engine.onnx import open_network
from avicena.backends.engine.trees import open_trees
from avicena.core import digest
from avicena.core.actor import ROLES, Actor
from avicena.core.bundle import BundleSpec, ConformalSpec, ImageStageSpec, TreeStageSpec, given
from avicena.core.model import Candidate, Deployment, Evaluation
from avicena.formats import record
from avicena.formats.arrays import write_arrays
from avicena.formats.bundle import pack
from avicena.settings import Settings
from avicena.site import Site, open_site

SIDE = 64
TUMOURS = ("glioma", "meningioma", "pituitary")
TREATMENTS = ("surgery", "radiotherapy", "monitoring")
COLUMNS = ("age", "female", "long_note", *(given("tumour", label) for label in TUMOURS))
PERSON = Actor("test", ROLES)


def features(case: Case) -> Mapping[str, float]:
    """Age in years, and whether the patient is female and the note long."""
    values = case.values
    return {
        "age": 0.0 if values["age"] is None else case.number("age"),
        "female": float(values["sex"] == "female"),
        "long_note": float(len(str(values["note"])) > 60),
    }


def decide(prediction: Prediction) -> Decision:
    """Suggest what alone is plausible."""
    if prediction.confidence.single:
        return suggest(prediction.best)
    return refer("more than one treatment remains plausible", "queda más de un tratamiento plausible")


application = Application(
    name="small-tumour",
    purpose=Text("A small question for tests", "Una pregunta pequeña para pruebas"),
    inputs={
        "mri": Image("MR", SIDE),
        "age": Number(0, 120, "a"),
        "sex": Choice("female", "male", "other", "unknown"),
        "note": Note(("es", "en")),
    },
    chain=(
        ImageStage("tumour", "mri", TUMOURS, ImageRecipe(side=SIDE)),
        TreeStage("treatment", TREATMENTS, TreeRecipe(), given="tumour"),
    ),
    features=features,
    decide=decide,
    gate=Gate(serve=()),
)


def picture(seed: int = 0, side: int = 96, kind: str = "PNG") -> bytes:
    """A grey picture of noise inside a bright disc, as the bytes of a file."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] - side / 2
    disc = (x * x + y * y < (0.4 * side) ** 2) * 120
    pixels = np.clip(disc + random.normal(20, 12, (side, side)), 0, 255).astype(np.uint8)
    file = BytesIO()
    Pixels.fromarray(pixels).save(file, kind)
    return file.getvalue()


def network(side: int = SIDE) -> tuple[bytes, NDArray[np.float32], NDArray[np.float32]]:
    """An ONNX network of one convolution, pooling and a linear head; its head's weight (3, 8) and bias (3,)."""
    from onnx import TensorProto, helper, numpy_helper  # heavy, and a server has no need of it

    random = np.random.default_rng(1)
    filters = random.normal(0, 0.1, (8, 1, 16, 16)).astype(np.float32)
    weight = random.normal(0, 2, (len(TUMOURS), 8)).astype(np.float32)
    bias = np.zeros(len(TUMOURS), np.float32)
    nodes = [
        helper.make_node("Conv", ["plane", "filters"], ["sums"], strides=[16, 16]),
        helper.make_node("Relu", ["sums"], ["feature_map"]),
        helper.make_node("GlobalAveragePool", ["feature_map"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "weight", "bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("plane", TensorProto.FLOAT, ["n", 1, side, side])],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", len(TUMOURS)]),
            helper.make_tensor_value_info("feature_map", TensorProto.FLOAT, ["n", 8, side // 16, side // 16]),
        ],
        [
            numpy_helper.from_array(value, name)
            for name, value in (("filters", filters), ("weight", weight), ("bias", bias))
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    return bytes(model.SerializeToString()), weight, bias


def trees(rounds: int = 5) -> bytes:
    """Boosted trees over COLUMNS that learnt that the old are rather monitored."""
    import xgboost

    random = np.random.default_rng(2)
    rows = random.random((300, len(COLUMNS))).astype(np.float32)
    rows[:, 0] *= 100
    labels = np.where(rows[:, 0] > 70, 2, random.integers(0, 2, 300))
    parameters = {"objective": "multi:softprob", "num_class": len(TREATMENTS), "max_depth": 3, "nthread": 1}
    booster = xgboost.train(parameters, xgboost.DMatrix(rows, labels, feature_names=list(COLUMNS)), rounds)
    return bytes(booster.save_raw("ubj"))


@cache
def bundle(
    contract: str,
    onnx_model: bytes | None = None,
    side: int = SIDE,
    classes: tuple[str, ...] = TUMOURS,
    rounds: int = 5,
) -> dict[str, bytes]:
    """The files of a bundle, not yet signed; with `onnx_model` around that network instead of the small one."""
    model, weight, bias = network(side)
    if onnx_model is not None:
        model, weight, bias = onnx_model, *_head(onnx_model, len(classes))
    planes = np.random.default_rng(3).uniform(-1, 1, (2, 1, side, side)).astype(np.float32)
    rows = np.random.default_rng(4).random((4, len(COLUMNS))).astype(np.float32)
    ubj = trees(rounds)
    loose = dict.fromkeys(classes, 1.0)
    spec = BundleSpec(
        application.name,
        contract,
        (
            ImageStageSpec(
                "tumour",
                "mri",
                "tumour.onnx",
                classes,
                side,
                1.0,
                "head.npz",
                ConformalSpec(0.1, loose),
                None,
                "tumour-parity.npz",
            ),
            TreeStageSpec(
                "treatment",
                "treatment.ubj",
                TREATMENTS,
                COLUMNS,
                {},
                1.0,
                ConformalSpec(0.1, dict.fromkeys(TREATMENTS, 0.6)),
                "xgboost",
                "treatment-parity.npz",
                {},
            ),
        ),
    )
    outputs = open_network(model, 1).run(planes)[0]
    margins = open_trees(ubj).run(rows)[0]
    name = digest.of_bytes(model + ubj)
    return {
        "bundle.json": record.dump(spec),
        "evaluation.json": record.dump(Evaluation(name, (), (), ())),
        "candidate.json": record.dump(Candidate(name, application.name, {}, "small", {}, 0, "tests", "")),
        "MODEL_CARD.md": b"# A model for tests\n",
        "tumour.onnx": model,
        "head.npz": write_arrays({"weight": weight, "bias": bias}),
        "tumour-parity.npz": write_arrays({"inputs": planes, "outputs": outputs}),
        "treatment.ubj": ubj,
        "treatment-parity.npz": write_arrays({"inputs": rows, "outputs": margins}),
    }


def _head(model: bytes, classes: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight (k, c) and bias (k,) of a network's linear head."""
    import onnx
    from onnx import numpy_helper

    arrays = [numpy_helper.to_array(one) for one in onnx.load_from_string(model).graph.initializer]
    weight = next(one for one in arrays if one.ndim == 2 and classes in one.shape)
    bias = np.zeros(classes, np.float32)
    return (weight if weight.shape[0] == classes else weight.T).astype(np.float32), bias


def install(site: Site, **changed: Any) -> str:
    """Install, accept and deploy a small model; the bundle's digest. `changed` goes to `bundle`."""
    app = site.application(application.name)
    files = pack(bundle(app.contract_digest, **changed), site.keys.sign, site.keys.key_id)
    found = lifecycle.install(site, files, PERSON)
    version = lifecycle.sign_off(site, app.name, found.id, True, "small, for tests", PERSON)
    assert version is not None
    lifecycle.deploy(site, app.name, version.number, "for tests", PERSON)
    return found.bundle


def small_site(folder: Path, *, installed: bool = True, **given: Any) -> Site:
    """An installation in `folder` that answers small questions, with settings as `given`."""
    settings = Settings(site=str(folder), applications="tests.small", **given)
    site = open_site(settings, {application.name: application})
    if installed and not site.find(Deployment, "deployment", application.name):
        install(site)
    return site
