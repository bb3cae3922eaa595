"""Where a model comes from, back to the digests of the raw files."""

from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.model import Candidate, DatasetVersion, ModelVersion
from avicena.core.question import Correction


@dataclass(frozen=True)
class Ancestor:
    """One dataset version on the way back from a model: when it came, what made it, and the raw files behind it.

    `version` is None where the version is not on this site. `files` maps each raw file's role to its digest and whether
    its bytes are kept here; `pictures` each row with a picture to the picture's digest.
    """

    id: str
    version: DatasetVersion | None
    at: str
    corrections: tuple[Correction, ...]
    files: Mapping[str, tuple[str, bool]]
    pictures: Mapping[str, str]


@dataclass(frozen=True)
class Lineage:
    """Where a model comes from: its candidate, and for each stage its dataset versions, newest first."""

    version: ModelVersion | None
    candidate: Candidate
    stages: Mapping[str, tuple[Ancestor, ...]]
