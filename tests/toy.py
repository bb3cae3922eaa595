"""A toy world for stages that rank: a dozen terms, nine diseases, and a ranker that learnt them."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ontology import Ontology, Translation, ontology
from avicena.formats.hpoa import read_hpoa
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from avicena.measure.rank_columns import Ready
from avicena.serve.scorers import ColumnScorer

TERMS = {
    "HP:0000001": ("All", ()),
    "HP:0000118": ("Phenotypic abnormality", ("HP:0000001",)),
    "HP:0000707": ("Abnormality of the nervous system", ("HP:0000118",)),
    "HP:0001250": ("Seizure", ("HP:0000707",)),
    "HP:0002197": ("Generalized seizure", ("HP:0001250",)),
    "HP:0007359": ("Focal seizure", ("HP:0001250",)),
    "HP:0001263": ("Global developmental delay", ("HP:0000707",)),
    "HP:0001252": ("Hypotonia", ("HP:0000707",)),
    "HP:0001251": ("Ataxia", ("HP:0000707",)),
    "HP:0000152": ("Abnormality of head", ("HP:0000118",)),
    "HP:0000252": ("Microcephaly", ("HP:0000152",)),
    "HP:0000256": ("Macrocephaly", ("HP:0000152",)),
    "HP:0001626": ("Abnormality of the heart", ("HP:0000118",)),
    "HP:0001631": ("Atrial septal defect", ("HP:0001626",)),
    "HP:0001629": ("Ventricular septal defect", ("HP:0001626",)),
    "HP:0000365": ("Hearing impairment", ("HP:0000118",)),
    "HP:0000518": ("Cataract", ("HP:0000118",)),
    "HP:0010460": ("Abnormality of the female genitalia", ("HP:0000118",)),
    "HP:0000131": ("Uterine leiomyoma", ("HP:0010460",)),
    "HP:0000006": ("Autosomal dominant inheritance", ("HP:0000001",)),
    "HP:0003577": ("Congenital onset", ("HP:0000001",)),
}
DISEASES = {
    "OMIM:100001": ("Seizure disease A", {"HP:0002197": "9/10", "HP:0001263": "8/10", "HP:0001252": "3/10"}),
    "OMIM:100002": ("Seizure disease B", {"HP:0007359": "9/10", "HP:0000252": "7/10", "HP:0001263": "5/10"}),
    "OMIM:100003": ("Head disease", {"HP:0000256": "10/10", "HP:0001263": "6/10"}),
    "OMIM:100004": ("Heart disease A", {"HP:0001631": "9/10", "HP:0000365": "4/10"}),
    "OMIM:100005": ("Heart disease B", {"HP:0001629": "9/10", "HP:0000518": "5/10"}),
    "OMIM:100006": ("Ear disease", {"HP:0000365": "10/10", "HP:0001251": "3/10"}),
    "OMIM:100007": ("Eye disease", {"HP:0000518": "10/10", "HP:0000252": "2/10"}),
    "OMIM:100008": ("Ataxia disease", {"HP:0001251": "10/10", "HP:0001252": "5/10"}),
    "ORPHA:9": ("Small head disease", {"HP:0000252": "HP:0040281", "HP:0001629": "HP:0040283"}),
}
SPANISH = {
    "HP:0001250": "Crisis epiléptica",
    "HP:0002197": "Crisis generalizada",
    "HP:0001263": "Retraso global del desarrollo",
    "HP:0000252": "Microcefalia",
    "HP:0001252": "Hipotonía",
}
OLD = "\n[Term]\nid: HP:0000057\nname: obsolete\nis_obsolete: true\nreplaced_by: HP:0000252\n"
GONE = "\n[Term]\nid: HP:0000058\nname: obsolete\nis_obsolete: true\nconsider: HP:0000252\n"
HEAD = "database_id disease_name qualifier hpo_id reference evidence onset frequency sex modifier aspect biocuration"


def obo() -> str:
    """The ontology as its file would be."""
    stanzas = [
        "\n".join(["\n[Term]", f"id: {id}", f"name: {name}", *(f"is_a: {one} ! x" for one in above), ""])
        for id, (name, above) in TERMS.items()
    ]
    alternative = [one.replace("name: Seizure\n", "name: Seizure\nalt_id: HP:0001303\n") for one in stanzas]
    return "format-version: 1.2\ndata-version: toy/1\n" + "".join(alternative) + OLD + GONE


def hpoa() -> str:
    """The annotations as their file would be."""
    rows = [
        f"{id}\t{name}\t\t{term}\tPMID:1\tPCS\t\t{often}\t\t\tP\tx"
        for id, (name, terms) in DISEASES.items()
        for term, often in terms.items()
    ]
    return "#version: 2024-01-01\n" + HEAD.replace(" ", "\t") + "\n" + "\n".join(rows) + "\n"


def babelon() -> str:
    """The Spanish labels as their file would be."""
    head = "source_language source_value subject_id predicate_id translation_language translation_value"
    rows = [f"en\t{TERMS[id][0]}\t{id}\trdfs:label\tes\t{words}\tOFFICIAL" for id, words in SPANISH.items()]
    return "\n".join(["\t".join([*head.split(), "translation_status"]), *rows]) + "\n"


@cache
def world() -> Knowledge:
    """The whole knowledge."""
    version, terms = read_obo(obo().splitlines(keepends=True))
    spanish = {id: Translation(words, "OFFICIAL") for id, words in SPANISH.items()}
    onto: Ontology = ontology(version, terms, spanish)
    date, rows = read_hpoa(hpoa().splitlines(keepends=True))
    return knowledge(onto, date, rows)


@cache
def ready() -> Ready:
    """The knowledge with its indexes."""
    return Ready(world()).warm()


@cache
def ranker(rounds: int = 40) -> bytes:
    """A LambdaMART ranker of the toy world, learnt from patients drawn from its frequencies."""
    import xgboost

    known, scorer = world(), ColumnScorer()
    random = np.random.default_rng(5)
    tables, hits = [], []
    for _ in range(300):
        disease = int(random.integers(len(known.diseases)))
        scored = scorer(drawn(known, disease, random), ready())
        tables.append(scored.values)
        hits.append(scored.diseases == disease)
    groups = np.repeat(np.arange(len(tables)), [len(one) for one in tables])
    matrix = xgboost.DMatrix(np.concatenate(tables), np.concatenate(hits), qid=groups)
    parameters = {"objective": "rank:ndcg", "max_depth": 3, "eta": 0.2, "nthread": 1, "seed": 0}
    return bytes(xgboost.train(parameters, matrix, rounds).save_raw("ubj"))


def drawn(known: Knowledge, disease: int, random: np.random.Generator) -> Patient:
    """A patient of a disease."""
    start, end = known.direct.start[disease], known.direct.start[disease + 1]
    terms, often = known.direct.items[start:end], known.direct_f[start:end]
    shown: NDArray[np.bool_] = random.random(len(terms)) < often
    shown[int(np.argmax(often))] = True
    return Patient(tuple(terms[shown].tolist()), tuple(terms[~shown].tolist()), age=float(random.integers(0, 80)))


def number(id: str) -> int:
    """The number of a term."""
    return world().ontology.number[id]


def raw(**changed: object) -> Mapping[str, object]:
    """A case of seizure disease A."""
    return {
        "findings": ["HP:0002197", "HP:0001263", "-HP:0000252"],
        "age": "P6Y",
        "sex": "female",
        "subject": "p-1",
        **changed,
    }
