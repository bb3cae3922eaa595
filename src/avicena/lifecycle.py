"""The story: freeze, train, review, deploy, answer. Load nouns, call one room, keep what came back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avicena import ingest, leaks, review, serve
from avicena.backends.parts import keep_file
from avicena.backends.rows import keep_rows, read_rows
from avicena.backends.store import verify as audit_chain
from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.answer import Answer
from avicena.core.application import Application
from avicena.core.case import Picture
from avicena.core.errors import AvicenaError, Blocked, NotFound, Unreadable, Untrusted
from avicena.core.leak import LeakReport, Override
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Review, Row
from avicena.core.progress import Progress, silent
from avicena.core.question import Judgement, Opinion, Queue
from avicena.core.reading import Reading, readings
from avicena.core.score import Score
from avicena.formats import bundle as wire
from avicena.formats import image, record
from avicena.formats.intake import intake
from avicena.site import Act, Site
from avicena.version import code

ATTEMPTS = 20
"""How often a judgement is tried again when others took a seat at the same question meanwhile."""

if TYPE_CHECKING:
    from avicena.learn.chain import Trained


def freeze(
    site: Site,
    name: str,
    paths: Iterable[str],
    read: Callable[[str], bytes],
    tables: Mapping[str, bytes],
    actor: Actor,
    progress: Progress = silent,
) -> DatasetVersion:
    """Freeze images and tables into a dataset version, and keep it; the same input gives the same version.

    `paths` name the images, `read` gives the bytes of one; `tables` maps "table" and "manifest" to their bytes. Every
    fault of every row of a table is counted in the version; a table without pictures is frozen alone.
    Raises ContractViolation (a table that no layout of the application reads), NotAllowed, NotFound.
    """
    with site.act(actor, "import", name) as act:
        app = site.application(name)
        paths = tuple(paths)
        if ingest.is_tabular(app, tables, pictures=bool(paths)):
            return _freeze_table(site, act, app, tables["table"], progress)
        plan = ingest.plan(app.layouts, paths, tables.get("table"), tables.get("manifest"))
        faults = ingest.faults(app, tables)

        def pictures() -> Iterator[tuple[str, Picture | Unreadable]]:
            for path in plan.paths:
                data = read(path)
                try:
                    picture = image.read(data)
                except Unreadable as error:
                    yield path, error
                else:
                    site.blobs.put(picture.data)
                    yield path, picture

        frozen = ingest.freeze(app, plan, pictures(), faults=faults, progress=progress)
        for blob in (frozen.rows, frozen.refused, *tables.values()):
            site.blobs.put(blob, durable=True)
        _once(site, act, "dataset", frozen.version)
    return frozen.version


def _freeze_table(site: Site, act: Act, app: Application, table: bytes, progress: Progress) -> DatasetVersion:
    made = ingest.tabulate(app, BytesIO(table), progress=progress)
    kept = keep_rows(site.blobs, site.store, act.keep, made.rows)
    found = ingest.version_of(app, made, kept, {"table": keep_file(site.blobs, site.store, act.keep, table)})
    site.blobs.put(made.refused, durable=True)
    _once(site, act, "dataset", found)
    return found


def _once(site: Site, act: Act, kind: str, noun: DatasetVersion | Queue | LeakReport) -> None:
    """Keep what is named by its content, unless it is kept already."""
    act.subject = f"{kind}/{noun.id}"
    if site.store.get(kind, noun.id) is None:
        act.keep(kind, noun.id, noun)


def question(
    site: Site, name: str, dataset: str, actor: Actor, share: float = ingest.SHARE, progress: Progress = silent
) -> Queue:
    """Ask of a dataset version what a person should look at, and keep the questions.

    At most `share` of the labels of a stage are doubted by models; with 0 none are trained, and the extra `train` is
    not needed. Raises NotFound, NotAllowed, ValueError (`share` is not between 0 and 1).
    """
    with site.act(actor, "question", name) as act:
        app, version = site.application(name), site.get(DatasetVersion, "dataset", dataset)
        rows = _rows(site, version)
        scores: list[Any] = []
        if share > 0:
            from avicena.learn.probe import probe  # the training libraries are an extra, and heavy

            scores = probe(app, rows, _pixels(site), site.shelf, progress)
        asked = ingest.ask(app, version, rows, scores, share)
        site.blobs.put(asked.questions, durable=True)
        _once(site, act, "queue", asked.queue)
    return asked.queue


def judge(site: Site, name: str, given: Mapping[str, Opinion] | bytes, actor: Actor, reason: str = "") -> ingest.Taken:
    """Keep what a reader judged, all of it or nothing: opinions by a place of the caller's, or a sheet that came back.

    A blank reason in a sheet takes `reason`. Two people at once never overwrite each other: each seat at a question,
    and each reader's judgement of it, is written once. Raises Unfit (every opinion that cannot go in),
    ContractViolation (not a sheet), Blocked (others judged the same questions without pause), NotFound, NotAllowed.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _judge(site, name, given, actor, reason)
        except Blocked:
            continue  # somebody took a seat meanwhile: look again
    return _judge(site, name, given, actor, reason)


