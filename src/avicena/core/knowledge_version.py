"""One version of the knowledge as a fact: what it was made of, and what it says, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

RULES = 1
"""How rows become knowledge; a number more when the same files would give other knowledge."""

NOTICES = {
    "hpo": (
        "This service uses the Human Phenotype Ontology ({hpo}) and its annotations ({hpoa}). Find out more at "
        "http://www.human-phenotype-ontology.org",
        "Gargano MA et al. The Human Phenotype Ontology in 2024: phenotypes around the world. Nucleic Acids Res 2024;"
        "52(D1):D1333–D1346. https://doi.org/10.1093/nar/gkad1005",
        "Licence of HPO and HPOA: https://hpo.jax.org/license (cite, show the version, do not alter)",
    ),
    "mondo": (
        "Mondo Disease Ontology, https://mondo.monarchinitiative.org, CC BY 4.0",
        "Vasilevsky NA et al. Mondo: Unifying diseases for the world, by the world. medRxiv 2022. "
        "https://doi.org/10.1101/2022.04.13.22273750",
    ),
    "babelon": ("Spanish labels: HPO translations, https://github.com/obophenotype/hpo-translations",),
}
"""What has to be said where a source is used: licence, and what to cite; {hpo} and {hpoa} stand for the versions."""


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """A dated, named state of the knowledge. `id` is the digest of all else but `blob`, the file that holds it.

    `content` is the digest of what the arrays say. `hpo` is the release of the ontology, `hpoa` the date of the
    annotations. `sources` maps obo, hpoa, babelon and each file of Mondo to the digest of its unpacked bytes. `counts`
    holds diseases, rows, terms and more; `unknown` maps ids that nothing stands for to their number of rows,
    `suggested` those of them that are obsolete to what may be meant; `followed` maps old ids to those in force;
    `doubted` frequencies that cannot be, such as 11/9, to their number of rows.
    """

    id: str
    content: str
    blob: str
    hpo: str
    hpoa: str
    mondo: bool
    sources: Mapping[str, str]
    counts: Mapping[str, int]
    unknown: Mapping[str, int]
    suggested: Mapping[str, tuple[str, ...]]
    followed: Mapping[str, str]
    doubted: Mapping[str, int]
    notices: tuple[str, ...]
    rules: int = RULES
