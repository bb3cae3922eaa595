"""What is known of every disease, as flat arrays that are ranked in one go.

A *profile* is one disease as one reader may know it. The first profiles are the diseases themselves; further ones are
the same disease with one paper taken out (`without`), so that a case is never ranked with its own paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from avicena.core.annotation import Annotations
from avicena.core.errors import NotFound
from avicena.core.ontology import Ontology
from avicena.core.ragged import Floats, Ints, Ragged, starts


@dataclass(frozen=True)
class Patient:
    """One patient: observed and excluded terms (numbers), sex ("male", "female", ""), ages in years or None."""

    observed: tuple[int, ...]
    excluded: tuple[int, ...]
    sex: str = ""
    age: float | None = None
    onset: float | None = None


@dataclass(frozen=True)
class Told:
    """One published case used as knowledge: its disease, its paper, its terms (numbers)."""

    disease: str
    paper: str
    observed: tuple[int, ...]
    excluded: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Mondo:
    """Which diseases of other vocabularies Mondo says to be the same, and what stands above what.

    `matched` int32 [M, 2]: number in `nodes`, number in `codes`; `edges` int32 [E, 2]: number of a node, of a parent.
    """

    nodes: tuple[str, ...]
    codes: tuple[str, ...]
    matched: Ints
    edges: Ints

    @cached_property
    def matches(self) -> tuple[tuple[str, str], ...]:
        """Pairs (MONDO id, id of the same disease elsewhere)."""
        return tuple((self.nodes[node], self.codes[code]) for node, code in self.matched.tolist())

    @cached_property
    def above(self) -> tuple[tuple[str, str], ...]:
        """Pairs (MONDO id, MONDO id of a parent)."""
        return tuple((self.nodes[node], self.nodes[parent]) for node, parent in self.edges.tolist())

    @cached_property
    def same(self) -> dict[str, tuple[str, ...]]:
        """Every id → the MONDO id and all others of the same disease, itself left out, sorted."""
        inside: dict[str, set[str]] = {}
        for node, code in self.matches:
            inside.setdefault(node, {node}).add(code)
        found: dict[str, set[str]] = {}
        for all_ in inside.values():
            for one in all_:
                found.setdefault(one, set()).update(all_ - {one})
        return {id: tuple(sorted(found[id])) for id in sorted(found)}

    @cached_property
    def parents(self) -> dict[str, set[str]]:
        """MONDO id → the MONDO ids right above it."""
        found: dict[str, set[str]] = {}
        for child, parent in self.above:
            found.setdefault(child, set()).add(parent)
        return found

    def upward(self, nodes: Iterable[str]) -> set[str]:
        """These MONDO ids and all above them."""
        waiting = list(nodes)
        seen = set(waiting)
        while waiting:
            new = self.parents.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen


@dataclass(frozen=True, eq=False)
class Knowledge:
    """All profiles (P) of all diseases (D) over the terms (T) of an ontology, and the rows that they come from.

    owner int32 [P]: the disease of each profile; without: the paper taken out ("" for none).
    direct/direct_f: annotated terms and their frequency; full/full_f: the same with all ancestors.
    never: terms said not to occur. background float32 [T]: mean frequency over diseases; shown int32 [T]: how many
    diseases show the term, both by the annotations alone. onset float32 [D, 2]: earliest and latest onset in years
    (NaN unsaid); sex int8 [D]: 1 only male, 2 only female; inheritance bool [D, 4]: autosomal dominant, recessive,
    X-linked, mitochondrial. cases int32 [P]: told cases that widened a profile. rows: sorted by disease, `spans` where
    those of each disease begin. `wide`: the same profiles, with Orphanet's findings of the same disease added, where
    the knowledge was built with Mondo.
    """

    date: str
    ontology: Ontology
    diseases: tuple[str, ...]
    names: tuple[str, ...]
    owner: Ints
    without: tuple[str, ...]
    direct: Ragged
    direct_f: Floats
    full: Ragged
    full_f: Floats
    never: Ragged
    background: Floats
    shown: Ints
    onset: Floats
    sex: NDArray[np.int8]
    inheritance: NDArray[np.bool_]
    cases: Ints
    rows: Annotations
    mondo: Mondo | None = None
    wide: "Knowledge | None" = None

    @cached_property
    def ic(self) -> Floats:
        """−ln of the share of diseases that show each term (Resnik 1995), in nats: float32 [T].

        From the annotations alone, told cases left out; a term that no disease shows counts as half a disease.
        """
        size = max(self.annotated, 1)
        return -np.log(np.maximum(self.shown, 0.5) / size).astype(np.float32)

    @cached_property
    def annotated(self) -> int:
        """How many diseases have rows in the annotation file; the others are known from told cases only."""
        return int((np.diff(self.spans) > 0).sum())

    @cached_property
    def by_term(self) -> tuple[Ragged, Floats]:
        """The full profiles turned: for each term the profiles that show it, and how often."""
        turned, order = self.full.turned(len(self.ontology))
        return turned, self.full_f[order]

    @cached_property
    def mass(self) -> tuple[Floats, Floats, Floats]:
        """Per profile: information of all its terms, the same by frequency, and its length: float32 [P] each."""
        profile = np.repeat(np.arange(len(self.full)), np.diff(self.full.start))
        ic = self.ic[self.full.items]
        sums = (
            np.bincount(profile, values, len(self.full)) for values in (ic, ic * self.full_f, (ic * self.full_f) ** 2)
        )
        plain, weighted, square = (total.astype(np.float32) for total in sums)
        return plain, weighted, np.sqrt(square) + np.float32(1e-6)

    @cached_property
    def number(self) -> dict[str, int]:
        """Disease id → place."""
        return {id: place for place, id in enumerate(self.diseases)}

    def place(self, id: str) -> int:
        """The place of a disease, by its id or by that of the same one elsewhere. Raises NotFound (it is not known)."""
        same = () if self.mondo is None else self.mondo.same.get(id, ())
        found = [self.number[one] for one in (id, *same) if one in self.number]
        if not found:
            raise NotFound("this knowledge does not hold that disease; ids look like OMIM:154700 or ORPHA:558")
        return found[0]

    @cached_property
    def variants(self) -> dict[str, Ints]:
        """Paper → the profiles in which it is taken out."""
        found: dict[str, list[int]] = {}
        for place, paper in enumerate(self.without):
            if paper:
                found.setdefault(paper, []).append(place)
        return {paper: np.array(places, dtype=np.int32) for paper, places in found.items()}

    def visible(self, paper: str) -> NDArray[np.bool_]:
        """The one profile of each disease that a case of this paper may see: bool [P]."""
        mask = np.zeros(len(self.owner), dtype=bool)
        mask[: len(self.diseases)] = True
        extra = self.variants.get(paper, np.empty(0, dtype=np.int32))
        mask[self.owner[extra]] = False
        mask[extra] = np.diff(self.full.start)[extra] > 0
        return mask

    @cached_property
    def spans(self) -> Ints:
        """Where the rows of each disease begin: int32 [D + 1]."""
        place = np.array([self.number[word] for word in self.rows.disease.words], dtype=np.int64)
        return starts(np.bincount(place[self.rows.disease.number], minlength=len(self.diseases)))

    def rows_of(self, disease: int) -> range:
        """The places in `rows` of one disease."""
        return range(int(self.spans[disease]), int(self.spans[disease + 1]))

    def references(self, disease: int, term: int) -> tuple[str, ...]:
        """Who reports a finding (the very term, old ids included) in a disease, sorted, each once."""
        number = self.ontology.number
        mine = [row for row in self.rows_of(disease) if number.get(self.rows.term[row]) == term]
        return tuple(sorted({paper for row in mine for paper in self.rows.papers(row)}))

    def codes(self, disease: int) -> tuple[str, ...]:
        """The ids of a disease in other vocabularies (MONDO, ORPHA, OMIM, ICD10CM …), as far as Mondo says so."""
        return self.mondo.same.get(self.diseases[disease], ()) if self.mondo is not None else ()
