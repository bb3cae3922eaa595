"""What every kind of score prints: the table of its figures, what was not scored, notices, and a warning."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from avicena.cli.console import console
from avicena.core.model import Measure, Refused
from avicena.core.reasons import REASONS
from avicena.core.score import enough
from avicena.core.text import Language, Text

NAMED = 10
"""Rows, lines or files named for each reason; all of them stand in the file of --out."""

FORMS = (".csv", ".json")
"""Endings of the file of --out: a line for each that was scored, or all of the result."""

HEADINGS = (
    Text("measure", "medida"),
    Text("of", "de"),
    Text("value", "valor"),
    Text("95 % interval", "intervalo del 95 %"),
)
INSUFFICIENT = Text("INSUFFICIENT", "INSUFICIENTE")


def is_csv(out: Path) -> bool:
    """Whether the file of --out is the table of lines, not all of the result."""
    return out.suffix.lower() == FORMS[0]


def show_figures(
    measures: Iterable[Measure], named: Callable[[Measure], tuple[str, str]], units: Text, language: Language
) -> None:
    """Print the figures with their intervals; `named` says a figure's name and group in the reader's words.

    `units` heads the number of what stands behind a figure, such as families.
    """
    table = Table(*(heading.say(language) for heading in (*HEADINGS, units)), "", box=None)
    for one in measures:
        interval = f"{one.low:.3f} – {one.high:.3f}"
        few = "" if enough(one) else f"[yellow]{INSUFFICIENT.say(language)}[/]"
        table.add_row(*map(escape, named(one)), f"{one.value:.3f}", interval, str(one.units), few)
    console.print(table)


def show_refused(refused: Iterable[Refused], what: Text, language: Language) -> None:
    """Print what was not scored, counted by reason, and the first of each by the place where it stands."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for one in refused:
        by_reason[one.reason].append(one.where)
    for reason, places in sorted(by_reason.items()):
        words = REASONS[reason].say(language) if reason in REASONS else reason
        more = "" if len(places) <= NAMED else f" … + {len(places) - NAMED} (--out)"
        named = ", ".join(places[:NAMED])
        console.print(f"{what.say(language)}: {len(places)}, {words}: {named}{more}", markup=False)


def show_notices(notices: Iterable[Text], language: Language) -> None:
    """Print what the figures may not be taken for."""
    for notice in notices:
        console.print(f"• {notice.say(language)}", markup=False)


def say(text: Text, language: Language) -> None:
    """Print a sentence as it stands."""
    console.print(text.say(language), markup=False)


def warn(text: Text, language: Language, *, loud: bool) -> None:
    """Print what a reader must know before believing a figure, in red where they may not believe it."""
    console.print(f"[{'bold red' if loud else 'yellow'}]{escape(text.say(language))}[/]")
