"""What is kept of data, as both stories and their questions look it up: a version, its rows, its newest audit."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from avicena.backends.rows import read_rows
from avicena.core.application import Application
from avicena.core.errors import Blocked, NotFound
from avicena.core.held import HeldList
from avicena.core.leak import LeakReport
from avicena.core.model import DatasetVersion, Row
from avicena.formats import image
from avicena.site import Site

Noun = TypeVar("Noun")


def begins(known: Sequence[Noun], name: str, digest: Callable[[Noun], str], none: str, otherwise: str) -> Noun:
    """The one whose digest begins with `name`, with or without "sha256:", or the last one for "newest".

    Raises NotFound (there is none at all, in the words of `none`; none begins so or several do: how many, `otherwise`).
    """
    if not known and name == "newest":
        raise NotFound(none)
    wanted = name if name.startswith("sha256:") else f"sha256:{name}"
    found = known[-1:] if name == "newest" else [one for one in known if digest(one).startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} {otherwise}")
    return found[0]


def rows_of(site: Site, dataset: DatasetVersion) -> list[Row]:
    """The rows of a dataset version, few or many. Raises NotFound, Untrusted, Misconfigured (Parquet's extra)."""
    return read_rows(site.blobs, site.store, dataset.rows)


def held_of(site: Site, dataset: str) -> HeldList | None:
    """Where the refused rows are that a person could mend, by the dataset version's digest; None where none are."""
    return None if site.store.get("held", dataset) is None else site.get(HeldList, "held", dataset)


def pixels_of(site: Site) -> Callable[[str], NDArray[np.generic]]:
    """How to get the pixels of a picture by its digest; it raises NotFound, Untrusted, Unreadable."""
    return lambda digest: image.read(site.blobs.get(digest)).pixels


def dataset_for(site: Site, application: str, stage: str, wanted: str | None = None) -> DatasetVersion:
    """The dataset version that a stage is trained on: the one whose digest begins with `wanted`, else the newest one.

    Of those that carry the stage's label, one whose patients are known goes before one where none is. Raises NotFound
    (none begins so, or several do), Blocked (none carries the label).
    """
    known = site.find(DatasetVersion, "dataset", application)
    if wanted is not None:
        matching = [one for one in known if one.id.startswith(wanted)]
        if len(matching) != 1:
            raise NotFound(f"{len(matching)} dataset versions begin with what was given for {stage}")
        return matching[0]
    carrying = [one for one in known if any(name.startswith(f"{stage}=") for name in one.counts)]
    if not carrying:
        raise Blocked(f"no dataset version carries the label '{stage}'; `avicena import {application}` some first")
    return ([one for one in carrying if one.counts.get("family-known")] or carrying)[-1]


def datasets_for(site: Site, application: Application, wanted: Mapping[str, str]) -> dict[str, DatasetVersion]:
    """The dataset version of each stage; an optional stage that nothing is `wanted` for and none carries has none.

    Raises as `dataset_for`, and Blocked (all stages are optional, and no dataset carries a label of any).
    """
    found: dict[str, DatasetVersion] = {}
    for stage in application.chain:
        try:
            found[stage.name] = dataset_for(site, application.name, stage.name, wanted.get(stage.name))
        except Blocked:
            if stage.name in application.needed:
                raise
    if not found:
        named = ", ".join(f"'{stage.name}'" for stage in application.chain)
        raise Blocked(
            f"no dataset version carries any of the labels {named}; `avicena import {application.name}` some first"
        )
    return found


def leak_report(site: Site, application: str, dataset: str) -> LeakReport | None:
    """The newest audit for leaks of a dataset version, by its whole digest; None when there was none."""
    found = [one for one in site.find(LeakReport, "leaks", application) if one.dataset == dataset]
    return found[-1] if found else None
