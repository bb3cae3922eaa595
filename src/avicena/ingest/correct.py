"""What readers decided, put into the rows: a new dataset version whose parent is the one they read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from avicena.core import digest
from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import Blocked
from avicena.core.model import DatasetVersion, Refused, Row
from avicena.core.question import Correction, Ruling
from avicena.core.reading import Reading
from avicena.ingest.doubt import stages
from avicena.ingest.freeze import named, refused_lines

DROPPED = "dropped-in-review"
"""The reason under which rows that readers drop stand among the refused ones."""


@dataclass(frozen=True)
class Corrected:
    """What decisions make of a dataset's rows: `rows` as corrected, the `refused` as a blob, and what changed them.

    `counts` are those of the new version and `said` is the digest of the decisions, which names them in its files.
    """

    rows: tuple[Row, ...]
    refused: bytes
    counts: Mapping[str, int]
    said: str
    decided: tuple[tuple[Reading, Ruling], ...]


def correct(
    application: Application,
    old: DatasetVersion,
    rows: Sequence[Row],
    refused: Sequence[Refused],
    read: Iterable[Reading],
) -> Corrected:
    """Apply every decided change; what is undecided or kept stays as it is, and rows that stay keep their fold.

    The same decisions give the same version. A dropped row joins the refused ones. Raises Blocked (nothing to change,
    or two questions decided differently about one value, be it that one keeps what the other changes or drops).
    """
    ruled = [(one, one.ruling) for one in read if one.ruling is not None]
    ruled.sort(key=lambda pair: pair[0].question.id)
    _agree(ruled)
    decided = [pair for pair in ruled if pair[1].action != "keep"]
    if not decided:
        raise Blocked("no decision would change a row yet; `avicena review-data list` shows what is open")
    dropped = {id: one.question.id for one, ruling in decided if ruling.action == "drop" for id in one.question.rows}
    changed = _changes([pair for pair in decided if pair[1].action != "drop"])
    made = tuple(_made(application, row, changed) for row in rows if row.id not in dropped)
    out = [Refused(row.id, DROPPED, (), f"question {dropped[row.id]}") for row in rows if row.id in dropped]
    said = digest.of([[list(one.question.rows), one.question.field, ruling] for one, ruling in decided])
    counts = _counts(application, old, made, [*refused, *out])
    return Corrected(made, refused_lines([*refused, *out]), counts, said, tuple(decided))


def version_after(old: DatasetVersion, made: Corrected, rows: str) -> DatasetVersion:
    """The dataset version of corrected rows that are kept under the digest `rows`; its parent is the old one."""
    return named(
        replace(
            old,
            id="",
            rows=rows,
            refused=digest.of_bytes(made.refused),
            files={**old.files, "corrections": made.said},
            counts=dict(made.counts),
            parents=(old.id,),
        )
    )


def corrections(old: DatasetVersion, new: DatasetVersion, made: Corrected) -> list[Correction]:
    """Each change that led from one version to the other, with who decided it."""
    return [
        Correction(
            new.id,
            old.id,
            one.question.id,
            one.question.rows,
            one.question.field,
            ruling,
            tuple(judged.reader.id for judged in one.judgements),
        )
        for one, ruling in made.decided
    ]


def _agree(ruled: Sequence[tuple[Reading, Ruling]]) -> None:
    """Raises Blocked (two questions leave one value of a row otherwise, or one drops what another leaves)."""
    found: dict[tuple[str, str], tuple[tuple[bool, Value], str]] = {}
    for one, ruling in ruled:
        for id, stands in zip(one.question.rows, one.question.values, strict=True):
            left = (ruling.action == "drop", stands if ruling.action == "keep" else ruling.value)
            before, first = found.setdefault((id, one.question.field), (left, one.question.id))
            if left != before:
                raise Blocked(
                    f"questions {first} and {one.question.id} were decided differently about one value; mend it in "
                    "the source and import that again"
                )


def _changes(decided: Sequence[tuple[Reading, Ruling]]) -> dict[tuple[str, str], Value]:
    """The new value of each (row, field)."""
    return {(id, one.question.field): ruling.value for one, ruling in decided for id in one.question.rows}


def _made(application: Application, row: Row, changed: dict[tuple[str, str], Value]) -> Row:
    """The row with its new values and labels; a changed label or value is all that moves."""
    fields = (*stages(application), *application.inputs)
    new = {field: changed[row.id, field] for field in fields if (row.id, field) in changed}
    if not new:
        return row
    labels = {field: str(value) for field, value in new.items() if field in stages(application)}
    values = {field: value for field, value in new.items() if field not in labels}
    return replace(row, labels={**row.labels, **labels}, values={**row.values, **values})


def _counts(
    application: Application, old: DatasetVersion, rows: Sequence[Row], refused: Sequence[Refused]
) -> dict[str, int]:
    """The counts of the old version, with those that follow from rows and refusals counted anew."""
    derived = ("refused:", *(f"{stage}=" for stage in stages(application)))
    counts = Counter({name: number for name, number in old.counts.items() if not name.startswith(derived)})
    counts["rows"], counts["refused"] = len(rows), len(refused)
    counts["families"] = len({row.family for row in rows})
    counts["family-known"] = sum(row.family_known for row in rows)
    counts.update(f"{stage}={label}" for row in rows for stage, label in row.labels.items())
    counts.update(f"refused:{one.reason}" for one in refused)
    return dict(sorted(counts.items()))
