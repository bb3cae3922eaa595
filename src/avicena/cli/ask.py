"""Asking a question, and recomputing an answer."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from avicena import lifecycle
from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, actor, console, opened
from avicena.core.answer import SAME, Answer
from avicena.core.application import Application
from avicena.core.case import Image, Upload
from avicena.core.errors import ContractViolation
from avicena.formats import answer as json_view
from avicena.formats import fhir, words


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("ask", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(ask)
    app.command("replay")(replay)


def ask(
    context: typer.Context,
    application: Annotated[str, typer.Argument(help="The application, such as brain-tumour.")],
    form: Annotated[str, typer.Option("--form", help="words, json or fhir.")] = "words",
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Answer one case. Give each input of the application as an option of its name; a picture as the path of its file.

    A note may be given as @FILE. --subject takes a pseudonym. The answer is kept and audited like any other.

    Examples:

        avicena ask brain-tumour --mri slice.png --age 54 --sex female --note "Headaches for three weeks, no seizures."

        avicena ask brain-tumour --mri slice.dcm --age 54 --sex female --note @note.txt --form fhir > answer.json
    """
    if form not in ("words", "json", "fhir"):
        raise typer.BadParameter("words, json or fhir", param_hint="--form")
    with opened(site) as here:
        app = here.application(application)
        found = lifecycle.answer(here, application, _raw(app, context.args), actor())
        show(found, app, form, lang)


def show(found: Answer, app: Application, form: str, lang: str) -> None:
    """Print an answer."""
    if form == "words":
        for sentence in words.sentences(found, app, "es" if lang == "es" else "en"):
            console.print(sentence, markup=False)
        return
    view = json_view.view(found, app) if form == "json" else fhir.bundle(found, app)
    typer.echo(orjson.dumps(view, option=orjson.OPT_INDENT_2).decode())


def _raw(app: Application, given: list[str]) -> dict[str, Any]:
    """The inputs that were given as options: --name value or --name=value."""
    raw: dict[str, Any] = {}
    left = list(given)
    while left:
        option = left.pop(0)
        if not option.startswith("--"):
            raise typer.BadParameter("inputs are given as --NAME VALUE")
        name, equals, value = option[2:].partition("=")
        if not equals:
            if not left:
                raise typer.BadParameter(f"--{name} needs a value")
            value = left.pop(0)
        raw[name] = _read(app, name, value)
    return raw


def _read(app: Application, name: str, value: str) -> Any:
    try:
        if isinstance(app.inputs.get(name), Image):
            return Upload(Path(value).read_bytes())
        return Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value
    except (OSError, UnicodeDecodeError) as error:
        raise ContractViolation({name: f"the file cannot be read ({type(error).__name__})"}) from None


def replay(
    id: Annotated[str, typer.Argument(help="The answer's id.")],
    site: SiteOption = None,
) -> None:
    """Recompute an answer from its record with the model that gave it, and compare.

    Exit code 1 when probabilities differ by more than 0.000001, or the decision does.

    Example: avicena replay 019a3c1e-…
    """
    with opened(site) as here:
        difference = lifecycle.replay(here, id, actor())
    same = difference <= SAME
    console.print(
        f"largest difference of a probability: {difference:.2g}; {'the same answer' if same else 'NOT THE SAME'}"
    )
    if not same:
        raise typer.Exit(1)
