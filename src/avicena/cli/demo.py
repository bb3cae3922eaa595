"""The main job in one command: a model installed, two questions answered, the service started."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from avicena import lifecycle, queries
from avicena.cli.ask import show
from avicena.cli.console import LANGUAGE, LanguageOption, actor, console
from avicena.cli.models import read_folder
from avicena.cli.serve import start
from avicena.core.case import Upload
from avicena.core.errors import Misconfigured
from avicena.settings import read
from avicena.site import Site, open_site

NAME = "brain-tumour"
REASON = "demonstration of the released bundle, referral only"


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("demo")(demo)


def demo(
    image: Annotated[
        Path | None, typer.Option(help="A slice of yours in the place of the sample.", dir_okay=False)
    ] = None,
    serve: Annotated[bool, typer.Option(help="Serve on 127.0.0.1 afterwards, until Ctrl-C.")] = True,
    port: Annotated[int | None, typer.Option(help="Port to listen on [AVICENA_PORT].", show_default=False)] = None,
    lang: LanguageOption = LANGUAGE,
    site: Annotated[str, typer.Option(help="Folder of the demonstration's installation.")] = "avicena-demo",
) -> None:
    """Answer a sample MRI slice and a photograph with the released model, then serve it.

    Examples:

        avicena demo

        avicena demo --no-serve --image slice.jpg --lang es
    """
    if image is not None and not image.is_file():
        raise Misconfigured(f"no picture at {image}")
    here = open_site(read(site=site, port=port))
    try:
        _deploy_released(here)
        samples = here.home(NAME) / "samples"
        case: dict[str, Any] = orjson.loads((samples / "case.json").read_bytes())
        case["note"] = case["note"][lang] if isinstance(case["note"], dict) else case["note"]
        _answer(here, "MRI slice" if lang == "en" else "Corte de RM", image or samples / "mri.png", case, lang)
        _answer(here, "Photograph" if lang == "en" else "Fotografía", samples / "photograph.jpg", case, lang)
        if serve:
            url = f"http://{here.settings.host}:{here.settings.port}"
            console.print(f"\nserving on {url} – try it at {url}/docs – Ctrl-C stops", markup=False)
            start(here)
    finally:
        here.close()


def _deploy_released(site: Site) -> None:
    """Install, review and deploy the released bundle, as far as that was not done before."""
    who = actor()
    candidate = lifecycle.install(site, read_folder(site.released(NAME)), who)
    known = queries.history(site, NAME)
    version = next((one for one in known.versions if one.candidate == candidate.id), None)
    if version is None:
        version = lifecycle.sign_off(site, NAME, candidate.id, True, REASON, who)
    if version is not None and (not known.deployments or known.deployments[-1].primary != version.number):
        lifecycle.deploy(site, NAME, version.number, REASON, who)


def _answer(site: Site, title: str, picture: Path, case: dict[str, Any], lang: str) -> None:
    found = lifecycle.answer(site, NAME, case | {"mri": Upload(picture.read_bytes())}, actor())
    console.heading(f"{title}: {picture.name}")
    show(found, site.application(NAME), "words", lang)
    line = queries.audit(site, 1)[0]
    console.print(
        f"Audit {line.seq}: {line.entry.act} by {line.entry.actor} at {line.entry.at}, answer {found.id}", markup=False
    )
