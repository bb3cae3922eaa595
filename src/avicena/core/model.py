"""How a model came to be: dataset, candidate, evaluation, review, version, deployment. Facts, never statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from avicena.core.actor import Actor
from avicena.core.case import Value
from avicena.core.text import Text

Verdict = Literal["PASS", "FAIL", "INSUFFICIENT"]


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row: parsed values (pictures as digests), labels by stage, and where it belongs.

    `family` is the group that may never be split (one person's studies); `family_known` says whether the data told
    it or it is only this row and its exact copies. `box` is the lesion as fractions (x, y, width, height).
    """

    id: str
    values: Mapping[str, Value]
    labels: Mapping[str, str]
    family: str
    family_known: bool
    source: str
    fold: int
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One row or file that cannot be used, for the review list: where it stands and why (a code of core/reasons).

    `also` names the other places that fall with it (the image of a refused row); `detail` adds words without values.
    """

    where: str
    reason: str
    also: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """A frozen snapshot. `id` is the digest of all else; `rows` and `refused` are digests of blobs.

    `contract` is the digest of the inputs' schema; `files` maps each raw file's role to its digest (lineage);
    `counts` holds rows, families, classes by stage and refusals by reason; `folds` is the number of folds.
    """

    id: str
    application: str
    contract: str
    rows: str
    refused: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    folds: int
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained chain: the datasets by stage, recipe and code it came from, and its bundle's digest."""

    id: str
    application: str
    datasets: Mapping[str, str]
    recipe: str
    params: Mapping[str, float | int | str]
    seed: int
    code: str
    bundle: str


PERMUTED, CHANCE = "on permuted labels", "p of "
"""How the names of figures over permutations of the labels end, and how those of p values begin."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its 95 % interval, and the number of independent units (families) behind it."""

    stage: str
    name: str
    value: float
    low: float
    high: float
    units: int
    group: str = ""
    level: str = ""

    @property
    def spread(self) -> Literal["interval", "permutations", "none"]:
        """What `low` and `high` are: a 95 % interval, least and greatest over permuted labels, or the value itself."""
        if self.name.endswith(PERMUTED):
            return "permutations"
        return "none" if self.low == self.value == self.high else "interval"

    @property
    def permuted(self) -> bool:
        """Whether `units` counts permutations of the labels, not families."""
        return self.name.endswith(PERMUTED) or self.name.startswith(CHANCE)


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement and how it came out; `blocks` says what its failure forbids."""

    name: str
    verdict: Verdict
    blocks: Literal["serving", "suggestion", "nothing"]
    text: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured on a candidate, on patients its measured models never saw, and what the gate says of it."""

    candidate: str
    overall: tuple[Measure, ...]
    by_group: tuple[Measure, ...]
    checks: tuple[Check, ...]

    @property
    def scope(self) -> Literal["suggest", "refer", "nothing"]:
        """What the gate allows: suggestions, referral only, or nothing at all."""
        failed = {check.blocks for check in self.checks if check.verdict != "PASS"}
        if "serving" in failed:
            return "nothing"
        return "refer" if "suggestion" in failed else "suggest"


@dataclass(frozen=True, slots=True)
class Review:
    """A person's verdict on a candidate, signed with the site's key.

    `page` is the digest of the English technical review page as it was signed; "" in reviews before there were pages.
    `facts` is the digest of the facts on the page that the reviewer named as read; "" where none was named.
    """

    candidate: str
    verdict: Literal["accept", "reject"]
    scope: Literal["suggest", "refer", "nothing"]
    reviewer: Actor
    reason: str
    at: str
    evaluation: str
    key_id: str = ""
    signature: str = ""
    page: str = ""
    facts: str = ""


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """An accepted candidate under a number that a person can say."""

    application: str
    number: int
    candidate: str
    bundle: str
    scope: Literal["suggest", "refer"]
    review: str

    @property
    def id(self) -> str:
        return f"{self.application}/{self.number}"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which version answers for an application from `since` (UTC) on, and who said so."""

    application: str
    primary: int
    since: str
    by: Actor
    reason: str
    canary: int | None = None
    share: float = 0.0
    shadows: tuple[int, ...] = ()
