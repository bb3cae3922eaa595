"""Published cases, a phenopacket with its disease a line: parsed, grouped by disease and paper, and frozen."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from avicena.core import digest
from avicena.core.application import Application, RankStage
from avicena.core.case_score import KnownCase
from avicena.core.errors import ContractViolation
from avicena.core.model import Refused, Row
from avicena.core.progress import Progress, silent
from avicena.formats import phenopacket
from avicena.ingest.freeze import Frozen, frozen
from avicena.ingest.split import assign
from avicena.measure.components import components

LONGEST = 200_000_000
"""Bytes of a file of cases when unpacked; more is not a file of cases."""

CHUNK = 1 << 16
"""Bytes of a packed file that are unpacked at once."""

NO_CASE = "no line of it is a case: an object of id, pmids, gold and phenopacket"


def freeze_cases(
    application: Application, files: Mapping[str, bytes], *, folds: int = 5, progress: Progress = silent
) -> Frozen:
    """The dataset version of files of cases (JSON Lines, gzip or plain), the same in any order of files and lines.

    `files` maps the name under which a file is kept to its bytes. A line is an object of `id`, `pmids`, `gold` and
    `phenopacket` (version 2). A family is a connected component of diseases and papers, so that no fold sees a disease
    or a paper of another one. Raises ContractViolation (no line of cases, or no stage that ranks).
    """
    stage = rank_stage(application)
    lines = [(f"{name} line {number}", line) for name, data in sorted(files.items()) for number, line in _lines(data)]
    told, refused = _told(application, lines, progress)
    rows = _rows(stage, told, folds)
    named = {name: digest.of_bytes(data) for name, data in sorted(files.items())}
    return frozen(application, rows, refused, named, _counts(len(lines), rows, refused, stage), folds)


def rank_stage(application: Application) -> RankStage:
    """The stage of an application that ranks diseases. Raises ContractViolation (it has none)."""
    for stage in application.chain:
        if isinstance(stage, RankStage):
            return stage
    raise ContractViolation({"cases": "this application ranks no diseases; give it a table or pictures"})


def cases(application: Application, data: bytes) -> tuple[list[KnownCase], list[Refused]]:
    """The cases of a file in their order, each once, and the lines that are none; families are those of this file.

    Raises ContractViolation (not a text file, no stage that ranks, or no line is a case).
    """
    rank_stage(application)
    told, refused = _told(application, [(f"line {number}", line) for number, line in _lines(data)])
    families = components([one.disease for one in told], [one.papers for one in told])
    return [replace(one, family=family) for one, family in zip(told, families, strict=True)], refused


def _told(
    application: Application, lines: Sequence[tuple[str, str]], progress: Progress = silent
) -> tuple[list[KnownCase], list[Refused]]:
    """The cases of lines with their places, each id once, and the lines refused. Raises ContractViolation (no case)."""
    told: dict[str, KnownCase] = {}
    refused: list[Refused] = []
    for done, (where, line) in enumerate(lines, 1):
        found = read_case(application, where, line)
        if isinstance(found, Refused):
            refused.append(found)
        elif (before := told.setdefault(found.id, found)) is not found:
            same = (before.disease, before.values) == (found.disease, found.values)
            refused.append(Refused(where, "exact-duplicate" if same else "duplicate-id"))
        progress("cases", done, len(lines))
    if not told:
        raise ContractViolation({"cases": NO_CASE})
    return list(told.values()), refused


def read_case(application: Application, where: str, line: str) -> KnownCase | Refused:
    """One line as a case, or why it is none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Refused(where, "not-a-case", detail="not JSON")
    if not isinstance(said, Mapping) or not isinstance(said.get("id"), str) or "phenopacket" not in said:
        return Refused(where, "not-a-case", detail="no object of id and phenopacket")
    if not isinstance(said.get("gold"), str) or not said["gold"].strip():
        return Refused(where, "no-label")
    papers = said.get("pmids") or []
    if not isinstance(papers, list) or not all(isinstance(one, str) for one in papers):
        return Refused(where, "not-a-case", detail="pmids is not a list of texts")
    try:
        raw = phenopacket.read(said["phenopacket"])
        raw.pop("subject", None)
        known = {name: value for name, value in raw.items() if name in application.inputs}
        case = application.contract.parse(known, partial=True)
    except ContractViolation as error:
        return Refused(where, "outside-contract", detail=str(error))
    named = tuple(sorted({paper(one) for one in papers if one.strip()}))
    return KnownCase(said["id"], named, said["gold"].strip(), case.values)


