"""The technical review page of a candidate: what a reviewer reads before signing, and what is signed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from avicena.core.application import Application
from avicena.core.leak import LeakFinding
from avicena.core.lineage import Ancestor
from avicena.core.model import Check, Evaluation, Measure
from avicena.core.technical import DIGITS, FEWEST, Appraisal, Audited, Mistake, TechnicalReview
from avicena.core.text import Language
from avicena.formats.page import review_views as views
from avicena.formats.page.numbers import figure, whole
from avicena.formats.page.pictures import data_uri, mapped_uri
from avicena.formats.page.review_gate import outcome, requirement
from avicena.formats.page.review_views import ReviewReader
from avicena.formats.page.skeleton import render
from avicena.version import __version__

SECTIONS = (
    "glance", "review", "gate", "figures", "stability", "curve", "generalisation", "leaks", "calibration", "confusion",
    "sets", "mistakes", "lineage",
)  # fmt: skip

Pictures = Callable[[str], bytes | None]
"""From a picture's digest to its bytes; None where they are no longer kept."""


def page(application: Application, found: TechnicalReview, language: Language, picture: Pictures) -> str:
    """One HTML file that needs nothing else, the same for the same facts. Raises Unreadable (not a picture)."""
    reader = ReviewReader(application, language)
    candidate, stages = found.lineage.candidate, [one.name for one in application.chain]
    appraised = {one.stage: one for one in found.appraisals}
    return render(
        "review.html",
        language,
        w=reader.words,
        title=reader.say("review_title", name=application.name),
        purpose=application.purpose.say(language),
        contents=[(one, reader.words[one]) for one in SECTIONS],
        reader=reader,
        whole=whole,
        figure=lambda value: figure(value, language),
        version=__version__,
        application=application.name,
        name=candidate.id.removeprefix("sha256:")[:12],
        candidate=candidate,
        number=found.lineage.version.number if found.lineage.version is not None else None,
        facts=_facts(reader, found),
        review=found.review,
        checks=[_check(reader, one, found.evaluation) for one in found.evaluation.checks],
        digest=found.facts.removeprefix("sha256:")[:DIGITS],
        fewest=FEWEST,
        stages=[_stage(reader, found, name, appraised.get(name), picture) for name in stages],
        audits=[_audit(reader, found, one) for one in found.audits],
        lineage=[(reader.title(stage), list(map(_ancestor, held))) for stage, held in found.lineage.stages.items()],
        params=[(name, str(value)) for name, value in candidate.params.items()],
    )


def _facts(reader: ReviewReader, found: TechnicalReview) -> list[tuple[str, str]]:
    """The few figures that a reader wants first."""
    w, evaluation, candidate = reader.words, found.evaluation, found.lineage.candidate
    passed = sum(one.verdict == "PASS" for one in evaluation.checks)
    serious = [(audit, one) for audit in found.audits if audit.report for one in audit.report.serious]
    open_ = sum(not any(word.covers(one) for word in audit.overrides) for audit, one in serious)
    unaudited = any(one.report is None for one in found.audits)
    verdict = w["not_reviewed"] if found.review is None else w[found.review.verdict]
    return [
        (w["allows"], w[f"scope_{evaluation.scope}"]),
        (w["checks_passed"], f"{passed} / {len(evaluation.checks)}"),
        (w["serious_leaks"], whole(len(serious) - open_)),
        (w["serious_open"], f"{whole(open_)} ({w['not_audited']})" if unaudited else whole(open_)),
        (w["verdict"], verdict),
        (w["seed"], str(candidate.seed)),
    ]


def _check(reader: ReviewReader, one: Check, evaluation: Evaluation) -> tuple[str, str, str, str, str]:
    blocks = reader.words["nothing_blocked" if one.blocks == "nothing" else one.blocks]
    return requirement(reader, one), one.verdict, reader.words[one.verdict], blocks, outcome(reader, one, evaluation)


