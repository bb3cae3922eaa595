"""What an application's gate says of the figures of a candidate."""

from collections.abc import Iterable, Sequence
from typing import Literal

from avicena.core.application import Gate, Threshold
from avicena.core.model import Check, Measure, Verdict
from avicena.core.text import Text

Blocks = Literal["serving", "suggestion", "nothing"]


def judge(gate: Gate, measures: Sequence[Measure]) -> tuple[Check, ...]:
    """One check for each requirement; a figure that is missing or cannot be told from noise never passes."""
    found: list[Check] = []
    rules: tuple[tuple[tuple[Threshold, ...], Blocks], ...] = ((gate.serve, "serving"), (gate.suggest, "suggestion"))
    for thresholds, blocks in rules:
        for one in thresholds:
            found += _worst(one, measures, blocks) if one.worst_group else [_overall(one, measures, blocks)]
    return tuple(found)


def _overall(one: Threshold, measures: Iterable[Measure], blocks: Blocks) -> Check:
    for measure in measures:
        if (measure.stage, measure.name, measure.group) == (one.stage, one.measure, ""):
            return Check(one.name, _verdict(one, measure), blocks, _words(one, measure, measure.name))
    return Check(
        one.name, "INSUFFICIENT", blocks, Text(f"{one.measure} was not measured", f"no se midió: {one.measure}")
    )


def _worst(one: Threshold, measures: Iterable[Measure], blocks: Blocks) -> list[Check]:
    """The worst level of all groups that have enough families, and one check that names those that have not."""
    levels = [
        m for m in measures if (m.stage, m.name) == (one.stage, one.measure) and m.group and m.group != "model family"
    ]
    enough = [m for m in levels if m.units >= one.units]
    few = [m for m in levels if m.units < one.units]
    if not enough:
        said = Text(f"no group with at least {one.units} families", f"ningún grupo con al menos {one.units} familias")
        return [Check(one.name, "INSUFFICIENT", blocks, said)]
    sign = 1 if one.at_least is not None else -1
    worst = min(enough, key=lambda m: sign * _bound(one, m))
    checks = [
        Check(
            one.name, _verdict(one, worst), blocks, _words(one, worst, f"{worst.name} ({worst.group}: {worst.level})")
        )
    ]
    if few:
        named = ", ".join(f"{m.group}: {m.level} ({m.units})" for m in few)
        said = Text(f"too few families to judge: {named}", f"familias insuficientes para juzgar: {named}")
        small: Blocks = "suggestion" if blocks == "suggestion" else "nothing"
        checks.append(Check(f"{one.name}, small groups", "INSUFFICIENT", small, said))
    return checks


def _bound(one: Threshold, measure: Measure) -> float:
    return {"value": measure.value, "low": measure.low, "high": measure.high}[one.bound]


def _verdict(one: Threshold, measure: Measure) -> Verdict:
    """PASS or FAIL; INSUFFICIENT for a figure that is not a number or that too few families stand behind."""
    figure = _bound(one, measure)
    if figure != figure or measure.units < one.units:
        return "INSUFFICIENT"
    low = one.at_least is None or figure >= one.at_least
    high = one.at_most is None or figure <= one.at_most
    return "PASS" if low and high else "FAIL"


def _words(one: Threshold, measure: Measure, name: str) -> Text:
    interval = f"{measure.value:.3f} (95 % {measure.low:.3f} – {measure.high:.3f}, n = {measure.units})"
    if one.failing is not None and _verdict(one, measure) != "PASS":
        shown = f"{measure.value:.2f}"
        return Text(one.failing.en.replace("{value}", shown), one.failing.es.replace("{value}", shown))
    return Text(f"{name}: {interval}", f"{name}: {interval}")
