"""A small application with numbers, and rows and questions made for tests of the review queue."""

from dataclasses import replace

from avicena.core.actor import ROLES, Actor
from avicena.core.case import Image, Number
from avicena.core.model import DatasetVersion, Row
from avicena.core.question import Judgement, Ruling
from avicena.core.reading import Reading
from tests.ingest.trees import APPLICATION as SHAPES

APPLICATION = replace(
    SHAPES,
    inputs={
        "scan": Image("MR", min_side=8),
        "age": Number(0, 120, "a"),
        "weight": Number(0, 1000, "kg", plausible=(1, 300)),
        "height": Number(0, 3000, "cm"),
        "sex": SHAPES.inputs["sex"],
    },
)
TABLE = replace(APPLICATION, inputs={name: kind for name, kind in APPLICATION.inputs.items() if name != "scan"})
ANA, BEA, EVA = (Actor(name, ROLES) for name in ("ana", "bea", "eva"))
VERSION = DatasetVersion("sha256:old", "shapes", "c", "r", "f", {"table": "t"}, {"files": 9, "rows": 1}, 4)


def row(id: str, **told: object) -> Row:
    """A row of a family of its own; labels by stage, the rest under the inputs' names."""
    fields = {"family": f"F{id}", "family_known": True, "source": "A", "fold": 0}
    fields |= {name: told.pop(name) for name in list(told) if name in fields}
    labels = {stage: str(told.pop(stage)) for stage in ("kind", "plan") if stage in told}
    values = {"scan": f"sha256:{id}", "age": 50.0, "weight": 70.0, "height": 170.0, "sex": "female"} | told
    return Row(id, values, labels or {"kind": "round"}, **fields)  # type: ignore[arg-type]


def people(number: int = 60, **told: object) -> list[Row]:
    """Rows of as many people, of usual ages, weights and heights."""
    return [
        row(f"p{i:03d}", age=30.0 + i % 40, weight=55.0 + i % 30, height=155.0 + i % 35, fold=i % 4, **told)
        for i in range(number)
    ]


def judged(reading: Reading, *said: tuple[Actor, Ruling]) -> Reading:
    """The question after these judgements, in their order."""
    for who, ruling in said:
        seat = reading.seat(who.id)
        assert seat is not None
        one = Judgement(reading.question.id, seat, who, "2026-01-01T00:00:00Z", ruling, "because")
        reading = Reading(reading.question, (*reading.judgements, one))
    return reading
