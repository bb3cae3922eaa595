"""What a reviewer looks at before signing: a candidate, what was measured on it, and what stands behind the figures."""

from dataclasses import dataclass, replace

from avicena.core import digest
from avicena.core.errors import Blocked
from avicena.core.leak import LeakReport, Override
from avicena.core.lineage import Lineage
from avicena.core.model import Evaluation, Measure, Review
from avicena.core.study import Study

DIGITS = 12
"""Hexadecimal digits of the digest of its facts that the page shows."""

FEWEST = 20
"""Families under which a figure of a group cannot be told from noise."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """Rows of about the same confidence: its mean, and the share that is right with its 95 % interval by family."""

    said: float
    right: float
    low: float
    high: float
    rows: int
    families: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row whose most probable class is wrong: with what confidence, and what the true class was given.

    `picture` is the digest of its picture, "" where it has none; `map` the class activation map of the wrong class
    from 0 to 1, one tuple a line, empty where the stage has none.
    """

    row: str
    family: str
    fold: int
    source: str
    truth: str
    said: str
    confidence: float
    given: float
    picture: str = ""
    map: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What the workings of one stage show; every figure is of rows whose fold the model did not see.

    `folds` and `groups` are figures with `group` and `level`; `confusion` counts rows, true class by said class;
    `mistakes` are the surest of the `wrong` rows.
    """

    stage: str
    classes: tuple[str, ...]
    rows: int
    families: int
    folds: tuple[Measure, ...]
    groups: tuple[Measure, ...]
    ece: Measure
    reliability: tuple[Confidence, ...]
    confusion: tuple[tuple[int, ...], ...]
    wrong: int
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class Audited:
    """What is known of the leaks of one dataset version: its newest audit (None: never) and what persons said to it."""

    dataset: str
    report: LeakReport | None
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class TechnicalReview:
    """All that the page of a candidate shows. `appraisals` is empty where no workings are kept here."""

    lineage: Lineage
    evaluation: Evaluation
    audits: tuple[Audited, ...]
    appraisals: tuple[Appraisal, ...] = ()
    studies: tuple[Study, ...] = ()
    review: Review | None = None

    @property
    def facts(self) -> str:
        """The digest of all that the page shows but what follows from the verdict; the same in every language."""
        return digest.of(replace(self, review=None, lineage=replace(self.lineage, version=None)))

    def confirmed(self, prefix: str) -> str:
        """The digest of the facts, which begins with what somebody read on the page. Raises Blocked (it does not)."""
        if len(prefix) < DIGITS or not self.facts.removeprefix("sha256:").startswith(prefix):
            raise Blocked(
                "the facts behind that page have changed since, or it is another page; make it and read it again"
            )
        return self.facts
