"""The end of an import: pictures looked at one by one, rows parsed, duplicates settled, and all of it frozen."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from avicena.core import digest
from avicena.core.application import Application
from avicena.core.case import Picture
from avicena.core.errors import ContractViolation, Unreadable
from avicena.core.held import MENDABLE, Held
from avicena.core.layout import plain
from avicena.core.model import DatasetVersion, Refused, Row
from avicena.core.progress import Progress, silent
from avicena.formats import record
from avicena.ingest.duplicates import Parsed, settle
from avicena.ingest.hold import wrong_with
from avicena.ingest.layout import Plan, Planned
from avicena.ingest.match import name_of
from avicena.ingest.split import assign


@dataclass(frozen=True, slots=True)
class Frozen:
    """A dataset version and the two blobs it names: rows and refusals, one canonical JSON object a line.

    `held` are those of the refused rows that a person could mend.
    """

    version: DatasetVersion
    rows: bytes
    refused: bytes
    held: tuple[Held, ...] = ()


def freeze(
    application: Application,
    plan: Plan,
    pictures: Iterable[tuple[str, Picture | Unreadable]],
    *,
    folds: int = 4,
    parents: tuple[str, ...] = (),
    faults: Mapping[str, int] | None = None,
    progress: Progress = silent,
) -> Frozen:
    """The dataset version of a plan, the same for the same tables and images on any machine and in any order.

    `pictures` gives each of `plan.paths` once, in any order, with what reading it gave; each is let go at once.
    `folds` is used where the data give no folds; `faults` are further counts, of what is wrong with the tables.
    Raises ValueError (a path is missing from `pictures`, or one is there that the plan has not).
    """
    if folds < 2:
        raise ValueError("a split has at least 2 folds")
    digests, parsed, refused, held = _look(application, plan, pictures, progress)
    images = tuple(stage.name for stage in application.chain if getattr(stage, "input", None) == plan.image)
    kept, twins = settle(parsed, images)
    refused += [*plan.refused, *twins, *_copies(plan, digests)]
    families = _families(kept)
    given, split_families = _given_folds(kept, families)
    refused += [_fallen(one, "family-in-two-folds") for one in kept if families[one.planned.id] in split_families]
    kept = [one for one in kept if families[one.planned.id] not in split_families]
    rows = _rows(kept, families, given, folds)
    files = {**plan.files, "images": digest.of(sorted(digests.items()))}
    counts = _counts(plan, rows, refused, faults or {})
    split = 1 + max((row.fold for row in rows), default=-1)
    return replace(frozen(application, rows, refused, files, counts, split, parents), held=tuple(held))


def rows_from(data: bytes) -> list[Row]:
    """The rows in the blob `DatasetVersion.rows`. Raises Untrusted (not as `freeze` wrote it)."""
    return [record.load(Row, line) for line in data.splitlines()]


def refused_from(data: bytes) -> list[Refused]:
    """The review list in the blob `DatasetVersion.refused`. Raises Untrusted (not as `freeze` wrote it)."""
    return [record.load(Refused, line) for line in data.splitlines()]


def _look(
    application: Application, plan: Plan, pictures: Iterable[tuple[str, Picture | Unreadable]], progress: Progress
) -> tuple[dict[str, str | None], list[Parsed], list[Refused], list[Held]]:
    """Each image's digest (None where it cannot be read), what parsing the planned ones gave, and what is mendable."""
    wanted = {one.id: one for one in plan.planned}
    missing = {name_of(path) for path in plan.paths}
    digests: dict[str, str | None] = {}
    parsed: list[Parsed] = []
    refused: list[Refused] = []
    held: list[Held] = []
    for path, picture in pictures:
        name = name_of(path)
        if name not in missing:
            raise ValueError("an image was given that the plan does not wait for")
        missing.remove(name)
        digests[name] = picture.digest if isinstance(picture, Picture) else None
        if name in wanted:
            outcome = _parse(application, plan.image, wanted[name], picture)
            (parsed if isinstance(outcome, Parsed) else refused).append(outcome)  # type: ignore[arg-type]
            if isinstance(outcome, Refused) and isinstance(picture, Picture):
                held += _held(application, plan.image, wanted[name], outcome, picture)
        progress("images", len(digests), len(plan.paths))
    if missing:
        raise ValueError(f"{len(missing)} of the plan's images were not given")
    return digests, sorted(parsed, key=lambda one: one.planned.id), refused, held


def _held(application: Application, image: str, planned: Planned, fallen: Refused, picture: Picture) -> list[Held]:
    """The refused row as it is held for a person to mend, or nothing where nobody could."""
    try:
        shown = application.inputs[image].parse(picture)
    except ValueError:
        return []
    if fallen.reason not in MENDABLE:
        return []
    values, labels, wrong = wrong_with(application, planned.values, planned.labels)
    values = {name: shown if name == image else values.get(name) for name in application.inputs}
    rest = (planned.family, planned.source, planned.fold, planned.box)
    return [Held(planned.id, planned.id, {k: v for k, v in values.items() if k not in wrong}, labels, wrong, *rest)]


