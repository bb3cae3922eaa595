"""Refused rows held back for a person to mend, and put among the rows once they are mended."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from avicena.core.application import Application
from avicena.core.case import Number, Value
from avicena.core.held import Held
from avicena.core.layout import plain
from avicena.core.model import Refused, Row
from avicena.core.question import Sign
from avicena.core.text import Text
from avicena.formats import record
from avicena.ingest.doubt import Doubt, pictures, stages
from avicena.ingest.duplicates import Parsed, settle
from avicena.ingest.layout import Planned

MOST = 100_000
"""Held rows of one dataset version; of more than these a table should be mended at its source."""

LONGEST = 200
"""Characters of a wrong text that are held."""


def held_from(data: bytes) -> list[Held]:
    """The held rows in the blob `HeldList.rows`. Raises Untrusted (not as `held_lines` wrote it)."""
    return [record.load(Held, line) for line in data.splitlines()]


def held_lines(held: Iterable[Held]) -> bytes:
    """Held rows as the blob that a `HeldList` names, by their ids."""
    return b"".join(record.dump(one) + b"\n" for one in sorted(held, key=lambda one: one.id))


def moved(held: Iterable[Held], joined: Mapping[str, str]) -> list[Held]:
    """Held rows whose told families have become others: `joined` maps each family of the rows to the new one."""
    return [replace(one, family=one.family and joined.get(one.family, one.family)) for one in held]


def cut(text: str) -> str:
    """A wrong text as it is held: no longer than a person needs to see what is wrong."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def wrong_with(
    application: Application, values: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[dict[str, Value], dict[str, str], dict[str, str | None]]:
    """What of a row's texts can be used, its values and its labels, and what cannot, as it was written.

    Pictures are left out. Where no label is given at all, every stage is missing.
    """
    good: dict[str, Value] = {}
    wrong: dict[str, str | None] = {}
    for name, kind in application.inputs.items():
        if name in pictures(application):
            continue
        try:
            good[name] = kind.parse(values[name]) if name in values else None
        except ValueError:
            wrong[name] = cut(values[name])
    said: dict[str, str] = {}
    for stage in application.chain:
        classes = {plain(one): one for one in stage.classes}
        if (text := labels.get(stage.name)) is not None:
            if plain(text) in classes:
                said[stage.name] = classes[plain(text)]
            else:
                wrong[stage.name] = cut(text)
    if not any(stage in labels for stage in stages(application)):
        wrong |= dict.fromkeys(stages(application))
    return good, said, wrong


def refusals(application: Application, held: Iterable[Held]) -> list[Doubt]:
    """A doubt for each thing that is wrong with a held row; a row without any label is asked for the first stage."""
    found = []
    for one in held:
        blank = [name for name, text in one.wrong.items() if text is None]
        for field, text in one.wrong.items():
            if text is not None or field == next(iter(blank)):
                found.append(Doubt((one.id,), field, Sign("refused", 0.75, _fault(application, field, text))))
    return found


def _fault(application: Application, field: str, text: str | None) -> Text:
    if text is None:
        return Text(
            "the row was refused: nothing says what there is to learn from it",
            "la fila se rechazó: nada dice qué se puede aprender de ella",
        )
    if field in stages(application):
        return Text(
            "the row was refused: this is none of the classes", "la fila se rechazó: no es ninguna de las clases"
        )
    if isinstance(application.inputs[field], Number) and _number(text) is not None:
        return Text(
            "the row was refused: the value is outside what the application accepts",
            "la fila se rechazó: el valor está fuera de lo que la aplicación acepta",
        )
    return Text(
        "the row was refused: this cannot be read as a value", "la fila se rechazó: esto no se puede leer como un valor"
    )


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def written(one: Held, field: str) -> float | None:
    """The number that a held row was refused for under a field, or that it has there; None where it has none."""
    value = one.values.get(field)
    if isinstance(value, float):
        return value
    text = one.wrong.get(field)
    return None if text is None else _number(text)


