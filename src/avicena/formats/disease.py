"""What the knowledge says of one disease, for people: its findings with how often, when, in whom, and who says so."""

from dataclasses import dataclass

from avicena.core.annotation import BANDS, counts
from avicena.core.knowledge import Knowledge
from avicena.core.text import Text


@dataclass(frozen=True, slots=True)
class Reported:
    """One row of the annotation file in words; `aspect` P finding, I inheritance, C course, H history, M modifier."""

    term: str
    name: Text
    aspect: str
    denied: bool
    frequency: Text
    share: float | None
    onset: Text
    sex: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A disease with its ids elsewhere, and what is reported of it, the most frequent findings first."""

    id: str
    name: str
    codes: tuple[str, ...]
    rows: tuple[Reported, ...]


def describe(known: Knowledge, disease: int) -> Described:
    """All that is reported of a disease, by its place."""
    rows = [_reported(known, row) for row in known.rows_of(disease)]
    order = "PICHM"
    rows.sort(
        key=lambda one: (order.find(one.aspect), one.denied, -(one.share if one.share is not None else -1), one.term)
    )
    return Described(known.diseases[disease], known.names[disease], known.codes(disease), tuple(rows))


def _reported(known: Knowledge, row: int) -> Reported:
    rows = known.rows
    words, share = frequency(rows.frequency[row])
    return Reported(
        rows.term[row],
        _named(known, rows.term[row]),
        rows.aspect[row] or "P",
        bool(rows.denied[row]),
        words,
        share,
        _named(known, rows.onset[row]),
        rows.sex[row],
        tuple(rows.papers(row)),
    )


def _named(known: Knowledge, id: str) -> Text:
    """The labels of a term, or its id where the ontology does not know it."""
    term = known.ontology.number.get(id)
    return Text(id, id) if term is None else known.ontology.words(term)


def frequency(said: str) -> tuple[Text, float | None]:
    """A frequency in words, and as a share where it says one.

    >>> frequency("3/4")[0].en, frequency("HP:0040282")[0].es, frequency("")[1]
    ('3 of 4 (75 %)', 'frecuente (30–79 %)', None)
    """
    if said in BANDS:
        share, words = BANDS[said]
        return words, share
    if said.endswith("%") and counts(said)[1]:
        share = float(said[:-1]) / 100
        return Text(f"{100 * share:g} %", f"{100 * share:g} %"), share
    if not counts(said)[1]:
        return Text(said, said), None
    seen, _, among = said.partition("/")
    share = int(seen) / int(among)
    return Text(
        f"{seen} of {among} ({share:.0%})".replace("%", " %"), f"{seen} de {among} ({share:.0%})".replace("%", " %")
    ), share
