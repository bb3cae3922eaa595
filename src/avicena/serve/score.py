"""A served model judged on labelled pictures that it did not learn from, with the figures of the evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application
from avicena.core.case import Picture
from avicena.core.errors import Blocked, ContractViolation, Unreadable
from avicena.core.model import Measure, Refused, Row
from avicena.core.progress import Progress
from avicena.core.reasons import why_none
from avicena.core.score import Labelled, LabelledSet, Score, ScoredImage
from avicena.core.text import Text
from avicena.formats import image
from avicena.measure import figures, lesion
from avicena.serve import caution
from avicena.serve.model import ImageModel, Model
from avicena.serve.predict import see
from avicena.serve.tree import named, plausible


@dataclass(frozen=True, slots=True)
class _Scored:
    given: Labelled
    digest: str
    found: ScoredImage


def image_stage(model: Model) -> ImageModel:
    """The stage of a model that reads pictures. Raises Blocked (it has none)."""
    for stage in model.stages:
        if isinstance(stage, ImageModel):
            return stage
    raise Blocked("this model reads no pictures, so there is nothing to score on them")


def score(
    application: Application,
    model: Model,
    given: LabelledSet,
    read: Callable[[str], bytes],
    trained: Sequence[Row] | None,
    progress: Progress,
) -> Score:
    """Run a model's image stage on every labelled picture, one by one as it is served, and measure it.

    `read` gives the bytes of a picture by its path, or raises Unreadable; `trained` are the rows that the stage learnt
    from, None where they are not known here and the bundle's marks of pictures must do. Raises ContractViolation (not
    one picture can be scored).
    """
    stage = image_stage(model)
    scored: list[_Scored] = []
    refused = list(given.refused)
    for done, one in enumerate(given.images, 1):
        outcome = _one(application, stage, one, read)
        (scored if isinstance(outcome, _Scored) else refused).append(outcome)  # type: ignore[arg-type]
        progress("scoring", done, len(given.images))
    if not scored:
        raise ContractViolation({"manifest": f"none of its pictures can be scored: {why_none(refused)}"})
    pictures, families = _overlap(model, stage, scored, trained)
    return Score(
        application=application.name,
        stage=stage.spec.name,
        classes=stage.spec.classes,
        candidate=model.candidate,
        bundle=model.digest,
        measures=tuple(_measures(stage, scored)),
        images=tuple(one.found for one in scored),
        refused=tuple(refused),
        unclaimed=given.unclaimed,
        trained_on=pictures,
        trained_families=families,
        notices=tuple(_notices(stage, scored, given)),
    )


def _one(application: Application, stage: ImageModel, one: Labelled, read: Callable[[str], bytes]) -> _Scored | Refused:
    """What the model says of one picture, or why it cannot be asked."""
    try:
        picture = image.read(read(one.path))
        application.contract.parse({stage.spec.input: picture}, partial=True)
    except Unreadable as error:
        return Refused(one.id, "unreadable-image", (), str(error))
    except ContractViolation as error:
        return Refused(one.id, "outside-contract", (), str(error))
    return _Scored(one, picture.digest, _said(stage, one, picture))


def _said(stage: ImageModel, one: Labelled, picture: Picture) -> ScoredImage:
    spec, pixels = stage.spec, picture.pixels
    seen = see(stage, pixels)
    inside = touches = erased = None
    if one.box is not None:
        cam = np.tensordot(stage.weight[spec.classes.index(one.label)], seen.maps, axes=1)
        inside, touches = lesion.hit(cam, seen.square, pixels.shape, one.box)
        erased = named(spec.classes, see(stage, lesion.erased(pixels, one.box)).scores)
    limit = spec.outlier.limit if spec.outlier is not None else None
    return ScoredImage(
        id=one.id,
        label=one.label,
        probabilities=named(spec.classes, seen.scores),
        best=spec.classes[int(np.argmax(seen.scores))],
        plausible=plausible(spec.classes, seen.scores, spec.conformal),
        outlier=seen.outlier,
        refused=seen.outlier is not None and limit is not None and seen.outlier > limit,
        peak_inside=inside,
        peak_touches=touches,
        erased=erased,
    )


def _measures(stage: ImageModel, scored: Sequence[_Scored]) -> list[Measure]:
    """The table of the evaluation, as far as the manifest allows."""
    name, classes = stage.spec.name, stage.spec.classes
    labels = np.array([classes.index(one.given.label) for one in scored], dtype=np.int64)
    families = np.array([_family(one) for one in scored])
    persons = np.array([f"{_family(one)}\n{one.given.label}" for one in scored])  # one label each, as pooling needs
    sources = np.array([one.given.source for one in scored])
    chances = _array(classes, [one.found.probabilities for one in scored])
    inside = np.array([[label in one.found.plausible for label in classes] for one in scored])
    groups = {"source": sources} if any(sources) else {}
    recalls = figures.recalls(name, classes, chances, labels, families, sources)
    found = [
        figures.by_patient(name, chances, labels, persons),
        figures.at_coverage(name, chances, labels, persons),
        *figures.overall(name, chances, labels, families),
        *(one for one in recalls if groups or one.group == "class"),
        *figures.coverages(name, classes, inside, labels, families, groups),
    ]
    if stage.outlier is not None:
        found.append(figures.refused(name, np.array([one.found.refused for one in scored]), families))
    boxed = [i for i, one in enumerate(scored) if one.found.erased is not None]
    if boxed:
        hits = np.array([[scored[i].found.peak_inside, scored[i].found.peak_touches] for i in boxed])
        erased = _array(classes, [scored[i].found.erased or {} for i in boxed])
        found += figures.peaks(name, hits, families[boxed])
        found += figures.without_lesion(name, chances[boxed], erased, labels[boxed], families[boxed])
    return found


def _array(classes: Sequence[str], chances: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    return np.array([[one[label] for label in classes] for one in chances])


def _family(one: _Scored) -> str:
    """Whose picture it is; where nobody said so it stands for itself and its exact copies."""
    return one.given.family if one.given.family is not None else f"image:{one.digest}"


def _overlap(
    model: Model, stage: ImageModel, scored: Sequence[_Scored], trained: Sequence[Row] | None
) -> tuple[int | None, int | None]:
    """How many of these pictures, and how many families by name, the stage learnt from; None where nobody knows."""
    if trained is None:  # then the marks in the bundle tell of pictures, and nothing of families
        learnt = model.learnt
        return (None if learnt is None else learnt.known(stage.spec.name, [one.digest for one in scored])), None
    pictures = {row.values.get(stage.spec.input) for row in trained}
    known = {row.family for row in trained if row.family_known}
    ours = {one.given.family for one in scored if one.given.family is not None}
    return sum(one.digest in pictures for one in scored), len(ours & known)


def _notices(stage: ImageModel, scored: Sequence[_Scored], given: LabelledSet) -> list[Text]:
    """What a reader must know before believing the figures."""
    said = [one.given for one in scored]
    told = [one for one in said if one.family is not None]
    labels_of: dict[str, set[str]] = {}
    for one in told:
        labels_of.setdefault(str(one.family), set()).add(one.label)
    absent = [label for label in stage.spec.classes if label not in {one.label for one in said}]
    return caution.notices(
        images=len(said),
        nameless=len(said) - len(told),
        torn=sum(len(labels) > 1 for labels in labels_of.values()),
        copies=len(scored) - len({one.digest for one in scored}),
        sourceless=sum(not one.source for one in said),
        unboxed=sum(one.box is None for one in said) - given.boxless,
        boxless=given.boxless,
        absent=absent,
    )