def _stage(
    reader: ReviewReader, found: TechnicalReview, name: str, appraised: Appraisal | None, picture: Pictures
) -> dict[str, Any]:
    """All that the page says of one stage."""
    overall = [one for one in found.evaluation.overall if one.stage == name]
    by_group = [one for one in found.evaluation.by_group if one.stage == name]
    shares = [one for one in overall if one.name != views.SETS]
    told = [one for one in by_group if one.name != views.SETS] + list(appraised.groups if appraised else ())
    covered = [one for one in (*overall, *by_group) if one.name == views.SETS]
    sizes = {one.stage: one.value for one in overall if one.name == views.SIZE}
    alpha = reader.application.stage(name).alpha
    return {
        "name": name,
        "key": reader.key(name),
        "title": reader.title(name),
        "figures": views.overall(reader, name, shares),
        "others": [_line(reader, one) for one in views.others(shares)],
        "chosen_here": views.chosen_here(found, name),
        "other_code": views.other_code(found, name),
        "folds": views.folds(reader, appraised) if appraised else None,
        "seeds": views.seeds(reader, found, name),
        "curve": views.curve(reader, found, name),
        "groups": list(views.groups(reader, name, told)),
        "calibration": views.reliability(reader, appraised) if appraised else None,
        "confusion": views.confusion(reader, appraised) if appraised else None,
        "sets": list(views.sets(reader, name, alpha, covered, sizes)),
        "appraised": appraised,
        "mistakes": [] if appraised is None else _mistakes(reader, appraised.mistakes),
        "pictures": [] if appraised is None else _pictures(reader, appraised.mistakes, picture),
    }


def _line(reader: ReviewReader, one: Measure) -> tuple[str, list[str]]:
    cells = [figure(one.value, reader.language), reader.interval(one), reader.units(one)]
    return reader.measure(one.name), cells


def _mistakes(reader: ReviewReader, mistakes: Sequence[Mistake]) -> list[list[str]]:
    """One line of text for each: number, true and said class, confidence, what the truth was given, where it stands."""
    lang = reader.language
    return [
        [
            str(number), reader.name(one.truth), reader.name(one.said), figure(one.confidence, lang),
            figure(one.given, lang), str(one.fold), reader.name(one.source), one.family, one.row,
        ]
        for number, one in enumerate(mistakes, 1)
    ]  # fmt: skip


def _pictures(reader: ReviewReader, mistakes: Sequence[Mistake], picture: Pictures) -> list[dict[str, str]]:
    """The addresses of each picture and of the map over it, and the words in their place."""
    found = []
    for number, one in enumerate(mistakes, 1):
        if not one.picture:
            continue
        data = picture(one.picture)
        truth, said = reader.name(one.truth), reader.name(one.said)
        told = {"said": reader.say("mistake_said", n=number, truth=truth, said=said)}
        if data is None:
            found.append({"gone": reader.say("picture_gone", n=number)})
            continue
        told |= {"address": data_uri(data), "alt": reader.say("mistake_alt", n=number, truth=truth, said=said)}
        if one.map:
            told |= {"map": mapped_uri(data, one.map), "map_alt": reader.say("map_alt", n=number, said=said)}
        found.append(told)
    return found


def _audit(reader: ReviewReader, found: TechnicalReview, one: Audited) -> dict[str, Any]:
    """The findings of one dataset version, serious ones first, with what persons said to each."""
    stages = [stage for stage, id in found.lineage.candidate.datasets.items() if id == one.dataset]
    named = {"name": one.dataset.removeprefix("sha256:")[:12], "stages": ", ".join(map(reader.name, stages))}
    known = any(
        ancestor.version
        for held in found.lineage.stages.values()
        for ancestor in held[:1]
        if ancestor.id == one.dataset
    )
    findings = () if one.report is None else sorted(one.report.findings, key=lambda one: one.severity != "serious")
    return {
        "title": reader.say("leaks_of", **named),
        "name": named["name"],
        "known": known,
        "report": one.report,
        "findings": [_finding(reader, finding, one) for finding in findings],
    }


def _finding(reader: ReviewReader, one: LeakFinding, audit: Audited) -> dict[str, Any]:
    lang = reader.language
    words = [
        reader.say("overridden", who=held.by.id, day=held.at[:10], why=held.reason)
        for held in audit.overrides
        if held.covers(one)
    ]
    if one.severity == "serious" and not words:
        words = [reader.words["not_overridden"]]
    return {
        "severity": one.severity,
        "text": one.text.say(lang),
        "advice": one.advice.say(lang),
        "effect": f"{one.said_measure.say(lang)} {figure(one.effect, lang)}",
        "interval": f"{figure(one.low, lang)} – {figure(one.high, lang)}",
        "units": whole(one.units),
        "words": words,
    }


def _ancestor(one: Ancestor) -> Mapping[str, Any]:
    """A dataset version as a line of the table."""
    return {
        "name": one.id.removeprefix("sha256:")[:12],
        "known": one.version is not None,
        "at": one.at[:10],
        "rows": one.version.counts.get("rows") if one.version is not None else None,
        "corrections": len(one.corrections),
        "files": [(role, digest.removeprefix("sha256:")[:12]) for role, (digest, _) in one.files.items()],
    }
