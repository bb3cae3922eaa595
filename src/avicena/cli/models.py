"""Training, reviewing, deploying."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from avicena import lifecycle, queries
from avicena.cli.console import Bars, SiteOption, actor, console, opened
from avicena.core.errors import Blocked, Misconfigured, Untrusted
from avicena.core.model import Evaluation
from avicena.formats import bundle as wire
from avicena.formats.phrases import spread, units
from avicena.kept import leak_report

Application = Annotated[str, typer.Argument(help="The application, such as brain-tumour.")]
CandidateName = Annotated[str, typer.Argument(help="The candidate, the beginning of its name, or 'newest'.")]
Reason = Annotated[str, typer.Option(help="Why; kept for ever with your name.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    commands: tuple[Callable[..., None], ...] = (train, install, export, card, review, deploy, models)
    for command in commands:
        app.command()(command)


def train(
    application: Application,
    data: Annotated[list[str] | None, typer.Option(help="STAGE=DATASET: what a stage learns from; repeatable.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    site: SiteOption = None,
) -> None:
    """Train and measure a candidate on the imported data. Stopped or killed, it goes on where it was when repeated.

    Each stage learns from the newest dataset version that carries its label, patients' families known before unknown.

    Examples:

        avicena train brain-tumour

        avicena train brain-tumour --data tumour=3fd2c1 --data treatment=9a01b2 --seed 7
    """
    chosen = dict(one.split("=", 1) for one in data or () if "=" in one)
    if len(chosen) != len(data or ()):
        raise typer.BadParameter("write --data STAGE=DATASET, each stage once")
    chosen = {stage: name if name.startswith("sha256:") else f"sha256:{name}" for stage, name in chosen.items()}
    with opened(site) as here, Bars() as bars:
        found = lifecycle.train(here, application, chosen, seed, actor(), bars)
        evaluation = queries.evaluation(here, found.id)
        used = sorted(set(found.datasets.values()))
        unaudited = [one for one in used if leak_report(here, application, one) is None]
    _print_evaluation(evaluation)
    for one in (name[7:19] for name in unaudited):
        console.print(f"nobody audited dataset {one} for leaks and shortcuts: avicena check {application} {one}")
    console.print(
        f"candidate [bold]{found.id[7:19]}[/]; next: avicena review {application} {found.id[7:19]} --accept --reason …"
    )


def install(
    application: Application,
    bundle: Annotated[Path | None, typer.Argument(help="Folder of a bundle; the released one when left out.")] = None,
    site: SiteOption = None,
) -> None:
    """Install a signed model bundle that was trained elsewhere. It answers nobody before you review and deploy it.

    Examples:

        avicena install brain-tumour

        avicena install brain-tumour ./bundle-from-the-other-hospital
    """
    with opened(site) as here:
        folder = bundle if bundle is not None else here.released(application)
        found = lifecycle.install(here, read_folder(folder), actor())
        evaluation = queries.evaluation(here, found.id)
    _print_evaluation(evaluation)
    console.print(
        f"candidate [bold]{found.id[7:19]}[/]; next: avicena review {application} {found.id[7:19]} --accept --reason …"
    )


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a bundle by name. Raises Misconfigured (no such folder)."""
    if not folder.is_dir():
        raise Misconfigured(f"no bundle folder at {folder}")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def export(
    application: Application,
    candidate: CandidateName,
    to: Annotated[Path, typer.Option(help="Folder to write the bundle to; made if it is not there.")],
    public_key: Annotated[Path | None, typer.Option(help="Folder to write this site's public key to.")] = None,
    site: SiteOption = None,
) -> None:
    """Write a candidate's signed bundle to a folder, for another installation; not one that the gate refuses.

    The folder is new or empty, or holds an older bundle and nothing else, which is replaced.

    Example: avicena export brain-tumour 1f2e3d --to ./bundle --public-key ./trusted
    """
    with opened(site) as here:
        found = queries.candidate(here, application, candidate)
        if queries.evaluation(here, found.id).scope == "nothing":
            raise Blocked("the gate refuses this candidate, so it is not handed on; `avicena review` shows why")
        files = queries.bundle(here, found.bundle)
        key_id, key = here.keys.key_id, here.keys.public_key()
    for stale in _older_bundle(to):
        stale.unlink()
    to.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (to / name).write_bytes(content)
    if public_key is not None:
        public_key.mkdir(parents=True, exist_ok=True)
        (public_key / f"{key_id}.pub").write_text(key.hex() + "\n")
    size = sum(map(len, files.values())) / 1e6
    console.print(f"{len(files)} files, {size:.1f} MB, signed with key {key_id}, in {to}")


