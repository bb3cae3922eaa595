"""What may be asked about data without changing anything."""

from pathlib import Path

from avicena import ingest, leaks
from avicena.backends.tables import open_table
from avicena.core import digest
from avicena.core.application import ImageStage
from avicena.core.difference import Difference
from avicena.core.errors import NotFound
from avicena.core.leak import LeakReport, Override
from avicena.core.model import DatasetVersion, Refused, Row
from avicena.core.progress import Progress, silent
from avicena.core.question import Action, Judgement, Question, Queue, Ruling, Unfit
from avicena.core.reading import Seen, Work, counted, kappa, readings
from avicena.core.table_contract import TableCheck, TableContract, derive
from avicena.core.text import Language, Text
from avicena.formats import record
from avicena.formats.table import read_table
from avicena.kept import begins, held_of, leak_report, rows_of
from avicena.site import Site

MOST = leaks.MOST
"""Rows beyond which an audit judges labels and near copies on a sample of whole families."""


def datasets(site: Site, application: str) -> list[DatasetVersion]:
    """The dataset versions of an application, oldest first."""
    return site.find(DatasetVersion, "dataset", application)


def dataset(site: Site, application: str, name: str = "newest") -> DatasetVersion:
    """The dataset version whose digest begins with `name`, or the one kept last for "newest".

    Raises NotFound (none does, or more than one).
    """
    site.application(application)
    none = f"no dataset version of {application} is here yet; `avicena import {application}` makes one"
    otherwise = f"dataset versions begin with that; `avicena datasets {application}` lists them"
    return begins(datasets(site, application), name, lambda one: one.id, none, otherwise)


def refused(site: Site, application: str, name: str) -> list[Refused]:
    """The review list of the dataset version that `dataset` finds by that name. Raises NotFound."""
    return ingest.refused_from(site.blobs.get(dataset(site, application, name).refused))


def leak_groups(site: Site, report: LeakReport) -> dict[str, str]:
    """The group of copies of each row by its id, as an audit found them. Raises NotFound, Untrusted."""
    return record.load(dict[str, str], site.blobs.get(report.groups))


def overrides(site: Site, application: str, dataset: str) -> list[Override]:
    """What persons took upon themselves about the audit of a dataset version, oldest first."""
    return [one for one in site.find(Override, "override", application) if one.dataset == dataset]


def difference(site: Site, application: str, before: str, after: str) -> Difference:
    """What is otherwise in one dataset version than in another, by the beginnings of their names. Raises NotFound."""
    old, new = (rows_of(site, dataset(site, application, one)) for one in (before, after))
    return ingest.diff(site.application(application), old, new)


def explore(site: Site, application: str, name: str, language: Language, against: str | None = None) -> str:
    """The page of a dataset version (`formats.page`), compared with `against`, or else with its first parent kept here.

    Raises NotFound (no such version, or a picture of it is not kept), Untrusted (a file of it was altered).
    """
    from avicena.formats.page import explore as page  # templates, which a server has no need of

    app, version = site.application(application), dataset(site, application, name)
    kept = [one for one in version.parents if site.store.get("dataset", one) is not None]
    parent = dataset(site, application, against).id if against is not None else next(iter(kept), "")
    found = page.Explored(
        ingest.profile(app, version, rows_of(site, version)),
        leak_report(site, application, version.id),
        overrides(site, application, version.id),
        parent,
        difference(site, application, parent, version.id) if parent else None,
    )
    return page.page(app, found, language, site.blobs.get)


def table_contract(site: Site, application: str) -> TableContract:
    """What each column of an application's tables may hold. Raises NotFound (no such application)."""
    return derive(site.application(application))


def check_table(site: Site, application: str, path: Path, each: ingest.Each | None = None) -> TableCheck:
    """Every fault of every row of a table file (or Delta folder); `each` is told of each. Nothing is kept.

    Raises ContractViolation (not a table that the application reads), Misconfigured (its extra is missing), NotFound.
    """
    app = site.application(application)
    with open_table(path) as data:
        return ingest.check(app, data, each)


def table_bytes(path: Path) -> bytes:
    """A table file as `curation.freeze` takes it; a Delta folder as Parquet. Raises Misconfigured."""
    with open_table(path) as data:
        return data.read()


