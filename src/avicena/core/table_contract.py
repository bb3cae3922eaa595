"""The table contract: what each column of a training table may hold, derived from what an application declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from avicena.core.application import Application
from avicena.core.case import Image, Input, Number
from avicena.core.codes import Codes
from avicena.core.findings import Findings
from avicena.core.layout import TableLayout, plain
from avicena.core.text import Text

Kind = Literal["number", "choice", "codes", "text", "picture", "label", "other"]

NOT_KNOWN = Text("not known", "no se conoce")
NO_LABEL = Text("the row teaches this stage nothing", "la fila no enseña nada a esta etapa")

SHOWN = 20
"""Rows that a report names for each fault."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What one column may hold.

    `column` maps each layout to the table's name for it, `words` the table's words to ours. A value outside `low` and
    `high` (in `unit`, UCUM) is refused; one outside `plausible` is taken and shown to a person. `codes` are the only
    words allowed, `longest` the most characters of a text or the most codes of a list. A `required` input may be
    blank in a training row and not in a question; `missing` says what a blank means.
    """

    name: str
    kind: Kind
    said: Text
    required: bool
    missing: Text
    unit: str = ""
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    codes: tuple[str, ...] = ()
    longest: int | None = None
    column: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayoutRule:
    """How one kind of table is recognised, what names its rows, and what it says beside inputs and labels."""

    name: str
    key: str
    pictures: str
    needs: tuple[str, ...]
    family: tuple[str, ...]
    source: str = ""
    fold: str = ""
    box: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableContract:
    """Every column that an application's tables may have, and the kinds of table; `digest` is that of the inputs."""

    application: str
    digest: str
    columns: tuple[ColumnRule, ...]
    layouts: tuple[LayoutRule, ...]


@dataclass(frozen=True, slots=True)
class TableFault:
    """One thing that is wrong with one column, in words without values: how often, and the first rows.

    `column` is the application's name of it, or the row's key, fold or box, or "" for the whole row. A fault that
    `refuses` keeps its row out of the dataset; any other is counted and shown.
    """

    column: str
    problem: str
    refuses: bool
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What a whole table is like against the contract: its rows, those with a fault that refuses, and every fault."""

    layout: str
    rows: int
    refused: int
    faults: tuple[TableFault, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of each fault under "fault:column: problem", for a dataset's counts."""
        return {f"fault:{one.column or 'row'}: {one.problem}": one.count for one in self.faults}


def derive(application: Application) -> TableContract:
    """The table contract of an application: one rule for each input and each stage's label."""
    inputs = [_input(application, name, kind) for name, kind in application.inputs.items()]
    labels = [_label(application, stage.name, stage.classes) for stage in application.chain]
    layouts = tuple(_layout(one) for one in application.layouts)
    return TableContract(application.name, application.contract_digest, (*inputs, *labels), layouts)


def _input(application: Application, name: str, kind: Input) -> ColumnRule:
    schema = kind.schema()
    missing = getattr(kind, "missing", None)
    return ColumnRule(
        name=name,
        kind=_kind(kind, schema),
        said=application.word(name),
        required=kind.required,
        missing=missing if isinstance(missing, Text) else NOT_KNOWN,
        unit=str(getattr(kind, "unit", "")),
        low=schema.get("minimum", getattr(kind, "low", None)),
        high=schema.get("maximum", getattr(kind, "high", None)),
        plausible=getattr(kind, "plausible", None),
        codes=tuple(schema.get("enum", schema.get("items", {}).get("enum", ()))),
        longest=schema.get("maxLength", schema.get("maxItems")),
        column={one.name: one.inputs[name] for one in application.layouts if name in one.inputs}
        | {one.name: one.key for one in application.layouts if one.image == name},
        words=_words(application, name),
    )


def _kind(kind: Input, schema: Mapping[str, Any]) -> Kind:
    if isinstance(kind, Image):
        return "picture"
    if isinstance(kind, (Codes, Findings)):
        return "codes"
    if isinstance(kind, Number):
        return "number"
    if "enum" in schema:
        return "choice"
    named: dict[Any, Kind] = {"number": "number", "integer": "number", "string": "text"}
    return named.get(schema.get("type"), "other")


def _label(application: Application, stage: str, classes: tuple[str, ...]) -> ColumnRule:
    return ColumnRule(
        name=stage,
        kind="label",
        said=application.word(stage),
        required=False,
        missing=NO_LABEL,
        codes=classes,
        column={one.name: one.labels[stage] for one in application.layouts if stage in one.labels},
        words=_words(application, stage),
    )


def _words(application: Application, of: str) -> dict[str, str]:
    """The tables' own words for an input or stage, as `plain` writes them, and ours for each."""
    return {plain(theirs): ours for one in application.layouts for theirs, ours in one.words.get(of, {}).items()}


def _layout(one: TableLayout) -> LayoutRule:
    named = (one.name, one.key, one.image, one.needs, one.family)
    return LayoutRule(*named, source=one.source or "", fold=one.fold or "", box=one.box or ())
