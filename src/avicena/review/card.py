"""The model card: what a candidate is, what it is not, and every figure that was measured on it."""

from collections.abc import Iterable, Mapping, Sequence

from avicena.core.application import Application
from avicena.core.model import Candidate, Check, DatasetVersion, Evaluation, Measure
from avicena.formats.phrases import spread, units

FIGURES = (
    "Always of families that neither the model nor its calibration saw. The interval is by bootstrap of whole families "
    "(Wilson's for coverage). A dash: no interval was measured, or every draw gave the same. A range is the least and "
    "the greatest over permutations of the labels, no interval."
)


def card(
    app: Application, candidate: Candidate, evaluation: Evaluation, datasets: Mapping[str, DatasetVersion], made_at: str
) -> str:
    """The card in Markdown, after Mitchell et al. (2019), English first and the warnings in Spanish too."""
    scope = {
        "suggest": "may suggest one outcome, or refer to a specialist",
        "refer": "**referral only**: it never makes a suggestion of its own",
        "nothing": "**not fit to serve**: the gate refuses it",
    }[evaluation.scope]
    parts = [
        f"# Model card: {app.name}",
        f"{app.purpose.en}\n\n*{app.purpose.es}*",
        f"- Candidate: `{candidate.id}`\n- Made: {made_at} by {candidate.code}, seed {candidate.seed}\n"
        f"- Scope: {scope}",
        "## What it is not\n\n" + "\n".join(f"- {text.en}\n  *{text.es}*" for text in app.limits),
        "## Inputs and outcome\n\n" + _inputs(app),
        "## What it learnt from\n\n" + "\n".join(_dataset(stage, one) for stage, one in datasets.items()),
        "## The gate\n\n" + _checks(evaluation.checks),
        f"## Figures\n\n{FIGURES}{_chosen(evaluation.by_group)}\n\n" + _measures(evaluation.overall),
        "## By group\n\n" + _measures(evaluation.by_group),
        "## Parameters\n\n" + "\n".join(f"- {name}: {value}" for name, value in candidate.params.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _inputs(app: Application) -> str:
    lines = ["| input | required | accepts |", "|---|---|---|"]
    for name, kind in app.inputs.items():
        schema = kind.schema()
        bounds = ", ".join(schema.get("enum", ())) or schema.get("description", "")
        if "minimum" in schema:
            bounds = f"{schema['minimum']:g} to {schema['maximum']:g}, {bounds}"
        lines.append(f"| {name} | {'yes' if kind.required else 'no'} | {bounds} |")
    lines += ["", "| stage | classes |", "|---|---|"]
    lines += [f"| {stage.name} | {', '.join(stage.classes) or 'diseases of the knowledge'} |" for stage in app.chain]
    return "\n".join(lines)


def _dataset(stage: str, one: DatasetVersion) -> str:
    counts = ", ".join(f"{name} {number}" for name, number in sorted(one.counts.items()))
    return f"- **{stage}**: dataset version `{one.id}` ({counts})"


def _checks(checks: Iterable[Check]) -> str:
    lines = ["| requirement | verdict | failing it forbids | figure |", "|---|---|---|---|"]
    lines += [f"| {one.name} | {one.verdict} | {one.blocks} | {one.text.en} |" for one in checks]
    return "\n".join(lines)


def _chosen(measures: Iterable[Measure]) -> str:
    """Which stages chose their way to learn on the rows that the figures are of."""
    levels: dict[str, set[str]] = {}
    for one in measures:
        if one.group == "model family":
            levels.setdefault(one.stage, set()).add(one.level)
    found = " and ".join(stage for stage, ways in levels.items() if len(ways) > 1)
    return (
        f" The way to learn {found} was chosen on these same rows, so its figures are somewhat kind." if found else ""
    )


def _measures(measures: Sequence[Measure]) -> str:
    lines = ["| stage | measure | group | value | 95 % interval | families |", "|---|---|---|---|---|---|"]
    for one in measures:
        where = f"{one.group}: {one.level}" if one.group else ""
        lines.append(f"| {one.stage} | {one.name} | {where} | {one.value:.3f} | {spread(one).en} | {units(one).en} |")
    return "\n".join(lines)
