"""The story of the data: freeze, question, judge, correct, check. Load nouns, call one room, keep what came back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from avicena import ingest, leaks
from avicena.backends.parts import keep_file
from avicena.backends.rows import keep_rows
from avicena.core import digest
from avicena.core.actor import Actor
from avicena.core.application import Application
from avicena.core.case import Picture
from avicena.core.errors import Blocked, NotFound, Unreadable
from avicena.core.held import Held, HeldList
from avicena.core.leak import LeakReport, Override
from avicena.core.model import DatasetVersion
from avicena.core.progress import Progress, silent
from avicena.core.question import Judgement, Opinion, Queue, Settlement
from avicena.core.reading import Reading, readings
from avicena.formats import image, record
from avicena.kept import held_of, leak_report, pixels_of, rows_of
from avicena.site import Act, Site

ATTEMPTS = 20
"""How often a judgement is tried again when others took a seat at the same question meanwhile."""


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
        _hold(site, act, frozen.version, frozen.held)
    return frozen.version


def freeze_cases(
    site: Site, name: str, files: Mapping[str, bytes], actor: Actor, progress: Progress = silent
) -> DatasetVersion:
    """Freeze files of published cases into a dataset version, and keep it; the same input gives the same version.

    Raises ContractViolation (the application ranks nothing, or no line is a case), NotAllowed, NotFound.
    """
    with site.act(actor, "import", name) as act:
        frozen = ingest.freeze_cases(site.application(name), files, progress=progress)
        for blob in (frozen.rows, frozen.refused, *files.values()):
            site.blobs.put(blob, durable=True)
        _once(site, act, "dataset", frozen.version)
    return frozen.version


def _freeze_table(site: Site, act: Act, app: Application, table: bytes, progress: Progress) -> DatasetVersion:
    made = ingest.tabulate(app, BytesIO(table), progress=progress)
    kept = keep_rows(site.blobs, site.store, act.keep, made.rows)
    found = ingest.version_of(app, made, kept, {"table": keep_file(site.blobs, site.store, act.keep, table)})
    site.blobs.put(made.refused, durable=True)
    _once(site, act, "dataset", found)
    _hold(site, act, found, made.held, made.beyond)
    return found


def _hold(site: Site, act: Act, version: DatasetVersion, held: Sequence[Held], beyond: int = 0) -> None:
    """Keep the refused rows that a person could mend beside their dataset version, unless they are kept already."""
    if (held or beyond) and site.store.get("held", version.id) is None:
        blob = site.blobs.put(ingest.held_lines(held), durable=True)
        act.keep("held", version.id, HeldList(version.id, blob, len(held), beyond))


def _held(site: Site, dataset: str) -> list[Held]:
    kept = held_of(site, dataset)
    return ingest.held_from(site.blobs.get(kept.rows)) if kept is not None else []


def _beyond(site: Site, dataset: str) -> int:
    kept = held_of(site, dataset)
    return kept.beyond if kept is not None else 0


def _once(site: Site, act: Act, kind: str, noun: DatasetVersion | Queue) -> None:
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
        rows = rows_of(site, version)
        scores: list[Any] = []
        if share > 0:
            from avicena.learn.probe import probe  # the training libraries are an extra, and heavy

            scores = probe(app, rows, pixels_of(site), site.shelf, progress)
        kept = [one.question for one in _all_readings(site, name) or () if one.keeps_unit]
        asked = ingest.ask(app, version, rows, scores, share, _held(site, dataset), kept)
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

    Raises Blocked (nothing is decided that changes a row, or two decisions contradict each other and nobody settled
    which stands), NotFound.
    """
    with site.act(actor, "correct", name) as act:
        app, old = site.application(name), site.get(DatasetVersion, "dataset", dataset)
        read = [one for one in _readings(site, name, dataset) if one.ruling is not None]
        settlements, held = site.find(Settlement, "settlement", name), _held(site, dataset)
        refused = ingest.refused_from(site.blobs.get(old.refused))
        made = ingest.correct(app, old, rows_of(site, old), refused, read, settlements, held)
        site.blobs.put(made.refused, durable=True)
        found = ingest.version_after(old, made, keep_rows(site.blobs, site.store, act.keep, made.rows))
        act.subject = f"dataset/{found.id}"
        if site.store.get("dataset", found.id) is None:
            act.keep("dataset", found.id, found)
            for one in ingest.corrections(old, found, made):
                act.keep("correction", f"{found.id}/{one.question}", one)
        _hold(site, act, found, made.held, _beyond(site, dataset))
    return found


