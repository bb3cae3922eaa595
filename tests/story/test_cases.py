"""From published cases to a ranker that answers: imported, learnt with the knowledge, reviewed, deployed, scored."""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avicena import curation, ingest, library, lifecycle, queries
from avicena.core.actor import ROLES, Actor
from avicena.core.application import Gate, RankStage
from avicena.core.errors import Blocked, ContractViolation, NotDeployed
from avicena.core.model import Evaluation, Measure
from avicena.core.rank_recipe import RankRecipe
from avicena.settings import Settings
from avicena.site import Site, open_site
from avicena_applications import diagnosis
from tests import toy

PERSON = Actor("test", ROLES)
STAGE = RankStage(
    "differential", recipe=RankRecipe(families=("xgboost",), rounds=12, depth=3, rate=0.3, simulated=0), fewest=1
)
APP = replace(diagnosis.application, chain=(STAGE,), gate=Gate(serve=()))
TERMS = [f"HP:1{number:06}" for number in range(60)]
DISEASES = [f"OMIM:2{number:05}" for number in range(60)]


def obo() -> str:
    """Sixty terms under six systems."""
    systems = [f"HP:2{number:06}" for number in range(6)]
    above = {"HP:0000001": "", "HP:0000118": "HP:0000001"} | dict.fromkeys(systems, "HP:0000118")
    above |= {term: systems[place % 6] for place, term in enumerate(TERMS)}
    stanzas = [
        f"\n[Term]\nid: {id}\nname: finding {id[3:]}\n" + (f"is_a: {parent} ! x\n" if parent else "")
        for id, parent in above.items()
    ]
    return "format-version: 1.2\ndata-version: toy/2\n" + "".join(stanzas)


def shown(number: int) -> list[str]:
    """The findings of a disease."""
    return [TERMS[(number * 7 + step * 11) % 60] for step in range(5)]


def hpoa() -> str:
    rows = [
        f"{id}\tdisease {number}\t\t{term}\tPMID:1\tPCS\t\t8/10\t\t\tP\tx"
        for number, id in enumerate(DISEASES)
        for term in shown(number)
    ]
    return "#version: 2024-01-01\n" + toy.HEAD.replace(" ", "\t") + "\n" + "\n".join(rows) + "\n"


def case(number: int, disease: int, random: np.random.Generator) -> dict[str, Any]:
    """A patient of a disease, published alone."""
    terms = [term for term in shown(disease) if random.random() < 0.8] or shown(disease)[:1]
    absent = [term for term in random.choice(TERMS, 3).tolist() if term not in shown(disease)]
    features = [{"type": {"id": term}} for term in terms]
    features += [{"type": {"id": term}, "excluded": True} for term in dict.fromkeys(absent)]
    packet = {"id": f"c{number}", "subject": {"sex": "FEMALE"}, "phenotypicFeatures": features}
    return {"id": f"c{number}", "pmids": [f"PMID:{number}"], "gold": DISEASES[disease], "phenopacket": packet}


def lines(start: int, count: int, seed: int = 1) -> bytes:
    random = np.random.default_rng(seed)
    return b"".join(json.dumps(case(start + n, n % 60, random)).encode() + b"\n" for n in range(count))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    found = open_site(Settings(site=str(tmp_path / "site")), {APP.name: APP})
    yield found
    found.close()


def learn_knowledge(site: Site, folder: Path) -> None:
    (folder / "t.obo").write_text(obo())
    (folder / "t.hpoa").write_text(hpoa())
    library.build(site, PERSON, obo=folder / "t.obo", hpoa=folder / "t.hpoa")


def named(found: Evaluation) -> dict[str, Measure]:
    return {one.name: one for one in found.overall}


def test_cases_become_a_ranker_that_answers_and_is_scored(site: Site, tmp_path: Path):
    learn_knowledge(site, tmp_path)
    version = curation.freeze_cases(site, APP.name, {"cases.jsonl.gz": gzip.compress(lines(0, 180))}, PERSON)
    assert (version.counts["rows"], version.counts["families"], version.counts["refused"]) == (180, 60, 0)
    candidate = lifecycle.train(site, APP.name, {}, 1, PERSON)
    measured = named(site.get(Evaluation, "evaluation", candidate.id))
    assert measured["top-10"].value > 0.7
    assert measured["top-1"].units == 60
    assert {"MRR", "ECE", "coverage of sets", "AUROC of none of these", "top-1 without training"} <= set(measured)
    accepted = lifecycle.sign_off(site, APP.name, candidate.id, True, "for tests", PERSON)
    assert accepted is not None
    lifecycle.deploy(site, APP.name, accepted.number, "for tests", PERSON)
    answer = lifecycle.answer(site, APP.name, {"findings": shown(3), "sex": "female"}, PERSON)
    ranking = answer.prediction.outcome.ranking
    assert ranking is not None
    assert ranking.diseases[0].disease == DISEASES[3]
    assert lifecycle.replay(site, answer.id, PERSON) <= 1e-6
    known = queries.known_for(site, queries.choose(site, APP.name).model)
    seen = lifecycle.score_cases(site, APP.name, queries.choose(site, APP.name).model, lines(0, 30), known, PERSON)
    assert seen.trained_on == 30
    new = lifecycle.score_cases(site, APP.name, queries.choose(site, APP.name).model, lines(500, 60, 9), known, PERSON)
    assert new.trained_on == 0
    tops = {one.name: one.value for one in new.measures if not one.group}
    assert tops["top-1"] <= tops["top-3"] <= tops["top-10"]
    assert tops["top-1"] == np.mean([one.rank == 1 for one in new.cases])
    assert (seen.cited, new.cited) == (1, 0)  # the annotations of disease 1 cite PMID:1, as its case does
    parts = {one.level: one.value for one in seen.measures if (one.group, one.name) == ("paper", "top-10")}
    assert parts["cited by the annotations"] == float((seen.cases[1].rank or np.inf) <= 10)
    assert parts["not cited"] == np.mean([(one.rank or np.inf) <= 10 for one in seen.cases if one.id != "c1"])


