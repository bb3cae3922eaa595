"""How well findings are read from notes: an annotated corpus in English, and our own notes in Spanish.

    python benchmarks/notes.py --data GSCplus_dev_gold.tsv --obo hp.obo.gz [--misses]
    python benchmarks/notes.py --spanish --obo hp.obo.gz [--babelon hp-es.babelon.tsv.gz] [--misses]

Document level compares the set of terms of each document, mention level each term with its place (exact, and one
character in common). Counts are summed over the documents (micro); intervals are 95 % percentiles of 2,000 bootstrap
samples of whole documents. A corpus in GSC+ format is a document per block: its number, its text, and rows of start,
end, words and term. It annotates every mention, nested ones too, whoever is spoken of and whether denied or not, so
every mention counts there; old ids are followed. Our Spanish notes (benchmarks/data/notes_es.txt) are scored on what
the patient has and has not: a term counts only with the right sign.
"""

import argparse
import gzip
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avicena.core.ontology import Ontology, ontology
from avicena.formats.babelon import read_babelon
from avicena.formats.findings_match import Mention
from avicena.formats.findings_note import FindingsReader, FoundFinding
from avicena.formats.obo import read_obo

SAMPLES, SEED = 2_000, 20_250_116
OWN = Path(__file__).parent / "data" / "notes_es.txt"
SIGNS = {"": "observed", "-": "excluded", "f": "family", "?": "uncertain"}
MARKED = re.compile(r"\[([^\]]+)\]\(([-f?]?)(HP:\d{7})\)")

Mark = tuple[int, int, str, str]
"""Start, end, term, and what is said of it."""


@dataclass(frozen=True)
class Document:
    """A text and the marks that people set in it."""

    name: str
    part: str
    text: str
    marks: tuple[Mark, ...]


def read_corpus(text: str, onto: Ontology) -> list[Document]:
    """The documents of a file in GSC+ format, old ids followed."""
    documents = []
    for block in re.split(r"\n\s*\n", text.strip()):
        name, body, *rows = block.split("\n")
        cells = [row.split("\t") for row in rows if row.strip()]
        marks = tuple((int(row[0]), int(row[1]), onto.old.get(row[3], row[3]), "") for row in cells)
        documents.append(Document(name, "", body, marks))
    return documents


def read_own(text: str) -> Iterator[Document]:
    """Our notes, where "[words](HP:…)" marks a finding; see the head of the file."""
    for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        name, part = head.split()
        plain, marks, at = "", [], 0
        for match in MARKED.finditer(body := body.strip()):
            plain += body[at : match.start()]
            marks.append((len(plain), len(plain) + len(match[1]), match[3], SIGNS[match[2]]))
            plain, at = plain + match[1], match.end()
        yield Document(name, part, plain + body[at:], tuple(marks))


Counts = tuple[int, int, int]
"""Found and right, found, to be found."""


def terms(document: Document, found: Sequence[Mark]) -> Counts:
    """Terms of a document, each with its sign; family and suppositions are not the patient's."""
    wanted = {(id, sign) for *_, id, sign in document.marks if sign in ("", "observed", "excluded")}
    got = {(id, sign) for *_, id, sign in found if sign in ("", "observed", "excluded")}
    return len(wanted & got), len(got), len(wanted)


def exact(document: Document, found: Sequence[Mark]) -> Counts:
    """Mentions with their very place."""
    return len(set(document.marks) & set(found)), len(set(found)), len(set(document.marks))


def overlapping(document: Document, found: Sequence[Mark]) -> Counts:
    """Mentions of which a character is shared with one of the same term and sign."""

    def touches(one: Mark, others: Sequence[Mark]) -> bool:
        return any(one[2:] == other[2:] and one[0] < other[1] and other[0] < one[1] for other in others)

    right = sum(touches(one, found) for one in document.marks)
    wrong = sum(not touches(one, document.marks) for one in set(found))
    return right, right + wrong, len(document.marks)


