"""What may be asked about models and answers without changing anything."""

from dataclasses import dataclass
from pathlib import Path

from avicena import review, serve
from avicena.core.answer import Answer
from avicena.core.application import ImageStage
from avicena.core.audit import AuditLine
from avicena.core.bundle import ImageStageSpec
from avicena.core.errors import Blocked, NotDeployed, NotFound, Untrusted
from avicena.core.lineage import Lineage
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Review, Row
from avicena.core.text import Language, Text
from avicena.dossier import ancestors, technical, technical_page
from avicena.formats import record
from avicena.formats.bundle import CANDIDATE
from avicena.formats.heatmap import render
from avicena.formats.image import read
from avicena.formats.plane import grey
from avicena.kept import begins, rows_of
from avicena.measure.known import Known
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
    known = site.find(Candidate, "candidate", application, newest=1 if name == "newest" else None)
    none = f"no candidate for {application} is here yet; `avicena train` or `avicena install {application}` makes one"
    otherwise = f"candidates begin with that; `avicena models {application}` lists them"
    return begins(known, name, lambda one: one.id, none, otherwise)


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
    stages = [one.spec.name for one in model.stages if isinstance(one.spec, ImageStageSpec)]
    version = known.datasets.get(stages[0], "") if stages else ""
    kept = version and site.store.get("dataset", version) is not None
    trained = tuple(rows_of(site, site.get(DatasetVersion, "dataset", version))) if kept else None
    return Chosen(model, known, said, trained)


def known_for(site: Site, model: serve.Model, version: str | None = None) -> Known:
    """The knowledge that a model ranks with: that version, or the newest of the kind that it learnt with.

    Raises Blocked (the model ranks nothing), NotDeployed (none of that kind was built here), NotFound, Untrusted.
    """
    found = site.known_for(model, version)
    if found is None:
        raise Blocked("this model ranks no diseases, so it needs no knowledge")
    return found


def evaluation(site: Site, candidate: str) -> Evaluation:
    """What was measured on a candidate. Raises NotFound."""
    return site.get(Evaluation, "evaluation", candidate)


def technical_review(site: Site, application: str, candidate: str, language: Language) -> str:
    """The technical review page of a candidate, from all that is kept of it now.

    Raises NotFound (no such candidate), Untrusted (something kept was altered).
    """
    return technical_page(site, application, technical(site, application, candidate), language)


def signed_review(site: Site, candidate: str) -> tuple[Review, bytes]:
    """The review of a candidate and the very page that was signed with it.

    Raises NotFound (it was not reviewed, or before pages were bound), Untrusted (signature or page do not verify).
    """
    if site.store.get("review", candidate) is None:
        raise NotFound("this candidate was not reviewed yet; `avicena review` signs a verdict on it")
    found = site.get(Review, "review", candidate)
    if not review.holds(found, evaluation(site, candidate), site.keys.public_key()):
        raise Untrusted("the review of this candidate was altered; train and review again")
    if not found.page:
        raise NotFound("this review was signed before it bound a page; there is none to show")
    try:
        return found, site.blobs.get(found.page)
    except NotFound:
        raise Untrusted("the page that was signed is missing; restore it from a backup") from None


def bundle(site: Site, digest: str) -> dict[str, bytes]:
    """The files of an installed bundle. Raises NotFound, Untrusted (one of them was altered)."""
    return site.bundle_files(digest)


def audit(site: Site, newest: int) -> list[AuditLine]:
    """The newest audit lines, oldest first."""
    head = site.store.head()
    return [] if head is None else list(site.store.lines(after=max(0, head.seq - newest)))


def lineage(site: Site, application: str, name: str) -> Lineage:
    """The way from a model (a version's number, or a candidate as `candidate` takes it) back to the raw files.

    Raises NotFound (no such model).
    """
    versions = site.find(ModelVersion, "version", site.application(application).name)
    numbered = next((one for one in versions if str(one.number) == name), None)
    found = candidate(site, application, numbered.candidate if numbered is not None else name)
    version = numbered or next((one for one in versions if one.candidate == found.id), None)
    return Lineage(version, found, {stage: ancestors(site, id) for stage, id in found.datasets.items()})


def ready(site: Site) -> dict[str, str]:
    """What keeps this installation from answering, by part; empty when nothing does.

    Each value is a sentence for the operator. An application that nobody ever deployed keeps no other from answering.
    """
    problems: dict[str, str] = {}
    try:
        site.store.ready()
    except Exception as error:
        problems["store"] = str(error)
    idle: dict[str, str] = {}
    for name in site.applications:
        try:
            site.known_for(site.live(name).model)
        except NotDeployed as error:
            never = not site.find(Deployment, "deployment", name, newest=1)
            (idle if never else problems)[name] = str(error)
        except Exception as error:
            problems[name] = str(error)
    return problems or (idle if len(idle) == len(site.applications) else {})


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
