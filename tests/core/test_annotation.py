"""What the rows of an annotation file say of their sources."""

import numpy as np

from avicena.formats.hpoa import read_hpoa

HEAD = "#version: 2024-01-01\ndatabase_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration\n"  # noqa: E501


def row(disease: str, reference: str) -> str:
    """A row of a disease by its reference."""
    return f"{disease}\tD\t\tHP:0001250\t{reference}\tPCS\t\t\t\t\tP\tx\n"


def test_every_paper_of_a_row_is_cited_for_its_disease_alone():
    text = HEAD + row("OMIM:1", "PMID:7; PMID:8") + row("OMIM:2", "PMID:7") + row("OMIM:2", "")
    _, found = read_hpoa(text.splitlines(keepends=True))
    assert found.cited() == {("OMIM:1", "PMID:7"), ("OMIM:1", "PMID:8"), ("OMIM:2", "PMID:7")}


def test_no_rows_cite_nothing():
    _, found = read_hpoa((HEAD + row("OMIM:1", "PMID:7")).splitlines(keepends=True))
    assert found.at(np.array([], dtype=np.int64)).cited() == frozenset()
