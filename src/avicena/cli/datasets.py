"""Dataset versions: what there are, what changed between two, and where a model's data came from."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.tree import Tree
from typer.core import TyperGroup

from avicena import catalogue, curation, queries
from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, actor, console, opened
from avicena.cli.data import datasets
from avicena.core.difference import Shift
from avicena.core.lineage import Ancestor

Application = Annotated[str, typer.Argument(help="The application, such as brain-tumour.")]
Version = Annotated[str, typer.Argument(help="A dataset version, the beginning of its name, or 'newest'.")]


class _Listing(TyperGroup):
    """A group that lists when its first word is no command of it, so that `avicena datasets APP` goes on working."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        listing = bool(args) and args[0] not in self.commands and args[0] not in ctx.help_option_names
        return super().parse_args(ctx, ["list", *args] if listing else args)


app_ = typer.Typer(
    cls=_Listing,
    help="List dataset versions, or compare two.\n\nExamples:\n\n    avicena datasets brain-tumour\n\n"
    "    avicena datasets diff brain-tumour 3fd2c1 newest",
    no_args_is_help=True,
)


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app_.command("list")(datasets)
    app.add_typer(app_, name="datasets")
    app.command()(lineage)


@app_.command("diff")
def diff(
    application: Application,
    before: Version,
    after: Version,
    changes: Annotated[
        bool, typer.Option(help="Print each changed value, tab-separated, with the patients' values.")
    ] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """What is otherwise in AFTER than in BEFORE: rows, values, classes, and how far each column moved (PSI, KS).

    With --changes the audit holds that you looked into both.

    Examples:

        avicena datasets diff brain-tumour 3fd2c1 newest

        avicena datasets diff brain-tumour 3fd2c1 9a01b2 --changes > changes.tsv
    """
    with opened(site) as here:
        old, new = (catalogue.dataset(here, application, one).id for one in (before, after))
        if changes:
            for version in (old, new):
                curation.explore(here, application, version, actor())
        found = catalogue.difference(here, application, old, new)
        app = here.application(application)
    if changes:
        for sign, rows in (("-", found.removed), ("+", found.added)):
            for row in rows:
                typer.echo(f"{sign}\t{row}")
        for one in found.changes:
            typer.echo(f"~\t{one.row}\t{one.field}\t{_said(one.before)}\t{_said(one.after)}")
        return
    es = lang == "es"
    console.print(
        f"{'filas' if es else 'rows'} {found.rows[0]} → {found.rows[1]}  +{len(found.added)} -{len(found.removed)}"
    )
    _print(
        ("campo" if es else "field", "valores cambiados" if es else "values changed"),
        [(app.word(name).say("es" if es else "en"), str(number)) for name, number in found.by_field.items()],
    )
    _print(
        (
            "etapa" if es else "stage",
            "clase" if es else "class",
            "antes" if es else "before",
            "después" if es else "after",
        ),
        [
            (stage, label, _share(old, [n for n, _ in labels.values()]), _share(new, [n for _, n in labels.values()]))
            for stage, labels in found.classes.items()
            for label, (old, new) in labels.items()
        ],
    )
    _print(
        ("columna" if es else "column", "PSI", "KS", "p", ""),
        [(name, f"{one.psi:.3f}", *_distance(one), _judged(one, es)) for name, one in found.shifts.items()],
    )


def _print(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        table = Table(*header, box=None)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _said(value: object) -> str:
    return "" if value is None else str(value).replace("\t", " ").replace("\n", " ")


def _share(number: int, all_: Sequence[int]) -> str:
    return f"{number} ({100 * number / max(sum(all_), 1):.1f} %)"


def _distance(one: Shift) -> tuple[str, str]:
    return ("", "") if one.ks is None or one.p is None else (f"{one.ks:.3f}", f"{one.p:.2g}")


def _judged(one: Shift, es: bool) -> str:
    words = {
        "small": ("", ""),
        "moderate": ("moderate shift", "cambio moderado"),
        "large": ("large shift", "cambio grande"),
    }
    return words[one.size][es]


def lineage(
    application: Application,
    model: Annotated[str, typer.Argument(help="A version's number, a candidate, its beginning, or 'newest'.")],
    pictures: Annotated[bool, typer.Option(help="Print each picture's digest, tab-separated, instead.")] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Where a model comes from: its code, recipe and dataset versions, back to the digests of the raw files.

    Examples:

        avicena lineage brain-tumour 1

        avicena lineage brain-tumour newest --pictures > pictures.tsv
    """
    with opened(site) as here:
        found = queries.lineage(here, application, model)
    es = lang == "es"
    if pictures:
        for digest_of in sorted(
            {item for all_ in found.stages.values() for one in all_ for item in one.pictures.items()}
        ):
            typer.echo("\t".join(digest_of))
        return
    named = f"{application}/{found.version.number}" if found.version else ("sin aceptar" if es else "not accepted")
    tree = Tree(f"[bold]{named}[/]  {'candidato' if es else 'candidate'} {found.candidate.id[7:19]}")
    one = found.candidate
    tree.add(
        f"{'receta' if es else 'recipe'} {one.recipe}, {'semilla' if es else 'seed'} {one.seed}, "
        f"{'código' if es else 'code'} {one.code}"
    )
    for stage, all_ in found.stages.items():
        branch = tree.add(f"[bold]{stage}[/]")
        for ancestor in all_:
            _grow(branch, ancestor, es)
    console.print(tree)


def _grow(branch: Tree, one: Ancestor, es: bool) -> None:
    """Add one dataset version with its raw files."""
    name = one.id.removeprefix("sha256:")[:12]
    if one.version is None:
        branch.add(f"{name}: {'no está en esta instalación' if es else 'not on this site'} ({one.id})")
        return
    rows = one.version.counts.get("rows", 0)
    leaf = branch.add(f"[bold]{name}[/]  {one.at[:19]}Z  {rows} {'filas' if es else 'rows'}")
    if one.corrections:
        who = ", ".join(sorted({reader for made in one.corrections for reader in made.readers}))
        leaf.add(f"{len(one.corrections)} {'correcciones de' if es else 'corrections by'} {who}")
    for role, (digest_of, kept) in sorted(one.files.items()):
        here = ("guardado" if es else "kept") if kept else ("solo la huella" if es else "digest only")
        leaf.add(f"{role}  {digest_of}  {here}")
    if one.pictures:
        number = len(set(one.pictures.values()))
        leaf.add(f"{number} {'imágenes; sus huellas con' if es else 'different pictures; digests with'} --pictures")
