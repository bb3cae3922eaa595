"""The story of the model: train, review, deploy, answer. Load nouns, call one room, keep what came back."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from avicena import ingest, leaks, review, serve
from avicena.backends.engine.sentences import open_sentences
from avicena.backends.store import verify as audit_chain
from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.answer import SAME, Answer
from avicena.core.application import Application, RankStage
from avicena.core.case_score import CaseScore
from avicena.core.common_score import CommonScore
from avicena.core.errors import AvicenaError, Blocked, Misconfigured, NotFound, Untrusted
from avicena.core.leak import LeakReport, Override
from avicena.core.model import Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Review, Row
from avicena.core.progress import Progress, silent
from avicena.core.score import Score
from avicena.core.study import Study
from avicena.dossier import technical, technical_page
from avicena.formats import bundle as wire
from avicena.formats import image, record
from avicena.formats.arrays import write_arrays
from avicena.formats.intake import intake
from avicena.kept import datasets_for, pixels_of, rows_of
from avicena.measure.known import Known
from avicena.site import Site
from avicena.version import code

if TYPE_CHECKING:
    from avicena.learn.chain import Trained


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
        chosen = datasets_for(site, app, datasets)
        for stage, one in chosen.items():
            _clear(site, name, stage, one)
        data = {stage: (one.id, rows_of(site, one)) for stage, one in chosen.items()}
        knows = _knows(site, app, chosen)
        trained = train_chain(app, data, pixels_of(site), seed, code(), site.shelf, progress, open_sentences, knows)
        left_out = {stage.name for stage in app.chain} - set(chosen)
        checks = review.judge(app.gate.without(left_out), trained.measures)
        overall = tuple(one for one in trained.measures if not one.group)
        by_group = tuple(one for one in trained.measures if one.group)
        evaluation = Evaluation(trained.candidate.id, overall, by_group, checks)
        card = review.card(app, trained.candidate, evaluation, chosen, act.at)
        found = _keep(site, act, _packed(site, trained, evaluation, card))
        if site.store.get("workings", found.id) is None:
            blobs = {one.stage: write_arrays(one.to_arrays()) for one in trained.workings}
            kept = {stage: site.blobs.put(blob, durable=True) for stage, blob in blobs.items()}
            act.keep("workings", found.id, kept)
    return found


def study(
    site: Site,
    name: str,
    candidate: str,
    stages: Sequence[str],
    seeds: Sequence[int],
    fractions: Sequence[float],
    actor: Actor,
    progress: Progress = silent,
) -> list[Study]:
    """Train stages of a candidate again, with each of the seeds and on shares of the families; keep how well each did.

    Without `stages` all are studied. Work that was killed goes on where it stopped. Raises Blocked (the application has
    another recipe now, or the data too few folds), NotFound (the candidate or its data), ValueError (no such stage, or
    a fraction not between 0 and 1).
    """
    from avicena.learn.study_stage import study_stage  # the training libraries are an extra, and heavy

    with site.act(actor, "study", name, f"candidate/{candidate}") as act:
        app, found = site.application(name), site.get(Candidate, "candidate", candidate)
        data = {stage: rows_of(site, site.get(DatasetVersion, "dataset", id)) for stage, id in found.datasets.items()}
        given = (data, pixels_of(site), seeds, fractions, site.shelf, progress, open_sentences)
        studies = []
        for stage in stages or [one.name for one in app.chain if one.name in (*app.needed, *found.datasets)]:
            trials = study_stage(app, found, stage, *given)
            unnamed = Study("", name, candidate, stage, found.datasets[stage], found.recipe, code(), trials)
            studies.append(replace(unnamed, id=digest.of(unnamed)))
        for one in studies:
            if site.store.get("study", one.id) is None:
                act.keep("study", one.id, one)
    return studies


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


def sign_off(
    site: Site, name: str, candidate: str, accept: bool, reason: str, actor: Actor, read: str = ""
) -> ModelVersion | None:
    """A person's verdict on a candidate, signed and kept; an accepted one becomes a version.

    What is signed binds the technical review page as it stands now, which is kept with it. `read` is the beginning of
    the digest of the facts on the page that the person read, "" for none; the review says which of both it is.
    Raises Blocked (no reason, a second verdict, the gate refuses what would be accepted, or the facts on the page are
    others by now), NotFound, NotAllowed.
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
        shown = technical(site, name, candidate)
        facts = shown.confirmed(read) if read else ""
        unsigned = Review(candidate, verdict, scope, actor, reason.strip(), act.at, kept, site.keys.key_id, facts=facts)
        page = technical_page(site, name, replace(shown, review=unsigned), "en")
        unsigned = replace(unsigned, page=site.blobs.put(page.encode(), durable=True))
        signed = replace(unsigned, signature=site.keys.sign(review.signed_bytes(unsigned)).hex())
        act.keep("review", candidate, signed)
        version = None
        if accept:
            number = len(site.find(ModelVersion, "version", name)) + 1
            version = ModelVersion(name, number, candidate, found.bundle, evaluation.scope, candidate)  # type: ignore[arg-type]
            act.keep("version", version.id, version)
    return version


