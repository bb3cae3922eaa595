"""Read the HPO annotation file: which disease shows which finding, and how often.

The format, https://obophenotype.github.io/human-phenotype-ontology/annotations/phenotype_hpoa: 12 columns, tab
separated, lines before them begin with "#". Frequencies are n/m, a percentage, or a term below HP:0040279.
"""

import re
from collections.abc import Iterable

import numpy as np

from avicena.core.annotation import SEXES, Annotations, counts
from avicena.core.errors import ContractViolation
from avicena.core.ragged import coded

WIDTH = 12
REPEATED = 0.01
"""More exact copies than this share of the rows are a file put together twice; HPO's own hold fewer than 0.0004."""

LACKING = 0.01
"""A file that lacks more than this share of the diseases that its first line counts was cut."""

_NAMED = 3
_STATED = re.compile(r"description:.*\[((?:[0-9]+:? *[A-Za-z]+[; ]*)+)\]")
_HEADERS = ("database_id\t", "#databaseid\t")
_ID = re.compile(r"[^\s:]+:\S+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_hpoa(lines: Iterable[str]) -> tuple[str, Annotations]:
    """The date that the file states, and its rows.

    Raises ContractViolation (another kind of file, no header or no date, or rows that are not as the format says: the
    first few are named).
    """
    date, header, stated = "", False, 0
    copies: set[str] = set()
    rows: list[list[str]] = []
    wrong: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if line.lower().startswith(_HEADERS):
            header = True
        elif line.startswith("#"):
            word, _, value = line[1:].partition(": ")
            date = value.strip() if word in ("date", "version") else date
            counted = _STATED.search(line)
            stated = sum(map(int, re.findall("[0-9]+", counted[1]))) if counted else stated
        elif line:
            copies.add(line)
            cells = line.split("\t")
            problem = _problem(cells)
            if problem:
                wrong.append(f"line {number} {problem}")
                if len(wrong) > _NAMED and not rows:
                    break
            else:
                rows.append(cells)
    _check(rows, wrong)
    _whole(date, header, 1 - len(copies) / len(rows))
    _complete(stated, len({row[0] for row in rows}))
    return date, _columns(rows)


def _problem(cells: list[str]) -> str:
    if len(cells) not in (WIDTH - 1, WIDTH):
        return f"has {len(cells)} columns, {WIDTH} are wanted"
    if not _ID.fullmatch(cells[0]) or not cells[3].strip():
        return "has no disease, such as OMIM:154700, or no term"
    if cells[2] not in ("", "NOT"):
        return "has a qualifier other than NOT"
    if cells[8].lower() not in SEXES:
        return "has a sex other than MALE or FEMALE"
    return ""


def _check(rows: list[list[str]], wrong: list[str]) -> None:
    if not rows:
        raise ContractViolation({"hpoa": "not an annotation file; phenotype.hpoa is wanted"})
    for frequency in sorted({row[7] for row in rows}):
        try:
            counts(frequency)
        except ValueError:
            wrong.append(f'"{frequency[:20]}" is no frequency')
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise ContractViolation({"hpoa": "; ".join(wrong[:_NAMED]) + more + "; is the file cut short?"})


def _whole(date: str, header: bool, copies: float) -> None:
    """Raises ContractViolation (the file says no date, has no header, or repeats more than `REPEATED` of its rows)."""
    if not header:
        raise ContractViolation({"hpoa": "it has no header line (database_id …); is its beginning missing?"})
    if not _DATE.fullmatch(date):
        raise ContractViolation({"hpoa": "it does not say its date (#version: YYYY-MM-DD); is its beginning missing?"})
    if copies > REPEATED:
        raise ContractViolation({"hpoa": f"{copies:.0%} of its rows are copies of others; is it put together twice?"})


def _complete(stated: int, found: int) -> None:
    """Raises ContractViolation (fewer diseases than the file itself says that it holds)."""
    if found < stated * (1 - LACKING):
        raise ContractViolation(
            {"hpoa": f"it says that it holds {stated} diseases and holds {found}; is it cut short?"}
        )


def _columns(rows: list[list[str]]) -> Annotations:
    column = list(zip(*(row[:11] for row in rows), strict=True))
    return Annotations(
        disease=coded(column[0]),
        name=coded(column[1]),
        denied=np.array([qualifier == "NOT" for qualifier in column[2]]),
        term=coded(column[3]),
        reference=coded(column[4]),
        onset=coded(column[6]),
        frequency=coded(column[7]),
        sex=coded(text.lower() for text in column[8]),
        modifier=coded(column[9]),
        aspect=coded(column[10]),
    )
