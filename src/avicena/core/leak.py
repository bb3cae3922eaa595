"""What an audit for leaks and shortcuts finds in a dataset, and what a person says to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.leak_words import MEASURES, in_a_sample, searched, unsearched
from avicena.core.text import Text

Severity = Literal["serious", "notice"]


@dataclass(frozen=True, slots=True)
class LeakFinding:
    """One leak or shortcut: its `kind`, the label and the column (or view) it is about, and how large it is.

    `effect` is the figure that `measure` names, `low` and `high` its 95 % interval when whole families are drawn
    again, `units` the number of families behind it. `advice` says what to do.
    """

    kind: str
    label: str
    what: str
    measure: str
    effect: float
    low: float
    high: float
    units: int
    severity: Severity
    text: Text
    advice: Text

    @property
    def said_measure(self) -> Text:
        """What its figure is, in both languages."""
        return MEASURES.get(self.measure, Text(self.measure, self.measure))

    @property
    def name(self) -> str:
        """The digest of what was found and how large it is, whatever words say it."""
        figures = (self.measure, self.effect, self.low, self.high, self.units, self.severity)
        return digest.of((self.kind, self.label, self.what, *figures))


@dataclass(frozen=True, slots=True)
class LeakReport:
    """An audit of one dataset version: what was looked for, what was found, and the copies that it grouped.

    `looked` names every check that ran; `skipped` maps those that could not to the reason; `groups` is the digest of
    a blob with the group of each row (canonical JSON, row id → group), empty where there are no pictures.
    """

    id: str
    application: str
    dataset: str
    looked: tuple[str, ...]
    findings: tuple[LeakFinding, ...]
    skipped: Mapping[str, str] = field(default_factory=dict)
    groups: str = ""

    @property
    def serious(self) -> tuple[LeakFinding, ...]:
        """The findings that block training until a person overrides them."""
        return tuple(one for one in self.findings if one.severity == "serious")

    def standing(self, overrides: "Iterable[Override]") -> tuple[LeakFinding, ...]:
        """The serious findings that none of these overrides covers."""
        taken = {name for one in overrides if one.dataset == self.dataset for name in one.findings}
        return tuple(one for one in self.serious if one.name not in taken)

    @property
    def sampled(self) -> bool:
        """Whether pictures were compared in a sample of the rows only, so that not every near copy is known."""
        return "pictures" not in self.skipped and any(map(in_a_sample, self.looked))

    @property
    def said_looked(self) -> tuple[Text, ...]:
        """What was looked for, in both languages."""
        return tuple(searched(one) for one in self.looked)

    @property
    def said_skipped(self) -> tuple[tuple[Text, Text], ...]:
        """What could not be looked for and why, in both languages."""
        return tuple((searched(what), unsearched(why)) for what, why in sorted(self.skipped.items()))

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the serious findings of one kind."""
        return tuple(one.name for one in self.serious if one.kind == kind)


@dataclass(frozen=True, slots=True)
class Override:
    """A person takes it upon themselves to train in spite of the findings of one kind in one dataset version.

    It stands for what that person was shown: the serious findings of that kind in the audit `report`, by their names
    in `findings`. What a later audit finds besides, be it of the same kind, it does not cover.
    """

    application: str
    dataset: str
    kind: str
    by: Actor
    reason: str
    at: str
    report: str = ""
    findings: tuple[str, ...] = ()

    def covers(self, finding: LeakFinding) -> bool:
        """Whether this finding is one of those that it was made on."""
        return finding.name in self.findings
