"""Read Mondo's exact matches (SSSOM, https://mapping-commons.github.io/sssom) and its is-a edges (KGX)."""

from collections.abc import Iterable, Sequence

import numpy as np

from avicena.core.errors import ContractViolation
from avicena.core.knowledge import Mondo
from avicena.core.ragged import Ints

PREFIXES = {"Orphanet": "ORPHA"}
"""Vocabularies that the annotation file writes otherwise."""

Pairs = list[tuple[str, str]]


def read_matches(lines: Iterable[str]) -> Pairs:
    """Pairs (MONDO id, id of the same disease as the annotation file writes it) of one SSSOM file.

    Raises ContractViolation (no exact match of a MONDO id in it).
    """
    pairs = []
    for line in lines:
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) > 3 and cells[0].startswith("MONDO:") and cells[2] == "skos:exactMatch":
            source, _, code = cells[3].partition(":")
            pairs.append((cells[0], f"{PREFIXES.get(source, source)}:{code}"))
    if not pairs:
        raise ContractViolation({"mondo": "no exact match in it; mondo_exactmatch_*.sssom.tsv is wanted"})
    return pairs


def read_edges(lines: Iterable[str]) -> Pairs:
    """Pairs (MONDO id, MONDO id of a parent) of a table of edges.

    Raises ContractViolation (no such edge in it).
    """
    cells = (line.rstrip("\r\n").split("\t") for line in lines)
    pairs = [
        (row[1], row[3])
        for row in cells
        if len(row) > 3
        and row[2] == "biolink:subclass_of"
        and row[1].startswith("MONDO:")
        and row[3].startswith("MONDO:")
    ]
    if not pairs:
        raise ContractViolation({"mondo": "no is-a edge in it; a table with biolink:subclass_of is wanted"})
    return pairs


def mondo(matches: Iterable[tuple[str, str]], edges: Iterable[tuple[str, str]]) -> Mondo:
    """Pairs of all files together; the order in which they come does not matter."""
    same, above = sorted(set(matches)), sorted(set(edges))
    nodes = tuple(sorted({node for node, _ in same} | {node for pair in above for node in pair}))
    codes = tuple(sorted({code for _, code in same}))
    return Mondo(nodes, codes, _numbers(same, nodes, codes), _numbers(above, nodes, nodes))


def _numbers(pairs: Pairs, first: Sequence[str], second: Sequence[str]) -> Ints:
    one, two = ({word: place for place, word in enumerate(words)} for words in (first, second))
    return np.array([(one[left], two[right]) for left, right in pairs], dtype=np.int32).reshape(-1, 2)
