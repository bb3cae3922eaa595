"""Rows that show the very same picture: which of them can stand, and which a person must look at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from avicena.core.case import Value
from avicena.core.model import Refused
from avicena.ingest.layout import Planned


@dataclass(frozen=True, slots=True)
class Parsed:
    """A planned row whose picture (digest `image`), values and labels the application takes."""

    planned: Planned
    image: str
    values: Mapping[str, Value]
    labels: Mapping[str, str]


def settle(parsed: Iterable[Parsed], stages: Iterable[str]) -> tuple[list[Parsed], list[Refused]]:
    """The rows that can stand, in the order given, and the refusals among rows that share one picture.

    One picture of two families, or with two labels of a stage in `stages` (those that look at the picture), condemns
    all its rows: which is right cannot be told. A row that repeats another's values and labels falls as its exact
    duplicate. What is left (one picture with different values) stands, and shares a family.
    """
    rows = list(parsed)
    groups: dict[str, list[Parsed]] = defaultdict(list)
    for one in rows:
        groups[one.image].append(one)
    refused: dict[str, Refused] = {}
    for group in groups.values():
        if len(group) > 1:
            refused |= {fallen.where: fallen for fallen in _judge(group, tuple(stages))}
    return [one for one in rows if one.planned.id not in refused], list(refused.values())


def _judge(group: list[Parsed], stages: tuple[str, ...]) -> list[Refused]:
    """The refusals in a group of rows with one picture."""
    if len({one.planned.family for one in group} - {None}) > 1:
        return [_refuse(one, "same-image-two-families") for one in group]
    for stage in stages:
        if len({one.labels[stage] for one in group if stage in one.labels}) > 1:
            return [_refuse(one, "same-image-two-labels", stage) for one in group]
    first: dict[tuple[object, ...], Parsed] = {}
    repeats: list[Refused] = []
    for one in sorted(group, key=_richest_first):
        said = (*sorted(one.values.items(), key=lambda item: item[0]), *sorted(one.labels.items()))
        if (standing := first.setdefault(said, one)) is not one:
            repeats.append(_refuse(one, "exact-duplicate", f"the same as {standing.planned.id}"))
    return repeats


def _richest_first(one: Parsed) -> tuple[bool, bool, bool, str]:
    """Of equal rows the one that says most of where it belongs stands; else the first by name."""
    planned = one.planned
    return planned.family is None, planned.fold is None, planned.box is None, planned.id


def _refuse(one: Parsed, reason: str, detail: str = "") -> Refused:
    return Refused(one.planned.id, reason, one.planned.places[1:], detail)
