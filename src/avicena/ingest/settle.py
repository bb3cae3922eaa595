"""Decisions that contradict each other about one value: which of them stands, and who said so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from avicena.core.actor import Actor
from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import Blocked, NotFound
from avicena.core.question import Ruling, Settlement
from avicena.core.reading import Reading
from avicena.ingest.units import converted

Left = tuple[bool, Value]
"""What a decision leaves of a value: whether its row goes, and what the value is."""


def left(application: Application, one: Reading, ruling: Ruling) -> dict[str, Left]:
    """What a ruling leaves in each row of its question, by the row's id."""
    found: dict[str, Left] = {}
    for id, stands in zip(one.question.rows, one.question.values, strict=True):
        if ruling.action == "keep":
            found[id] = (False, stands)
        elif ruling.action == "change" and one.question.whole_source:
            found[id] = (False, converted(application.inputs[one.question.field], str(ruling.value), stands))
        else:
            found[id] = (ruling.action == "drop", ruling.value)
    return found


def standing(
    application: Application, ruled: Sequence[tuple[Reading, Ruling]], settlements: Iterable[Settlement]
) -> dict[str, dict[str, Left]]:
    """What each decided question leaves, by its id and the ids of the rows for which its decision stands.

    Where decisions about one value differ, the newest settlements go before the older ones; that a whole source is in
    the right unit does not speak against what is decided of one of its values. Raises Blocked (two differ
    that nobody settled).
    """
    by_value: dict[tuple[str, str], dict[str, Left]] = defaultdict(dict)
    found: dict[str, dict[str, Left]] = {}
    units = {one.question.id for one, _ in ruled if one.keeps_unit}
    sources = {one.question.id for one, _ in ruled if one.question.whole_source}
    for one, ruling in ruled:
        found[one.question.id] = left(application, one, ruling)
        for id, outcome in found[one.question.id].items():
            by_value[id, one.question.field][one.question.id] = outcome
    newest = sorted(settlements, key=lambda one: (one.at, one.question), reverse=True)
    for (id, _), all_said in by_value.items():
        of_unit = all_said.keys() <= sources or not all_said.keys() & sources <= units
        said = all_said if of_unit else {name: each for name, each in all_said.items() if name not in units}
        if len(set(said.values())) > 1:
            for loser in _beaten(application.name, said, newest):
                del found[loser][id]
    return found


def _beaten(application: str, said: Mapping[str, Left], newest: Sequence[Settlement]) -> set[str]:
    """The questions whose decision about one value gives way. Raises Blocked (those that are left still differ)."""
    beaten: set[str] = set()
    for one in newest:
        both = one.question in said and one.over in said and said[one.question] != said[one.over]
        if both and one.question not in beaten:
            beaten.add(one.over)
    stand = [name for name in sorted(said) if name not in beaten]
    other = next((name for name in stand if said[name] != said[stand[0]]), None)
    if other is not None:
        raise Blocked(
            f"questions {stand[0]} and {other} were decided differently about one value; somebody who judged neither "
            f"says which stands: avicena review-data settle {application} {stand[0]} --over {other} --reason …"
        )
    return beaten


def settle(
    application: Application,
    read: Mapping[str, Reading],
    known: Iterable[Settlement],
    question: str,
    over: str,
    by: Actor,
    at: str,
    reason: str,
) -> Settlement:
    """That the decision of one question stands over that of another, said by a person who judged neither.

    `read` holds the questions by id, `known` what was settled before. Raises Blocked (no reason, one is not decided,
    they do not contradict each other, the person judged one of them, or it was settled before), NotFound (no such
    question).
    """
    if not {question, over} <= read.keys():
        raise NotFound("no question of that name; `avicena review-data list` has them")
    one, other = read[question], read[over]
    if not reason.strip():
        raise Blocked("say why: the reason is missing")
    if one.ruling is None or other.ruling is None or not _differ(application, one, other):
        raise Blocked("these two questions are not decided differently about one value; there is nothing to settle")
    if one.by(by.id) is not None or other.by(by.id) is not None:
        raise Blocked("you judged one of the two; somebody who judged neither says which stands")
    if any({before.question, before.over} == {question, over} for before in known):
        raise Blocked("this was settled before; a settlement is never changed")
    return Settlement(question, over, by, at, reason.strip())


def _differ(application: Application, one: Reading, other: Reading) -> bool:
    """Whether two decided questions leave one value otherwise."""
    if one.ruling is None or other.ruling is None or one.question.field != other.question.field:
        return False
    if (one.keeps_unit and not other.question.whole_source) or (other.keeps_unit and not one.question.whole_source):
        return False
    ours, theirs = left(application, one, one.ruling), left(application, other, other.ruling)
    return any(ours[id] != theirs[id] for id in ours.keys() & theirs.keys())
