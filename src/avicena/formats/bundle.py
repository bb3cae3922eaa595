"""A model bundle on the wire: files, a manifest that names every byte of them, and a signature over the manifest."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from avicena.core import digest
from avicena.core.answer import ModelUnit
from avicena.core.bundle import FORMAT, BundleSpec, check
from avicena.core.errors import Untrusted
from avicena.core.learnt import Learnt
from avicena.core.model import Candidate, Evaluation
from avicena.core.text import Text
from avicena.formats import record
from avicena.formats.arrays import read_arrays, write_arrays

__all__ = ["Bundle", "Manifest", "Named", "Signature", "open_bundle", "pack", "read_arrays", "write_arrays"]

SPEC, EVALUATION, CANDIDATE, CARD = "bundle.json", "evaluation.json", "candidate.json", "MODEL_CARD.md"
REQUIRED = (SPEC, EVALUATION, CANDIDATE, CARD)
"""What every bundle holds beside its weights."""

LEARNT = "learnt.json"
"""Marks of the pictures that the bundle learnt from (`core.learnt`); bundles of older releases have none."""

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
_ALGORITHM = "Ed25519"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Named:
    """One file as the manifest names it: SHA-256 (hexadecimal) and size."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every file of a bundle but the manifest and its signature; its canonical bytes are what is signed."""

    files: Mapping[str, Named]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Signature:
    """An Ed25519 signature (RFC 8032) over the manifest's bytes, in base64."""

    algorithm: str
    key_id: str
    signature: str


@dataclass(frozen=True)
class Bundle:
    """A bundle whose signature and files were all verified; `files` leaves out the manifest and the signature."""

    digest: str
    spec: BundleSpec
    files: Mapping[str, bytes]
    key_id: str

    def digest_of(self, name: str) -> str:
        """The digest of one file's bytes. Raises KeyError (no such file)."""
        return digest.of_bytes(self.files[name])

    def unit(self, version: int) -> ModelUnit:
        """This chain as the unit that answers, under the number of its version."""
        weights = {stage.name: self.digest_of(stage.file) for stage in self.spec.stages}
        return ModelUnit(self.spec.application, version, self.digest, weights)

    @cached_property
    def evaluation(self) -> Evaluation:
        """What was measured on it. Raises Untrusted (evaluation.json is not an evaluation)."""
        return record.load(Evaluation, self.files[EVALUATION])

    @cached_property
    def candidate(self) -> Candidate:
        """How it came to be; its `bundle` is empty, for no file can hold its own digest. Raises Untrusted."""
        return record.load(Candidate, self.files[CANDIDATE])

    @cached_property
    def learnt(self) -> Learnt | None:
        """Marks of the pictures that it learnt from, None where it has none. Raises Untrusted (malformed)."""
        return _read(Learnt, LEARNT, self.files[LEARNT]) if LEARNT in self.files else None

    @property
    def scope_reason(self) -> Text | None:
        """Why the gate forbids suggestions, in the words of the first check that failed; None where it does not."""
        failed = (one.text for one in self.evaluation.checks if one.blocks == "suggestion" and one.verdict != "PASS")
        return next(failed, None)


def pack(files: Mapping[str, bytes], sign: Callable[[bytes], bytes], key_id: str) -> dict[str, bytes]:
    """The files with their manifest and its signature; `sign` gives the 64 bytes of Ed25519 over what it is handed.

    Raises Untrusted (a required file is missing, or bundle.json is not in order), ValueError (a name is not plain).
    """
    for name in files:
        if not _plain(name) or name in (MANIFEST, SIGNATURE):
            raise ValueError(f"{name!r} is not a name for a file in a bundle")
    _spec(files)
    manifest = record.dump(Manifest({name: _named(data) for name, data in files.items()}))
    signature = Signature(_ALGORITHM, key_id, base64.b64encode(sign(manifest)).decode())
    return {**files, MANIFEST: manifest, SIGNATURE: record.dump(signature)}


def names(manifest: bytes) -> frozenset[str]:
    """The names of all files of a bundle by its manifest, whoever signed it. Raises Untrusted (it is no manifest)."""
    return frozenset({*_read(Manifest, MANIFEST, manifest).files, MANIFEST, SIGNATURE})


def open_bundle(files: Mapping[str, bytes], trusted: Mapping[str, bytes]) -> Bundle:
    """A bundle, once everything in it was found as it was signed. `trusted` maps key ids to raw public keys (32 bytes).

    Raises Untrusted (unsigned, signed by an unknown key, altered, incomplete, or of another format; it says which).
    """
    if MANIFEST not in files:
        raise Untrusted(f"the bundle is incomplete: {MANIFEST} is missing")
    key_id = _verify(files, trusted)
    manifest = _read(Manifest, MANIFEST, files[MANIFEST])
    if manifest.format != FORMAT:
        raise Untrusted(f"the bundle has format {manifest.format}; this release reads format {FORMAT}")
    held = {name: data for name, data in files.items() if name not in (MANIFEST, SIGNATURE)}
    _compare(held, manifest)
    return Bundle(digest.of_bytes(files[MANIFEST]), _spec(held), held, key_id)


