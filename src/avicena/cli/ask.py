"""Asking a question, and recomputing an answer."""

import os.path
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from avicena import lifecycle
from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, actor, console, opened
from avicena.core.answer import SAME, Answer
from avicena.core.application import Application
from avicena.core.case import Image, Note, Upload
from avicena.core.errors import ContractViolation, Misconfigured
from avicena.core.text import Language
from avicena.formats import answer as json_view
from avicena.formats import fhir, phenopacket, phenopacket_out, words
from avicena.formats.findings_list import read_list
from avicena.formats.intake import findings_input

FORMS = ("words", "json", "fhir", "phenopacket")
"""The forms in which an answer is printed."""

LISTS = {"hpo": "", "not": "-"}
"""The options that list findings, and what stands before each of them in one list."""


LONGEST_NAME = 255
"""Characters from which on a text is no file's name."""


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("ask", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(ask)
    app.command("replay")(replay)


def ask(
    context: typer.Context,
    application: Annotated[str, typer.Argument(help="The application, such as brain-tumour.")],
    form: Annotated[str, typer.Option("--form", help=f"{', '.join(FORMS)}.")] = "words",
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Answer one case. Give each input of the application as an option of its name; a picture as the path of its file.

    `avicena contract APPLICATION` lists its inputs. A note may be given as @FILE, or as FILE where its path holds no
    blank. --subject takes a pseudonym. Where findings are asked for, --hpo takes those that were observed, --not those
    that were looked for and are absent, and --phenopacket the file of a GA4GH phenopacket, version 2; --hpo @FILE takes
    what `avicena findings` found in a note, corrected or not. The answer is kept and audited like any other.

    Examples:

        avicena ask brain-tumour --mri slice.png --age 54 --sex female --note "Headaches for three weeks, no seizures."

        avicena ask brain-tumour --mri slice.dcm --age 54 --sex female --note @note.txt --form fhir > answer.json

        avicena ask diagnosis --hpo HP:0001250,HP:0001263 --not HP:0000252 --age P6Y --sex female

        avicena ask diagnosis --hpo @findings.txt --age 6 --sex female --lang es

        avicena ask diagnosis --evidences toux,fievre,dyspn,f17.210 --age 60 --sex male

        avicena ask diagnosis --phenopacket patient.json --form phenopacket > answer.json
    """
    if form not in FORMS:
        raise typer.BadParameter(", ".join(FORMS), param_hint="--form")
    with opened(site) as here:
        app = here.application(application)
        if form == "phenopacket" and app.lists is None:
            raise Misconfigured(f"an answer of {app.name} is no list of diseases; give --form words, json or fhir")
        found = lifecycle.answer(here, application, _raw(app, context.args), actor())
        show(found, app, form, lang)


def show(found: Answer, app: Application, form: str, lang: Language) -> None:
    """Print an answer."""
    if form == "words":
        for sentence in words.sentences(found, app, lang):
            console.print(sentence, markup=False)
        return
    views = {"json": json_view.view, "fhir": fhir.bundle, "phenopacket": phenopacket_out.packet}
    view = views[form](found, app)
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
        into = findings_input(app.contract)
        if into is not None and name in LISTS and name not in app.inputs:
            raw.setdefault(into, []).extend(_listed(name, value))
        else:
            raw[name] = _read(app, name, value)
    return raw


def _listed(name: str, value: str) -> list[str]:
    """The findings of an option: ids with commas between them, or for --hpo the file that `avicena findings` wrote."""
    if name != "hpo" or not value.startswith("@"):
        return [LISTS[name] + one for one in value.split(",") if one.strip()]
    try:
        return list(read_list(Path(value[1:]).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ContractViolation({name: f"the file cannot be read ({type(error).__name__})"}) from None


def _read(app: Application, name: str, value: str) -> Any:
    try:
        if isinstance(app.inputs.get(name), Image):
            return Upload(Path(value).read_bytes())
        if name == phenopacket.FIELD and name not in app.inputs:
            return Path(value).read_bytes()
        if isinstance(app.inputs.get(name), Note) and _names_file(value):
            return Path(value).read_text(encoding="utf-8")
        return Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value
    except (OSError, UnicodeDecodeError) as error:
        raise ContractViolation({name: f"the file cannot be read ({type(error).__name__})"}) from None


def _names_file(value: str) -> bool:
    """Whether a text is rather the path of a file that exists: no blank in it, and no longer than a name may be."""
    named = len(value) < LONGEST_NAME and not any(map(str.isspace, value))
    return named and os.path.isfile(value)  # noqa: PTH113 (Path.is_file raises where a name is too long)


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