def audit_table(
    table: Path,
    label: str,
    *,
    group: str | None = None,
    fold: str | None = None,
    source: str | None = None,
    key: str | None = None,
    images: Path | None = None,
    progress: Progress = silent,
    most: int = leaks.MOST,
) -> leaks.Audited:
    """The audit for leaks of a bare table of text, with pictures looked up in the folder `images` by column `key`.

    Of more than `most` rows it judges labels and near copies on a sample. Nothing is kept. Raises ContractViolation
    (not a table, no such column, or no row carries the label).
    """
    held = read_table(table.read_bytes())
    files = {} if images is None else {p.relative_to(images).as_posix(): p for p in images.rglob("*") if p.is_file()}
    paths = {name: path for full, path in files.items() for name in (path.stem, path.name, full)}
    wanted = {row.cells.get(key or "", "").strip() for row in held.rows}
    names = {name: digest.of_bytes(path.read_bytes()) for name, path in paths.items() if name in wanted}
    shown = {names[name]: paths[name] for name in names}
    pictures = None if images is None else names
    sheet = leaks.sheet_of_table(held, label, group=group, fold=fold, source=source, key=key, pictures=pictures)
    return leaks.audit(sheet, None if images is None else (lambda name: shown[name].read_bytes()), progress, most=most)


def work(site: Site, application: str, name: str, reader: str) -> Work:
    """All questions asked of a dataset version (or of the one last asked about, for "newest"), for one reader.

    Those of its newest queue come first. Raises NotFound (no such version, or nothing was asked of it).
    """
    queues = site.find(Queue, "queue", site.application(application).name)
    if name != "newest":
        wanted = dataset(site, application, name).id
        queues = [one for one in queues if one.dataset == wanted]
    if not queues:
        raise NotFound(f"nothing was asked yet; `avicena review-data start {application}` makes the questions")
    queue = queues[-1]
    asked = ingest.united([site.blobs.get(one.questions) for one in queues if one.dataset == queue.dataset])
    found = readings(asked, site.find(Judgement, "judgement", application))
    about = {id for one in asked for id in one.rows}
    version = site.get(DatasetVersion, "dataset", queue.dataset)
    stages = tuple(stage.name for stage in site.application(application).chain)
    refused = held_of(site, version.id)
    held = ingest.held_from(site.blobs.get(refused.rows)) if refused is not None else []
    asked_of = {one.id: one.shown(stages) for one in held if one.id in about}
    asked_of |= {row.id: row for row in rows_of(site, version) if row.id in about}
    return Work(queue, tuple(one.seen(reader) for one in found), counted(found), *kappa(found), asked_of)


def asked(site: Site, application: str, name: str, reader: str) -> tuple[Work, Seen]:
    """The question whose name begins so, for one reader, and the work of the dataset version last asked it.

    Raises NotFound (none does, or several).
    """
    queues = site.find(Queue, "queue", site.application(application).name)
    last = {one.id: queue.dataset for queue in queues for one in ingest.united([site.blobs.get(queue.questions)])}
    matching = [id for id in last if id.startswith(name)]
    if len(matching) != 1:
        raise NotFound(f"{len(matching)} questions begin with that; `avicena review-data list {application}` has them")
    found = work(site, application, last[matching[0]], reader)
    return found, next(one for one in found.seen if one.question.id == matching[0])


def sheet(
    site: Site, application: str, name: str, reader: str, language: Language, separator: str = ";", bom: bool = True
) -> tuple[bytes, int]:
    """The questions that wait for a reader as a CSV file for a spreadsheet, and their number. Raises NotFound."""
    found = work(site, application, name, reader)
    app = site.application(application)
    data = ingest.write_questions(app, found.waiting, found.rows, language, separator, bom)
    return data, len(found.waiting)


def options(site: Site, application: str, question: Question) -> tuple[Text, ...]:
    """What the field of a question may be changed to, in both languages; nothing where it is a number or a text."""
    return ingest.options(site.application(application), question)


def ruling(site: Site, application: str, question: Question, action: Action, text: str = "") -> Ruling:
    """What a reader means by an action and the new value as written. Raises Unfit (no such value)."""
    if action != "change":
        return Ruling(action)
    app = site.application(application)
    try:
        return Ruling(action, ingest.value_of(app, question, text))
    except ValueError as error:
        raise Unfit({question.field: ingest.wrong(app, question, error)}) from None


def picture(site: Site, application: str, row: Row) -> bytes:
    """The picture that a row is about, as it is kept. Raises NotFound (the row has none)."""
    for stage in site.application(application).chain:
        if isinstance(stage, ImageStage) and row.values.get(stage.input):
            return site.blobs.get(str(row.values[stage.input]))
    raise NotFound("this row has no picture")
