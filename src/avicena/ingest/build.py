"""Source files in, knowledge and its version out; the same files give the same version, packed or not."""

import gzip
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from avicena.core import digest
from avicena.core.annotation import Annotations
from avicena.core.errors import ContractViolation
from avicena.core.knowledge import Knowledge, Mondo
from avicena.core.knowledge_version import NOTICES, KnowledgeVersion
from avicena.core.ontology import Translation, ontology
from avicena.core.progress import Progress, silent
from avicena.core.ragged import Ints
from avicena.formats.babelon import read_babelon
from avicena.formats.hpoa import read_hpoa
from avicena.formats.knowledge import digest_of
from avicena.formats.mondo import mondo, read_edges, read_matches
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import doubted, knowledge, old_terms, unknown_terms

MONDO = "mondo/"
"""How the roles of Mondo's files begin; the name of the file follows."""
LESS = 0.1
"""A version that has this share less of something than the one before is not kept unless somebody says so."""

STAGE, STEPS = "knowledge", 6


@dataclass(frozen=True)
class Built:
    """A knowledge and its version, whose `blob` is still empty."""

    known: Knowledge
    version: KnowledgeVersion


def build(files: Mapping[str, bytes], progress: Progress = silent) -> Built:
    """Knowledge of the files obo, hpoa and, where given, babelon and mondo/NAME, packed with gzip or not.

    Raises ContractViolation (files that are missing, cut short, of another kind, or do not belong together, by role).
    """
    missing = {role: "this file is needed" for role in ("obo", "hpoa") if role not in files}
    if missing:
        raise ContractViolation(missing)
    plain = {role: unpacked(role, files[role]) for role in sorted(files)}
    progress(STAGE, 1, STEPS)
    spanish = read_babelon(_lines("babelon", plain)) if "babelon" in plain else {}
    onto = ontology(*read_obo(_lines("obo", plain)), spanish)
    progress(STAGE, 2, STEPS)
    date, rows = read_hpoa(_lines("hpoa", plain))
    progress(STAGE, 3, STEPS)
    same = _mondo(plain)
    progress(STAGE, 4, STEPS)
    known = knowledge(onto, date, rows, mondo=same)
    progress(STAGE, 5, STEPS)
    found = Built(known, _version(known, rows, plain, spanish))
    progress(STAGE, STEPS, STEPS)
    return found


def shrunk(before: KnowledgeVersion, now: KnowledgeVersion) -> dict[str, str]:
    """What a version has over a tenth less of than the one before, by the file that it came from; empty where nothing.

    A file that was cut at the end of a line or a stanza looks whole, but it is shorter than the last one.
    """
    found: dict[str, str] = {}
    for role, name in (("obo", "terms"), ("hpoa", "rows"), ("hpoa", "diseases")):
        least = before.counts.get(name, 0) * (1 - LESS)
        if now.counts[name] < least:
            found[role] = (
                f"{now.counts[name]} {name}, where the version before has {before.counts[name]}; "
                "is the file cut short? If it is meant: --smaller"
            )
    return found


def unpacked(role: str, data: bytes) -> bytes:
    """The bytes of a file, without gzip where it was packed. Raises ContractViolation (the packed file is damaged)."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error):
        raise ContractViolation({role: "the gzip file is cut short or damaged; fetch it again"}) from None


def _lines(role: str, plain: Mapping[str, bytes]) -> list[str]:
    try:
        return plain[role].decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise ContractViolation({role: "not a text in UTF-8"}) from None


def _mondo(plain: Mapping[str, bytes]) -> Mondo | None:
    roles = [role for role in plain if role.startswith(MONDO)]
    if not roles:
        return None
    pairs, edges = [], []
    for role in roles:
        if "exactmatch" in role:
            pairs += read_matches(_lines(role, plain))
        else:
            edges += read_edges(_lines(role, plain))
    if not pairs or not edges:
        raise ContractViolation({"mondo": "both mondo_exactmatch_*.sssom.tsv and *edges.tsv are needed"})
    return mondo(pairs, edges)


def _version(
    known: Knowledge, rows: Annotations, plain: Mapping[str, bytes], spanish: Mapping[str, Translation]
) -> KnowledgeVersion:
    unknown = unknown_terms(known.ontology, rows)
    used = {role.split("/")[0] for role in plain}
    unnamed = KnowledgeVersion(
        id="",
        content=digest_of(known),
        blob="",
        hpo=known.ontology.version,
        hpoa=known.date,
        mondo=known.mondo is not None,
        sources={role.removesuffix(".gz"): digest.of_bytes(plain[role]) for role in sorted(plain)},
        counts=_counts(known, spanish),
        unknown=unknown,
        suggested={id: known.ontology.gone[id] for id in unknown if id in known.ontology.gone},
        followed=old_terms(known.ontology, rows),
        doubted=doubted(rows),
        notices=tuple(
            line.format(hpo=known.ontology.version, hpoa=known.date)
            for role in ("hpo", "mondo", "babelon")
            if role == "hpo" or role in used
            for line in NOTICES[role]
        ),
    )
    return replace(unnamed, id=digest.of(unnamed))


def _counts(known: Knowledge, spanish: Mapping[str, Translation]) -> dict[str, int]:
    onto, rows = known.ontology, known.rows
    found: dict[str, int] = {"diseases": len(known.diseases), "rows": len(rows), "terms": len(onto)}
    found |= {f"diseases {name}": many for name, many in Counter(id.partition(":")[0] for id in known.diseases).items()}
    found |= {f"rows {name}": many for name, many in _each(rows.aspect.words, rows.aspect.number).items()}
    found |= {
        "rows NOT": int(rows.denied.sum()),
        "rows with a frequency": int((known.rows.counted()[1] > 0).sum()),
        "references": len({paper.strip() for word in rows.reference.words for paper in word.split(";")}),
        "phenotypes": len(onto.phenotypes),
        "synonyms": len(onto.synonyms),
        "old ids": len(onto.old),
        "obsolete ids": len(onto.gone),
    }
    if spanish:
        labels = dict(zip(onto.ids, onto.labels, strict=True))
        found |= {f"spanish {one}": many for one, many in Counter(filter(None, onto.spanish_status)).items()}
        found["spanish of an older label"] = sum(
            labels[id] != one.source for id, one in spanish.items() if id in labels and one.source
        )
    if known.mondo is not None:
        found["diseases with other codes"] = sum(bool(known.codes(place)) for place in range(len(known.diseases)))
    return found


def _each(words: tuple[str, ...], number: Ints) -> dict[str, int]:
    many = np.bincount(number, minlength=len(words)).tolist()
    return {word: count for word, count in zip(words, many, strict=True) if word and count}
