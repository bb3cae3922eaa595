"""What readers decided, put into the rows: a new dataset version whose parent is the one they read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from avicena.core import digest
from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import Blocked
from avicena.core.held import Held
from avicena.core.model import DatasetVersion, Refused, Row
from avicena.core.question import Correction, Ruling, Settlement
from avicena.core.reading import Reading
from avicena.ingest.doubt import stages
from avicena.ingest.freeze import named, refused_lines
from avicena.ingest.hold import mended
from avicena.ingest.settle import standing

DROPPED = "dropped-in-review"
"""The reason under which rows that readers drop stand among the refused ones."""


OUTSIDE = "outside-once-converted"
"""The count of values that a unit named for a whole source would bring outside the bounds, and that are missing now."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A decision that changes rows, the rows for which it stands, and who settled that it does over another one."""

    reading: Reading
    ruling: Ruling
    rows: tuple[str, ...]
    settlers: tuple[str, ...] = ()

    @property
    def of_unit(self) -> tuple[str, ...]:
        """Those of the rows whose value it says to be in another unit."""
        return self.rows if self.reading.question.whole_source and self.ruling.action == "change" else ()


@dataclass(frozen=True)
class Corrected:
    """What decisions make of a dataset's rows: `rows` as corrected, the `refused` as a blob, and what changed them.

    `counts` are those of the new version and `said` is the digest of the decisions, which names them in its files.
    `held` are the refused rows that are left to be mended.
    """

    rows: tuple[Row, ...]
    refused: bytes
    counts: Mapping[str, int]
    said: str
    decided: tuple[Applied, ...]
    held: tuple[Held, ...] = ()


def correct(
    application: Application,
    old: DatasetVersion,
    rows: Sequence[Row],
    refused: Sequence[Refused],
    read: Iterable[Reading],
    settlements: Iterable[Settlement] = (),
    held: Sequence[Held] = (),
) -> Corrected:
    """Apply every decided change; what is undecided or kept stays as it is, and rows that stay keep their fold.

    The same decisions give the same version. A dropped row joins the refused ones; a row of `held` whose faults are
    all decided leaves them, unless an import would refuse it beside the rows that stand, which is then its reason.
    Raises Blocked (nothing to change, or two questions decided differently about one value, be it that one keeps what
    the other changes or drops, and nobody settled which stands).
    """
    decided, changed, dropped = _decided(application, read, tuple(settlements))
    made = [_made(application, row, changed) for row in rows if row.id not in dropped]
    back, fallen = mended(application, [one for one in held if one.id not in dropped], changed, made, old.folds)
    waiting = {one.where: one for one in held if one.id in back or one.id in dropped or one.id in fallen}
    gone = [*(Refused(row.id, DROPPED, (), f"question {dropped[row.id]}") for row in rows if row.id in dropped)]
    for one in refused:
        if one.where not in waiting:
            gone.append(one)
        elif (id := waiting[one.where].id) in dropped:
            gone.append(Refused(one.where, DROPPED, one.also, f"question {dropped[id]}"))
        elif id in fallen:
            gone.append(replace(fallen[id], where=one.where, also=one.also))
    whole = tuple(sorted([*made, *back.values()], key=lambda row: row.id)) if back else tuple(made)
    said = digest.of([[list(one.rows), one.reading.question.field, one.ruling] for one in decided])
    counts = _counts(application, old, whole, gone)
    if lost := sum(changed.get((id, one.reading.question.field)) is None for one in decided for id in one.of_unit):
        counts[OUTSIDE] = lost
    left = tuple(one for one in held if one.where not in waiting)
    return Corrected(whole, refused_lines(gone), counts, said, decided, left)


def _decided(
    application: Application, read: Iterable[Reading], settlements: tuple[Settlement, ...]
) -> tuple[tuple[Applied, ...], dict[tuple[str, str], Value], dict[str, str]]:
    """The decisions that change something, the new value of each (row, field), and the question that drops each row.

    Raises Blocked.
    """
    ruled = [(one, one.ruling) for one in read if one.ruling is not None]
    ruled.sort(key=lambda pair: pair[0].question.id)
    stands = standing(application, ruled, settlements)
    decided: list[Applied] = []
    changed: dict[tuple[str, str], Value] = {}
    dropped: dict[str, str] = {}
    for one, ruling in ruled:
        name, outcomes = one.question.id, stands[one.question.id]
        if ruling.action == "keep" or not outcomes:
            continue
        settlers = tuple(dict.fromkeys(each.by.id for each in settlements if each.question == name))
        decided.append(Applied(one, ruling, tuple(id for id in one.question.rows if id in outcomes), settlers))
        for id, (goes, value) in outcomes.items():
            if goes:
                dropped[id] = name
            else:
                changed[id, one.question.field] = value
    if not decided:
        raise Blocked("no decision would change a row yet; `avicena review-data list` shows what is open")
    return tuple(decided), changed, dropped


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
            one.reading.question.id,
            one.rows,
            one.reading.question.field,
            one.ruling,
            tuple(dict.fromkeys((*(judged.reader.id for judged in one.reading.judgements), *one.settlers))),
        )
        for one in made.decided
    ]


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
    derived = ("refused:", OUTSIDE, *(f"{stage}=" for stage in stages(application)))
    counts = Counter({name: number for name, number in old.counts.items() if not name.startswith(derived)})
    counts["rows"], counts["refused"] = len(rows), len(refused)
    counts["families"] = len({row.family for row in rows})
    counts["family-known"] = sum(row.family_known for row in rows)
    counts.update(f"{stage}={label}" for row in rows for stage, label in row.labels.items())
    counts.update(f"refused:{one.reason}" for one in refused)
    return dict(sorted(counts.items()))
