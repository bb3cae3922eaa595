"""What may be asked without changing anything."""

from dataclasses import dataclass
from pathlib import Path

from avicena import ingest, leaks, serve
from avicena.backends.parts import has_file
from avicena.backends.rows import read_rows
from avicena.backends.tables import open_table
from avicena.core.answer import Answer
from avicena.core.application import ImageStage
from avicena.core.audit import AuditLine
from avicena.core.difference import Difference
from avicena.core.errors import ContractViolation, NotFound
from avicena.core.leak import LeakReport, Override
from avicena.core.lineage import Ancestor, Lineage
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Refused, Review, Row
from avicena.core.progress import Progress, silent
from avicena.core.question import Action, Correction, Judgement, Question, Queue, Ruling
from avicena.core.reading import Seen, Work, counted, kappa, readings
from avicena.core.table_contract import TableCheck, TableContract, derive
from avicena.core.text import Language, Text
from avicena.formats import record
from avicena.formats.bundle import CANDIDATE
from avicena.formats.heatmap import render
from avicena.formats.image import read
from avicena.formats.plane import grey
from avicena.formats.table import read_table
from avicena.site import Site


@dataclass(frozen=True)
class History:
    """Everything that is known of an application's models, oldest first."""

    candidates: tuple[Candidate, ...]
    evaluations: tuple[Evaluation, ...]
    reviews: tuple[Review, ...]
    versions: tuple[ModelVersion, ...]
    deployments: tuple[Deployment, ...]


def history(site: Site, application: str) -> History:
    """The models of an application and the facts about them. Raises NotFound (no such application)."""
    site.application(application)
    return History(
        tuple(site.find(Candidate, "candidate", application)),
        tuple(site.find(Evaluation, "evaluation", application)),
        tuple(site.find(Review, "review", application)),
        tuple(site.find(ModelVersion, "version", application)),
        tuple(site.find(Deployment, "deployment", application)),
    )


def candidate(site: Site, application: str, name: str) -> Candidate:
    """The candidate whose digest begins with `name`, or the one kept last for "newest".

    Raises NotFound (none does, or more than one).
    """
    if name == "newest":
        newest = site.find(Candidate, "candidate", application, newest=1)
        if newest:
            return newest[0]
    wanted = name if name.startswith("sha256:") else f"sha256:{name}"
    found = [one for one in site.find(Candidate, "candidate", application) if one.id.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} candidates begin with that; `avicena models {application}` lists them")
    return found[0]


@dataclass(frozen=True)
class Chosen:
    """A model opened by the name that a person gave it.

    `said` says in words which it is; `trained` are the rows that its image stage learnt from, None where they are not
    kept here.
    """

    model: serve.Model
    candidate: Candidate
    said: Text
    trained: tuple[Row, ...] | None


def choose(site: Site, application: str, name: str | None = None) -> Chosen:
    """The model by version number, candidate, "deployed", "released", or folder of a signed bundle.

    Without a name it is the one that answers, or the released one where none was ever deployed. Raises NotFound (no
    such model), NotDeployed, Untrusted (it does not verify).
    """
    site.application(application)
    if name is None:
        name = "deployed" if site.find(Deployment, "deployment", application, newest=1) else "released"
    if name == "deployed":
        live = site.live(application)
        return _chosen(site, live.model, _numbered(live.version.number))
    folder = site.released(application) if name == "released" else Path(name)
    if folder.is_dir():
        files = {one.name: one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file()}
        model = site.load_files(files)
        if model.spec.application != application:
            raise NotFound(f"the bundle in that folder is of {model.spec.application}")
        ships = Text("the released bundle", "el paquete publicado")
        said = ships if name == "released" else Text("the bundle of that folder", "el paquete de esa carpeta")
        return _chosen(site, model, said, record.load(Candidate, files[CANDIDATE]))
    versions = {str(one.number): one for one in site.find(ModelVersion, "version", application)}
    if name in versions:
        return _chosen(site, site.load(versions[name].bundle), _numbered(versions[name].number))
    found = candidate(site, application, name)
    return _chosen(site, site.load(found.bundle), Text("this candidate", "este candidato"), found)


def _numbered(number: int) -> Text:
    return Text(f"version {number}", f"la versión {number}")


