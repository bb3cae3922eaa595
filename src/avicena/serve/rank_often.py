"""How many patients of a disease were reported to show a finding, as the annotations have it."""

from collections.abc import Iterable

from avicena.core.annotation import BANDS, counts
from avicena.core.knowledge import Knowledge
from avicena.core.text import Text

Often = tuple[float | None, Text]
"""The share of the patients, None where a range is all that is known, and the same in words."""


def reported(known: Knowledge, disease: int, terms: Iterable[int]) -> dict[int, Often]:
    """How often the disease shows these very terms (numbers); one of which no source says it is left out."""
    asked, rows, number = set(terms), known.rows, known.ontology.number
    said: dict[int, list[str]] = {}
    for row in known.rows_of(disease):
        term = number.get(rows.term[row], -1)
        if term in asked and not rows.denied[row]:
            said.setdefault(term, []).append(rows.frequency[row])
    told = ((term, often(frequencies)) for term, frequencies in said.items())
    return {term: found for term, found in told if found is not None}


def often(frequencies: Iterable[str]) -> Often | None:
    """Patients pooled over papers, as nobody shrank them; else percentages or ranges as they stand; else None.

    >>> often(["9/10", "1/10", "HP:0040282"])[1].en, often(["12.5%"])[1].es, often(["HP:0040283"])[0], often([""])
    ('shown by 10 of 20 patients', 'lo muestra el 12,5 % de los pacientes', None, None)
    """
    told = [one for one in frequencies if counts(one)[1]]
    seen, among = (sum(column) for column in zip((0.0, 0.0), *(counts(one) for one in told if "/" in one), strict=True))
    if among:
        return seen / among, Text(
            f"shown by {seen:.0f} of {among:.0f} patients", f"lo muestran {seen:.0f} de {among:.0f} pacientes"
        )
    shares = sorted({float(one[:-1]) for one in told if one.endswith("%")})
    if shares:
        words = " – ".join(f"{one:g}" for one in dict.fromkeys((shares[0], shares[-1])))
        return shares[0] / 100 if len(shares) == 1 else None, Text(
            f"shown by {words} % of patients", f"lo muestra el {words.replace('.', ',')} % de los pacientes"
        )
    bands = [BANDS[one][1] for one in sorted(set(told)) if one in BANDS]
    if not bands:
        return None
    en, es = "; ".join(one.en for one in bands), "; ".join(one.es for one in bands)
    return None, Text(f"as a finding {en}", f"como hallazgo, {es}")