def _judge(site: Site, name: str, given: Mapping[str, Opinion] | bytes, actor: Actor, reason: str) -> ingest.Taken:
    with site.act(actor, "judge", name) as act:
        app = site.application(name)
        read = {one.question.id: one for one in _readings(site, name)}
        opinions, wrong = ingest.read_opinions(app, read, given, reason) if isinstance(given, bytes) else (given, {})
        taken = ingest.take(app, read, opinions, actor, act.at, wrong)
        for one in taken.judgements:
            act.keep("judgement", f"{one.question}/{one.reader.id}", one)
            act.keep("seat", f"{one.question}/{one.seat}", one.reader.id)
    return taken


def correct(site: Site, name: str, dataset: str, actor: Actor) -> DatasetVersion:
    """Make the dataset version that the decided corrections of another one give, with that one as its parent.

    Raises Blocked (nothing is decided that changes a row, or two decisions contradict each other), NotFound.
    """
    with site.act(actor, "correct", name) as act:
        app, old = site.application(name), site.get(DatasetVersion, "dataset", dataset)
        read = [one for one in _readings(site, name, dataset) if one.ruling is not None]
        made = ingest.correct(app, old, _rows(site, old), ingest.refused_from(site.blobs.get(old.refused)), read)
        site.blobs.put(made.refused, durable=True)
        found = ingest.version_after(old, made, keep_rows(site.blobs, site.store, act.keep, made.rows))
        act.subject = f"dataset/{found.id}"
        if site.store.get("dataset", found.id) is None:
            act.keep("dataset", found.id, found)
            for one in ingest.corrections(old, found, made):
                act.keep("correction", f"{found.id}/{one.question}", one)
    return found


def check(site: Site, name: str, dataset: str, actor: Actor, progress: Progress = silent) -> LeakReport:
    """Audit a dataset version for leaks and shortcuts, and keep the report; serious findings block training.

    Raises NotFound (no such dataset version), NotAllowed.
    """
    with site.act(actor, "check", name) as act:
        app, version = site.application(name), site.get(DatasetVersion, "dataset", dataset)
        sheet = leaks.sheet_of(app, _rows(site, version))
        found = leaks.audit(sheet, site.blobs.get, progress)
        groups = site.blobs.put(record.dump(dict(zip(sheet.ids, found.groups, strict=True))), durable=True)
        unnamed = LeakReport("", name, version.id, found.looked, found.findings, found.skipped, groups)
        report = replace(unnamed, id=digest.of(unnamed))
        _once(site, act, "leaks", report)
    return report


def explore(site: Site, name: str, dataset: str, actor: Actor) -> DatasetVersion:
    """Audit that somebody looks into a dataset version and takes pictures out. Raises NotFound, NotAllowed."""
    with site.act(actor, "explore", name, f"dataset/{dataset}"):
        return site.get(DatasetVersion, "dataset", dataset)


def look(site: Site, name: str, subject: str, actor: Actor) -> None:
    """Audit that a reader sees what rows say, or takes it out. Raises NotAllowed, Unavailable (nothing was kept)."""
    with site.act(actor, "look", name, subject):
        pass


def override(site: Site, name: str, dataset: str, kind: str, reason: str, actor: Actor) -> Override:
    """A person takes it upon themselves to train in spite of the findings of one kind; kept with name and reason.

    Raises Blocked (no reason, or the newest audit found nothing serious of that kind), NotFound, NotAllowed.
    """
    with site.act(actor, "override", name, f"dataset/{dataset}") as act:
        report = _report(site, name, dataset)
        if report is None:
            raise NotFound(f"this dataset version was not audited yet; `avicena check {name}` does it")
        if not reason.strip():
            raise Blocked("an override needs a reason")
        serious = sorted({one.kind for one in report.serious})
        if kind not in serious:
            raise Blocked(f"no serious finding of that kind; there are: {', '.join(serious) or 'none'}")
        found = Override(name, dataset, kind, actor, reason.strip(), act.at, report.id, report.names(kind))
        act.keep("override", site.new_id(), found)
    return found


