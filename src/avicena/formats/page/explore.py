"""The page of a dataset version: what is in it, what is missing, what leaks, and what changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avicena.core.application import Application
from avicena.core.difference import Difference
from avicena.core.leak import LeakFinding, LeakReport, Override
from avicena.core.profile import OTHERS, Profile
from avicena.core.reasons import REASONS
from avicena.core.text import Language
from avicena.formats.page import views
from avicena.formats.page.numbers import figure, whole
from avicena.formats.page.pictures import data_uri
from avicena.formats.page.skeleton import render
from avicena.formats.page.views import Reader
from avicena.version import __version__

SECTIONS = (
    "glance", "inputs", "gaps", "classes", "sources", "family_section", "pictures", "words", "splits", "audit",
    "changes", "refused",
)  # fmt: skip
_ANCHORS = {"missing": "gaps", "families": "family_section"}
"""Where a remark about that is explained, where the section has another name."""


@dataclass(frozen=True)
class Explored:
    """What the page is about: a profile, the newest audit (None: never audited) with what persons said to it.

    `difference` tells what is otherwise than in the dataset version `parent`; None where there is none to compare.
    """

    profile: Profile
    audit: LeakReport | None = None
    overrides: Sequence[Override] = ()
    parent: str = ""
    difference: Difference | None = None


def page(
    application: Application, explored: Explored, language: Language, picture: Callable[[str], bytes] | None = None
) -> str:
    """One HTML file that needs nothing else, the same for the same dataset.

    `picture` gives the bytes of a picture by its digest; without it none is shown. Raises Unreadable (not a picture).
    """
    reader, profile = Reader(application, language), explored.profile
    w = reader.words
    return render(
        "explore.html",
        language,
        w=w,
        title=reader.say("title", name=application.name),
        purpose=application.purpose.say(language),
        contents=[(one, w[one]) for one in SECTIONS],
        profile=profile,
        reader=reader,
        whole=whole,
        version=__version__,
        facts=_facts(reader, explored),
        remarks=[(_ANCHORS.get(one.about, one.about), one.text.say(language)) for one in profile.remarks],
        spread=lambda one: views.spread(reader, one),
        inputs=list(views.inputs(reader, profile)),
        fields=_fields(reader),
        others=OTHERS,
        gaps=views.gaps(reader, profile),
        classes=list(views.classes(reader, profile)),
        crosstabs=list(views.crosstabs(reader, profile)),
        families=views.families(reader, profile),
        sheet=_sheet(reader, profile, picture) if picture is not None else [],
        vocabularies=[views.vocabulary(reader, one, f"words-{n}") for n, one in enumerate(profile.vocabularies)],
        fewest=profile.vocabularies[0].fewest if profile.vocabularies else 0,
        splits=list(views.splits(reader, profile)),
        audit=explored.audit,
        findings=_findings(reader, explored),
        parent=explored.parent.removeprefix("sha256:")[:12],
        difference=explored.difference,
        shifts=_shifts(reader, explored.difference),
        refused=[(REASONS[name].say(language) if name in REASONS else name, n) for name, n in profile.refused.items()],
    )


def _facts(reader: Reader, explored: Explored) -> list[tuple[str, str]]:
    """The few figures that a reader wants first."""
    w, profile, audit = reader.words, explored.profile, explored.audit
    serious = w["not_audited"] if audit is None else whole(len(audit.serious))
    found = [(w["rows"], whole(profile.rows)), (w["families"], whole(profile.families.number))]
    known = any(one.name for one in profile.sources)
    found += [(w["source_number"], whole(len(profile.sources)) if known else w["unsaid"])]
    found += [
        (reader.name(stage), f"{len(counts)} {w['classes'].lower()}") for stage, counts in profile.classes.items()
    ]
    return [*found, (w["serious_findings"], serious)]


def _fields(reader: Reader) -> list[tuple[str, str]]:
    """Inputs and stages by name, as the columns of the patterns."""
    app = reader.application
    labels = [(one.name, reader.say("label_of", name=reader.name(one.name))) for one in app.chain]
    return [*((name, reader.name(name)) for name in app.inputs), *labels]


def _sheet(
    reader: Reader, profile: Profile, picture: Callable[[str], bytes]
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """By class, the address, the words in its place, and the source of each example."""
    sheet: dict[str, list[tuple[str, str, str]]] = {}
    for one in profile.examples:
        name = f"{reader.title(one.stage)}: {reader.name(one.label)}"
        held = sheet.setdefault(name, [])
        said = reader.say("picture_alt", label=reader.name(one.label), n=len(held) + 1)
        held.append((data_uri(picture(one.picture)), said, reader.name(one.source)))
    return list(sheet.items())


def _findings(reader: Reader, explored: Explored) -> list[tuple[LeakFinding, str, str, list[str]]]:
    """Each finding, serious ones first, with its effect, its interval, and who accepted it."""
    findings = explored.audit.findings if explored.audit is not None else ()
    found = []
    for one in sorted(findings, key=lambda one: one.severity != "serious"):
        low, high = figure(one.low, reader.language), figure(one.high, reader.language)
        accepted = [
            reader.say("overridden", who=held.by.id, day=held.at[:10], why=held.reason)
            for held in explored.overrides
            if held.covers(one)
        ]
        found.append(
            (
                one,
                f"{one.said_measure.say(reader.language)} {figure(one.effect, reader.language)}",
                f"{low} – {high}",
                accepted,
            )
        )
    return found


def _shifts(reader: Reader, difference: Difference | None) -> list[tuple[str, str, str, str]]:
    """How far each column moved: name, PSI, KS and what the PSI is called."""
    shifts = difference.shifts if difference is not None else {}
    return [
        (
            reader.title(name),
            figure(one.psi, reader.language),
            "–" if one.ks is None else figure(one.ks, reader.language),
            reader.words[one.size],
        )
        for name, one in shifts.items()
    ]