def _chosen(site: Site, model: serve.Model, said: Text, found: Candidate | None = None) -> Chosen:
    known = found if found is not None else site.get(Candidate, "candidate", model.candidate)
    version = known.datasets.get(serve.image_stage(model).spec.name, "")
    kept = version and site.store.get("dataset", version) is not None
    trained = tuple(rows(site, site.get(DatasetVersion, "dataset", version))) if kept else None
    return Chosen(model, known, said, trained)


def evaluation(site: Site, candidate: str) -> Evaluation:
    """What was measured on a candidate. Raises NotFound."""
    return site.get(Evaluation, "evaluation", candidate)


def bundle(site: Site, digest: str) -> dict[str, bytes]:
    """The files of an installed bundle. Raises NotFound, Untrusted (one of them was altered)."""
    return site.bundle_files(digest)


def audit(site: Site, newest: int) -> list[AuditLine]:
    """The newest audit lines, oldest first."""
    head = site.store.head()
    return [] if head is None else list(site.store.lines(after=max(0, head.seq - newest)))


def refused(site: Site, application: str, name: str) -> list[Refused]:
    """The review list of the dataset version that `dataset` finds by that name. Raises NotFound."""
    return ingest.refused_from(site.blobs.get(dataset(site, application, name).refused))


def rows(site: Site, dataset: DatasetVersion) -> list[Row]:
    """The rows of a dataset version, few or many. Raises NotFound, Untrusted, Misconfigured (Parquet's extra)."""
    return read_rows(site.blobs, site.store, dataset.rows)


def leak_report(site: Site, application: str, dataset: str) -> LeakReport | None:
    """The newest audit for leaks of a dataset version, by its whole digest; None when there was none."""
    found = [one for one in site.find(LeakReport, "leaks", application) if one.dataset == dataset]
    return found[-1] if found else None


def leak_groups(site: Site, report: LeakReport) -> dict[str, str]:
    """The group of copies of each row by its id, as an audit found them. Raises NotFound, Untrusted."""
    return record.load(dict[str, str], site.blobs.get(report.groups))


def overrides(site: Site, application: str, dataset: str) -> list[Override]:
    """What persons took upon themselves about the audit of a dataset version, oldest first."""
    return [one for one in site.find(Override, "override", application) if one.dataset == dataset]


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
) -> leaks.Audited:
    """The audit for leaks of a bare table of text, with pictures looked up in the folder `images` by column `key`.

    Nothing is kept. Raises ContractViolation (not a table, no such column, or no row carries the label).
    """
    held = read_table(table.read_bytes())
    files = {} if images is None else {p.relative_to(images).as_posix(): p for p in images.rglob("*") if p.is_file()}
    paths = {name: path for full, path in files.items() for name in (path.stem, path.name, full)}
    names = {name: str(path) for name, path in paths.items()} if images is not None else None
    sheet = leaks.sheet_of_table(held, label, group=group, fold=fold, source=source, key=key, pictures=names)
    return leaks.audit(sheet, None if images is None else (lambda name: Path(name).read_bytes()), progress)


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
    """A table file as `lifecycle.freeze` takes it; a Delta folder as Parquet. Raises Misconfigured."""
    with open_table(path) as data:
        return data.read()


def datasets(site: Site, application: str) -> list[DatasetVersion]:
    """The dataset versions of an application, oldest first."""
    return site.find(DatasetVersion, "dataset", application)


def dataset(site: Site, application: str, name: str = "newest") -> DatasetVersion:
    """The dataset version whose digest begins with `name`, or the one kept last for "newest".

    Raises NotFound (none does, or more than one).
    """
    site.application(application)
    known = datasets(site, application)
    wanted = name if name.startswith("sha256:") else f"sha256:{name}"
    found = known[-1:] if name == "newest" else [one for one in known if one.id.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} dataset versions begin with that; `avicena datasets {application}` lists them")
    return found[0]


def difference(site: Site, application: str, before: str, after: str) -> Difference:
    """What is otherwise in one dataset version than in another, by the beginnings of their names. Raises NotFound."""
    old, new = (read_rows(site.blobs, site.store, dataset(site, application, one).rows) for one in (before, after))
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
        ingest.profile(app, version, rows(site, version)),
        leak_report(site, application, version.id),
        overrides(site, application, version.id),
        parent,
        difference(site, application, parent, version.id) if parent else None,
    )
    return page.page(app, found, language, site.blobs.get)


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
    asked_of = {row.id: row for row in rows(site, version) if row.id in about}
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


