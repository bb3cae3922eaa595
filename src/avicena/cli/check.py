"""The audit of data for leaks and shortcuts."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from avicena import catalogue, curation
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, console, opened
from avicena.core.leak import LeakFinding, Override
from avicena.core.leak_words import KINDS, SEVERITIES, searched, unsearched
from avicena.core.text import Language, Text
from avicena.formats.reasons import read_reasons
from avicena.kept import dataset_for, leak_report

FOUND = 3
"""The exit code of an audit with a serious finding that nobody overrode; 1 is an error, 2 a wrong command line."""

MENDED = frozenset({"copies", "copies across split", "families across split"})
"""Kinds of finding that a new split by the copies found does away with."""


_WORDS = {
    "version": Text("dataset version", "versión de los datos"),
    "unaudited": Text("it was not audited yet", "aún no está auditada"),
    "overridden": Text("overridden by", "asumido por"),
    "skipped": Text("not looked at", "no se miró"),
    "none": Text("no leak found", "no se halló ninguna fuga"),
}


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(check)


def check(
    application: Annotated[str | None, typer.Argument(help="The application, such as brain-tumour.")] = None,
    dataset: Annotated[str, typer.Argument(help="The dataset version, or the beginning of its name.")] = "newest",
    table: Annotated[
        Path | None, typer.Option(help="Audit a bare table instead; nothing is kept.", exists=True, dir_okay=False)
    ] = None,
    label: Annotated[str | None, typer.Option(help="The table's column that holds the label.")] = None,
    group: Annotated[str | None, typer.Option(help="The table's column that names the patient.")] = None,
    fold: Annotated[str | None, typer.Option(help="The table's column that names the part of a split.")] = None,
    source: Annotated[str | None, typer.Option(help="The table's column that names the source.")] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder of the table's pictures.", exists=True, file_okay=False)
    ] = None,
    key: Annotated[str | None, typer.Option(help="The table's column that names the picture.")] = None,
    override: Annotated[
        list[str] | None, typer.Option(help="KIND of finding to train in spite of; repeatable; needs --reason.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept for ever with your name.")] = "",
    stage: Annotated[
        str | None, typer.Option(help="Audit the dataset version that training takes for this stage.")
    ] = None,
    reasons: Annotated[
        Path | None,
        typer.Option(
            help="TOML file with a table for each stage: kind = reason. Overrides what is serious and stands there.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    regroup: Annotated[
        bool, typer.Option("--regroup", help="Make a dataset version split by the copies that the audit found.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Judge all rows and compare all pictures, however many and however long.")
    ] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Look for leaks and shortcuts in a dataset version or a bare table: what tells the label that should not.

    Copies (turned and mirrored too) and patients across a split; the label told by a file's metadata, by intensity, by
    one column or phrase, by blanks, order or identifiers; class confounded with source; labels without any signal.
    A serious finding blocks training until a person overrides it with a reason.

    Of more than 50,000 rows labels and near copies are judged on a sample of whole families; such an audit cannot be
    the ground of --regroup, and --whole judges all.

    Exit code 0: no serious finding stands; 3: one does; 1: the audit could not be made; 2: the command is wrong.

    Examples:

        avicena check brain-tumour

        avicena check brain-tumour 3fd2c1 --override source --reason "reported by source on the card"

        avicena check brain-tumour 3fd2c1 --regroup

        avicena check brain-tumour 3fd2c1 --whole --regroup

        avicena check brain-tumour --stage tumour --reasons overrides.toml

        avicena check --table treatment.tsv --label CHEMOTHERAPY --group patientId
    """
    if (application is None) == (table is None):
        raise typer.BadParameter("name an application, or give --table and --label")
    if (reasons is not None and stage is None) or (stage is not None and dataset != "newest"):
        raise typer.BadParameter("--reasons needs --stage, which stands in the place of a dataset version")
    most = sys.maxsize if whole else catalogue.MOST
    if table is not None:
        if label is None or (images is None) != (key is None):
            raise typer.BadParameter("--table needs --label, and --images goes with --key")
        with Bars() as bars:
            found = catalogue.audit_table(
                table, label, group=group, fold=fold, source=source, key=key, images=images, progress=bars, most=most
            )
        skipped = [(searched(what), unsearched(why)) for what, why in found.skipped.items()]
        standing = len(_show(found.findings, (), skipped, lang))
    else:
        given = dict.fromkeys(override or [], reason)
        written = None if reasons is None else read_reasons(reasons.read_bytes()).get(str(stage), {})
        standing = _of_dataset(str(application), dataset, stage, given, written, regroup, most, lang, site)
    if standing:
        raise typer.Exit(FOUND)