def mended(
    application: Application,
    held: Iterable[Held],
    changed: Mapping[tuple[str, str], Value],
    rows: Sequence[Row],
    folds: int,
) -> tuple[dict[str, Row], dict[str, Refused]]:
    """The held rows of which everything that was wrong is decided, by id: those that come in, and those that cannot.

    `changed` holds the new value of each (row, field). What an import refuses of rows with one picture (two families,
    two labels, the same again) is refused here, beside `rows` as among the mended ones. A row goes to the family that
    it was told, else to that of a row with the same picture, and to its family's fold; a new family's fold follows
    from its name.
    """
    taken = {row.id for row in rows}
    ready: dict[str, tuple[Held, Row]] = {}
    for one in sorted(held, key=lambda one: one.id):
        if one.id not in taken and (said := _said(application, one, changed)) is not None:
            ready[one.id] = one, Row(one.id, *said, one.family or "", one.family is not None, one.source, 0, one.box)
    fallen = _fallen(application, [row for _, row in ready.values()], rows)
    standing = [(one, row) for one, row in ready.values() if row.id not in fallen]
    named = [row for row in (*(row for _, row in standing), *rows) if row.family]
    told = {image: row for row in named for image in _shown(application, row)}
    fold_of = {row.family: row.fold for row in rows}
    found: dict[str, Row] = {}
    for one, row in standing:
        twin = next((told[image] for image in _shown(application, row) if image in told), None)
        known = row.family_known or (twin is not None and twin.family_known)
        family = row.family or (twin.family if twin is not None else _alone(application, one))
        given = one.fold if one.fold is not None and one.fold < folds else _fold(family, folds)
        found[row.id] = replace(row, family=family, family_known=known, fold=fold_of.setdefault(family, given))
    return found, fallen


def _shown(application: Application, row: Row) -> list[Value]:
    """The digests of a row's pictures."""
    return [row.values[name] for name in pictures(application) if row.values.get(name) is not None]


def _fallen(application: Application, new: Sequence[Row], rows: Sequence[Row]) -> dict[str, Refused]:
    """Those of the `new` rows that an import would refuse for a picture that they share, by id."""
    fallen: dict[str, Refused] = {}
    for name in pictures(application):
        images = {row.values[name] for row in new} - {None}
        parsed = [
            Parsed(
                Planned(row.id, {}, {}, row.family or None, row.source, fold, row.box, ()),
                str(row.values[name]),
                row.values,
                row.labels,
            )
            for some, fold in ((rows, 0), (new, None))  # of two that say the same, the one that stands goes before
            for row in some
            if row.values.get(name) is not None and row.values[name] in images
        ]
        stages = [stage.name for stage in application.chain if getattr(stage, "input", None) == name]
        fallen |= {one.where: one for one in settle(parsed, stages)[1]}
    return {row.id: fallen[row.id] for row in new if row.id in fallen}


def _said(
    application: Application, one: Held, changed: Mapping[tuple[str, str], Value]
) -> tuple[dict[str, Value], dict[str, str]] | None:
    """Values and labels of a held row with what was decided; None while something is open or not acceptable."""
    own = stages(application)
    new = {field: changed[one.id, field] for field in (*own, *application.inputs) if (one.id, field) in changed}
    if any(text is not None and field not in new for field, text in one.wrong.items()):
        return None
    labels = {**one.labels, **{field: str(value) for field, value in new.items() if field in own}}
    values = {**one.values, **{field: value for field, value in new.items() if field not in own}}
    if not labels or any(
        labels[stage.name] not in stage.classes for stage in application.chain if stage.name in labels
    ):
        return None
    try:
        for field in new.keys() - set(own) - set(pictures(application)):
            if (value := values[field]) is not None:
                values[field] = application.inputs[field].parse(list(value) if isinstance(value, tuple) else value)
    except ValueError:
        return None
    return {name: values.get(name) for name in application.inputs}, labels


def _alone(application: Application, one: Held) -> str:
    """The family of a row that nobody told, as an import names it: its picture, or else the row."""
    images = [str(one.values[name]) for name in pictures(application) if one.values.get(name)]
    return f"image:{images[0].removeprefix('sha256:')[:12]}" if images else f"row:{one.id}"


def _fold(family: str, folds: int) -> int:
    return int.from_bytes(hashlib.sha256(family.encode()).digest()[:8]) % max(folds, 1)