def inspect(site: Site, name: str, candidate: str, actor: Actor) -> None:
    """Audit that somebody sees the technical review of a candidate, or takes it out. Raises NotFound, NotAllowed."""
    with site.act(actor, "inspect", name, f"candidate/{candidate}"):
        site.get(Candidate, "candidate", candidate)


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
    with site.questions, site.act(actor, "ask", name) as act:
        app = site.application(name)
        case, pictures = intake(app.contract, raw)
        live = site.live(name)
        known = site.known_for(live.model)
        route = serve.choose(live.unit, case)
        kept = site.meanwhile()(lambda: [site.blobs.put(picture.data) for picture in pictures.values()])
        with site.running:
            given = (app, case, pictures, live.model, live.version.scope, site.questions.alone, known)
            prediction = serve.predict(*given, site.settings.common_share)
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


def score_cases(
    site: Site, name: str, model: serve.Model, data: bytes, known: Known, actor: Actor, progress: Progress = silent
) -> CaseScore:
    """Judge a model's ranking on a file of cases whose disease is known; nothing is kept but the audit line.

    Raises ContractViolation (no line is a case), Blocked (the model ranks nothing), NotAllowed.
    """
    with site.act(actor, "score", name, f"candidate/{model.candidate}"):
        app = site.application(name)
        told, refused = ingest.cases(app, data)
        return serve.score_cases(app, model, known, told, refused, progress)


def score_common(
    site: Site, name: str, model: serve.Model, table: bytes, actor: Actor, progress: Progress = silent
) -> CommonScore:
    """Judge a model's common diseases on a table of patients whose disease is known; only the audit line is kept.

    Raises ContractViolation (no table of a known layout, or no row can be scored), Blocked (the model has no part for
    common diseases), NotAllowed.
    """
    with site.act(actor, "score", name, f"candidate/{model.candidate}"):
        app = site.application(name)
        made = ingest.tabulate(app, BytesIO(table))
        return serve.score_common(app, model, list(made.rows), ingest.refused_from(made.refused), progress)


def refuse(site: Site, act: str, name: str, subject: str, actor: Actor, error: AvicenaError) -> None:
    """Keep the audit line of an act that was refused before it could begin. Raises Unavailable."""
    site.refuse(actor, act, name, subject, error)


def read(site: Site, id: str, actor: Actor) -> Answer:
    """An answer as it was given; that it was read again is audited too. Raises NotFound, NotAllowed, Unavailable."""
    with site.act(actor, "read", subject=f"answer/{id}"):
        return site.get(Answer, "answer", id)


def replay(site: Site, id: str, actor: Actor) -> float:
    """The largest difference between an answer's probabilities and the same computed anew from its record.

    The bundle that answered then is loaded again, whatever answers now and whatever encodings the application declares
    now. Raises NotFound (the answer, picture or bundle is not here), Untrusted (one of them was altered, or the
    decision comes out differently), Misconfigured (the application no longer makes columns that it was answered by).
    """
    with site.act(actor, "replay", subject=f"answer/{id}"):
        kept = site.get(Answer, "answer", id)
        app = site.application(kept.application)
        model = site.load(kept.route.live.bundle, past=True)
        pictures = {
            name: image.read(site.blobs.get(str(kept.case.values[name]))) for name in serve.picture_inputs(model)
        }
        known = site.known_for(model, kept.prediction.knowledge)
        said, share = kept.prediction, kept.prediction.share
        share = site.settings.common_share if share is None else share
        prediction = serve.predict(
            app, kept.case, pictures, model, said.scope, known=known, share=share, kinds=said.kinds
        )
        difference = serve.difference(kept.prediction, prediction)
        if difference > SAME and (gone := serve.lost(app, kept.case, model)):
            made = site.get(Candidate, "candidate", model.candidate).code
            raise Misconfigured(
                f"the model that answered reads columns that {app.name} no longer makes ({', '.join(gone)}); the "
                f"answer cannot be computed here: replay it with the release that trained the model ({made})"
            )
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


def _knows(site: Site, app: Application, stages: Container[str]) -> Known | None:
    """The knowledge that those of these stages that rank learn with, None where none ranks."""
    kinds = [stage.recipe.mondo for stage in app.chain if isinstance(stage, RankStage) and stage.name in stages]
    return site.newest_known(kinds[0]) if kinds else None


def _clear(site: Site, name: str, stage: str, dataset: DatasetVersion) -> None:
    """Raises Blocked (the audit of this dataset, or of one it was made from, found what nobody overrode)."""
    known, reports = site.find(DatasetVersion, "dataset", name), site.find(LeakReport, "leaks", name)
    why = leaks.forbidden(dataset, known, reports, site.find(Override, "override", name), stage)
    if why is not None:
        raise Blocked(why)


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
    "deploy",
    "inspect",
    "install",
    "read",
    "refuse",
    "replay",
    "score",
    "score_cases",
    "score_common",
    "sign_off",
    "study",
    "train",
    "verify",
]
