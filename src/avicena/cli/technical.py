"""What a reviewer reads of a candidate before signing, and how stable its figures are."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from avicena import lifecycle, queries
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, console, opened
from avicena.cli.new_file import must_be_new, write_new
from avicena.version import code

Application = Annotated[str, typer.Argument(help="The application, such as brain-tumour.")]
CandidateName = Annotated[str, typer.Argument(help="The candidate, the beginning of its name, or 'newest'.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("technical-review")(technical_review)
    app.command()(study)


def technical_review(
    application: Application,
    candidate: CandidateName = "newest",
    to: Annotated[
        Path | None, typer.Option(help="New file for the page [APPLICATION-CANDIDATE.html].", dir_okay=False)
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help="The very page that was signed (English), its signature verified.")
    ] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Write all that a reviewer looks at before signing a candidate as one HTML page.

    Gate, figures with intervals, stability over folds and seeds, learning curve, sources and groups, leaks of the
    data, calibration, confusions, prediction sets, what it gets wrong, and lineage. The page needs no network and shows
    patients: keep it as you keep their records. Seeds and learning curve come from `avicena study`.

    Examples:

        avicena technical-review brain-tumour --to review.html

        avicena technical-review brain-tumour 1f2e3d --lang es

        avicena technical-review brain-tumour 1f2e3d --signed --to as-signed.html
    """
    with opened(site) as here:
        found = queries.candidate(here, application, candidate).id
        path = to or Path(f"{application}-{found[7:19]}.html")
        must_be_new(path, "--to")
        lifecycle.inspect(here, application, found, actor())
        if signed:
            review, page = queries.signed_review(here, found)
        else:
            page = queries.technical_review(here, application, found, lang).encode()
    write_new(path, page, "--to")
    console.print(f"{path}  {len(page) // 1024} kB, with pictures of patients: keep it as their records")
    if signed:
        console.print(
            f"signed by {review.reviewer.id} at {review.at} ({review.verdict}): signature of key {review.key_id} and "
            f"digest {review.page[7:19]} of the page verify"
        )


def study(
    application: Application,
    candidate: CandidateName = "newest",
    seeds: Annotated[int, typer.Option(min=0, max=50, help="How many other seeds to train with.")] = 3,
    fractions: Annotated[
        str, typer.Option(help="Shares of the training families to train on, such as 0.25,0.5; '' for none.")
    ] = "0.25,0.5",
    stage: Annotated[list[str] | None, typer.Option(help="Only this stage; repeatable [all].")] = None,
    site: SiteOption = None,
) -> None:
    """Train a candidate's stages again with other seeds and on fewer patients, to see how far its figures depend on it.

    Each training is judged on the same held-out folds as the candidate. It takes about as long as `avicena train` for
    each seed and, shorter, for each share; stopped or killed, it goes on where it was when repeated. What comes out is
    kept beside the candidate and stands on the page of `avicena technical-review`.

    Examples:

        avicena study brain-tumour 1f2e3d --stage treatment

        avicena study brain-tumour 1f2e3d --stage tumour --seeds 2 --fractions 0.25,0.5
    """
    try:
        shares = [float(one) for one in fractions.split(",") if one.strip()]
    except ValueError:
        raise typer.BadParameter("write --fractions as numbers between 0 and 1 with commas between") from None
    if not all(0 < one < 1 for one in shares):
        raise typer.BadParameter("a fraction lies between 0 and 1")
    if not seeds and not shares:
        raise typer.BadParameter("with --seeds 0 and no --fractions there is nothing to study")
    with opened(site) as here, Bars() as bars:
        known = [one.name for one in here.application(application).chain]
        if not set(stage or ()) <= set(known):
            raise typer.BadParameter(f"no such stage; there are: {', '.join(known)}")
        found = queries.candidate(here, application, candidate)
        if found.code != code():
            console.print(
                f"other code made this candidate ({found.code}) than runs here ({code()}): part of a difference may be "
                "the code's, and its page will say so"
            )
        others = [found.seed + number for number in range(1, seeds + 1)]
        studies = lifecycle.study(here, application, found.id, stage or (), others, shares, actor(), bars)
    table = Table("stage", "seed", "families learnt from", "measure", "value", "95 % interval", box=None)
    for one in studies:
        for trial in one.trials:
            for told in trial.measures:
                cells = (f"{told.value:.3f}", f"{told.low:.3f} – {told.high:.3f}")
                table.add_row(one.stage, str(trial.seed), f"{trial.families:.0f}", told.name, *cells)
    console.print(table)
    console.print(f"as a page: avicena technical-review {application} {found.id[7:19]}")
