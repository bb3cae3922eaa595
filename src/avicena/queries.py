"""What may be asked without changing anything."""

from dataclasses import dataclass

from avicena.core.answer import Answer
from avicena.core.application import ImageStage
from avicena.core.errors import NotFound
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Review
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