def _older_bundle(folder: Path) -> list[Path]:
    """The files of the bundle that a folder holds. Raises Misconfigured (it holds something else: nothing is lost)."""
    held = sorted(folder.iterdir()) if folder.exists() else []
    manifest = folder / wire.MANIFEST
    try:
        known = wire.names(manifest.read_bytes()) if manifest in held else frozenset()
    except Untrusted:
        known = frozenset()
    strange = [one.name for one in held if one.name not in known or not one.is_file()]
    if strange:
        raise Misconfigured(f"{folder} holds what is no part of a bundle ({strange[0]}); name a new or empty folder")
    return held


def card(application: Application, candidate: CandidateName, site: SiteOption = None) -> None:
    """Print the model card of a candidate.

    Example: avicena card brain-tumour 1f2e3d
    """
    with opened(site) as here:
        files = queries.bundle(here, queries.candidate(here, application, candidate).bundle)
    typer.echo(files["MODEL_CARD.md"].decode())


def review(
    application: Application,
    candidate: CandidateName,
    accept: Annotated[bool | None, typer.Option("--accept/--reject", help="Your verdict.", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="Why; kept for ever with your name.")] = "",
    page: Annotated[
        str, typer.Option(help="The digest of the facts on the page that you read; refused if they changed since.")
    ] = "",
    site: SiteOption = None,
) -> None:
    """Show what was measured on a candidate and what the gate says of it, and sign your verdict.

    Without a verdict it only shows. An accepted candidate becomes a version that `avicena deploy` can let answer. The
    page of `avicena technical-review` is made anew at signing and bound. Name the digest that stands on the page that
    you read, so that both show the same facts; without --page the review says that you named none.

    Examples:

        avicena review brain-tumour 1f2e3d

        avicena review brain-tumour 1f2e3d --accept --page 5b0c9e77d1a4 --reason "committee of 3 May, referral only"
    """
    page = page.lower().removeprefix("sha256:")
    if page and not re.fullmatch(r"[0-9a-f]{12,64}", page):
        raise typer.BadParameter("--page takes the digest of the facts as the page shows it: 12 digits or more")
    with opened(site) as here:
        found = queries.candidate(here, application, candidate)
        _print_evaluation(queries.evaluation(here, found.id))
        if accept is None:
            console.print(f"all of it as a page: avicena technical-review {application} {found.id[7:19]}")
            return
        version = lifecycle.sign_off(here, application, found.id, accept, reason, actor(), page)
    if version is None:
        console.print("rejected")
    else:
        scope = "referral only" if version.scope == "refer" else "suggestions"
        console.print(f"accepted as version [bold]{version.number}[/] ({scope})")
        console.print(f"next: avicena deploy {application} {version.number} --reason …")


def deploy(
    application: Application,
    number: Annotated[int, typer.Argument(help="The version's number.")],
    reason: Reason = "",
    site: SiteOption = None,
) -> None:
    """Let a version answer from now on; an earlier number is a rollback.

    Its bundle is loaded and verified first; on any fault the model before goes on answering.

    Example: avicena deploy brain-tumour 2 --reason "shadow week passed"
    """
    with opened(site) as here:
        lifecycle.deploy(here, application, number, reason, actor())
    console.print(f"version {number} of {application} answers")


def models(application: Application, site: SiteOption = None) -> None:
    """Print the history: candidates, reviews, versions and deployments, with who and when.

    Example: avicena models brain-tumour
    """
    with opened(site) as here:
        found = queries.history(here, application)
    evaluations = {one.candidate: one for one in found.evaluations}
    table = Table("candidate", "gate allows", "review", "by", "at", "reason", "version", box=None)
    reviews = {one.candidate: one for one in found.reviews}
    versions = {one.candidate: one for one in found.versions}
    for one in found.candidates:
        verdict, version = reviews.get(one.id), versions.get(one.id)
        said = (
            [verdict.verdict, verdict.reviewer.id, verdict.at, verdict.reason] if verdict else ["none yet", "", "", ""]
        )
        table.add_row(one.id[7:19], evaluations[one.id].scope, *said, str(version.number) if version else "")
    console.print(table)
    log = Table("deployed", "version", "by", "reason", box=None)
    for fact in found.deployments:
        log.add_row(fact.since, str(fact.primary), fact.by.id, fact.reason)
    console.print(log)


def _print_evaluation(evaluation: Evaluation) -> None:
    colours = {"PASS": "green", "FAIL": "red", "INSUFFICIENT": "yellow"}
    table = Table("stage", "measure", "value", "95 % interval", "families", box=None)
    for one in evaluation.overall:
        table.add_row(one.stage, one.name, f"{one.value:.3f}", spread(one).en, units(one).en)
    console.print(table)
    gate = Table("gate", "verdict", "failing it forbids", "figure", box=None)
    for check in evaluation.checks:
        gate.add_row(check.name, f"[{colours[check.verdict]}]{check.verdict}[/]", check.blocks, check.text.en)
    console.print(gate)
    words = {"suggest": "suggestions", "refer": "referral only", "nothing": "nothing: it may not serve"}
    console.print(f"the gate allows: [bold]{words[evaluation.scope]}[/]")
