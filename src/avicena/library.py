"""The story of the knowledge: build a version of it from its files, and say which there are."""

from dataclasses import dataclass, replace
from pathlib import Path

from avicena.backends.knowledge import KIND, NONE
from avicena.backends.sources import sources
from avicena.core.actor import Actor
from avicena.core.errors import ContractViolation
from avicena.core.knowledge_version import KnowledgeVersion
from avicena.core.progress import Progress, silent
from avicena.formats import record
from avicena.formats.disease import Described, describe
from avicena.formats.knowledge import to_bytes
from avicena.ingest.build import build as built
from avicena.ingest.build import shrunk
from avicena.ingest.knowledge import repeated
from avicena.kept import begins
from avicena.site import Site


def build(
    site: Site,
    actor: Actor,
    obo: Path | None = None,
    hpoa: Path | None = None,
    mondo: Path | None = None,
    babelon: Path | None = None,
    progress: Progress = silent,
    *,
    smaller: bool = False,
) -> KnowledgeVersion:
    """Build a version of the knowledge and keep it; the same files give the same version, whatever packs them.

    Files that are not named come from the pip package of the extra `knowledge`; the folder of Mondo and the Spanish
    labels are optional. Raises ContractViolation (every file that cannot be used, or, but where `smaller`, a version
    that has over a tenth less than the newest here), Misconfigured (no file, no package), NotAllowed.
    """
    with site.act(actor, "build-knowledge") as act:
        made = built(sources(obo, hpoa, mondo, babelon), progress)
        act.subject = f"{KIND}/{made.version.id}"
        before = site.store.get(KIND, made.version.id)
        newest = site.find(KnowledgeVersion, KIND, newest=1)
        if before is None and newest and not smaller and (less := shrunk(newest[0], made.version)):
            raise ContractViolation(less)
        found = None if before is None else site.get(KnowledgeVersion, KIND, made.version.id)
        if found is None or not site.blobs.has(found.blob):
            found = replace(made.version, blob=site.blobs.put(to_bytes(made.known), durable=True))
        if newest != [found]:  # the newest counts, be it one that was there before
            act.keep(KIND, found.id if before is None else f"{found.id}@{act.at}", found)
    return found


@dataclass(frozen=True)
class Shelved:
    """A version of the knowledge and when it was built here (UTC)."""

    version: KnowledgeVersion
    at: str


def versions(site: Site) -> list[Shelved]:
    """Every version of the knowledge here, each once; the one that is used unless another is named comes last."""
    found: dict[str, Shelved] = {}
    for one in site.store.find(KIND):
        version = record.load(KnowledgeVersion, one.body)
        found.pop(version.id, None)
        found[version.id] = Shelved(version, one.at)
    return list(found.values())


def version(site: Site, name: str = "newest") -> Shelved:
    """The version whose digest begins with `name`, or the one built last for "newest".

    Raises NotFound (none does, more than one does, or none was ever built).
    """
    otherwise = "versions of the knowledge begin with that; `avicena knowledge list` lists them"
    return begins(versions(site), name, lambda one: one.version.id, NONE, otherwise)


def copies(site: Site, version_name: str = "newest") -> int:
    """How many rows of a version say what another one says. Raises NotFound, Untrusted (the version was altered)."""
    return repeated(site.knowledge(version(site, version_name).version.id).rows)


def disease(site: Site, name: str, version_name: str = "newest") -> Described:
    """What a version says of one disease, by its id or one that Mondo says to be the same.

    Raises NotFound (no such version, or it does not know the disease), Untrusted (the version was altered).
    """
    known = site.knowledge(version(site, version_name).version.id)
    return describe(known, known.place(name))