def settle(site: Site, name: str, question: str, over: str, reason: str, actor: Actor) -> Settlement:
    """A person who judged neither says which of two decisions that contradict each other stands; kept with the reason.

    Raises Blocked (no reason, no contradiction, the person judged one, or it was settled), NotFound, NotAllowed.
    """
    with site.act(actor, "settle", name) as act:
        app, known = site.application(name), site.find(Settlement, "settlement", name)
        read = {one.question.id: one for one in _readings(site, name)}
        found = ingest.settle(app, read, known, question, over, actor, act.at, reason)
        act.keep("settlement", found.id, found)
    return found


def check(
    site: Site, name: str, dataset: str, actor: Actor, progress: Progress = silent, most: int = leaks.MOST
) -> LeakReport:
    """Audit a dataset version for leaks and shortcuts, and keep the report; serious findings block training.

    Of more than `most` rows labels and near copies are judged on a sample, which the report says. Raises NotFound
    (no such dataset version), NotAllowed.
    """
    with site.act(actor, "check", name) as act:
        app, version = site.application(name), site.get(DatasetVersion, "dataset", dataset)
        sheet = leaks.sheet_of(app, rows_of(site, version))
        found = leaks.audit(sheet, site.blobs.get, progress, most=most)
        groups = site.blobs.put(record.dump(dict(zip(sheet.ids, found.groups, strict=True))), durable=True)
        unnamed = LeakReport("", name, version.id, found.looked, found.findings, found.skipped, groups)
        report = replace(unnamed, id=digest.of(unnamed))
        act.subject = f"leaks/{report.id}"
        if leak_report(site, name, version.id) != report:  # the newest counts, be it one that was found before
            again = site.store.get("leaks", report.id) is not None
            act.keep("leaks", f"{report.id}@{act.at}" if again else report.id, report)
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
        report = leak_report(site, name, dataset)
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

    Raises Blocked (no copy joins two families, or the audit compared a sample of the pictures only), NotFound (no such
    dataset version, or it was not audited).
    """
    with site.act(actor, "import", name) as act:
        old, report = site.get(DatasetVersion, "dataset", dataset), leak_report(site, name, dataset)
        if report is None:
            raise NotFound(f"this dataset version was not audited yet; `avicena check {name}` does it")
        if report.sampled:
            raise Blocked(
                "the audit compared a sample of the pictures only, so a split by its copies would still leak; "
                f"compare all of them first: avicena check {name} {dataset.removeprefix('sha256:')[:12]} --whole"
            )
        groups = record.load(dict[str, str], site.blobs.get(report.groups))
        before = rows_of(site, old)
        rows = ingest.regroup(before, groups, old.folds)
        found = ingest.version_regrouped(old, rows, keep_rows(site.blobs, site.store, act.keep, rows), groups)
        _once(site, act, "dataset", found)
        joined = {row.family: after.family for row, after in zip(before, rows, strict=True)}
        _hold(site, act, found, ingest.moved(_held(site, dataset), joined), _beyond(site, dataset))
    return found


def _readings(site: Site, name: str, dataset: str | None = None) -> list[Reading]:
    """All questions that were ever asked, or asked of one dataset version, with their judgements. Raises NotFound."""
    found = _all_readings(site, name, dataset)
    if found is None:
        raise NotFound(f"nothing was asked yet; `avicena review-data start {name}` makes the questions")
    return found


def _all_readings(site: Site, name: str, dataset: str | None = None) -> list[Reading] | None:
    """The same, or None where nothing was asked yet."""
    queues = [one for one in site.find(Queue, "queue", name) if dataset in (None, one.dataset)]
    if not queues:
        return None
    asked = ingest.united([site.blobs.get(one.questions) for one in queues])
    return readings(asked, site.find(Judgement, "judgement", name))
