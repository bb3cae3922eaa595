"""The coded evidence of common diseases in words, what of it are HPO terms, and which diseases they are.

The codes and the 49 conditions are those of DDXPlus (Fansi Tchango et al., NeurIPS 2022, arXiv:2205.09148, CC BY),
whose ICD-10 codes these are; words and HPO terms are ours. A risk factor and what a patient had before have no term:
they are no findings of today. A finding gives a code back only where it says no less than the code.
"""

from collections.abc import Iterator
from csv import DictReader
from itertools import chain
from pathlib import Path

from avicena import Text

EVIDENCES = "evidences"
"""The input of codes; a code of a value is CODE_@_VALUE, as in `toux` and `douleurxx_endroitducorps_@_front`."""

_BETWEEN = "_@_"
_SIDES = {"_D_": (" (right)", " (lado derecho)"), "_G_": (" (left)", " (lado izquierdo)")}


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(DictReader(file, delimiter="\t", strict=True))


_CODES, _VALUES, _CONDITIONS = _rows("evidences.tsv"), _rows("values.tsv"), _rows("conditions.tsv")

TERMS = {row["code"]: row["hpo"] for row in _CODES if row["hpo"]}
"""The HPO term that a code means."""

GIVES = {row["hpo"]: row["code"] for row in _CODES if row["back"]}
"""The code that a finding of a term gives."""

CONDITIONS = tuple(sorted(row["condition"] for row in _CONDITIONS))
"""The classes of common diseases."""

IDS = {row["condition"]: tuple(row["ids"].split()) for row in _CONDITIONS}
"""The ids of each class, first the one that it has in the list."""


_VALUED = tuple(
    row["code"] for row in _CODES if row["code"].startswith(("douleurxx_", "lesions_peau_", "oedeme_", "trav1"))
)
"""Codes that are told with a value."""


def _words() -> Iterator[tuple[str, Text]]:
    """The words of codes, of codes with any value, and of conditions."""
    values = dict(chain.from_iterable(_sided(row) for row in _VALUES)) | {
        str(n): Text(str(n), str(n)) for n in range(11)
    }
    for row in _CODES:
        if _BETWEEN in row["code"]:
            continue
        yield row["code"], Text(row["en"], row["es"])
        if row["code"] in _VALUED:
            for value, said in values.items():
                words = Text(f"{row['en']}: {said.en}", f"{row['es']}: {said.es}")
                yield f"{row['code']}{_BETWEEN}{value}", words
    yield from ((row["condition"], Text(row["en"], row["es"])) for row in _CONDITIONS)


def _sided(row: dict[str, str]) -> Iterator[tuple[str, Text]]:
    yield row["value"], Text(row["en"], row["es"])
    for side, (en, es) in _SIDES.items():
        yield row["value"] + side, Text(row["en"] + en, row["es"] + es)


WORDS = dict(_words())
"""Codes and conditions in words."""
