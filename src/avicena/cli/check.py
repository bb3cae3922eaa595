"""The audit of data for leaks and shortcuts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from avicena import lifecycle, queries
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, console, opened
from avicena.core.leak import LeakFinding, Override
from avicena.core.text import Language

FOUND = 1
"""The exit code of an audit with a serious finding that nobody overrode."""

MENDED = frozenset({"copies", "copies across split", "families across split"})
"""Kinds of finding that a new split by the copies found does away with."""


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
    regroup: Annotated[
        bool, typer.Option("--regroup", help="Make a dataset version split by the copies that the audit found.")
    ] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Look for leaks and shortcuts in a dataset version or a bare table: what tells the label that should not.

    Copies (turned and mirrored too) and patients across a split; the label told by a file's metadata, by intensity, by
    one column or phrase, by blanks, order or identifiers; class confounded with source; labels without any signal.
    A serious finding blocks training until a person overrides it with a reason. Exit code 1 when one stands.

    Examples:

        avicena check brain-tumour

        avicena check brain-tumour 3fd2c1 --override source --reason "reported by source on the card"

        avicena check brain-tumour 3fd2c1 --regroup

        avicena check --table treatment.tsv --label CHEMOTHERAPY --group patientId
    """
    language: Language = "es" if lang == "es" else "en"
    if (application is None) == (table is None):
        raise typer.BadParameter("name an application, or give --table and --label")
    if table is not None:
        if label is None or (images is None) != (key is None):
            raise typer.BadParameter("--table needs --label, and --images goes with --key")
        with Bars() as bars:
            found = queries.audit_table(
                table, label, group=group, fold=fold, source=source, key=key, images=images, progress=bars
            )
        standing = len(_show(found.findings, (), found.skipped.items(), language))
    else:
        standing = _of_dataset(str(application), dataset, override or [], reason, regroup, language, site)
    if standing:
        raise typer.Exit(FOUND)


def _of_dataset(
    application: str, dataset: str, kinds: list[str], reason: str, regroup: bool, language: Language, site: str | None
) -> int:
    """Audit, override or regroup a dataset version; how many serious findings stand that a new split leaves."""
    with opened(site) as here, Bars() as bars:
        version = queries.dataset(here, application, dataset).id
        report = queries.leak_report(here, application, version)
        if report is None or not (kinds or regroup):
            report = lifecycle.check(here, application, version, actor(), bars)
        for kind in kinds:
            lifecycle.override(here, application, version, kind, reason, actor())
        made = lifecycle.regroup(here, application, version, actor()) if regroup else None
        taken = queries.overrides(here, application, version)
    standing = _show(report.findings, taken, report.skipped.items(), language)
    if made is not None:
        short = made.id.removeprefix("sha256:")[:12]
        console.print(f"dataset version [bold]{made.id}[/], split by {made.counts['families']} families")
        console.print(f"it was not audited yet: avicena check {application} {short}")
        standing = [one for one in standing if one.kind not in MENDED]
    return len(standing)


def _show(
    findings: Iterable[LeakFinding], taken: Iterable[Override], skipped: Iterable[tuple[str, str]], language: Language
) -> list[LeakFinding]:
    """Print the findings with what to do; the serious ones that nobody overrode."""
    overridden = {name: one for one in taken for name in one.findings}
    colours = {"serious": "red", "notice": "yellow"}
    shown: tuple[LeakFinding, ...] = tuple(findings)
    standing = []
    for one in shown:
        known = overridden.get(one.name)
        standing += [one] if one.severity == "serious" and known is None else []
        figures = f"{one.measure} {one.effect:.3f} ({one.low:.3f} to {one.high:.3f}; {one.units} families)"
        console.print(f"[{colours[one.severity]}]{one.severity}[/]  [bold]{escape(one.kind)}[/]  {figures}")
        console.print(f"    {escape(one.text.say(language))}")
        console.print(f"    → {escape(one.advice.say(language))}")
        if known is not None:
            console.print(f"    ✓ overridden by {escape(known.by.id)}, {known.at[:10]}: {escape(known.reason)}")
    for what, why in skipped:
        console.print(f"not looked at: {escape(what)} ({escape(why)})")
    console.print(f"{len(shown)} findings, {len(standing)} serious" if shown else "no leak found")
    return standing
