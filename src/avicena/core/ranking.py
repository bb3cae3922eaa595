"""A ranked list of outcomes as part of an answer: what it holds, why, and what to ask next."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from avicena.core.text import Text

NONE = "none-of-these"
"""The label of the outcome that the knowledge does not hold, or that is not among the candidates."""

WIDEST = 20
"""Plausible outcomes of one kind above which no list is given as advice: nobody can follow up more."""

SHARE = 0.95
"""How likely a common disease is beforehand, unless a site says otherwise: what is left of the prevalence of rare ones.

3.5 to 5.9 % of people have a rare disease (Nguengang Wakap et al., Eur J Hum Genet 2020).
"""


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many times likelier what was found makes a common disease than a rare one: the coefficients of its logarithm.

    It is `start` + `none` × logit N + `strange` × the number of observed findings that no code of the common diseases
    expresses, where N is what the ranking gives to none of its diseases; never more than `most` or less than -`most`.
    """

    start: float
    none: float
    strange: float
    most: float

    def ratio(self, none: float, strange: int) -> float:
        """The likelihood ratio of common against rare; `none` lies between 0 and 1, neither included.

        >>> Kinds(1.0, 0.0, -1.0, 2.0).ratio(0.5, 1), Kinds(0.0, 1.0, 0.0, 9.0).ratio(0.75, 5)
        (1.0, 3.0)
        """
        logit = math.log(max(none, TINY) / max(1 - none, TINY))
        told = self.start + self.none * logit + self.strange * strange
        return round(math.exp(min(max(told, -self.most), self.most)), 12)


TINY = 1e-9

KINDS = Kinds(2.28, 1.74, -0.84, 5.0)
"""Fitted on patients of both kinds by `benchmarks/joined.py`; docs/common-diseases.md says on whom, and how well."""

FAMILIES: Mapping[str, Text] = {
    "observed": Text("fit of the observed findings", "ajuste de los hallazgos observados"),
    "excluded": Text("fit of the excluded findings", "ajuste de los hallazgos descartados"),
    "expected": Text("findings that the disease shows as a rule", "hallazgos que la enfermedad suele mostrar"),
    "standing": Text("standing among all diseases", "posición entre todas las enfermedades"),
    "course": Text("onset, age, sex and inheritance", "inicio, edad, sexo y herencia"),
    "kin": Text("related diseases", "enfermedades emparentadas"),
    "name": Text("words of the disease's name", "palabras del nombre de la enfermedad"),
    "patient": Text("number and kind of findings", "número y tipo de hallazgos"),
    "other": Text("other evidence", "otros indicios"),
}
"""The families of reasons for a place in the list, in words."""

Source = Literal["given", "note", "coded"]
"""Where a finding was told: in the list of findings, in a note, or by a code of a vocabulary of one's own."""

Kind = Literal["rare", "common", "both"]
"""Which stage tells of a disease of the list: that which ranks the knowledge, that of common diseases, or both."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One finding as it was ranked with.

    `written` is the id as it was given where another is in force now, else "". A finding read in a note stands in the
    input `field` from character `start` to `end`; one that was coded there has the code under `written`, or under `id`
    where the code has no term.
    """

    id: str
    label: Text
    observed: bool
    onset: str = ""
    source: Source = "given"
    written: str = ""
    field: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one finding says of one disease: ln of its likelihood ratio against all diseases.

    `often` says in words how many of the disease's patients were reported to show it, None where the knowledge does
    not say; `frequency` is their share, None where it gives no number.
    """

    id: str
    effect: float
    frequency: float | None
    often: Text | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """What a family of the ranker's columns added to the score of one disease (exact TreeSHAP, summed)."""

    name: str
    effect: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """One disease of the list.

    `also` are its ids in other vocabularies; `rarity` is how often it occurs, in words, where that is known; `speaks`
    holds every finding of the patient, strongest first; `because` the families of columns, strongest first. Where both
    stages tell of a disease, these are of the one that gave more of its probability.
    """

    disease: str
    name: Text
    probability: float
    also: tuple[str, ...] = ()
    rarity: Text | None = None
    speaks: tuple[Spoken, ...] = ()
    because: tuple[Family, ...] = ()
    kind: Kind = "rare"


@dataclass(frozen=True, slots=True)
class NextFinding:
    """A finding worth asking for: what its answer is expected to tell, in bits, and how likely it is to be observed.

    `observed` and `excluded` name the disease that would lead after either answer.
    """

    id: str
    label: Text
    gain: float
    probability: float
    observed: str
    excluded: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The whole list, by falling probability, as it was shown.

    `knowledge` is the id of the KnowledgeVersion that was ranked with. `none` is the probability that it is none of
    these; `others` that of all candidates that are not shown. `withheld` says why no list may be given, where so.
    `remarks` says what the reader must know of it. `share` is how likely a common disease was held to be before
    anything was known of the patient, None where no common diseases joined the list; with no `knowledge` ("") these are
    all. `kinds` is how both kinds were weighed then; without it by the ranking's none of these alone, as once was.
    """

    knowledge: str
    diseases: tuple[Ranked, ...]
    none: float
    others: float
    findings: tuple[Considered, ...]
    next: tuple[NextFinding, ...] = ()
    withheld: Text | None = None
    remarks: tuple[Text, ...] = ()
    share: float | None = None
    kinds: Kinds | None = None

    @property
    def names(self) -> Mapping[str, Text]:
        """The name of each disease that is shown, by id."""
        return {one.disease: one.name for one in self.diseases}

    @property
    def labels(self) -> Mapping[str, Text]:
        """The name of each finding that was considered or is asked for, by id."""
        return {one.id: one.label for one in self.next} | {one.id: one.label for one in self.findings}