def regroup(site: Site, name: str, dataset: str, actor: Actor) -> DatasetVersion:
    """Split a dataset version anew by the copies that its audit found; the new version's parent is the old one.

    Raises Blocked (no copy joins two families), NotFound (no such dataset version, or it was not audited).
    """
    with site.act(actor, "import", name) as act:
        old, report = site.get(DatasetVersion, "dataset", dataset), _report(site, name, dataset)
        if report is None:
            raise NotFound(f"this dataset version was not audited yet; `avicena check {name}` does it")
        groups = record.load(dict[str, str], site.blobs.get(report.groups))
        rows = ingest.regroup(_rows(site, old), groups, old.folds)
        found = ingest.version_regrouped(old, rows, keep_rows(site.blobs, site.store, act.keep, rows), groups)
        _once(site, act, "dataset", found)
    return found


def train(
    site: Site, name: str, datasets: Mapping[str, str], seed: int, actor: Actor, progress: Progress = silent
) -> Candidate:
    """Train and measure a candidate, and keep it with its evaluation and its signed bundle.

    `datasets` maps stages to dataset versions; for the others the newest that carries their label is taken.
    Work that was killed goes on where it stopped. Raises Blocked (no dataset carries what a stage needs, or
    the audit of one found a serious leak that nobody took upon themselves), NotFound.
    """
    from avicena.learn import train_chain  # the training libraries are an extra, and heavy

    with site.act(actor, "train", name) as act:
        app = site.application(name)
        chosen = {stage.name: _dataset(site, name, stage.name, datasets.get(stage.name)) for stage in app.chain}
        for stage, one in chosen.items():
            _clear(site, name, stage, one)
        data = {stage: (one.id, _rows(site, one)) for stage, one in chosen.items()}
        trained = train_chain(app, data, _pixels(site), seed, code(), site.shelf, progress)
        checks = review.judge(app.gate, trained.measures)
        overall = tuple(one for one in trained.measures if not one.group)
        by_group = tuple(one for one in trained.measures if one.group)
        evaluation = Evaluation(trained.candidate.id, overall, by_group, checks)
        card = review.card(app, trained.candidate, evaluation, chosen, act.at)
        found = _keep(site, act, _packed(site, trained, evaluation, card))
    return found


def install(site: Site, files: Mapping[str, bytes], actor: Actor) -> Candidate:
    """Install a signed bundle that was trained elsewhere; it answers nobody before it was reviewed and deployed here.

    Raises Untrusted (unsigned, altered, incomplete, or signed by a key that is not trusted), NotFound (no such
    application here).
    """
    with site.act(actor, "install") as act:
        opened = wire.open_bundle(files, site.trusted)
        act.application = site.application(opened.spec.application).name
        found = _keep(site, act, files)
    return found


def sign_off(site: Site, name: str, candidate: str, accept: bool, reason: str, actor: Actor) -> ModelVersion | None:
    """A person's verdict on a candidate, signed and kept; an accepted one becomes a version.

    Raises Blocked (no reason, a second verdict, or the gate refuses what would be accepted), NotFound, NotAllowed.
    """
    with site.act(actor, "review", name, f"candidate/{candidate}") as act:
        found = site.get(Candidate, "candidate", candidate)
        evaluation = site.get(Evaluation, "evaluation", candidate)
        if found.application != site.application(name).name:
            raise NotFound(f"no candidate of that name for {name}")
        if not reason.strip():
            raise Blocked("a review needs a reason")
        if site.store.get("review", candidate) is not None:
            raise Blocked("this candidate was reviewed before; train again to be reviewed again")
        if accept and evaluation.scope == "nothing":
            failed = [c.name for c in evaluation.checks if c.blocks == "serving" and c.verdict != "PASS"]
            raise Blocked(f"the gate refuses this candidate: {'; '.join(failed)}")
        scope = evaluation.scope if accept else "nothing"
        verdict: Any = "accept" if accept else "reject"
        kept = digest.of(evaluation)
        unsigned = Review(candidate, verdict, scope, actor, reason.strip(), act.at, kept, site.keys.key_id)
        signed = replace(unsigned, signature=site.keys.sign(review.signed_bytes(unsigned)).hex())
        act.keep("review", candidate, signed)
        version = None
        if accept:
            number = len(site.find(ModelVersion, "version", name)) + 1
            version = ModelVersion(name, number, candidate, found.bundle, evaluation.scope, candidate)  # type: ignore[arg-type]
            act.keep("version", version.id, version)
    return version


