"""The toy world with Mondo and five entries of Orphanet, of which one alone is a disease that OMIM does not have."""

from pathlib import Path

from avicena.core.knowledge import Knowledge, Mondo
from avicena.core.ontology import ontology
from avicena.formats.hpoa import read_hpoa
from avicena.formats.mondo import mondo
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from tests import toy

MORE = {"ORPHA:1": "Second name", "ORPHA:2": "Series", "ORPHA:3": "Whole branch", "ORPHA:4": "Unknown to Mondo"}
MATCHES = (
    ("MONDO:1", "OMIM:100001"), ("MONDO:1", "ORPHA:1"), ("MONDO:2", "ORPHA:2"), ("MONDO:3", "ORPHA:3"),
    ("MONDO:9", "ORPHA:9"), ("MONDO:9", "OMIM:999999"), ("MONDO:9", "ICD10CM:Q02"),
)  # fmt: skip
"""ORPHA:9 is also the same as a disease of OMIM that nobody annotated."""
ABOVE = (("MONDO:1", "MONDO:2"), ("MONDO:2", "MONDO:3"))


def hpoa() -> str:
    """The annotations as their file would be."""
    rows = [f"{id}\t{name}\t\tHP:0000518\tORPHA:1\tTAS\t\tHP:0040282\t\t\tP\tx\n" for id, name in MORE.items()]
    return toy.hpoa() + "".join(rows)


def world(same: Mondo | None) -> Knowledge:
    """The whole knowledge, with this Mondo or without."""
    onto = ontology(*read_obo(toy.obo().splitlines(keepends=True)))
    return knowledge(onto, *read_hpoa(hpoa().splitlines(keepends=True)), mondo=same)


def same() -> Mondo:
    """Mondo as the files that `written` makes say it."""
    return mondo(MATCHES, ABOVE)


def written(folder: Path) -> tuple[Path, Path, Path]:
    """The files of this world, written to a folder: obo, hpoa, folder of Mondo."""
    obo, hpoa_, of = folder / "toy.obo", folder / "toy.hpoa", folder / "mondo"
    of.mkdir()
    obo.write_text(toy.obo(), encoding="utf-8")
    hpoa_.write_text(hpoa(), encoding="utf-8")
    pairs = [f"{node}\tx\tskos:exactMatch\t{code.replace('ORPHA', 'Orphanet')}\tx\n" for node, code in MATCHES]
    (of / "mondo_exactmatch_all.sssom.tsv").write_text("".join(pairs), encoding="utf-8")
    edges = [f"{n}\t{child}\tbiolink:subclass_of\t{parent}\tx\n" for n, (child, parent) in enumerate(ABOVE)]
    (of / "mondo_edges.tsv").write_text("".join(edges), encoding="utf-8")
    return obo, hpoa_, of
