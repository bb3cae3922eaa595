"""Common and rare patients put through one list: is it the right kind, the right disease, and are its numbers true?

    python benchmarks/joined.py [--patients 80] [--learn 1200] [--data FOLDER] [--seed 7]

Patients of both kinds are asked about by the very path that answers (`serve.predict`), with every share.

Common ones are rows of dro_test, which the released part for common diseases did not learn from (rows that say the same
as one that it did are left out), as many of each condition as there are up to an equal number. 19 of the 49 conditions
are in them. Rare ones are published cases of the benchmark. The released ranker learnt from these, so another one is
grown in the same way from a sample of cases that share neither a disease nor a paper with those who are asked about.
Nor do the annotations of the disease cite a paper of these, as they cite none of a new patient.

Every patient comes in three forms, age and sex with each, so that it can be told what the form itself does:

- findings: HPO terms alone; of a common patient those that the codes mean.
- codes: of a common patient all codes. Of a rare one a code instead of every finding that gives one, and the rest of
  the findings.
- history: HPO terms, and codes of what the patient had before, risk factors and travel (`is_antecedent`), as a form
  asks everybody for. A rare patient gets those of a common one drawn by chance: they say nothing of the rare disease.
- strange, for common patients: all codes, and findings that have nothing to do with the disease, drawn from published
  cases: on average STRAY, by Poisson. Made-up rows show nothing that their vocabulary does not hold; people do.

How what was found weighs for a common disease (`core.ranking.Kinds`) is fitted on the patients of one part (common ones
as strange, rare ones with a history) and judged on those of the other: no patient, disease, paper or condition is in
both. "as once was" takes the ranker's "none of these" for it, as answers did before.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avicena import curation, ingest, library
from avicena.backends.engine.trees import open_trees
from avicena.backends.shelf import FolderShelf
from avicena.core.actor import ROLES, Actor
from avicena.core.application import Application, RankStage
from avicena.core.case import Case
from avicena.core.errors import ContractViolation
from avicena.core.findings import Finding
from avicena.core.found import found as found_in
from avicena.core.learnt import content
from avicena.core.model import Row
from avicena.core.progress import MemoryShelf, Shelf
from avicena.core.ranking import KINDS, NONE, Kinds
from avicena.kept import rows_of
from avicena.learn.rank_scale import logistic
from avicena.learn.rank_stage import examples_of, learn_ranks
from avicena.learn.rank_table import new
from avicena.measure.discrimination import auroc
from avicena.measure.intervals import Interval, bootstrap
from avicena.measure.known import Known
from avicena.serve import predict
from avicena.serve.common import strange
from avicena.serve.mixture import first_id
from avicena.serve.model import Model
from avicena.serve.rank import RankModel
from avicena.serve.scorers import scorer
from avicena.settings import Settings
from avicena.site import Site, open_site
from common import read, table

SHARES = (0.5, 0.8, 0.95, 0.99)
PARTS = (0, 1)
"""The folds of published cases that are asked about; a ranker learns from the others."""

STRAY = 1.0
"""Findings of something else that a common patient has in the form "strange"."""

MOST = 4
"""Published cases of one disease that are asked about."""

BINS = 10
PERSON = Actor("benchmark", ROLES)
APPLICATION = "avicena_applications.diagnosis"

Kind = Literal["common", "rare"]
Form = Literal["codes", "findings", "history", "strange"]
Told = tuple[tuple[str, ...], tuple[str, ...]]
"""Findings and codes."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Patient:
    """One who is asked about: in which form, the ids of the disease, and who must not be parted from this one."""

    kind: Kind
    form: Form
    case: Case
    truth: frozenset[str]
    unit: str
    part: int


@dataclass(frozen=True)
class Said:
    """What one list said of a patient.

    `spoke` says whether common diseases joined; `common` is the probability of all of them, `rank` the place of the
    right disease, `sure` the largest probability of an outcome and `right` whether it is the true one; `misled` is the
    largest probability of a disease of the other kind.
    """

    spoke: bool
    common: float
    rank: float
    sure: float
    right: bool
    misled: float


