"""A bundle on the wire: what was signed opens, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from avicena.core import digest
from avicena.core.bundle import BundleSpec, ConformalSpec, Histogram, ImageStageSpec, OutlierSpec, TreeStageSpec, check
from avicena.core.bundle import given as column
from avicena.core.errors import Untrusted
from avicena.core.model import Candidate, Check, Evaluation
from avicena.core.text import Text
from avicena.formats import record
from avicena.formats.bundle import Bundle, open_bundle, pack, read_arrays, write_arrays

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TRUSTED = {"site-1": KEY.public_key().public_bytes_raw()}

IMAGE = ImageStageSpec(
    name="tumour",
    input="mri",
    file="tumour.onnx",
    classes=("glioma", "meningioma"),
    side=224,
    temperature=1.3,
    head_file="tumour.head.npz",
    conformal=ConformalSpec(0.1, {"glioma": 0.8, "meningioma": 0.7}),
    outlier=OutlierSpec("residual-and-look", "tumour.outlier.npz", 0.4),
    parity_file="tumour.parity.npz",
)
TREE = TreeStageSpec(
    name="treatment",
    file="treatment.ubj",
    classes=("surgery", "monitoring"),
    columns=("age", column("tumour", "glioma")),
    medians={"age": 54.0},
    temperature=1.0,
    conformal=ConformalSpec(0.1, {"surgery": 1.0, "monitoring": 0.9}),
    family="xgboost",
    parity_file="treatment.parity.npz",
    reference={"age": Histogram((0.0, 50.0, 120.0), (3, 4), 1)},
)
SPEC = BundleSpec("brain-tumour", "sha256:" + "0" * 64, (IMAGE, TREE))
CHECKS = (
    Check("accuracy", "PASS", "serving", Text("accurate enough", "bastante exacto")),
    Check("signal", "FAIL", "suggestion", Text("no signal beyond tumour class", "sin señal más allá de la clase")),
    Check("women", "INSUFFICIENT", "suggestion", Text("too few women", "muy pocas mujeres")),
)
ARRAYS = {"inputs": np.zeros((1, 2), np.float32), "outputs": np.ones((1, 2), np.float32)}


def files(spec: BundleSpec = SPEC) -> dict[str, bytes]:
    candidate = Candidate("c1", "brain-tumour", {"tumour": "d1"}, "r1", {"depth": 3}, 7, "abc", "")
    weights = {name: write_arrays(ARRAYS) if name.endswith("npz") else name.encode() for name in SPEC.files}
    return {
        "bundle.json": record.dump(spec),
        "evaluation.json": record.dump(Evaluation("c1", (), (), CHECKS)),
        "candidate.json": record.dump(candidate),
        "MODEL_CARD.md": b"# What it is not\n",
        **weights,
    }


PACKED = pack(files(), KEY.sign, "site-1")


def refused(held: dict[str, bytes], words: str | None = None, trusted: dict[str, bytes] = TRUSTED) -> None:
    with pytest.raises(Untrusted, match=words):
        open_bundle(held, trusted)


def resigned(manifest: bytes) -> bytes:
    sealed = orjson.loads(pack(files(), lambda _: KEY.sign(manifest), "site-1")["signature.json"])
    return orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS)


def test_what_was_packed_opens_with_all_it_holds() -> None:
    bundle = open_bundle(PACKED, TRUSTED)
    assert bundle.spec == SPEC
    assert bundle.digest == digest.of_bytes(PACKED["manifest.json"])
    assert bundle.files == files()
    assert bundle.key_id == "site-1"
    assert bundle.candidate.seed == 7
    np.testing.assert_array_equal(read_arrays(bundle.files["tumour.parity.npz"])["outputs"], ARRAYS["outputs"])


def test_the_unit_names_the_weights_of_every_stage() -> None:
    unit = open_bundle(PACKED, TRUSTED).unit(4)
    assert (unit.application, unit.version) == ("brain-tumour", 4)
    assert unit.weights == {
        "tumour": digest.of_bytes(b"tumour.onnx"),
        "treatment": digest.of_bytes(b"treatment.ubj"),
    }


def test_the_reason_for_referral_is_the_first_check_that_forbids_a_suggestion() -> None:
    reason = open_bundle(PACKED, TRUSTED).scope_reason
    assert reason == Text("no signal beyond tumour class", "sin señal más allá de la clase")
    passed = record.dump(Evaluation("c1", (), (), CHECKS[:1]))
    opened = open_bundle(pack({**files(), "evaluation.json": passed}, KEY.sign, "site-1"), TRUSTED)
    assert opened.scope_reason is None


def test_packing_the_same_twice_gives_the_same_bytes_in_any_order() -> None:
    assert pack(dict(reversed(files().items())), KEY.sign, "site-1") == PACKED


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_no_byte_can_be_changed_unseen(name: str, flip: int) -> None:
    for place in range(len(PACKED[name])):
        altered = bytearray(PACKED[name])
        altered[place] ^= flip
        refused({**PACKED, name: bytes(altered)})


@given(st.sampled_from(sorted(PACKED)), st.data())
def test_no_file_can_be_cut_short_or_lengthened_unseen(name: str, data: st.DataObject) -> None:
    whole = PACKED[name]
    cut = data.draw(st.integers(0, len(whole) - 1))
    refused({**PACKED, name: whole[:cut]})
    refused({**PACKED, name: whole + data.draw(st.binary(min_size=1, max_size=4))})


@pytest.mark.parametrize("name", sorted(PACKED))
def test_a_missing_file_is_named(name: str) -> None:
    refused({one: data for one, data in PACKED.items() if one != name}, f"{name}")


def test_a_bundle_without_signature_is_called_unsigned() -> None:
    refused({one: data for one, data in PACKED.items() if one != "signature.json"}, "not signed")
    refused(files(), "manifest.json is missing")
    refused({}, "manifest.json is missing")


def test_a_file_that_was_not_signed_is_named() -> None:
    refused({**PACKED, "extra.onnx": b"x"}, "not signed: extra.onnx")


def test_a_renamed_file_is_refused() -> None:
    renamed = dict(PACKED)
    renamed["treatment2.ubj"] = renamed.pop("treatment.ubj")
    refused(renamed, "missing treatment.ubj")


def test_swapped_weights_are_refused() -> None:
    one, other = "tumour.onnx", "treatment.ubj"
    refused({**PACKED, one: PACKED[other], other: PACKED[one]}, "was altered")


def test_a_signature_by_another_key_is_refused() -> None:
    refused(pack(files(), OTHER.sign, "site-1"), "signature does not fit")
    refused(pack(files(), OTHER.sign, "site-2"), "not trusted here: 'site-2'")
    refused(PACKED, "not trusted", trusted={})


def test_a_trusted_key_that_is_no_key_trusts_nothing() -> None:
    refused(PACKED, "malformed", trusted={"site-1": b"short"})


def test_the_signature_of_another_bundle_does_not_fit() -> None:
    other = pack({**files(), "MODEL_CARD.md": b"# Better\n"}, KEY.sign, "site-1")
    refused({**PACKED, "signature.json": other["signature.json"]}, "signature does not fit")
    assert open_bundle(other, TRUSTED).digest != open_bundle(PACKED, TRUSTED).digest


def test_another_algorithm_is_refused_however_it_calls_itself() -> None:
    sealed = orjson.loads(PACKED["signature.json"])
    for name in ("none", "HS256", "ed25519"):
        refused({**PACKED, "signature.json": orjson.dumps({**sealed, "algorithm": name})}, "Ed25519 only|as Avicena")


def test_a_manifest_of_another_format_is_refused_even_when_signed() -> None:
    manifest = PACKED["manifest.json"].replace(b'"format":1', b'"format":2')
    refused({**PACKED, "manifest.json": manifest, "signature.json": resigned(manifest)}, "format 2")


def test_a_signed_manifest_that_is_half_written_is_refused() -> None:
    manifest = PACKED["manifest.json"][:-20]
    refused({**PACKED, "manifest.json": manifest, "signature.json": resigned(manifest)}, "manifest.json cannot be read")


def test_a_half_written_spec_cannot_be_packed() -> None:
    with pytest.raises(Untrusted, match=r"bundle\.json cannot be read"):
        pack({**files(), "bundle.json": files()["bundle.json"][:-9]}, KEY.sign, "site-1")


@pytest.mark.parametrize("name", ["bundle.json", "MODEL_CARD.md", "tumour.onnx", "tumour.outlier.npz"])
def test_an_incomplete_bundle_cannot_be_packed(name: str) -> None:
    with pytest.raises(Untrusted, match=name):
        pack({one: data for one, data in files().items() if one != name}, KEY.sign, "site-1")


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "manifest.json", "signature.json", "é", "a" * 101])
def test_a_name_that_is_not_plain_cannot_be_packed(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        pack({**files(), name: b""}, KEY.sign, "site-1")


def test_a_signed_manifest_with_a_name_that_is_not_plain_is_refused() -> None:
    manifest = PACKED["manifest.json"].replace(b'"tumour.onnx"', b'"../tum.onnx"')
    held = {one: data for one, data in PACKED.items() if one != "tumour.onnx"}
    held |= {"../tum.onnx": PACKED["tumour.onnx"], "manifest.json": manifest, "signature.json": resigned(manifest)}
    refused(held, "not plain|as Avicena writes it")


DISORDERS: dict[str, Callable[[], BundleSpec]] = {
    "no stage": lambda: replace(SPEC, stages=()),
    "one name": lambda: replace(SPEC, stages=(IMAGE, IMAGE)),
    "fewer than two, or repeat": lambda: _image(classes=("glioma", "glioma")),
    "conformal thresholds": lambda: _image(conformal=ConformalSpec(0.1, {"glioma": 0.8})),
    "alpha": lambda: _image(conformal=replace(IMAGE.conformal, alpha=0.0)),
    "temperature": lambda: _image(temperature=0.0),
    "tolerance": lambda: _image(tolerance=-1.0),
    "side": lambda: _image(side=0),
    "no columns": lambda: replace(SPEC, stages=(IMAGE, replace(TREE, columns=("age", "age")))),
    "does not have": lambda: replace(SPEC, stages=(IMAGE, replace(TREE, medians={"size": 1.0}))),
}


def _image(**changes: Any) -> BundleSpec:
    return replace(SPEC, stages=(replace(IMAGE, **changes), TREE))


@pytest.mark.parametrize("words", DISORDERS)
def test_a_spec_that_is_not_in_order_is_refused_with_what_is_wrong(words: str) -> None:
    with pytest.raises(Untrusted, match=words):
        pack(files(DISORDERS[words]()), KEY.sign, "site-1")


def test_the_spec_of_the_sample_is_in_order() -> None:
    assert check(SPEC) == []
    assert SPEC.stage("treatment") is TREE
    with pytest.raises(KeyError):
        SPEC.stage("prognosis")


def test_a_file_that_is_not_there_has_no_digest() -> None:
    bundle: Bundle = open_bundle(PACKED, TRUSTED)
    with pytest.raises(KeyError):
        bundle.digest_of("nothing.onnx")


def test_a_bundle_of_a_release_that_did_not_know_a_field_still_opens_and_nothing_else_may_differ() -> None:
    plain = {name: data for name, data in PACKED.items() if name not in ("manifest.json", "signature.json")}
    spec = plain["bundle.json"]
    older = spec.replace(b',"offsets":[]', b"")
    assert older != spec
    assert open_bundle(pack({**plain, "bundle.json": older}, KEY.sign, "site-1"), TRUSTED).spec == SPEC
    for other in (older.replace(b":", b": ", 1), older + b"\n", older.replace(b"{", b'{"format":1,', 1)):
        with pytest.raises(Untrusted, match=r"as Avicena writes it|cannot be read"):
            pack({**plain, "bundle.json": other}, KEY.sign, "site-1")
