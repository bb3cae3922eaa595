"""The expert review queue: questions about data that two people answer blind to each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from avicena import catalogue, curation
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, complain, console, opened
from avicena.cli.new_file import must_be_new, write_new
from avicena.core.actor import Actor
from avicena.core.errors import Blocked, ContractViolation, Misconfigured
from avicena.core.question import KINDS, Action, Opinion, Unfit, shown
from avicena.core.reading import Seen, Work
from avicena.core.text import Language, Text
from avicena.site import Site

app_ = typer.Typer(
    help="Doubtful data, judged by people: two readers blind to each other, a third where they differ.\n\n"
    "start → list, show, judge (or export, a spreadsheet, import) → close, which makes a new dataset version.\n\n"
    "settle says which of two decisions stands, should close find that they contradict each other.",
    no_args_is_help=True,
)

Application = Annotated[str, typer.Argument(help="The application, such as brain-tumour.")]
Dataset = Annotated[str, typer.Argument(help="The dataset version asked about, or the beginning of its name.")]
Name = Annotated[str, typer.Argument(help="The question, or the beginning of its name.", metavar="QUESTION")]
Reader = Annotated[
    str | None, typer.Option("--as", help="Who reads, where several share this account (development identity only).")
]


MOST = 20
"""Rows of one question that are shown."""


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(app_, name="review-data")


@app_.command("start")
def start(
    application: Application,
    dataset: Dataset = "newest",
    share: Annotated[
        float, typer.Option(help="Largest part of a stage's labels that models may doubt; 0 trains none.", min=0, max=1)
    ] = 0.1,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Find what in a dataset version is worth asking a person, and keep the questions.

    Blanks that matter, implausible values, units that look swapped, duplicates that disagree, and labels that models
    which never saw the patient contradict (needs the extra `train`; with --share 0 it is left out).

    Example: avicena review-data start brain-tumour
    """
    with opened(site) as here, Bars() as bars:
        version = catalogue.dataset(here, application, dataset)
        queue = curation.question(here, application, version.id, actor(), share, bars)
    table = Table(
        *(text.say(lang) for text in (Text("reason to ask", "motivo"), Text("questions", "preguntas"))), box=None
    )
    for kind, text in KINDS.items():
        table.add_row(text.say(lang), str(queue.counts.get(kind, 0)))
    console.print(table)
    for note in queue.notes:
        _say(f"· {note.say(lang)}")
    number = queue.counts["questions"]
    if number:
        after = f"avicena review-data list {application}" + ("" if dataset == "newest" else f" {version.id[7:19]}")
        _say(Text(f"{number} questions; next: {after}", f"{number} preguntas; siga con: {after}").say(lang))
    else:
        _say(Text("nothing to ask", "nada que preguntar").say(lang))


