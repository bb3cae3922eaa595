"""Diseases beside a disease (by Mondo): the same one in another source, broader ones, its brothers in a series; and
which entries of Orphanet are diseases of their own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge
from avicena.core.ragged import Floats, Ints, Ragged, ragged

BROAD = 60
"""A parent in Mondo with more children than this says too little to make brothers of them."""

LISTED, ORPHANET = "OMIM:", "ORPHA:"
"""How the ids of diseases begin that are always listed, and of those that are where OMIM has none."""

FAR = np.float32(-40.0)
"""How far behind the best a relative stands that does not exist, nats: absence must not tell who curated what."""

COLUMNS = (
    "same_likelihood", "broader_likelihood", "brothers_likelihood", "lead_likelihood",
    "same_similar", "broader_similar", "brothers_similar", "lead_similar", "name_shared", "name_share",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Kin:
    """Per disease: `same` in another source, `broader` ones that are annotated, `brothers` under the nearest parents.

    `listed` bool [P]: profiles of the diseases that may be named as an answer; `orphanet` bool [P]: of those that only
    Orphanet names. `words` of each disease's name; `term_words` of each term; `rarity` float32 of each word, nats.
    """

    owner: Ints
    listed: NDArray[np.bool_]
    orphanet: NDArray[np.bool_]
    same: Ragged
    broader: Ragged
    brothers: Ragged
    words: Ragged
    term_words: Ragged
    rarity: Floats

    def columns(self, likelihood: Floats, similar: Floats, mask: NDArray[np.bool_], chosen: Ints) -> dict[str, Floats]:
        """Likelihood (distance to the best of all) and similarity of the relatives of each candidate: float32 [K]."""
        out: dict[str, Floats] = {}
        best = likelihood[mask].max(initial=0.0)
        disease = self.owner[chosen]
        for name, score, low in (("likelihood", likelihood - best, FAR), ("similar", similar, np.float32(0))):
            for kind in ("same", "broader", "brothers"):
                rows: Ragged = getattr(self, kind)
                places, owner = rows.places(disease)
                top = np.full(len(chosen), low, dtype=np.float32)
                np.maximum.at(top, owner, score[rows.items[places]])
                out[f"{kind}_{name}"] = top
            out[f"lead_{name}"] = score[chosen] - out[f"brothers_{name}"]
        return out

    def name_columns(self, terms: Ints, chosen: Ints) -> dict[str, Floats]:
        """Rarity of the words that a disease's name shares with the observed findings, and their share of the name."""
        said = np.zeros(len(self.rarity), dtype=bool)
        said[self.term_words.items[self.term_words.places(terms)[0]]] = True
        places, owner = self.words.places(self.owner[chosen])
        word = self.words.items[places]
        shared = np.bincount(owner, self.rarity[word] * said[word], len(chosen)).astype(np.float32)
        total = np.bincount(owner, self.rarity[word], len(chosen)).astype(np.float32)
        return {"name_shared": shared, "name_share": shared / (total + np.float32(1e-6))}


def kin(known: Knowledge, listed: str = LISTED) -> Kin:
    """The relatives of every disease as Mondo has them (none where the knowledge has no Mondo).

    Answers are the diseases whose id begins with `listed`. `orphanet` are the entries of Orphanet which Mondo knows and
    which neither are the same as one of these nor stand above one; without Mondo nobody knows which these are.
    """
    mondo = known.mondo
    of: dict[str, set[str]] = {}
    inside: dict[str, set[int]] = {}
    for node, code in mondo.matches if mondo else ():
        of.setdefault(code, set()).add(node)
        if code in known.number:
            inside.setdefault(node, set()).add(known.number[code])
    parents = mondo.parents if mondo else {}
    children: dict[str, set[str]] = {}
    for child, parent in mondo.above if mondo else ():
        children.setdefault(parent, set()).add(child)

    def here(nodes: Iterable[str], itself: int) -> list[int]:
        return sorted({other for node in nodes for other in inside.get(node, ())} - {itself})

    same, broader, brothers = [], [], []
    for place, id in enumerate(known.diseases):
        nodes = of.get(id, set())
        up = _union(parents, nodes)
        near = [node for node in up if len(children[node]) <= BROAD]
        same.append(here(nodes, place))
        broader.append(here(up | _union(parents, up), place))
        brothers.append(here(_union(children, near) - nodes, place))
    own = np.array([id.startswith(listed) for id in known.diseases], dtype=bool)
    named = [node for node, places in inside.items() if own[list(places)].any()]
    only = _only_orphanet(known, of, mondo.upward(named) if mondo else set())
    may, beside = own[known.owner], only[known.owner]
    return Kin(known.owner, may, beside, ragged(same), ragged(broader), ragged(brothers), *_words(known))


def _only_orphanet(known: Knowledge, of: Mapping[str, set[str]], held: set[str]) -> NDArray[np.bool_]:
    """The entries of Orphanet whose nodes are there and not among `held`: bool [D]."""
    nodes = [of.get(id, set()) if id.startswith(ORPHANET) else set() for id in known.diseases]
    return np.array([bool(one) and one.isdisjoint(held) for one in nodes], dtype=bool)


def _union(rows: dict[str, set[str]], nodes: Iterable[str]) -> set[str]:
    return {other for node in nodes for other in rows.get(node, ())}


def _words(known: Knowledge) -> tuple[Ragged, Ragged, Floats]:
    number: dict[str, int] = {}
    stems = [[_stems(text) for text in texts] for texts in (known.names, known.ontology.labels)]
    for texts in stems:
        for words in texts:
            for word in sorted(words):
                number.setdefault(word, len(number))
    names, labels = (ragged([sorted(number[word] for word in words) for words in texts]) for texts in stems)
    count = np.bincount(names.items, minlength=len(number)) + np.bincount(labels.items, minlength=len(number)) / 4
    return names, labels, np.log((len(known.names) + 1) / (count + 1)).astype(np.float32)


def _stems(text: str) -> set[str]:
    return {word[:7] for word in re.findall(r"[a-z]{4,}", text.lower().replace("aemi", "emi").replace("paed", "ped"))}
