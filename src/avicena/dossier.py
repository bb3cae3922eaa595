"""What stands behind a candidate, gathered for its reviewer: workings, studies, audits, the way to the data."""

from avicena import review
from avicena.backends.parts import has_file
from avicena.core.application import ImageStage
from avicena.core.errors import NotFound, Untrusted
from avicena.core.leak import Override
from avicena.core.lineage import Ancestor, Lineage
from avicena.core.model import Candidate, DatasetVersion, Evaluation, ModelVersion, Review
from avicena.core.question import Correction
from avicena.core.study import Study
from avicena.core.technical import Audited, TechnicalReview
from avicena.core.text import Language
from avicena.core.workings import Workings
from avicena.formats.arrays import read_arrays
from avicena.kept import leak_report, rows_of
from avicena.site import Site

LARGEST = 2**31
"""Bytes that the workings of one stage may take once unpacked: some millions of rows."""


def workings(site: Site, candidate: str) -> tuple[Workings, ...]:
    """What cross-validation said of each row, stage by stage; empty where it is not kept here.

    Raises Untrusted (it was altered).
    """
    if site.store.get("workings", candidate) is None:
        return ()
    try:
        blobs = [site.blobs.get(blob) for blob in site.get(dict[str, str], "workings", candidate).values()]
        return tuple(Workings.from_arrays(read_arrays(blob, limit=LARGEST)) for blob in blobs)
    except (NotFound, KeyError, ValueError):
        raise Untrusted("the workings of this candidate are incomplete; restore them from a backup") from None


def technical(site: Site, application: str, candidate: str) -> TechnicalReview:
    """All that a reviewer of a candidate looks at. Raises NotFound (no such candidate), Untrusted (it was altered)."""
    found = site.get(Candidate, "candidate", candidate)
    verdict = site.get(Review, "review", candidate) if site.store.get("review", candidate) is not None else None
    versions = [one for one in site.find(ModelVersion, "version", application) if one.candidate == candidate]
    stages = {stage: ancestors(site, id, pictures=False) for stage, id in found.datasets.items()}
    words = site.find(Override, "override", application)
    audits = [
        Audited(id, leak_report(site, application, id), tuple(one for one in words if one.dataset == id))
        for id in dict.fromkeys(found.datasets.values())
    ]
    studies = [one for one in site.find(Study, "study", application) if one.candidate == candidate]
    return TechnicalReview(
        Lineage(versions[0] if versions else None, found, stages),
        site.get(Evaluation, "evaluation", candidate),
        tuple(audits),
        tuple(review.appraise(one) for one in workings(site, candidate)),
        tuple(studies),
        verdict,
    )


def technical_page(site: Site, application: str, found: TechnicalReview, language: Language) -> str:
    """The page of what a reviewer looks at. Raises NotFound (no such application)."""
    from avicena.formats.page import review as page  # templates, which a server has no need of

    def picture(digest: str) -> bytes | None:
        try:
            return site.blobs.get(digest)
        except NotFound:
            return None

    return page.page(site.application(application), found, language, picture)


def ancestors(site: Site, id: str, *, pictures: bool = True) -> tuple[Ancestor, ...]:
    """A dataset version and all before it, each once, newest first; without `pictures` no row is read."""
    found: dict[str, Ancestor] = {}
    left = [id]
    while left:
        one = _ancestor(site, left.pop(0), pictures)
        if one.id not in found:
            found[one.id] = one
            left += one.version.parents if one.version is not None else ()
    return tuple(found.values())


def _ancestor(site: Site, id: str, pictures: bool) -> Ancestor:
    kept = site.store.get("dataset", id)
    if kept is None:
        return Ancestor(id, None, "", (), {}, {})
    version = site.get(DatasetVersion, "dataset", id)
    app = site.application(version.application)
    inputs = {stage.input for stage in app.chain if isinstance(stage, ImageStage)}
    kept_rows = rows_of(site, version) if pictures else []
    seen = {row.id: str(row.values[name]) for row in kept_rows for name in sorted(inputs) if row.values.get(name)}
    made = [one for one in site.find(Correction, "correction", version.application) if one.dataset == id]
    files = {role: (digest, has_file(site.blobs, site.store, digest)) for role, digest in version.files.items()}
    return Ancestor(id, version, kept.at, tuple(made), files, seen)