def test_a_line_that_is_no_case_is_refused_with_its_reason_and_counts_as_missed(site: Site):
    random = np.random.default_rng(2)
    good, torn = case(1, 1, random), case(2, 2, random)
    torn["phenopacket"]["phenotypicFeatures"].append({"type": {"id": shown(2)[0]}, "excluded": True})
    torn["phenopacket"]["phenotypicFeatures"].append({"type": {"id": shown(2)[0]}})
    nameless = {key: value for key, value in case(3, 3, random).items() if key != "gold"}
    whole = [good, torn, nameless, good, {**good, "gold": DISEASES[9]}]
    data = b"{nonsense\n" + b"".join(json.dumps(one).encode() + b"\n" for one in whole)
    counts = curation.freeze_cases(site, APP.name, {"cases.jsonl": data}, PERSON).counts
    reasons = {name.removeprefix("refused:"): number for name, number in counts.items() if name.startswith("refused:")}
    wanted = {"not-a-case", "outside-contract", "no-label", "exact-duplicate", "duplicate-id"}
    assert reasons == dict.fromkeys(wanted, 1)
    assert counts["rows"] + counts["refused"] == counts["lines"] == 6


def test_a_case_is_scored_once_and_its_copies_are_listed():
    random = np.random.default_rng(4)
    good = case(1, 1, random)
    whole = [good, good, {**good, "gold": DISEASES[9]}, case(2, 2, random)]
    told, refused = ingest.cases(APP, b"".join(json.dumps(one).encode() + b"\n" for one in whole))
    assert [one.id for one in told] == ["c1", "c2"]
    assert [(one.where, one.reason) for one in refused] == [("line 2", "exact-duplicate"), ("line 3", "duplicate-id")]


def test_only_a_line_feed_ends_a_line():
    one = case(1, 1, np.random.default_rng(5))
    one["phenopacket"]["id"] = "a\u2028b\u0085c"
    data = json.dumps(one, ensure_ascii=False).encode() + b"\r\n"
    told, refused = ingest.cases(APP, data)
    assert (len(told), refused) == (1, [])


def test_a_gzip_file_of_several_members_is_read_whole_and_bounded_as_a_whole(monkeypatch: pytest.MonkeyPatch):
    data = lines(0, 4)
    halves = [b"\n".join(part) + b"\n" for part in (data.split(b"\n")[:2], data.split(b"\n")[2:4])]
    packed = b"".join(map(gzip.compress, halves)) + b"\0" * 8
    assert len(ingest.cases(APP, packed)[0]) == 4
    for torn in (packed[:-20], packed[:-8] + b"rest"):
        with pytest.raises(ContractViolation, match="cut"):
            ingest.cases(APP, torn)
    monkeypatch.setattr(sys.modules["avicena.ingest.cases"], "LONGEST", len(data) - 1)
    for given in (packed, data):
        with pytest.raises(ContractViolation, match="more than"):
            ingest.cases(APP, given)


def test_files_and_lines_in_any_order_give_the_same_version(site: Site):
    data = lines(0, 20)
    turned = b"".join(reversed(data.splitlines(keepends=True)))
    first = curation.freeze_cases(site, APP.name, {"a.jsonl": data}, PERSON)
    second = curation.freeze_cases(site, APP.name, {"a.jsonl": turned}, PERSON)
    assert (first.rows, first.counts) == (second.rows, second.counts)


def test_cases_that_share_a_paper_or_a_disease_are_in_one_fold(site: Site):
    random = np.random.default_rng(3)
    made = [case(n, n % 12, random) for n in range(60)]
    for one in made[::5]:
        one["pmids"] = ["PMID:9", *one["pmids"]]
    data = b"".join(json.dumps(one).encode() + b"\n" for one in made)
    version = curation.freeze_cases(site, APP.name, {"a.jsonl": data}, PERSON)
    folds: dict[str, set[int]] = {}
    for row in lifecycle.rows_of(site, version):
        folds.setdefault(row.labels["differential"], set()).add(row.fold)
    assert all(len(one) == 1 for one in folds.values())
    shared = {DISEASES[n % 12] for n in range(0, 60, 5)}
    assert len(set().union(*(folds[one] for one in shared))) == 1


@pytest.mark.parametrize("data", [b"", b"\x1f\x8bcut", b"\xff\xfe\x00", b"[]\n"])
def test_what_is_no_file_of_cases_says_so(site: Site, data: bytes):
    with pytest.raises(ContractViolation):
        curation.freeze_cases(site, APP.name, {"a.jsonl": data}, PERSON)


def test_a_ranker_is_not_trained_without_knowledge_or_from_too_few_diseases(site: Site, tmp_path: Path):
    curation.freeze_cases(site, APP.name, {"a.jsonl": lines(0, 30)}, PERSON)
    with pytest.raises(NotDeployed, match="knowledge build"):
        lifecycle.train(site, APP.name, {}, 1, PERSON)
    learn_knowledge(site, tmp_path)
    with pytest.raises(Blocked, match="at least"):
        lifecycle.train(site, APP.name, {}, 1, PERSON)
