"""The main jobs in one command: models installed, questions answered, the service started."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from avicena import library, lifecycle, queries
from avicena.cli.ask import show
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, actor, console
from avicena.cli.models import read_folder
from avicena.cli.serve import start
from avicena.core.case import Upload
from avicena.core.errors import Misconfigured, NotFound
from avicena.core.text import Language, Text
from avicena.settings import read
from avicena.site import Site, open_site

BRAIN = "brain-tumour"
DIAGNOSIS = "diagnosis"
REASON = "demonstration of the released bundle, referral only"


SLICE = Text("MRI slice", "Corte de RM")
PHOTOGRAPH = Text("Photograph", "Fotografía")
NO_KNOWLEDGE = Text(
    "The second application, diagnosis, was left out: it ranks by knowledge that is not built here",
    "Se omitió la segunda aplicación, diagnosis: ordena según un conocimiento que aquí no está construido",
)


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
    """Answer sample cases with the released models, then serve them: an MRI slice, a photograph, and findings.

    The findings are ranked by the knowledge of the Human Phenotype Ontology, which is built first where it is not there
    (from the files of the extra `knowledge`).

    Examples:

        avicena demo

        avicena demo --no-serve --image slice.jpg --lang es
    """
    if image is not None and not image.is_file():
        raise Misconfigured(f"no picture at {image}")
    here = open_site(read(site=site, port=port))
    try:
        _deploy_released(here, BRAIN)
        samples = here.home(BRAIN) / "samples"
        case: dict[str, Any] = orjson.loads((samples / "case.json").read_bytes())
        case["note"] = case["note"][lang] if isinstance(case["note"], dict) else case["note"]
        for title, picture in ((SLICE, image or samples / "mri.png"), (PHOTOGRAPH, samples / "photograph.jpg")):
            console.heading(f"{title.say(lang)}: {picture.name}")
            _answer(here, BRAIN, case | {"mri": Upload(picture.read_bytes())}, lang)
        if _knows(here, lang):
            _deploy_released(here, DIAGNOSIS)
            for path in sorted((here.home(DIAGNOSIS) / "samples").glob("[0-9]*.json")):
                told = orjson.loads(path.read_bytes())
                console.heading(Text(**told["title"]).say(lang))
                _answer(here, DIAGNOSIS, told["case"], lang)
        if serve:
            url = f"http://{here.settings.host}:{here.settings.port}"
            console.print(f"\nserving on {url} – try it at {url}/docs – Ctrl-C stops", markup=False)
            start(here)
    finally:
        here.close()


def _knows(site: Site, lang: Language) -> bool:
    """Whether there is knowledge to rank diseases by; it is built where it is not here and its files are installed."""
    if not library.versions(site):
        try:
            with Bars() as bars:
                library.build(site, actor(), progress=bars)
        except (Misconfigured, NotFound) as error:
            console.print(f"{NO_KNOWLEDGE.say(lang)} ({error})", markup=False)
            return False
    return True


def _deploy_released(site: Site, name: str) -> None:
    """Install, review and deploy a released bundle, as far as that was not done before."""
    who = actor()
    candidate = lifecycle.install(site, read_folder(site.released(name)), who)
    known = queries.history(site, name)
    version = next((one for one in known.versions if one.candidate == candidate.id), None)
    if version is None:
        version = lifecycle.sign_off(site, name, candidate.id, True, REASON, who)
    if version is not None and (not known.deployments or known.deployments[-1].primary != version.number):
        lifecycle.deploy(site, name, version.number, REASON, who)


def _answer(site: Site, name: str, raw: dict[str, Any], lang: Language) -> None:
    found = lifecycle.answer(site, name, raw, actor())
    show(found, site.application(name), "words", lang)
    line = queries.audit(site, 1)[0]
    console.print(
        f"Audit {line.seq}: {line.entry.act} by {line.entry.actor} at {line.entry.at}, answer {found.id}", markup=False
    )
