"""The review queue as a sheet for a spreadsheet, and the opinions that come back in it."""

from collections.abc import Iterable, Mapping, Sequence

from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import ContractViolation
from avicena.core.layout import plain
from avicena.core.model import Row
from avicena.core.question import ACTIONS, Action, Opinion, Question, Ruling, shown
from avicena.core.reading import THIRD, Reading, Seen
from avicena.core.text import Language, Text
from avicena.formats.sheet import unguarded, write_sheet
from avicena.formats.table import read_table
from avicena.ingest.doubt import pictures
from avicena.ingest.judge import options, value_of, wrong

COLUMNS: Mapping[str, Text] = {
    "question": Text("question (do not edit)", "pregunta (no modificar)"),
    "row": Text("row", "fila"),
    "field": Text("field", "campo"),
    "now": Text("stands there", "figura"),
    "why": Text("why it is asked", "por qué se pregunta"),
    "options": Text("possible values", "valores posibles"),
    "reading": Text("reading", "lectura"),
    "told": Text("judgements so far", "respuestas hasta ahora"),
    "decision": Text("decision: keep, change, blank, drop", "decisión: mantener, cambiar, vaciar, descartar"),
    "value": Text("new value", "valor nuevo"),
    "reason": Text("reason", "motivo"),
}
"""The columns of the sheet by what they hold; what a row says beside the field stands between, in brackets."""

READINGS = {False: Text("blind", "a ciegas"), True: Text("third", "tercera")}

_NEEDED = ("question", "row", "field", "decision", "value", "reason")
_BETWEEN = " | "

MOST = 20
"""Rows of one question that a person is shown."""

_FILLED = ("decision", "value", "reason")


def write_questions(
    application: Application,
    waiting: Sequence[Seen],
    rows: Mapping[str, Row],
    language: Language,
    separator: str = ";",
    bom: bool = True,
) -> bytes:
    """The questions that wait for a reader as CSV, one a line, with the rest of each row for context.

    What another blind reader said is never in it; who is to decide as the third sees both judgements.
    """
    context = [name for name in application.inputs if name not in pictures(application)]
    header = [text.say(language) for name, text in COLUMNS.items() if name not in _FILLED]
    header += [f"({application.word(name).say(language)})" for name in context]
    header += [COLUMNS[name].say(language) for name in _FILLED]
    lines = []
    for one in waiting:
        told = [_joined(rows[id].values.get(name) for id in one.question.rows[:MOST] if id in rows) for name in context]
        lines.append([*_asked(application, one, language), *told, "", "", ""])
    return write_sheet(header, lines, separator, bom)


def _asked(application: Application, one: Seen, language: Language) -> list[str]:
    """The cells of one question before the context."""
    said = [f"{one.question.said(judged.ruling).say(language)} ({judged.reason})" for judged in one.told]
    why = "; ".join(sign.text.say(language) for sign in one.question.signs)
    asked = one.question
    reading = READINGS[one.disputed].say(language)
    choose = ", ".join(words.say(language) for words in options(application, asked))
    return [
        asked.id,
        _rows(asked),
        asked.field,
        _joined(asked.values[:MOST]),
        why,
        choose,
        reading,
        _BETWEEN.join(said),
    ]


def _rows(asked: Question) -> str:
    """The rows of a question; of many the first ones and how many more."""
    more = len(asked.rows) - MOST
    return _BETWEEN.join(asked.rows[:MOST]) + (f"{_BETWEEN}+{more}" if more > 0 else "")


def _joined(values: Iterable[Value]) -> str:
    return _BETWEEN.join(shown(value) for value in values)


def read_opinions(
    application: Application, read: Mapping[str, Reading], data: bytes, reason: str = ""
) -> tuple[dict[str, Opinion], dict[str, Text]]:
    """The opinions in a sheet that came back and what is wrong with its lines, both by the line's number.

    A line without decision, value and reason is undecided and stays out. A blank reason beside a decision takes
    `reason`. Raises ContractViolation (not a table, or a column is missing).
    """
    table = read_table(data)
    names = _names(table.columns)
    faults = {str(one.number): Text(one.detail, one.detail) for one in table.faults}
    found: dict[str, Opinion] = {}
    for row in table.rows:
        cells = {name: unguarded(row.cells[column].strip()).strip() for name, column in names.items()}
        if any(cells[name] for name in _FILLED):
            opinion = _opinion(application, read, cells, reason)
            if isinstance(opinion, Text):
                faults[str(row.number)] = opinion
            else:
                found[str(row.number)] = opinion
    return found, faults


def _names(columns: Sequence[str]) -> dict[str, str]:
    """The sheet's name of each column that we need, whichever language it is in. Raises ContractViolation (missing)."""
    given = {plain(name): name for name in columns}
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for key, text in COLUMNS.items():
        column = next((given[plain(word)] for word in (text.en, text.es) if plain(word) in given), None)
        if column is not None:
            found[key] = column
        elif key in _NEEDED:
            missing[text.en] = "the sheet has no such column; export it again and fill in only its last three columns"
    if missing:
        raise ContractViolation(missing)
    return found


def _opinion(
    application: Application, read: Mapping[str, Reading], cells: Mapping[str, str], reason: str
) -> Opinion | Text:
    """What a line says, or what is wrong with it."""
    one = read.get(cells["question"])
    if one is None:
        return Text(
            "no question of that name; do not edit the first column, and export the sheet again if it is old",
            "no hay ninguna pregunta con ese nombre; no modifique la primera columna y, si la hoja es antigua, "
            "vuelva a exportarla",
        )
    asked = one.question
    if (plain(cells["row"]), plain(cells["field"])) != (plain(_rows(asked)), plain(asked.field)):
        return Text(
            "row or field are not those of the question; its name was edited or lines were mixed: export it again",
            "la fila o el campo no son los de la pregunta; se modificó su nombre o se mezclaron líneas: "
            "vuelva a exportarla",
        )
    ruling = _ruling(application, asked, cells["decision"], cells["value"])
    if isinstance(ruling, Text):
        return ruling
    third = plain(cells.get("reading", "")) in {plain(READINGS[True].en), plain(READINGS[True].es)}
    return Opinion(asked.id, ruling, cells["reason"] or reason, THIRD if third else None)


def _ruling(application: Application, asked: Question, decision: str, value: str) -> Ruling | Text:
    known = {plain(word): action for action, text in ACTIONS.items() for word in (text.en, text.es)}
    action = known.get(plain(decision))
    if action is None:
        if not decision:
            return Text(
                "value or reason without a decision; write one of keep, change, blank, drop, or empty the line",
                "hay valor o motivo sin decisión; escriba mantener, cambiar, vaciar o descartar, o vacíe la línea",
            )
        return Text(
            "the decision is none of keep, change, blank, drop",
            "la decisión no es mantener, cambiar, vaciar ni descartar",
        )
    if action != "change":
        return Ruling(action) if not value else _needless(action)
    if not value:
        return Text("write the new value beside change", "escriba el valor nuevo junto a cambiar")
    try:
        return Ruling(action, value_of(application, asked, value))
    except ValueError as error:
        return wrong(application, asked, error)


def _needless(action: Action) -> Text:
    word = ACTIONS[action]
    return Text(
        f"a new value stands beside {word.en}; write change, or empty the value",
        f"hay un valor nuevo junto a {word.es}; escriba cambiar, o vacíe el valor",
    )