@app_.command("list")
def list_(
    application: Application,
    dataset: Dataset = "newest",
    every: Annotated[bool, typer.Option("--all", help="Those too that do not wait for you.")] = False,
    most: Annotated[int, typer.Option(help="How many to show.", min=1)] = 30,
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """List the questions that wait for you, strongest first; those that two others differ about come before.

    Example: avicena review-data list brain-tumour
    """
    with opened(site) as here:
        who = _reader(here, reader)
        found = catalogue.work(here, application, dataset, who.id)
        curation.look(here, application, f"queue/{found.queue.id}", who)
    chosen = list(found.seen) if every else found.waiting
    heads = (Text("question", "pregunta"), Text("row", "fila"), Text("field", "campo"), Text("why", "por qué"))
    table = Table(*(head.say(lang) for head in (*heads, Text("state", "estado"))), box=None)
    for one in chosen[:most]:
        asked = one.question
        rows = asked.rows[0] + (f" (+{len(asked.rows) - 1})" if len(asked.rows) > 1 else "")
        kinds = ", ".join(dict.fromkeys(KINDS[sign.kind].say(lang) for sign in asked.signs))
        cells = (asked.id, rows, asked.field, kinds, _state(one, who.id).say(lang))
        table.add_row(*map(escape, cells))
    console.print(table)
    if len(chosen) > most:
        _say(Text(f"… and {len(chosen) - most} more (--most)", f"… y {len(chosen) - most} más (--most)").say(lang))
    _summary(found, lang)


@app_.command("show")
def show(
    application: Application,
    question: Name,
    picture: Annotated[Path | None, typer.Option(help="Write the row's picture to this file.")] = None,
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Show a question with all that its rows say; the two judgements only to whom may see them.

    Example: avicena review-data show brain-tumour q3fd2c1 --picture slice.jpg
    """
    if picture is not None:
        must_be_new(picture, "--picture")
    with opened(site) as here:
        who = _reader(here, reader)
        found, one = catalogue.asked(here, application, question, who.id)
        curation.look(here, application, f"question/{one.question.id}", who)
        allowed = catalogue.options(here, application, one.question)
        app = here.application(application)
        if picture is not None:
            write_new(picture, catalogue.picture(here, application, found.rows[one.question.rows[0]]), "--picture")
    state = _state(one, who.id).say(lang)
    console.print(f"[bold]{escape(one.question.id)}[/]  {escape(one.question.field)}  {escape(state)}")
    for sign in one.question.signs:
        _say(f"· {KINDS[sign.kind].say(lang)}: {sign.text.say(lang)}")
    for id in one.question.rows[:MOST]:
        row = found.rows[id]
        _say(f"\n{id}  ({row.family}, {row.source or '?'})")
        for name, value in (*row.labels.items(), *row.values.items()):
            _say(f"  {'→' if name == one.question.field else ' '} {app.word(name).say(lang)}: {shown(value)}")
    if (more := len(one.question.rows) - MOST) > 0:
        _say("\n" + Text(f"… and {more} more rows", f"… y {more} filas más").say(lang))
    if allowed:
        _say(f"\n{Text('may be', 'puede ser').say(lang)}: {', '.join(words.say(lang) for words in allowed)}")
    for told in one.told:
        _say(f"{told.at[:16]}  {told.reader.id}  {one.question.said(told.ruling).say(lang)}  ({told.reason})")
    if one.ruling is not None:
        _say(f"{Text('decided', 'decidido').say(lang)}: {one.question.said(one.ruling).say(lang)}")


@app_.command("judge")
def judge(
    application: Application,
    question: Name,
    reason: Annotated[str, typer.Option(help="Why; kept for ever with your name.")],
    keep: Annotated[bool, typer.Option("--keep", help="It is right as it stands.")] = False,
    change: Annotated[str | None, typer.Option(help="The label or value that is right.", metavar="VALUE")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="The value is wrong, and the right one is not known.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="These rows must not be learnt from.")] = False,
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Judge one question: keep, change, blank or drop. A judgement is never changed, and nobody judges twice.

    Examples:

        avicena review-data judge brain-tumour q3fd2c1 --keep --reason "typical ring, seen with the T2"

        avicena review-data judge brain-tumour q3fd2c1 --change meningioma --reason "dural tail"
    """
    if keep + blank + drop + (change is not None) != 1:
        raise typer.BadParameter("give one of --keep, --change VALUE, --blank, --drop")
    with opened(site) as here, _in(lang):
        who = _reader(here, reader)
        _, one = catalogue.asked(here, application, question, who.id)
        action: Action = "keep" if keep else "blank" if blank else "drop" if drop else "change"
        ruling = catalogue.ruling(here, application, one.question, action, change or "")
        opinion = Opinion(one.question.id, ruling, reason, one.seat)
        taken = curation.judge(here, application, {one.question.id: opinion}, who)
        _, after = catalogue.asked(here, application, one.question.id, who.id)
    for why in taken.passed.values():
        raise Blocked(why.say(lang))
    _say(f"{one.question.id}: {_state(after, who.id).say(lang)}")


@app_.command("export")
def export(
    application: Application,
    to: Annotated[Path, typer.Option(help="The CSV file to write.", dir_okay=False)],
    dataset: Dataset = "newest",
    separator: Annotated[str, typer.Option(help="';' (Excel in Europe), ',' or 'tab'.")] = ";",
    bom: Annotated[bool, typer.Option(help="Mark the file as UTF-8, which Excel needs.")] = True,
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Write the questions that wait for you as a spreadsheet; fill in its last three columns and import it.

    It holds what the rows say, so treat it as patients' data. It never holds what another blind reader judged.

    Example: avicena review-data export brain-tumour --to questions.csv --lang es
    """
    if separator not in (";", ",", "tab"):
        raise typer.BadParameter("the separator is one of ';', ',' and tab", param_hint="--separator")
    mark = "\t" if separator == "tab" else separator
    with opened(site) as here:
        who = _reader(here, reader)
        queue = catalogue.work(here, application, dataset, who.id).queue
        curation.look(here, application, f"queue/{queue.id}", who)
        data, number = catalogue.sheet(here, application, dataset, who.id, lang, mark, bom)
    if to.exists():
        raise Misconfigured(f"{to} is there already and may hold judgements; import or move it, or choose another name")
    write_new(to, data, "--to")
    after = f"avicena review-data import {application} {to}"
    _say(Text(f"{number} questions in {to}; next: {after}", f"{number} preguntas en {to}; siga con: {after}").say(lang))


@app_.command("import")
def import_(
    application: Application,
    sheet: Annotated[Path, typer.Argument(help="The sheet that came back.", exists=True, dir_okay=False)],
    reason: Annotated[str, typer.Option(help="Taken where a decision's reason is blank.")] = "",
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Take in a sheet that was filled in: all of its judgements, or none and every fault by its line.

    A line without a decision is left undecided. Importing a sheet twice changes nothing.

    Example: avicena review-data import brain-tumour questions.csv --reason "second look on the workstation"
    """
    with opened(site) as here, _in(lang):
        taken = curation.judge(here, application, sheet.read_bytes(), _reader(here, reader), reason)
    for place, why in taken.passed.items():
        _say(f"{_line(place, lang)}: {why.say(lang)}")
    number, left = len(taken.judgements), len(taken.passed)
    _say(
        Text(
            f"{number} judgements kept, {left} not needed", f"{number} respuestas guardadas, {left} ya no hacían falta"
        ).say(lang)
    )


@app_.command("close")
def close(
    application: Application, dataset: Dataset = "newest", lang: LanguageOption = LANGUAGE, site: SiteOption = None
) -> None:
    """Make a new dataset version from what is decided; the old one stays, as its parent. Open questions stay open.

    Example: avicena review-data close brain-tumour
    """
    with opened(site) as here:
        found = catalogue.work(here, application, dataset, actor().id)
        version = curation.correct(here, application, found.queue.dataset, actor())
    _summary(found, lang)
    if lost := version.counts.get("outside-once-converted"):
        _say(
            Text(
                f"{lost} values would lie outside the bounds in the unit that was named; they are blank now",
                f"{lost} valores quedarían fuera de los límites en la unidad indicada; ahora están vacíos",
            ).say(lang)
        )
    new, old = version.id[7:19], found.queue.dataset[7:19]
    console.print(f"{Text('dataset version', 'versión de los datos').say(lang)} [bold]{version.id}[/]")
    _say(f"avicena datasets diff {application} {old} {new}\navicena review-data start {application} {new}")


@app_.command("settle")
def settle(
    application: Application,
    question: Annotated[str, typer.Argument(help="The question whose decision stands.")],
    over: Annotated[str, typer.Option(help="The question whose decision gives way where the two differ.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever with your name.")],
    reader: Reader = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Say which of two decisions about one value stands, where `close` found that they contradict each other.

    Only who judged neither of them may, and once. No judgement is changed: both stay as they were given.

    Example: avicena review-data settle brain-tumour q3fd2c1 --over q81ab07 --reason "the pathology report says so"
    """
    with opened(site) as here:
        who = _reader(here, reader)
        first, second = (catalogue.asked(here, application, one, who.id)[1].question.id for one in (question, over))
        found = curation.settle(here, application, first, second, reason, who)
    after = f"avicena review-data close {application}"
    said = Text(
        f"{found.question} stands over {found.over}; next: {after}",
        f"{found.question} prevalece sobre {found.over}; siga con: {after}",
    )
    _say(said.say(lang))


def _say(text: str) -> None:
    console.print(text, markup=False)


def _reader(site: Site, name: str | None) -> Actor:
    """Who reads: the actor, or the name given, which only development identity believes. Raises Misconfigured."""
    who = actor()
    if name is None:
        return who
    if site.settings.identity != "development":
        raise Misconfigured("--as is for development identity only; here everybody reads under their own account")
    if not name.strip():
        raise Misconfigured("--as wants a name")
    return Actor(name.strip(), who.roles)


def _state(one: Seen, reader: str) -> Text:
    """Where a question stands, as its reader may know it."""
    if one.ruling is not None:
        said = one.question.said(one.ruling)
        return Text(f"decided: {said.en}", f"decidida: {said.es}")
    if one.disputed:
        waits = Text("two differ; decide as the third", "dos difieren; decida como tercera persona")
        return (
            waits if one.seat is not None else Text("two differ; a third decides", "dos difieren; decide una tercera")
        )
    if any(told.reader.id == reader for told in one.told):
        return Text("judged by you; waits for another", "respondida por usted; espera a otra persona")
    return Text("waits for you", "le espera a usted")


def _summary(found: Work, language: Language) -> None:
    """How far all the questions are."""
    words = {
        "unread": Text("nobody read", "sin leer"),
        "half read": Text("one person read", "leídas por una persona"),
        "disputed": Text("two differ", "con dos respuestas distintas"),
        "decided": Text("decided", "decididas"),
    }
    _say(" · ".join(f"{words[name].say(language)}: {number}" for name, number in found.counts.items()))
    if found.pairs:
        agreed = f"kappa {found.kappa:.2f}"
        _say(
            Text(f"readers agree: {agreed} over {found.pairs}", f"acuerdo: {agreed} sobre {found.pairs}").say(language)
        )


@contextmanager
def _in(language: Language) -> Iterator[None]:
    """Say faults of judgements in the reader's language."""
    try:
        yield
    except Unfit as error:
        for place, text in error.faults.items():
            complain(f"{_line(place, language)}: {text.say(language)}")
        nothing = Text(
            "nothing was kept; mend these and try again", "no se guardó nada; corríjalo e inténtelo de nuevo"
        )
        raise ContractViolation({"review-data": nothing.say(language)}) from None


def _line(place: str, language: Language) -> str:
    return f"{Text('line', 'línea').say(language)} {place}" if place.isdigit() else place
