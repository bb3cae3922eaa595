"""Pictures with a true label, to score a model on: only file and label are needed, all else may be missing."""

from collections.abc import Iterable
from dataclasses import replace

from avicena.core.application import Application
from avicena.core.errors import ContractViolation
from avicena.core.layout import TableLayout, plain
from avicena.core.model import Refused
from avicena.core.score import Labelled, LabelledSet
from avicena.ingest.claim import Box
from avicena.ingest.layout import Plan, plan
from avicena.ingest.match import name_of


def labelled(application: Application, stage: str, paths: Iterable[str], manifest: bytes) -> LabelledSet:
    """Join a manifest with the pictures at `paths`, for one stage; columns in any order, and more or fewer of them.

    A row whose lesion box is none is taken without its box. Raises ContractViolation (no table, or not one that names
    pictures and their label).
    """
    layouts = [_loose(one, stage) for one in application.layouts if one.image and stage in one.labels]
    if not layouts:
        raise ContractViolation({"manifest": f"no layout of {application.name} has pictures with the label '{stage}'"})
    given = tuple(paths)
    joined = plan([replace(one, box=None) for one in layouts], given, None, manifest)
    boxes = _boxes(plan(layouts, given, None, manifest))
    classes = {plain(one): one for of in application.chain if of.name == stage for one in of.classes}
    known = {name_of(path): path for path in given}
    images: list[Labelled] = []
    refused = list(joined.refused)
    for one in joined.planned:
        said = one.labels.get(stage)
        if said is None or plain(said) not in classes:
            refused.append(Refused(one.id, "no-label" if said is None else "unknown-label", one.places[1:], stage))
        else:
            box = boxes.get(one.id)
            images.append(Labelled(one.id, known[one.id], classes[plain(said)], one.family, one.source, box))
    boxless = sum(one.id not in boxes for one in images)
    return LabelledSet(tuple(images), tuple(refused), len(joined.unclaimed), boxless)


def _loose(layout: TableLayout, stage: str) -> TableLayout:
    """The layout for whoever knows no more than a picture and its label."""
    return replace(layout, needs=(layout.labels[stage],), fold=None, inputs={}, labels={stage: layout.labels[stage]})


def _boxes(joined: Plan) -> dict[str, Box | None]:
    """The box of each picture, None where none was given; a picture whose box is none on it is left out."""
    return {one.id: one.box for one in joined.planned}