def opened(folder: str, hpoa: Path | None) -> tuple[Site, Application, Model, Known]:
    """An installation with the released model, and the knowledge that it ranks with."""
    site = open_site(Settings(site=folder, applications=APPLICATION))
    version = library.build(site, PERSON, hpoa=hpoa)
    print(f"knowledge {version.id[:19]}")
    app = site.application("diagnosis")
    home = Path(__file__).parent.parent / "src/avicena_applications/diagnosis/bundle"
    model = site.load_files({one.name: one.read_bytes() for one in home.iterdir()})
    known = site.known_for(model)
    assert known is not None
    return site, app, model, known


def published(site: Site, app: Application, folder: Path) -> tuple[list[Row], set[str]]:
    """All published cases with families and folds by disease and paper, and the ids of the benchmark's."""
    names = ("benchmark_5213.jsonl.gz", "other_cases.jsonl.gz")
    files = {name: gzip.decompress((folder / name).read_bytes()) for name in names}
    version = curation.freeze_cases(site, app.name, files, PERSON)
    return rows_of(site, version), {one.id for one in ingest.cases(app, files[names[0]])[0]}


def regrown(
    app: Application, model: Model, known: Known, rows: Sequence[Row], count: int, seed: int, shelf: Shelf
) -> tuple[Model, int]:
    """The released model with a ranker that learnt from a sample of the cases outside PARTS, and how many these are."""
    stage = lists_of(app)
    outside = [row for row in rows if row.fold not in PARTS]
    chosen = np.random.default_rng(seed).permutation(len(outside))[:count]
    sample = [outside[one] for one in sorted(chosen.tolist())]
    cheap = replace(stage, recipe=replace(stage.recipe, families=("xgboost",)))
    made = learn_ranks(app, cheap, sample, known, seed, shelf, said)
    spec = made.spec
    ranker = RankModel(spec, open_trees(made.files[spec.file]), scorer(spec.scorer, spec.columns))
    stages = tuple(ranker if isinstance(one, RankModel) else one for one in model.stages)
    return replace(model, stages=stages), len(sample)


@dataclass(frozen=True)
class Table:
    """Rows of dro_test that the part for common diseases did not learn from, in an order of chance, and its codes."""

    rows: tuple[Row, ...]
    history: frozenset[str]

    def before(self, row: Row, stage: RankStage) -> tuple[str, ...]:
        """The codes of a row that tell of its past."""
        return tuple(code for code in listed(row, stage.coded) if code.split("_@_")[0] in self.history)


def unlearnt(site: Site, app: Application, stage: RankStage, model: Model, folder: Path, seed: int) -> Table:
    """The rows of dro_test that say nothing that a row of training says."""
    lines = {"table": table(read(folder, "dro_test")).encode()}
    rows = rows_of(site, curation.freeze(site, app.name, [], lambda path: b"", lines, PERSON))
    every = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows)).tolist()]
    marks = [content(row.values, row.labels[stage.common]) for row in every]
    assert model.learnt is not None
    new = tuple(row for row, mark in zip(every, marks, strict=True) if not model.learnt.known(stage.common, [mark]))
    told = json.loads((folder / "release_evidences_fr.json").read_bytes())
    return Table(new, frozenset(code for code, one in told.items() if one["is_antecedent"]))


def listed(row: Row, name: str) -> tuple[str, ...]:
    """The codes or findings of a row."""
    found = row.values.get(name)
    return found if isinstance(found, tuple) else ()


