"""What may be asked without changing anything."""

from dataclasses import dataclass

from avicena import ingest
from avicena.core.answer import Answer
from avicena.core.application import ImageStage
from avicena.core.audit import AuditLine
from avicena.core.errors import NotFound
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Refused, Review
from avicena.formats.heatmap import render
from avicena.formats.image import read
from avicena.formats.plane import grey
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
    """The review list of the dataset version whose digest begins with `name`. Raises NotFound."""
    wanted = name if name.startswith("sha256:") else f"sha256:{name}"
    found = [one for one in datasets(site, application) if one.id.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} dataset versions begin with that; `avicena datasets {application}` lists them")
    return ingest.refused_from(site.blobs.get(found[0].refused))


def datasets(site: Site, application: str) -> list[DatasetVersion]:
    """The dataset versions of an application, oldest first."""
    return site.find(DatasetVersion, "dataset", application)


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