def _parse(application: Application, image: str, planned: Planned, picture: Picture | Unreadable) -> Parsed | Refused:
    """The row's values and labels as the application knows them, or why it cannot be used."""
    if isinstance(picture, Unreadable):
        return _fallen(planned, "unreadable-image", str(picture))
    try:
        case = application.contract.parse({image: picture, **planned.values}, partial=True)
    except ContractViolation as error:
        return _fallen(planned, "outside-contract", str(error))
    labels: dict[str, str] = {}
    for stage in application.chain:
        classes = {plain(name): name for name in stage.classes}
        if (said := planned.labels.get(stage.name)) is not None:
            if plain(said) not in classes:
                return _fallen(planned, "unknown-label", stage.name)
            labels[stage.name] = classes[plain(said)]
    if not labels:
        return _fallen(planned, "no-label")
    return Parsed(planned, picture.digest, case.values, labels)


def _fallen(one: Planned | Parsed, reason: str, detail: str = "") -> Refused:
    planned = one.planned if isinstance(one, Parsed) else one
    return Refused(planned.id, reason, planned.places[1:], detail)


def _copies(plan: Plan, digests: Mapping[str, str | None]) -> list[Refused]:
    """The files without a row, exact copies of other files told from the rest."""
    first: dict[str, str] = {}
    unclaimed = {one.where for one in plan.unclaimed}
    for name in sorted(digests, key=lambda name: (name in unclaimed, name)):
        first.setdefault(digests[name] or name, name)
    originals = {one.where: first[digests[one.where] or one.where] for one in plan.unclaimed}
    return [
        one
        if originals[one.where] == one.where
        else Refused(one.where, "copy-of", one.also, f"the same as {originals[one.where]}")
        for one in plan.unclaimed
    ]


def _families(kept: list[Parsed]) -> dict[str, str]:
    """The family of each row by its id: as told, else as told of an exact copy, else the picture itself."""
    told = {one.image: one.planned.family for one in kept if one.planned.family is not None}
    return {one.planned.id: told.get(one.image, f"image:{one.image.removeprefix('sha256:')[:12]}") for one in kept}


def _given_folds(kept: list[Parsed], families: Mapping[str, str]) -> tuple[dict[str, int], set[str]]:
    """The folds that the data give by family, and the families that they give more than one."""
    given: dict[str, int] = {}
    torn: set[str] = set()
    for one in kept:
        family, fold = families[one.planned.id], one.planned.fold
        if fold is not None and given.setdefault(family, fold) != fold:
            torn.add(family)
    return {family: fold for family, fold in given.items() if family not in torn}, torn


def _rows(kept: list[Parsed], families: Mapping[str, str], given: Mapping[str, int], folds: int) -> list[Row]:
    labels: dict[str, Counter[str]] = {}
    for one in kept:
        labels.setdefault(families[one.planned.id], Counter()).update(f"{s}={label}" for s, label in one.labels.items())
    most = max(given.values(), default=0)
    fold_of = assign(labels, most + 1 if most else folds, given)
    told = {families[one.planned.id] for one in kept if one.planned.family is not None}
    return [
        Row(
            id=one.planned.id,
            values=dict(one.values),
            labels=one.labels,
            family=families[one.planned.id],
            family_known=families[one.planned.id] in told,
            source=one.planned.source,
            fold=fold_of[families[one.planned.id]],
            box=one.planned.box,
        )
        for one in kept
    ]


def frozen(
    application: Application,
    rows: Iterable[Row],
    refused: Iterable[Refused],
    files: Mapping[str, str],
    counts: Mapping[str, int],
    folds: int,
    parents: tuple[str, ...] = (),
) -> Frozen:
    """A dataset version with the blobs that it names; `files` are the digests of what it was made of, by role."""
    row_lines = b"".join(record.dump(row) + b"\n" for row in sorted(rows, key=lambda row: row.id))
    refusals = refused_lines(refused)
    version = DatasetVersion(
        id="",
        application=application.name,
        contract=application.contract_digest,
        rows=digest.of_bytes(row_lines),
        refused=digest.of_bytes(refusals),
        files=files,
        counts=counts,
        folds=folds,
        parents=parents,
    )
    return Frozen(named(version), row_lines, refusals)


def named(version: DatasetVersion) -> DatasetVersion:
    """The version with its name: the digest of all else."""
    said = asdict(version)
    del said["id"]
    return DatasetVersion(id=digest.of(said), **said)


def refused_lines(refused: Iterable[Refused]) -> bytes:
    """The review list as the blob that a dataset version names."""
    return b"".join(record.dump(one) + b"\n" for one in sorted(refused, key=_reading_order))


def _counts(plan: Plan, rows: list[Row], refused: list[Refused], faults: Mapping[str, int]) -> dict[str, int]:
    """Rows, families, classes by stage, refusals by reason, the totals that these account for, and the faults."""
    counts = Counter[str]({**plan.totals, **faults, "rows": len(rows), "refused": len(refused)})
    counts["families"] = len({row.family for row in rows})
    counts["family-known"] = sum(row.family_known for row in rows)
    counts.update(f"{stage}={label}" for row in rows for stage, label in row.labels.items())
    counts.update(f"refused:{one.reason}" for one in refused)
    return dict(sorted(counts.items()))


def _reading_order(one: Refused) -> tuple[str, str, str]:
    """Files and rows as a person would list them: row 9 before row 10."""
    return re.sub(r"\d+", lambda number: number[0].zfill(12), one.where), one.where, one.reason
