"""A small dataset of patients with pictures, notes, gaps and two hospitals, and what is said of it."""

from dataclasses import replace
from functools import cache

from avicena.core.actor import ROLES, Actor
from avicena.core.difference import Difference
from avicena.core.leak import LeakFinding, LeakReport, Override
from avicena.core.model import DatasetVersion, Row
from avicena.core.profile import Profile
from avicena.core.text import Text
from avicena.formats.page.explore import Explored
from avicena.ingest import diff, profile
from tests.small import TREATMENTS, TUMOURS, application, picture

VERSION = DatasetVersion(
    "sha256:" + "ab" * 32, application.name, "c", "r", "f", {}, {"rows": 120, "refused:no-image": 3}, 4, ("sha256:old",)
)
SECRET = "Zuzendorfer"
"""A name that stands in the notes of one family only."""

EVIL = "<script>alert(1)</script>\"'&"


def row(number: int, **told: object) -> Row:
    """One of two rows of a family; glioma comes from one hospital only, and its notes say so."""
    family = number // 2
    tumour = TUMOURS[family % 3]
    values = {
        "mri": f"sha256:{number % 40}",
        "age": 20.0 + family,
        "sex": "female" if family % 2 else "male",
        "note": f"Headache and {'vomiting' if tumour == 'glioma' else 'fatigue'} since 2019." if family % 4 else None,
    }
    values |= {name: told.pop(name) for name in list(told) if name in values}
    labels = {"tumour": tumour, "treatment": TREATMENTS[family % 3]}
    source = "north" if tumour == "glioma" else "south"
    return replace(Row(f"r{number:03d}", values, labels, f"F{family}", True, source, family % 4), **told)  # type: ignore[arg-type]


def rows(number: int = 120) -> list[Row]:
    """Rows of half as many families; of one of them the notes hold a name, and a source would like to be a script."""
    found = [row(one) for one in range(number)]
    found[2] = row(2, note=f"Family {SECRET} {SECRET} called about the headache.")
    found[-1] = row(number - 1, source=EVIL)
    return found


def profiled(held: list[Row] | None = None) -> Profile:
    """What is counted of them."""
    return profile(application, VERSION, rows() if held is None else held)


@cache
def explored() -> Explored:
    """With an audit, a person's word on it, and a parent that had fewer rows."""
    finding = LeakFinding(
        "note",
        "tumour",
        EVIL,
        "AUROC",
        0.99,
        0.97,
        1.0,
        60,
        "serious",
        Text(f"the note tells the class {EVIL}", f"la nota revela la clase {EVIL}"),
        Text("leave it out", "exclúyala"),
    )
    notice = replace(finding, kind="source", severity="notice", text=Text("class and source", "clase y fuente"))
    report = LeakReport("r", application.name, VERSION.id, ("note", "source"), (notice, finding), {"files": "none"})
    ana, day = Actor("ana", ROLES), "2026-01-02T03:04:05Z"
    word = Override(application.name, VERSION.id, "note", ana, "known", day, report.id, report.names("note"))
    before: Difference = diff(application, rows(60), rows())
    return Explored(profiled(), report, [word], "sha256:old", before)


@cache
def pictures(name: str) -> bytes:
    """The bytes of the picture of that digest."""
    return picture(int(name.removeprefix("sha256:")))