def figures(counts: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 of summed counts (3,)."""
    right, found, wanted = counts
    return right / max(found, 1), right / max(wanted, 1), 2 * right / max(found + wanted, 1)


def show(level: str, rows: list[Counts]) -> None:
    """One line: precision, recall, F1 and its bootstrap interval."""
    table = np.array(rows, float)
    drawn = np.random.default_rng(SEED).integers(0, len(table), (SAMPLES, len(table)))
    low, high = np.percentile([figures(table[one].sum(0))[2] for one in drawn], (2.5, 97.5))
    precision, recall, score = figures(table.sum(0))
    print(f"{level:22} P {precision:.3f}  R {recall:.3f}  F1 {score:.3f} [{low:.3f}, {high:.3f}]")


def score(
    documents: Sequence[Document], read: Callable[[str], list[Mark]], misses: bool, labels: dict[str, str]
) -> None:
    """Print the figures of a set of documents, and what was missed and wrongly found if asked."""
    began = time.perf_counter()
    found = [read(document.text) for document in documents]
    took = time.perf_counter() - began
    size = sum(len(document.text) for document in documents)
    print(f"{len(documents)} documents, {size} characters, {1000 * took / len(documents):.2f} ms each")
    for level, count in (("document", terms), ("mention, exact", exact), ("mention, overlapping", overlapping)):
        show(level, [count(*pair) for pair in zip(documents, found, strict=True)])
    if misses:
        for document, marks in zip(documents, found, strict=True):
            for what, some in (
                ("missed", set(document.marks) - set(marks)),
                ("wrong", set(marks) - set(document.marks)),
            ):
                for start, end, id, sign in sorted(some):
                    print(f"  {document.name} {what}: {id} {labels.get(id, '')} {sign}: {document.text[start:end]!r}")


def signs(documents: Sequence[Document], read: Callable[[str], list[Mark]]) -> None:
    """Print the share of planted negations that were caught, and of others' findings that were kept out."""
    for sign in ("excluded", "family", "uncertain"):
        planted = right = 0
        for document in documents:
            found = read(document.text)
            for start, end, id, said in document.marks:
                if said == sign:
                    there = [one for one in found if one[0] < end and start < one[1]]
                    planted += 1
                    right += (
                        any(one[2:] == (id, sign) for one in there)
                        if sign == "excluded"
                        else all(one[3] not in ("observed", "excluded") for one in there)
                    )
        print(f"{sign:22} {right} of {planted}")


def reader(obo: Path, babelon: Path | None) -> FindingsReader:
    """A reader with the names of these files."""
    version, found = read_obo(_lines(obo))
    onto = ontology(version, found, read_babelon(_lines(babelon)) if babelon else None)
    return FindingsReader(onto)


def _lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8").splitlines()


def _anyone(one: Mention) -> Mark:
    return one.start, one.end, one.id, ""


def _mark(one: FoundFinding) -> Mark:
    return one.start, one.end, one.id, one.status


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a corpus in GSC+ format")
    parser.add_argument("--spanish", action="store_true", help="our own notes")
    parser.add_argument("--obo", type=Path, required=True)
    parser.add_argument("--babelon", type=Path)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    notes = reader(given.obo, given.babelon)
    labels = dict(zip(notes.onto.ids, notes.onto.labels, strict=True))
    for language in ("en", "es") if given.data and given.spanish else ("es",) if given.spanish else ("en",):
        began = time.perf_counter()
        notes.mentions("fever fiebre", "es" if language == "es" else "en")
        print(f"HPO {notes.onto.version}; names made ready in {time.perf_counter() - began:.2f} s")
    if given.data:
        documents = read_corpus(given.data.read_text("utf-8"), notes.onto)
        score(
            documents,
            lambda text: [(one.start, one.end, one.id, "") for one in notes.mentions(text, "en")],
            given.misses,
            labels,
        )
    if given.spanish:
        own = list(read_own(OWN.read_text("utf-8")))
        for part in ("development", "held-out"):
            some = [one for one in own if one.part == part]
            print(f"-- {part}")
            score(some, lambda text: [_mark(one) for one in notes.read(text)], given.misses, labels)
            signs(some, lambda text: [_mark(one) for one in notes.read(text)])


if __name__ == "__main__":
    main()