def commons(stage: RankStage, told: Table, cases: Sequence[Row], count: int, seed: int) -> Iterator[Patient]:
    """About `count` common patients a part, as many of each condition as there are up to an equal number.

    `cases` are published ones of whom stray findings are drawn. A condition is in one part only.
    """
    random = np.random.default_rng(seed)
    every = [one for row in cases for one in listed(row, stage.input) if not one.startswith("-")]
    kept: dict[str, list[Row]] = {}
    for row in told.rows[: len(told.rows) // 2]:
        kept.setdefault(row.labels[stage.common], []).append(row)
    most = next(n for n in range(1, len(told.rows)) if sum(min(len(one), n) for one in kept.values()) >= 2 * count)
    for number, (label, own) in enumerate(sorted(kept.items())):
        for row in own[:most]:
            codes = listed(row, stage.coded)
            terms = tuple(sorted({stage.terms[code] for code in codes if code in stage.terms}))
            stray = {every[one].split("@")[0] for one in random.integers(len(every), size=random.poisson(STRAY))}
            forms: Mapping[Form, Told] = {
                "codes": ((), codes),
                "findings": (terms, ()),
                "history": (terms, told.before(row, stage)),
                "strange": (tuple(sorted(stray)), codes),
            }
            patient = Patient("common", "codes", case(row), frozenset(stage.ids[label]), label, PARTS[number % 2])
            yield from formed(patient, stage, forms)


def rares(
    stage: RankStage, known: Known, rows: Sequence[Row], bench: set[str], told: Table, count: int, seed: int
) -> Iterator[Patient]:
    """About `count` published cases of each of PARTS, at most MOST of a disease, none of which is a common one too.

    They are new to the knowledge, as a patient is: no annotation of the disease cites their paper.
    """
    common = {id for ids in stage.ids.values() for id in ids}
    fresh = new(examples_of(stage, rows, known.knowledge.ontology), known.knowledge.rows)
    new_ones = {row.id for row, one in zip(rows, fresh.tolist(), strict=True) if one}
    taken: dict[str, int] = {}
    left = dict.fromkeys(PARTS, count)
    for number, place in enumerate(np.random.default_rng(seed).permutation(len(rows)).tolist()):
        row, label = rows[place], rows[place].labels[stage.name]
        if row.fold not in PARTS or row.id not in bench or label in common or row.id not in new_ones:
            continue
        if not left[row.fold] or taken.get(label, 0) == MOST:
            continue
        taken[label] = taken.get(label, 0) + 1
        left[row.fold] -= 1
        given = [Finding.parse(one) for one in listed(row, stage.input)]
        coded = {one.id: stage.gives[one.id] for one in given if one.observed and one.id in stage.gives}
        forms: Mapping[Form, Told] = {
            "findings": (listed(row, stage.input), ()),
            "codes": (tuple(str(one) for one in given if one.id not in coded), tuple(sorted(set(coded.values())))),
            "history": (listed(row, stage.input), told.before(told.rows[-1 - number % (len(told.rows) // 2)], stage)),
        }
        yield from formed(
            Patient("rare", "findings", case(row), frozenset({label}), row.family, row.fold), stage, forms
        )


def case(row: Row) -> Case:
    """A row as it is asked about."""
    return Case(None, row.values)


def formed(patient: Patient, stage: RankStage, forms: Mapping[Form, Told]) -> Iterator[Patient]:
    """A patient in several forms."""
    for form, (given, coded) in forms.items():
        values = {**patient.case.values, stage.input: given or None, stage.coded: coded or None}
        yield replace(patient, form=form, case=Case(None, values))


def asked(
    app: Application, model: Model, known: Known, patients: Sequence[Patient], kinds: Mapping[int, Kinds | None]
) -> dict[float, list[Said]]:
    """What the list said of every patient, by share; `kinds` is how both are weighed for patients of each part."""
    stage = lists_of(app)
    common = frozenset(first_id(ids, ids, known) for ids in stage.ids.values())
    found: dict[float, list[Said]] = {share: [] for share in SHARES}
    for number, one in enumerate(patients, 1):
        for share, (scores, spoke) in zip(SHARES, _lists(app, model, known, one.case, kinds[one.part]), strict=True):
            found[share].append(_said(one, scores, spoke, common))
        said("patients asked about", number, len(patients))
    return found


def _lists(
    app: Application, model: Model, known: Known, case: Case, kinds: Kinds | None
) -> Iterator[tuple[Mapping[str, float], bool]]:
    """The list by every share and whether common diseases joined; where they did not, all shares give the same."""
    before: tuple[Mapping[str, float], bool] | None = None
    for share in SHARES:
        if before is None or before[1]:
            outcome = predict(app, case, {}, model, "refer", known=known, share=share, kinds=kinds).outcome
            before = outcome.scores, outcome.ranking is not None and outcome.ranking.share is not None
        yield before


def lists_of(app: Application) -> RankStage:
    """The stage that lists diseases."""
    assert app.lists is not None
    return app.lists


def answerable(app: Application, known: Known, patients: Iterable[Patient]) -> list[Patient]:
    """The patients whose findings the product takes."""
    kept = []
    for one in patients:
        try:
            found_in(one.case, lists_of(app), known.knowledge.ontology)
        except ContractViolation:
            continue
        kept.append(one)
    return kept


@dataclass(frozen=True)
class Evidence:
    """What both kinds are told apart by: the logit of the ranker's none of these, and how many findings are strange.

    (n,) arrays; `common` says of which kind a patient is.
    """

    logit: Floats
    strange: Floats
    common: NDArray[np.bool_]
    part: NDArray[np.int64]

    def fit(self, rows: NDArray[np.bool_]) -> Kinds:
        """The coefficients by logistic regression on these rows, both kinds weighing the same."""
        logit, strange, common = self.logit[rows], self.strange[rows], self.common[rows]
        weight = np.where(common, 0.5 / common.sum(), 0.5 / (~common).sum()) * len(common)
        values = np.stack([np.ones(len(common)), logit, strange], axis=1)
        start, none, each = logistic(values, common, weight, 0).tolist()
        return Kinds(round(start, 2), round(none, 2), round(each, 2), KINDS.most)


def evidence(app: Application, model: Model, known: Known, patients: Sequence[Patient]) -> Evidence:
    """What tells of the kind of common patients with stray findings and rare ones with a history, where it ranks."""
    stage, rows = lists_of(app), []
    some = [one for one in patients if one.form == ("strange" if one.kind == "common" else "history")]
    for number, one in enumerate(some, 1):
        outcome = predict(app, one.case, {}, model, "refer", known=known, share=0.0, kinds=None).outcome
        none = outcome.scores[NONE]
        if none < 1:
            count = strange(one.case, stage, None, known.knowledge.ontology)
            rows.append((np.log(none / (1 - none)), count, one.kind == "common", one.part))
        said("patients learnt from", number, len(some))
    logit, foreign, common, part = (np.array(each) for each in zip(*rows, strict=True))
    return Evidence(logit, foreign.astype(np.float64), common, part)


def _said(one: Patient, scores: Mapping[str, float], spoke: bool, common: frozenset[str]) -> Said:
    mass = sum(chance for id, chance in scores.items() if id in common)
    own = [scores[id] for id in one.truth if id in scores]
    diseases = [chance for id, chance in scores.items() if id != NONE]
    first = max(scores, key=lambda id: scores[id])
    others = [chance for id, chance in scores.items() if id != NONE and (id in common) == (one.kind == "rare")]
    return Said(
        spoke,
        mass,
        1 + sum(chance > sum(own) for chance in diseases) if own else np.inf,
        scores[first],
        first in one.truth if own else first == NONE,
        max(others, default=0.0),
    )


@dataclass(frozen=True)
class Mix:
    """Patients of both kinds as a clinic of a share sees them: one weight each, (n,) arrays."""

    name: str
    share: float
    rare: NDArray[np.bool_]
    weight: Floats
    unit: NDArray[np.str_]
    said: tuple[Said, ...]

    def of(self, name: str) -> Floats:
        """A field of what was said."""
        return np.array([getattr(one, name) for one in self.said], dtype=np.float64)


def mixed(name: str, patients: Sequence[Patient], every: Sequence[Said], share: float, common: Form, rare: Form) -> Mix:
    """The patients of these forms, weighted so that common ones have that share."""
    rows = [n for n, one in enumerate(patients) if one.form == (common if one.kind == "common" else rare)]
    is_rare = np.array([patients[n].kind == "rare" for n in rows])
    weight = np.where(is_rare, (1 - share) / is_rare.sum(), share / (~is_rare).sum())
    unit = np.array([patients[n].unit for n in rows])
    return Mix(name, share, is_rare, weight, unit, tuple(every[n] for n in rows))


def ece(sure: Floats, right: Floats, weight: Floats) -> float:
    """The mean distance of probability and frequency over BINS equal widths (Guo et al., ICML 2017)."""
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.bincount(place, weight * sure, BINS) - np.bincount(place, weight * right, BINS)
    return float(np.abs(gaps).sum() / weight.sum())


def line(mix: Mix) -> str:
    """A row of the table of one mix."""
    common, sure, right, rank = mix.of("common"), mix.of("sure"), mix.of("right"), mix.of("rank")

    def gap(rows: NDArray[np.intp]) -> float:
        return ece(sure[rows], right[rows], _again(mix, rows))

    told = bootstrap(lambda rows: auroc(common[rows], ~mix.rare[rows]), mix.unit, draws=DRAWS)
    tops = [
        f"{100 * (rank[kind] <= 1).mean():.0f} / {100 * (rank[kind] <= 3).mean():.0f}" for kind in (~mix.rare, mix.rare)
    ]
    over = [f"{100 * (mix.of('misled')[kind] > 0.5).mean():.1f}" for kind in (mix.rare, ~mix.rare)]
    kind = [f"{common[~mix.rare].mean():.2f}", f"{common[mix.rare].mean():.2f}"]
    return " | ".join(("", f"{mix.share:.2f}", *kind, _interval(told), *tops, *over,
                       _interval(bootstrap(gap, mix.unit, draws=DRAWS)), "")).strip()  # fmt: skip


def _again(mix: Mix, rows: NDArray[np.intp]) -> Floats:
    """Weights of drawn rows, such that each kind has its share again."""
    rare = mix.rare[rows]
    out: Floats = np.where(rare, (1 - mix.share) / max(rare.sum(), 1), mix.share / max((~rare).sum(), 1))
    return out


def _interval(one: Interval) -> str:
    return f"{one.value:.3f} ({one.low:.3f} – {one.high:.3f})"


def calibration(mix: Mix) -> None:
    """The table of how often the first outcome was the right one, by its probability."""
    print("\n| probability of the first outcome | share of the mix | common, rare patients | mean | right |")
    print("|---|---|---|---|---|")
    sure, right = mix.of("sure"), mix.of("right")
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    for one in range(BINS):
        rows = place == one
        if rows.any():
            weight = mix.weight[rows]
            mean, share = np.average(sure[rows], weights=weight), np.average(right[rows], weights=weight)
            width = f"{one / BINS:.1f} – {(one + 1) / BINS:.1f}"
            counts = f"{(~mix.rare & rows).sum()}, {(mix.rare & rows).sum()}"
            print(f"| {width} | {weight.sum():.3f} | {counts} | {mean:.2f} | {share:.2f} |")


MIXES: Mapping[str, tuple[Form, Form]] = {
    "common by codes, rare by findings": ("codes", "findings"),
    "both by findings": ("findings", "findings"),
    "both by codes": ("codes", "codes"),
    "both by findings and history": ("history", "history"),
    "common by codes and stray findings, rare by findings and history": ("strange", "history"),
}


def joins(patients: Sequence[Patient], every: Sequence[Said]) -> None:
    """The table of how often common diseases joined the list."""
    print("\n| patients | form | asked | common diseases joined |\n|---|---|---|---|")
    for kind in ("common", "rare"):
        for form in FORMS:
            spoke = [
                one.spoke for who, one in zip(patients, every, strict=True) if (who.kind, who.form) == (kind, form)
            ]
            if spoke:
                print(f"| {kind} | {form} | {len(spoke)} | {100 * np.mean(spoke):.0f} % |")


def report(patients: Sequence[Patient], ways: Mapping[str, Mapping[float, Sequence[Said]]]) -> None:
    """All tables: each mix by each way to weigh and each share, and the calibration at the share CALIBRATED."""
    joins(patients, next(iter(next(iter(ways.values())).values())))
    for name, (common, rare) in MIXES.items():
        print(f"\n### {name}\n\n" + HEADER)
        for way, found in ways.items():
            for share, every in found.items():
                print(f"| {way} {line(mixed(name, patients, every, share, common, rare))}")
        for way, found in ways.items():
            print(f"\n{way}, share {CALIBRATED}:")
            calibration(mixed(name, patients, found[CALIBRATED], CALIBRATED, common, rare))


CALIBRATED = 0.95
FORMS: tuple[Form, ...] = ("codes", "findings", "history", "strange")
HEADER = (
    "| weighed | share | common diseases' probability: common, rare patients | | AUROC of kind | common top-1 / 3 "
    "| rare top-1 / 3 | rare told a common one > 50 % | common told a rare one > 50 % | ECE |\n|" + "---|" * 10
)
DRAWS = 300


def said(stage: str, done: int, total: int) -> None:
    """Progress as a line that is written over."""
    if done == total or not done % 25:
        print(f"\r{stage}: {done}/{total}", end="\n" if done == total else "", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of common/ and rare/")
    parser.add_argument("--patients", type=int, default=80, help="of each kind and part")
    parser.add_argument(
        "--learn", type=int, default=1200, help="cases that the ranker learns from; 0: the released one"
    )
    parser.add_argument("--hpoa", type=Path, help="other annotations than those of the released ranker")
    parser.add_argument("--shelf", type=Path, help="a folder that keeps finished steps, so that a stop costs nothing")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        site, app, model, known = opened(folder, given.hpoa)
        stage = lists_of(app)
        rows, bench = published(site, app, given.data / "rare")
        told = unlearnt(site, app, stage, model, given.data / "common", given.seed)
        learnt = 0
        if given.learn:
            shelf: Shelf = MemoryShelf() if given.shelf is None else FolderShelf(given.shelf)
            model, learnt = regrown(app, model, known, rows, given.learn, given.seed, shelf)
        outside = [row for row in rows if row.fold not in PARTS]
        every = [
            *commons(stage, told, outside, given.patients, given.seed),
            *rares(stage, known, rows, bench, told, given.patients, given.seed),
        ]
        patients = answerable(app, known, every)
        print(f"{len(patients)} of {len(every)} can be asked about; common ones have "
              f"{len({one.unit for one in patients if one.kind == 'common'})} conditions")  # fmt: skip
        print(f"ranker of {learnt or 'the release'} cases, seed {given.seed}; {time.perf_counter() - begun:.0f} s")
        seen = evidence(app, model, known, patients)
        kinds = {part: seen.fit(seen.part != part) for part in PARTS}
        for name, one in {
            **{f"judges part {part}": kinds[part] for part in PARTS},
            "of all": seen.fit(seen.part >= 0),
        }.items():
            print(f"{name}: {one}")
        ways: dict[str, Mapping[int, Kinds | None]] = {"as once was": dict.fromkeys(PARTS), "fitted": kinds}
        report(patients, {name: asked(app, model, known, patients, one) for name, one in ways.items()})
    print(f"\n{time.perf_counter() - begun:.0f} s, of which {time.process_time():.0f} s of a processor")


if __name__ == "__main__":
    main()
