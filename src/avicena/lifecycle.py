"""The story: freeze, train, review, deploy, answer. Load nouns, call one room, keep what came back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avicena import ingest, review, serve
from avicena.backends.store import verify as audit_chain
from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.answer import Answer
from avicena.core.case import Picture
from avicena.core.errors import AvicenaError, Blocked, NotFound, Unreadable, Untrusted
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Review, Row
from avicena.core.progress import Progress, silent
from avicena.formats import bundle as wire
from avicena.formats import image, record
from avicena.formats.intake import intake
from avicena.site import Site
from avicena.version import code

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

    `paths` name the images, `read` gives the bytes of one; `tables` maps "table" and "manifest" to their bytes.
    Raises ContractViolation (a table that no layout of the application reads), NotAllowed, NotFound.
    """
    with site.act(actor, "import", name) as act:
        app = site.application(name)
        plan = ingest.plan(app.layouts, paths, tables.get("table"), tables.get("manifest"))

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

        frozen = ingest.freeze(app, plan, pictures(), progress=progress)
        for blob in (frozen.rows, frozen.refused, *tables.values()):
            site.blobs.put(blob, durable=True)
        act.subject = f"dataset/{frozen.version.id}"
        if site.store.get("dataset", frozen.version.id) is None:
            act.keep("dataset", frozen.version.id, frozen.version)
    return frozen.version


def train(
    site: Site, name: str, datasets: Mapping[str, str], seed: int, actor: Actor, progress: Progress = silent
) -> Candidate:
    """Train and measure a candidate, and keep it with its evaluation and its signed bundle.

    `datasets` maps stages to dataset versions; for the others the newest that carries their label is taken.
    Work that was killed goes on where it stopped. Raises Blocked (no dataset carries what a stage needs), NotFound.
    """
    from avicena.learn import train_chain  # the training libraries are an extra, and heavy

    with site.act(actor, "train", name) as act:
        app = site.application(name)
        chosen = {stage.name: _dataset(site, name, stage.name, datasets.get(stage.name)) for stage in app.chain}
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
        with site.running:
            prediction = serve.predict(app, case, pictures, live.model, live.version.scope)
        decision = serve.decide(app, prediction)
        found = Answer(site.new_id(), act.at, actor, name, case, route, prediction, decision)
        for picture in pictures.values():
            site.blobs.put(picture.data)
        act.keep("answer", found.id, found)
    return found


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


def _carries(dataset: DatasetVersion, stage: str) -> bool:
    return any(name.startswith(f"{stage}=") for name in dataset.counts)


def _rows(site: Site, dataset: DatasetVersion) -> Sequence[Row]:
    return ingest.rows_from(site.blobs.get(dataset.rows))


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


__all__ = ["answer", "deploy", "freeze", "install", "read", "refuse", "replay", "sign_off", "train"]