def deploy(site: Site, name: str, number: int, reason: str, actor: Actor) -> Deployment:
    """Let a version answer from now on; it is loaded and verified first, and on any fault the one before goes on.

    Raises NotFound (no such version), Untrusted (its bundle or its review does not verify), NotAllowed.
    """
    with site.act(actor, "deploy", name, f"version/{name}/{number}") as act:
        site.application(name)
        found = Deployment(name, number, act.at, actor, reason)
        site.prepare(found)
        act.keep("deployment", site.new_id(), found)
    site.forget(name)
    return found


def answer(site: Site, name: str, raw: Mapping[str, Any], actor: Actor) -> Answer:
    """Answer one clinical question and keep the whole of it.

    `raw` holds an Upload for each picture. Raises ContractViolation (wrong input), NotFound (no such application),
    NotDeployed (no reviewed model), NotAllowed (the actor lacks the role), Unavailable (nothing was kept).
    """
    with site.act(actor, "ask", name) as act:
        app = site.application(name)
        case, pictures = intake(app.contract, raw)
        live = site.live(name)
        route = serve.choose(live.unit, case)
        meanwhile = site.meanwhile()
        kept = meanwhile(lambda: [site.blobs.put(picture.data) for picture in pictures.values()])
        with site.running:
            prediction = serve.predict(app, case, pictures, live.model, live.version.scope, meanwhile)
        decision = serve.decide(app, prediction)
        found = Answer(site.new_id(), act.at, actor, name, case, route, prediction, decision)
        kept()
        act.keep("answer", found.id, found)
    return found


def score(
    site: Site,
    name: str,
    model: serve.Model,
    manifest: bytes,
    paths: Iterable[str],
    read: Callable[[str], bytes],
    trained: Sequence[Row] | None,
    actor: Actor,
    progress: Progress = silent,
) -> Score:
    """Judge a model's image stage on labelled pictures; nothing is kept but the audit line.

    Raises ContractViolation (not a manifest, or no picture of it can be scored), Blocked (no image stage), NotAllowed.
    """
    with site.act(actor, "score", name, f"candidate/{model.candidate}"):
        app = site.application(name)
        given = ingest.labelled(app, serve.image_stage(model).spec.name, paths, manifest)
        return serve.score(app, model, given, read, trained, progress)


def refuse(site: Site, act: str, name: str, subject: str, actor: Actor, error: AvicenaError) -> None:
    """Keep the audit line of an act that was refused before it could begin. Raises Unavailable."""
    site.refuse(actor, act, name, subject, error)


def read(site: Site, id: str, actor: Actor) -> Answer:
    """An answer as it was given; that it was read again is audited too. Raises NotFound, NotAllowed, Unavailable."""
    with site.act(actor, "read", subject=f"answer/{id}"):
        return site.get(Answer, "answer", id)


def replay(site: Site, id: str, actor: Actor) -> float:
    """The largest difference between an answer's probabilities and the same computed anew from its record.

    The bundle that answered then is loaded again, whatever answers now. Raises NotFound (the answer, picture or bundle
    is not here), Untrusted (one of them was altered, or the decision comes out differently).
    """
    with site.act(actor, "replay", subject=f"answer/{id}"):
        kept = site.get(Answer, "answer", id)
        app = site.application(kept.application)
        model = site.load(kept.route.live.bundle)
        pictures = {
            name: image.read(site.blobs.get(str(kept.case.values[name]))) for name in serve.picture_inputs(model)
        }
        prediction = serve.predict(app, kept.case, pictures, model, kept.prediction.scope)
        difference = serve.difference(kept.prediction, prediction)
        decision = serve.decide(app, prediction)
        if (decision.action, decision.outcome) != (kept.decision.action, kept.decision.outcome):
            raise Untrusted(f"the decision comes out differently; probabilities differ by {difference:.3g}")
    return difference