def paper(text: str) -> str:
    """A paper as the annotation file writes it; a bare number is a PubMed id.

    >>> paper(" 12345 "), paper("pmid: 12345")
    ('PMID:12345', 'PMID:12345')
    """
    prefix, colon, rest = (part.strip() for part in text.partition(":"))
    if not colon:
        return f"PMID:{prefix}" if prefix.isdigit() else prefix
    return f"{prefix.upper()}:{rest}"


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, numbered from 1. Raises ContractViolation (not text, or too long)."""
    try:
        text = _unpacked(data) if data[:2] == b"\x1f\x8b" else data
        _limited(len(text))
        lines = text.decode("utf-8-sig").split("\n")
    except (EOFError, zlib.error, UnicodeDecodeError):
        raise ContractViolation(
            {"cases": "neither JSON Lines in UTF-8 nor the same in gzip, or it is cut short; write it again"}
        ) from None
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _unpacked(data: bytes) -> bytes:
    """All members of a gzip file (RFC 1952) and the zeros after them; the limit is that of all members together.

    Raises zlib.error (damaged), EOFError (cut), ContractViolation (too long).
    """
    text = bytearray()
    member = None
    for start in range(0, len(data), CHUNK):
        rest = data[start : start + CHUNK]
        while rest:
            if member is None:
                rest = rest.lstrip(b"\0")
                member = zlib.decompressobj(wbits=31) if rest else None
                continue
            text += member.decompress(rest, LONGEST + 1 - len(text))
            _limited(len(text))
            rest, member = (member.unused_data, None) if member.eof else (b"", member)
    if member is not None:
        raise EOFError
    return bytes(text)


def _limited(size: int) -> None:
    """Raises ContractViolation (more than `LONGEST` bytes)."""
    if size > LONGEST:
        raise ContractViolation({"cases": f"more than {LONGEST // 1_000_000} MB when unpacked; give it in parts"})


def _rows(stage: RankStage, told: Sequence[KnownCase], folds: int) -> list[Row]:
    families = components([one.disease for one in told], [one.papers for one in told])
    labels: dict[str, Counter[str]] = {}
    for one, family in zip(told, families, strict=True):
        labels.setdefault(family, Counter())[one.disease] += 1
    fold_of = assign(labels, folds)
    return [
        Row(
            id=one.id,
            values=dict(one.values),
            labels={stage.name: one.disease},
            family=family,
            family_known=True,
            source=";".join(one.papers),
            fold=fold_of[family],
        )
        for one, family in zip(told, families, strict=True)
    ]


def _counts(lines: int, rows: Sequence[Row], refused: Sequence[Refused], stage: RankStage) -> dict[str, int]:
    """Lines, rows, families, diseases, papers, and refusals by reason; the label by name only, for there are many."""
    counts = Counter[str]({"lines": lines, "rows": len(rows), "refused": len(refused)})
    counts["families"] = len({row.family for row in rows})
    counts["family-known"] = len(rows)
    counts["papers"] = len({row.source for row in rows} - {""})
    counts["diseases"] = len({row.labels[stage.name] for row in rows})
    counts[f"{stage.name}=*"] = len(rows)
    counts.update(f"refused:{one.reason}" for one in refused)
    return dict(sorted(counts.items()))
