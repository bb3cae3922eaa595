"""Read labels in another language from a Babelon table (https://github.com/monarch-initiative/babelon)."""

from collections.abc import Iterable

from avicena.core.errors import ContractViolation
from avicena.core.ontology import Translation

WANTED = (
    "translation_language",
    "subject_id",
    "source_value",
    "predicate_id",
    "translation_value",
    "translation_status",
)
USED = ("OFFICIAL", "CANDIDATE")
"""Statuses that are shown to people, the surer one first; what is not translated or was refused is not."""


def read_babelon(lines: Iterable[str], language: str = "es") -> dict[str, Translation]:
    """Id → label in that language, with its status and the English label that it was made from.

    Of several labels of a term the official one counts. Raises ContractViolation (another kind of file, or no label in
    that language).
    """
    rows = (line.rstrip("\r\n").split("\t") for line in lines if line.strip() and line[0] != "#")
    header = next(rows, [])
    if not set(WANTED) <= set(header):
        raise ContractViolation({"babelon": "not a table of translations; hp-es.babelon.tsv is wanted"})
    spoken, subject, source, predicate, value, status = (header.index(name) for name in WANTED)
    found: dict[str, Translation] = {}
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise ContractViolation({"babelon": f"row {number} has {len(row)} columns; is the file cut short?"})
        one = Translation(row[value].strip(), row[status], row[source])
        if (row[spoken], row[predicate]) == (language, "rdfs:label") and one.text and one.status in USED:
            known = found.get(row[subject])
            if known is None or USED.index(one.status) < USED.index(known.status):
                found[row[subject]] = one
    if not found:
        raise ContractViolation({"babelon": f"no official or candidate label in '{language}' in it"})
    return found