def options(site: Site, application: str, question: Question) -> tuple[str, ...]:
    """What the field of a question may be changed to; nothing where it is a number or a text."""
    return ingest.options(site.application(application), question)


def ruling(site: Site, application: str, question: Question, action: Action, text: str = "") -> Ruling:
    """What a reader means by an action and the new value as written. Raises ContractViolation (no such value)."""
    if action != "change":
        return Ruling(action)
    try:
        return Ruling(action, ingest.value_of(site.application(application), question, text))
    except ValueError as error:
        raise ContractViolation({question.field: str(error)}) from None


def picture(site: Site, application: str, row: Row) -> bytes:
    """The picture that a row is about, as it is kept. Raises NotFound (the row has none)."""
    for stage in site.application(application).chain:
        if isinstance(stage, ImageStage) and row.values.get(stage.input):
            return site.blobs.get(str(row.values[stage.input]))
    raise NotFound("this row has no picture")


def lineage(site: Site, application: str, name: str) -> Lineage:
    """The way from a model (a version's number, or a candidate as `candidate` takes it) back to the raw files.

    Raises NotFound (no such model).
    """
    versions = site.find(ModelVersion, "version", site.application(application).name)
    numbered = next((one for one in versions if str(one.number) == name), None)
    found = candidate(site, application, numbered.candidate if numbered is not None else name)
    version = numbered or next((one for one in versions if one.candidate == found.id), None)
    return Lineage(version, found, {stage: ancestors(site, id) for stage, id in found.datasets.items()})


def ancestors(site: Site, id: str) -> tuple[Ancestor, ...]:
    """A dataset version and all before it, each once, newest first."""
    found: dict[str, Ancestor] = {}
    left = [id]
    while left:
        one = _ancestor(site, left.pop(0))
        if one.id not in found:
            found[one.id] = one
            left += one.version.parents if one.version is not None else ()
    return tuple(found.values())


def _ancestor(site: Site, id: str) -> Ancestor:
    kept = site.store.get("dataset", id)
    if kept is None:
        return Ancestor(id, None, "", (), {}, {})
    version = site.get(DatasetVersion, "dataset", id)
    app = site.application(version.application)
    inputs = {stage.input for stage in app.chain if isinstance(stage, ImageStage)}
    kept_rows = rows(site, version)
    pictures = {row.id: str(row.values[name]) for row in kept_rows for name in sorted(inputs) if row.values.get(name)}
    made = [one for one in site.find(Correction, "correction", version.application) if one.dataset == id]
    files = {role: (digest, has_file(site.blobs, site.store, digest)) for role, digest in version.files.items()}
    return Ancestor(id, version, kept.at, tuple(made), files, pictures)


def ready(site: Site) -> dict[str, str]:
    """What keeps this installation from answering, by part; empty when nothing does.

    Each value is a sentence for the operator.
    """
    problems: dict[str, str] = {}
    try:
        site.store.ready()
    except Exception as error:
        problems["store"] = str(error)
    for name in site.applications:
        try:
            site.live(name)
        except Exception as error:
            problems[name] = str(error)
    return problems


def degraded(site: Site) -> dict[str, str]:
    """Applications whose newest deployment cannot be loaded, and why; the model before keeps answering."""
    found = {name: site.problem(name) for name in site.applications}
    return {name: str(problem) for name, problem in found.items() if problem is not None}


def heat_map(site: Site, answer: Answer, stage: str | None = None, *, overlay: bool = True) -> bytes:
    """The heat map of a stage (the first that has one) as a PNG of its picture's size, over it if `overlay`.

    Raises NotFound (this answer has no such map, or its picture is no longer kept).
    """
    app = site.application(answer.application)
    for one in answer.prediction.stages:
        made_by = app.stage(one.stage)
        if one.heat_map is not None and isinstance(made_by, ImageStage) and stage in (None, one.stage):
            pixels = grey(read(site.blobs.get(str(answer.case.values[made_by.input]))).pixels)
            height, width = pixels.shape
            shows = one.heat_map.shows
            square = (round(shows.x * width), round(shows.y * height), round(shows.width * width))
            return render(one.heat_map.rows, width, height, pixels if overlay else None, frame=square)
    raise NotFound("this answer has no such heat map")