def verify(
    site: Site, known_head: tuple[int, str] | None, actor: Actor, progress: Progress = silent
) -> tuple[str | None, str]:
    """What the first fault in the audit chain is (None when it is whole), and its head as "seq:hash"."""
    fault = head = None
    try:
        with site.act(actor, "verify"):
            fault = audit_chain.verify(site.store, site.keys.seal, known_head, progress)
            head = site.store.head()
    except Untrusted:  # a store whose end was altered takes no further line; what was found must still be told
        if fault is None:
            raise
    return None if fault is None else str(fault), f"{head.seq}:{head.hash}" if head is not None else "empty"


def _dataset(site: Site, name: str, stage: str, wanted: str | None) -> DatasetVersion:
    if wanted is not None:
        matching = [one for one in site.find(DatasetVersion, "dataset", name) if one.id.startswith(wanted)]
        if len(matching) != 1:
            raise NotFound(f"{len(matching)} dataset versions begin with what was given for {stage}")
        return matching[0]
    carrying = [one for one in site.find(DatasetVersion, "dataset", name) if _carries(one, stage)]
    if not carrying:
        raise Blocked(f"no dataset version carries the label '{stage}'; `avicena import {name}` some first")
    known = [one for one in carrying if one.counts.get("family-known")]
    return (known or carrying)[-1]


def _readings(site: Site, name: str, dataset: str | None = None) -> list[Reading]:
    """All questions that were ever asked, or asked of one dataset version, with their judgements."""
    queues = [one for one in site.find(Queue, "queue", name) if dataset in (None, one.dataset)]
    if not queues:
        raise NotFound(f"nothing was asked yet; `avicena review-data start {name}` makes the questions")
    asked = ingest.united([site.blobs.get(one.questions) for one in queues])
    return readings(asked, site.find(Judgement, "judgement", name))


def _report(site: Site, name: str, dataset: str) -> LeakReport | None:
    """The newest audit of a dataset version."""
    found = [one for one in site.find(LeakReport, "leaks", name) if one.dataset == dataset]
    return found[-1] if found else None


def _clear(site: Site, name: str, stage: str, dataset: DatasetVersion) -> None:
    """Raises Blocked (the audit of this dataset, or of one it was made from, found what nobody overrode)."""
    known, reports = site.find(DatasetVersion, "dataset", name), site.find(LeakReport, "leaks", name)
    why = leaks.forbidden(dataset, known, reports, site.find(Override, "override", name), stage)
    if why is not None:
        raise Blocked(why)


def _carries(dataset: DatasetVersion, stage: str) -> bool:
    return any(name.startswith(f"{stage}=") for name in dataset.counts)


def _rows(site: Site, dataset: DatasetVersion) -> Sequence[Row]:
    return read_rows(site.blobs, site.store, dataset.rows)


def _pixels(site: Site) -> Callable[[str], NDArray[np.generic]]:
    return lambda digest: image.read(site.blobs.get(digest)).pixels


def _packed(site: Site, trained: "Trained", evaluation: Evaluation, card: str) -> dict[str, bytes]:
    files = dict(trained.files)
    files[wire.SPEC] = record.dump(trained.spec)
    files[wire.EVALUATION] = record.dump(evaluation)
    files[wire.CANDIDATE] = record.dump(trained.candidate)
    files[wire.CARD] = card.encode()
    return wire.pack(files, site.keys.sign, site.keys.key_id)


def _keep(site: Site, act: Any, files: Mapping[str, bytes]) -> Candidate:
    """Keep a bundle's files, candidate and evaluation, unless they are kept already."""
    opened = wire.open_bundle(files, site.trusted)
    found = replace(opened.candidate, bundle=opened.digest)
    if (opened.evaluation.candidate, found.application) != (found.id, opened.spec.application):
        raise Untrusted("the parts of the bundle belong to different candidates; export it again")
    act.subject = f"candidate/{found.id}"
    names = {name: site.blobs.put(data, durable=True) for name, data in files.items()}
    if site.store.get("bundle", opened.digest) is None:
        act.keep("bundle", opened.digest, names)
    if site.store.get("candidate", found.id) is not None:
        return site.get(Candidate, "candidate", found.id)
    checks = review.judge(
        site.application(found.application).gate, (*opened.evaluation.overall, *opened.evaluation.by_group)
    )
    act.keep("candidate", found.id, found)
    act.keep("evaluation", found.id, replace(opened.evaluation, checks=checks))
    return found


__all__ = [
    "answer",
    "check",
    "correct",
    "deploy",
    "explore",
    "freeze",
    "install",
    "judge",
    "look",
    "override",
    "question",
    "read",
    "refuse",
    "regroup",
    "replay",
    "score",
    "sign_off",
    "train",
]