def _of_dataset(
    application: str,
    dataset: str,
    stage: str | None,
    kinds: Mapping[str, str],
    reasons: Mapping[str, str] | None,
    regroup: bool,
    most: int,
    language: Language,
    site: str | None,
) -> int:
    """Audit, override or regroup a dataset version; how many serious findings stand that a new split leaves.

    `kinds` are overridden, each with its reason; those of `reasons` only where they were found and nobody did before,
    and then what was audited before is not audited again, but for an audit of all rows (`most`).
    """
    with opened(site) as here, Bars() as bars:
        found = (
            catalogue.dataset(here, application, dataset) if stage is None else dataset_for(here, application, stage)
        )
        version, written = found.id, reasons or {}
        report = leak_report(here, application, version)
        if report is None or most > catalogue.MOST or not (kinds or reasons is not None or regroup):
            report = curation.check(here, application, version, actor(), bars, most)
        open_ = dict.fromkeys(one.kind for one in report.standing(catalogue.overrides(here, application, version)))
        for kind, why in (*kinds.items(), *((one, written[one]) for one in open_ if one in written)):
            curation.override(here, application, version, kind, why, actor())
        made = curation.regroup(here, application, version, actor()) if regroup else None
        taken = catalogue.overrides(here, application, version)
    standing = _show(report.findings, taken, report.said_skipped, language)
    if made is not None:
        short, families = made.id.removeprefix("sha256:")[:12], made.counts["families"]
        split = Text(f"split by {families} families", f"repartida por {families} familias").say(language)
        console.print(f"{_WORDS['version'].say(language)} [bold]{made.id}[/], {split}")
        console.print(f"{_WORDS['unaudited'].say(language)}: avicena check {application} {short}")
        standing = [one for one in standing if one.kind not in MENDED]
    return len(standing)


def _show(
    findings: Iterable[LeakFinding], taken: Iterable[Override], skipped: Iterable[tuple[Text, Text]], language: Language
) -> list[LeakFinding]:
    """Print the findings with what to do; the serious ones that nobody overrode."""
    overridden = {name: one for one in taken for name in one.findings}
    shown: tuple[LeakFinding, ...] = tuple(findings)
    standing = []
    for one in shown:
        known = overridden.get(one.name)
        standing += [one] if one.severity == "serious" and known is None else []
        console.print(_heading(one, language))
        console.print(f"    {escape(one.text.say(language))}")
        console.print(f"    → {escape(one.advice.say(language))}")
        if known is not None:
            by = _WORDS["overridden"].say(language)
            console.print(f"    ✓ {by} {escape(known.by.id)}, {known.at[:10]}: {escape(known.reason)}")
    for what, why in skipped:
        console.print(f"{_WORDS['skipped'].say(language)}: {escape(what.say(language))} ({escape(why.say(language))})")
    number = Text(
        f"{len(shown)} findings, {len(standing)} serious", f"{len(shown)} hallazgos, {len(standing)} graves sin asumir"
    )
    console.print((number if shown else _WORDS["none"]).say(language))
    return standing


def _heading(one: LeakFinding, language: Language) -> str:
    """How grave a finding is, its kind as an override names it, and its figure."""
    colour = {"serious": "red", "notice": "yellow"}[one.severity]
    kind = one.kind if language == "en" else f"{one.kind} ({KINDS[one.kind].es})"
    interval = Text(
        f"{one.low:.3f} to {one.high:.3f}; {one.units} families",
        f"{one.low:.3f} a {one.high:.3f}; {one.units} familias",
    )
    figures = f"{one.said_measure.say(language)} {one.effect:.3f} ({interval.say(language)})"
    return f"[{colour}]{SEVERITIES[one.severity].say(language)}[/]  [bold]{escape(kind)}[/]  {figures}"
