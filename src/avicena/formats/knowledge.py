"""Knowledge as one npz of plain arrays, written and read back without pickle, and the digest of what it says.

The digest is that of names, types, shapes and bytes of the arrays, not of the file around them: it is the same on every
machine, whatever compresses the file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.annotation import Annotations
from avicena.core.errors import Untrusted
from avicena.core.knowledge import Knowledge, Mondo
from avicena.core.ontology import Ontology, Synonym
from avicena.core.ragged import Coded, Ragged
from avicena.formats.arrays import read_arrays, write_arrays

Arrays = dict[str, NDArray[Any]]

PROFILES = ("direct", "full", "never")
VALUES = ("direct_f", "full_f", "background", "shown", "cases")
SHARED = ("owner", "onset", "sex", "inheritance")
END = "\n"


def digest_of(known: Knowledge) -> str:
    """The name of what a knowledge says: "sha256:" and 64 hexadecimal digits, equal where all arrays are equal."""
    return _digest(to_arrays(known))


def to_bytes(known: Knowledge) -> bytes:
    """The knowledge as an npz file."""
    return write_arrays(to_arrays(known))


def from_bytes(data: bytes, digest: str | None = None) -> Knowledge:
    """The knowledge of an npz written by `to_bytes`.

    Raises Untrusted (it is something else, or says something else than `digest`).
    """
    arrays = read_arrays(data)
    if digest is not None and _digest(arrays) != digest:
        raise Untrusted("the knowledge that is kept was altered; build it again: avicena knowledge build")
    try:
        return _read(arrays)
    except (KeyError, ValueError, IndexError, UnicodeDecodeError) as error:
        raise Untrusted(f"these arrays are no knowledge ({type(error).__name__}); build it again") from None


def to_arrays(known: Knowledge) -> Arrays:
    """The knowledge as little-endian arrays by name; what can be computed from the others is left out."""
    onto = known.ontology
    found: Arrays = {name: getattr(known, name) for name in SHARED} | _profiles("", known)
    found |= _list("ancestors", onto.ancestors) | _list("parents", onto.parents)
    texts: dict[str, Sequence[str]] = {
        "diseases": known.diseases,
        "names": known.names,
        "without": known.without,
        "dates": (known.date, onto.version),
        "ids": onto.ids,
        "labels": onto.labels,
        "spanish": onto.spanish,
        "spanish_status": onto.spanish_status,
        "old": tuple(onto.old),
        "new": tuple(onto.old.values()),
        "gone": tuple(onto.gone),
        "suggested": [" ".join(one) for one in onto.gone.values()],
        "synonym_text": [one.text for one in onto.synonyms],
        "synonym_scope": [one.scope for one in onto.synonyms],
        "synonym_kind": [one.kind for one in onto.synonyms],
    }
    found["synonym_term"] = np.array([one.term for one in onto.synonyms], dtype=np.int32)
    for one in fields(Annotations):
        column = getattr(known.rows, one.name)
        if isinstance(column, Coded):
            texts[f"rows.{one.name}"] = column.words
            column = column.number
        found[f"rows.{one.name}"] = column
    if known.mondo is not None:
        texts |= {"mondo.nodes": known.mondo.nodes, "mondo.codes": known.mondo.codes}
        found |= {"mondo.matched": known.mondo.matched, "mondo.edges": known.mondo.edges}
    if known.wide is not None:
        found |= _profiles("wide.", known.wide)
    found |= {f"{name}.text": _packed(words) for name, words in texts.items()}
    return {name: array.astype(array.dtype.newbyteorder("<"), copy=False) for name, array in found.items()}


def _profiles(prefix: str, known: Knowledge) -> Arrays:
    found: Arrays = {f"{prefix}{name}": getattr(known, name) for name in VALUES}
    for name in PROFILES:
        found |= _list(f"{prefix}{name}", getattr(known, name))
    return found


def _list(name: str, rows: Ragged) -> Arrays:
    return {f"{name}.start": rows.start, f"{name}.items": rows.items}


def _read(arrays: Arrays) -> Knowledge:
    text = {name.removesuffix(".text"): _words(value) for name, value in arrays.items() if name.endswith(".text")}
    date, version = text["dates"]
    synonyms = zip(
        arrays["synonym_term"].tolist(), text["synonym_text"], text["synonym_scope"], text["synonym_kind"], strict=True
    )
    onto = Ontology(
        version,
        text["ids"],
        text["labels"],
        _rows(arrays, "ancestors"),
        _rows(arrays, "parents"),
        dict(zip(text["old"], text["new"], strict=True)),
        {id: tuple(words.split()) for id, words in zip(text["gone"], text["suggested"], strict=True)},
        tuple(Synonym(*one) for one in synonyms),
        text["spanish"],
        text["spanish_status"],
    )
    rows: dict[str, Any] = {}
    for one in fields(Annotations):
        column = arrays[f"rows.{one.name}"]
        rows[one.name] = Coded(text[f"rows.{one.name}"], column) if f"rows.{one.name}" in text else column
    shared: dict[str, Any] = {name: arrays[name] for name in SHARED}
    shared |= {name: text[name] for name in ("diseases", "names", "without")}
    shared |= {"date": date, "ontology": onto, "rows": Annotations(**rows)}
    if "mondo.matched" in arrays:
        shared["mondo"] = Mondo(
            text["mondo.nodes"], text["mondo.codes"], arrays["mondo.matched"], arrays["mondo.edges"]
        )
    wide = Knowledge(**shared, **_profile_fields(arrays, "wide.")) if "wide.full_f" in arrays else None
    return Knowledge(**shared, **_profile_fields(arrays, ""), wide=wide)


def _profile_fields(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: arrays[f"{prefix}{name}"] for name in VALUES}
    return found | {name: _rows(arrays, f"{prefix}{name}") for name in PROFILES}


def _rows(arrays: Mapping[str, NDArray[Any]], name: str) -> Ragged:
    return Ragged(arrays[f"{name}.start"], arrays[f"{name}.items"])


def _packed(words: Sequence[str]) -> NDArray[np.uint8]:
    """Texts one after another, each ended; a line end inside one would be two of them. Raises ValueError (there is)."""
    if any(END in word for word in words):
        raise ValueError("a text of the knowledge holds a line end")
    return np.frombuffer("".join(word + END for word in words).encode(), dtype=np.uint8)


def _words(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split(END)[:-1])


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name} {array.dtype.str} {array.shape}{END}".encode())
        total.update(array.tobytes())
    return "sha256:" + total.hexdigest()