def _verify(files: Mapping[str, bytes], trusted: Mapping[str, bytes]) -> str:
    """The id of the trusted key that signed the manifest."""
    if SIGNATURE not in files:
        raise Untrusted(f"the bundle is not signed: {SIGNATURE} is missing")
    signature = _read(Signature, SIGNATURE, files[SIGNATURE])
    if signature.algorithm != _ALGORITHM:
        raise Untrusted(f"{SIGNATURE}: this release verifies {_ALGORITHM} only")
    if signature.key_id not in trusted:
        raise Untrusted(f"the bundle is signed by a key that is not trusted here: {signature.key_id[:80]!r}")
    try:
        sealed = base64.b64decode(signature.signature, validate=True)
        if base64.b64encode(sealed).decode() != signature.signature:
            raise Untrusted(f"{SIGNATURE}: the signature is not plain base64")
        Ed25519PublicKey.from_public_bytes(trusted[signature.key_id]).verify(sealed, files[MANIFEST])
    except InvalidSignature:
        raise Untrusted(f"the signature does not fit {MANIFEST}: one of the two was altered") from None
    except (binascii.Error, ValueError):
        raise Untrusted(f"{SIGNATURE}: the signature or the trusted key is malformed") from None
    return signature.key_id


def _compare(files: Mapping[str, bytes], manifest: Manifest) -> None:
    """Raises Untrusted (a file is missing, was added, or has other bytes or another name than it should)."""
    if odd := sorted(name for name in manifest.files if not _plain(name)):
        raise Untrusted(f"{MANIFEST} names files in a way that is not plain: {odd[0][:100]!r}")
    if missing := sorted(manifest.files.keys() - files.keys()):
        raise Untrusted(f"the bundle is incomplete: missing {', '.join(missing)}")
    if extra := sorted(files.keys() - manifest.files.keys()):
        raise Untrusted(f"the bundle holds what was not signed: {', '.join(extra)}")
    for name, named in manifest.files.items():
        if len(files[name]) != named.bytes:
            raise Untrusted(f"{name} was altered: {len(files[name])} bytes where {named.bytes} were signed")
        if _named(files[name]) != named:
            raise Untrusted(f"{name} was altered since it was signed")


def _spec(files: Mapping[str, bytes]) -> BundleSpec:
    """bundle.json, in order and with every file that it names. Raises Untrusted."""
    if missing := [name for name in REQUIRED if name not in files]:
        raise Untrusted(f"the bundle is incomplete: missing {', '.join(missing)}")
    spec = _read(BundleSpec, SPEC, files[SPEC])
    if spec.format != FORMAT:
        raise Untrusted(f"{SPEC} has format {spec.format}; this release reads format {FORMAT}")
    if missing := [name for name in spec.files if name not in files]:
        raise Untrusted(f"{SPEC} names files that are not there: {', '.join(missing)}")
    if problems := check(spec):
        raise Untrusted(f"{SPEC} is not in order: {'; '.join(problems)}")
    return spec


def _read(cls: type[T], name: str, data: bytes) -> T:
    """A noun whose bytes are canonical, so that no byte can differ unseen. Raises Untrusted.

    A release that did not know some of its fields left them out; every other byte must be as this one writes it.
    """
    try:
        noun = record.load(cls, data)
    except Untrusted as error:
        raise Untrusted(f"{name} cannot be read: {error}") from None
    whole = record.dump(noun)
    if whole != data and orjson.dumps(_within(orjson.loads(whole), orjson.loads(data))) != data:
        raise Untrusted(f"{name} is not written as Avicena writes it")
    return noun


def _within(whole: Any, told: Any) -> Any:
    """What a record says, without the fields that `told` leaves out."""
    if isinstance(whole, dict) and isinstance(told, dict):
        return {name: _within(value, told[name]) for name, value in whole.items() if name in told}
    if isinstance(whole, list) and isinstance(told, list):
        return [_within(*pair) for pair in zip(whole, told, strict=True)]
    return whole


def _named(data: bytes) -> Named:
    return Named(digest.of_bytes(data).removeprefix("sha256:"), len(data))


def _plain(name: str) -> bool:
    """Whether a name is safe in any folder: no separators, no leading dot."""
    return 0 < len(name) <= 100 and name.isascii() and name[0] != "." and all(c.isalnum() or c in "._-" for c in name)
