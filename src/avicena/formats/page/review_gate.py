"""The gate of a technical review in the reader's words; what is kept of a check names things in English."""

from collections.abc import Iterator

from avicena.core.application import Threshold
from avicena.core.model import Check, Evaluation, Measure
from avicena.formats.page.numbers import figure
from avicena.formats.page.review_views import ReviewReader
from avicena.formats.phrases import plain

SMALL = ", small groups"
"""How the name of the check ends that names the groups which are too small."""


def requirement(reader: ReviewReader, check: Check) -> str:
    """What is asked for; as it is kept where the gate of the application no longer asks for it."""
    one = _asked(reader, check)
    if one is None:
        return check.name
    sides = [
        reader.say(words, limit=plain(limit).say(reader.language))
        for words, limit in (("at_least", one.at_least), ("at_most", one.at_most))
        if limit is not None
    ]
    bound = {"value": "", "low": reader.words["bound_low"], "high": reader.words["bound_high"]}[one.bound]
    said = f"{reader.name(one.stage)}: {bound}{reader.measure(one.measure)} {reader.words['and_also'].join(sides)}"
    every = f" {reader.words['every_group']}" if one.worst_group else ""
    return said + every + (reader.words["small_groups"] if check.name.endswith(SMALL) else "")


def outcome(reader: ReviewReader, check: Check, evaluation: Evaluation) -> str:
    """How it came out: the sentence that is kept, with what it names and its figures in the reader's words."""
    said, one = check.text.say(reader.language), _asked(reader, check)
    if one is None:
        return said
    for measure in (*evaluation.overall, *evaluation.by_group):
        if (measure.stage, measure.name) == (one.stage, one.measure):
            for kept, words in _named(reader, measure):
                said = said.replace(kept, words)
    missing = f": {one.measure}"
    return said.removesuffix(missing) + f": {reader.measure(one.measure)}" if said.endswith(missing) else said


def _asked(reader: ReviewReader, check: Check) -> Threshold | None:
    """The requirement of the application that a check is of."""
    gate = reader.application.gate
    return next((one for one in (*gate.serve, *gate.suggest) if one.name == check.name.removesuffix(SMALL)), None)


def _named(reader: ReviewReader, one: Measure) -> Iterator[tuple[str, str]]:
    """A figure and its group as a check names them, and in the reader's words."""
    spread = f"{one.value:.3f} (95 % {one.low:.3f} – {one.high:.3f}, n = {one.units})"
    told = f"(95 % {reader.interval(one)}, n = {one.units})" if one.spread == "interval" else f"(n = {one.units})"
    figures = f"{figure(one.value, reader.language)} {told}"
    if not one.group:
        yield f"{one.name}: {spread}", f"{reader.measure(one.name)}: {figures}"
        return
    where = f"{reader.group(one.group)}: {reader.place(one.group, one.level)}"
    yield f"{one.name} ({one.group}: {one.level}): {spread}", f"{reader.measure(one.name)} ({where}): {figures}"
    yield f"{one.group}: {one.level} ({one.units})", f"{where} ({one.units})"
