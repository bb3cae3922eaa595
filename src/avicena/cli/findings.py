"""Reading a clinical note into findings that a clinician corrects before a question is asked."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, console, opened
from avicena.cli.new_file import must_be_new, write_new
from avicena.core.errors import ContractViolation
from avicena.core.ontology import Ontology
from avicena.core.text import Language
from avicena.formats.findings_list import write_list
from avicena.formats.findings_note import LONGEST, FindingsReader, FoundFinding, Settled, settle

WORDS: dict[str, tuple[str, str]] = {
    "observed": ("observed", "observado"),
    "excluded": ("excluded", "descartado"),
    "family": ("family, not the patient", "familia, no el paciente"),
    "uncertain": ("only supposed", "solo supuesto"),
}
_AROUND = 32
"""Characters of the note that are shown on either side of a finding."""


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("findings")(findings)


def findings(
    note: Annotated[
        Path, typer.Option(help="The note: a text file in Spanish or English.", exists=True, dir_okay=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="New file for the findings, to be corrected and given to `ask --hpo @FILE`.", dir_okay=False),
    ] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Find HPO terms in a clinical note: what the patient has, has not, and what is only of the family or supposed.

    Each finding is shown with its words in the note. Nothing is kept. The file of --out is plain lines: drop one,
    exchange "observed" and "excluded", add one; then ask with it. Names of terms come from the newest knowledge.

    Examples:

        avicena findings --note note.txt --out findings.txt

        avicena ask diagnosis --hpo @findings.txt --age P6Y --sex female
    """
    if out is not None:
        must_be_new(out, "--out")
    text = _text(note)
    with opened(site) as here:
        onto = here.knowledge().ontology
    found = FindingsReader(onto).read(text)
    settled = settle(found)
    _show(text, found, onto, lang)
    _sum(found, settled, lang)
    if out is not None:
        labels = {one.id: onto.label(onto.number[one.id], lang) for one in found}
        write_new(out, write_list(found, labels, settled.torn).encode(), "--out")


def _text(path: Path) -> str:
    """Raises ContractViolation (it cannot be read, or is too large for a note)."""
    try:
        if path.stat().st_size > 4 * LONGEST:
            raise ContractViolation({"note": f"longer than {LONGEST} characters; send the note of one patient"})
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractViolation({"note": f"the file cannot be read ({type(error).__name__})"}) from None


def _show(text: str, found: tuple[FoundFinding, ...], onto: Ontology, spoken: Language) -> None:
    for one in found:
        word = WORDS[one.status][spoken == "es"]
        console.print(f"{one.id}  {onto.label(onto.number[one.id], spoken)}  [{word}]", markup=False)
        before, after = text[max(0, one.start - _AROUND) : one.start], text[one.end : one.end + _AROUND]
        console.print(f"    …{' '.join(f'{before}»{one.text}«{after}'.split())}…  {one.start}-{one.end}", markup=False)


def _sum(found: tuple[FoundFinding, ...], settled: Settled, spoken: Language) -> None:
    counts = Counter(one.status for one in found)
    said = ", ".join(f"{counts[name]} {words[spoken == 'es']}" for name, words in WORDS.items() if counts[name])  # type: ignore[index]
    console.print(said or ("no se encontró ningún hallazgo" if spoken == "es" else "no finding was found"))
    if settled.torn:
        both = "dicho y negado, no cuenta" if spoken == "es" else "both said and denied, does not count"
        console.print(f"{both}: {', '.join(settled.torn)}", markup=False)
