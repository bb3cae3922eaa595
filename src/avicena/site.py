"""One installation: its applications, its opened backends, its clock, and `act`, the one door for writes."""

import importlib
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from avicena.backends.aside import Aside
from avicena.backends.blobs import Blobs, open_blobs
from avicena.backends.crowd import Crowd, Permits
from avicena.backends.engine.onnx import open_network
from avicena.backends.engine.sentences import open_sentences
from avicena.backends.engine.trees import open_trees
from avicena.backends.identity import open_identity
from avicena.backends.keys import Keys, open_keys
from avicena.backends.knowledge import KnowledgeKept
from avicena.backends.shelf import FolderShelf
from avicena.backends.store import Store, open_store
from avicena.core.actor import Actor
from avicena.core.answer import ModelUnit
from avicena.core.application import Application
from avicena.core.audit import Entry, Record
from avicena.core.engine import Meanwhile, Network, at_once
from avicena.core.errors import AvicenaError, Blocked, Misconfigured, NotDeployed, NotFound, Unavailable, Untrusted
from avicena.core.knowledge import Knowledge
from avicena.core.knowledge_version import KnowledgeVersion
from avicena.core.model import Deployment, Evaluation, ModelVersion, Review
from avicena.formats import record
from avicena.formats.bundle import open_bundle
from avicena.measure.known import Known
from avicena.review.signoff import holds
from avicena.serve.encode import as_declared
from avicena.serve.model import Model, assemble
from avicena.settings import Settings

Noun = TypeVar("Noun")

RECHECK = 1.0
"""Seconds for which a deployment read from the store is believed."""


RETRY = 30.0
"""Seconds after which a deployment that did not load is tried again."""


class Act:
    """What one act wants kept; written together with its audit line when the act ends well."""

    def __init__(self, application: str, at: str) -> None:
        self.application = application
        self.at = at
        self.subject = ""
        self.records: list[Record] = []

    def entry(self, actor: Actor, name: str, error: BaseException | None = None) -> Entry:
        """What the audit says of it: "done", or the class of the error that ended it."""
        outcome = "done" if error is None else type(error).__name__
        return Entry(self.at, actor.id, name, self.application, self.subject, outcome)

    def keep(self, kind: str, id: str, noun: Any) -> None:
        """Keep a noun under (kind, id) when the act ends."""
        self.records.append(Record(kind, id, self.application, self.at, record.dump(noun)))
        self.subject = self.subject or f"{kind}/{id}"


@dataclass(frozen=True)
class Live:
    """The model that answers now for an application."""

    deployment: Deployment
    version: ModelVersion
    unit: ModelUnit
    model: Model


@dataclass
class _Slot:
    checked: float = float("-inf")
    live: Live | None = None
    problem: AvicenaError | None = None
    failed: Deployment | None = None
    retry: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Site:
    """One installation of Avicena. Open it with `open_site`; close it when done."""

    def __init__(
        self,
        settings: Settings,
        applications: Mapping[str, Application],
        store: Store,
        blobs: Blobs,
        keys: Keys,
        trusted: Mapping[str, bytes],
        homes: Mapping[str, Path] | None = None,
    ) -> None:
        self.settings = settings
        self.applications = dict(applications)
        self.store = store
        self.blobs = blobs
        self.keys = keys
        self.trusted = {**trusted, keys.key_id: keys.public_key()}
        self.identity = open_identity(settings)
        self.running = Permits(settings.models or _cores())
        self.questions = Crowd()
        self._aside = Aside(settings.models or _cores())
        self._homes = dict(homes or {})
        self.shelf = FolderShelf(settings.folder / "work")
        self._slots = {name: _Slot() for name in self.applications}
        self._knowledge = KnowledgeKept(store, blobs)

    def meanwhile(self) -> Meanwhile:
        """How to do small work while a network runs: aside, unless other questions keep the cores busy as it is."""
        return self._aside if self.questions.alone else at_once

    def application(self, name: str) -> Application:
        """The application of that name. Raises NotFound (it is not installed here)."""
        try:
            return self.applications[name]
        except KeyError:
            raise NotFound(f"no such application; installed here: {', '.join(self.applications)}") from None

    def home(self, name: str) -> Path:
        """The folder of an application's module. Raises NotFound (it has none)."""
        self.application(name)
        if name not in self._homes:
            raise NotFound(f"{name} has no folder of its own here")
        return self._homes[name]

    def released(self, name: str) -> Path:
        """The folder of the bundle that ships with an application. Raises NotFound (none does)."""
        folder = self.home(name) / "bundle"
        if not folder.is_dir():
            raise NotFound(f"no released bundle ships with {name}; train one: avicena train {name}")
        return folder

    def now(self) -> str:
        """The time in UTC as ISO 8601 with microseconds."""
        return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def new_id(self) -> str:
        """A fresh identifier that sorts by time (UUID version 7; RFC 9562, section 5.7)."""
        value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    @contextmanager
    def act(self, actor: Actor, name: str, application: str = "", subject: str = "") -> Iterator[Act]:
        """The one door for writes: check permission, run the block, then write records and audit line at once.

        When the block fails only the audit line is written, with the error's class. Raises NotAllowed (the actor lacks
        the role), Unavailable (the audit could not be written; nothing was kept).
        """
        known = application if application in self.applications else ""
        act = Act(known, self.now())
        act.subject = subject
        try:
            actor.check(name)
            yield act
        except BaseException as error:
            self.store.write(act.entry(actor, name, error), ())
            raise
        try:
            self.store.write(act.entry(actor, name), act.records)
        except Unavailable:
            raise  # no line can be written now, and nothing was kept
        except AvicenaError as error:
            self.store.write(act.entry(actor, name, error), ())
            raise

    def refuse(self, actor: Actor, name: str, application: str, subject: str, error: AvicenaError) -> None:
        """Keep the audit line of an act that was refused before it began. Raises Unavailable (it cannot be written)."""
        act = Act(application if application in self.applications else "", self.now())
        act.subject = subject
        self.store.write(act.entry(actor, name, error), ())

    def get(self, cls: type[Noun], kind: str, id: str) -> Noun:
        """The noun kept under (kind, id). Raises NotFound (nothing is)."""
        found = self.store.get(kind, id)
        if found is None:
            raise NotFound(f"no {kind} of that name here")
        return record.load(cls, found.body)

    def find(self, cls: type[Noun], kind: str, application: str | None = None, newest: int | None = None) -> list[Noun]:
        """The nouns of a kind in the order in which they were kept, or only the `newest` of them."""
        return [record.load(cls, one.body) for one in self.store.find(kind, application, newest=newest)]

    def bundle_files(self, bundle: str) -> dict[str, bytes]:
        """The files of an installed bundle. Raises NotFound (never installed), Untrusted (a file was altered)."""
        names = self.get(dict[str, str], "bundle", bundle)
        try:
            return {name: self.blobs.get(blob) for name, blob in names.items()}
        except NotFound:
            raise Untrusted(f"a file of bundle {bundle[:19]} is missing; install the bundle again") from None

    def load(self, bundle: str, *, past: bool = False) -> Model:
        """The model of an installed bundle, verified and ready to answer; `past` as for `load_files`.

        Raises NotFound (never installed), Untrusted (unsigned, altered or incomplete).
        """
        found = self.load_files(self.bundle_files(bundle), past=past)
        if found.digest != bundle:
            raise Untrusted(f"the files kept for bundle {bundle[:19]} are those of another one; install it again")
        return found

    def load_files(self, files: Mapping[str, bytes], *, past: bool = False) -> Model:
        """The model of a bundle's files, verified and ready to answer, installed or not.

        With `past`, to compute old answers again, its encodings may be others than are declared now. Raises NotFound
        (no such application here), Untrusted (unsigned, altered or incomplete), Misconfigured (it embeds notes, and the
        extra `notes` is not installed).
        """
        opened = open_bundle(files, self.trusted)
        app = self.application(opened.spec.application)
        if opened.spec.contract != app.contract_digest:
            raise Untrusted("the bundle was trained for another contract of this application; train it again")
        if not past:
            as_declared(app, opened.spec)
        return assemble(opened, self._network, open_trees, open_sentences)

    def _network(self, data: bytes) -> Network:
        alone = min(self.settings.lone_threads, _cores())
        return open_network(data, self.settings.network_threads, alone)

    def knowledge_version(self, id: str | None = None) -> KnowledgeVersion:
        """The version of the knowledge of that id, or the newest. Raises NotFound (it is not here, or none is)."""
        return self._knowledge.version(id)

    def knowledge(self, id: str | None = None) -> Knowledge:
        """The knowledge of that version, or of the newest. Raises NotFound (none here), Untrusted (altered)."""
        return self._knowledge.load(id)

    def known_for(self, model: Model, id: str | None = None) -> Known | None:
        """That version of the knowledge, or the newest of a model's kind; None if it ranks nothing. Raises as both."""
        if not model.ranked:
            return None
        mondo = model.ranked[0].mondo
        return self._knowledge.known(id, mondo) if id is not None else self.newest_known(mondo)

    def newest_known(self, mondo: bool) -> Known:
        """The newest knowledge that was (not) joined by Mondo. Raises NotDeployed (none is here), Untrusted."""
        return self._knowledge.known(self._knowledge.newest(mondo), mondo)

    def live(self, name: str) -> Live:
        """The model that answers now; the one before keeps answering when a newer deployment cannot be loaded.

        Raises NotFound (no such application), NotDeployed (none was deployed), Untrusted (its bundle does not verify).
        """
        self.application(name)
        slot = self._slots[name]
        if time.monotonic() - slot.checked > RECHECK and slot.lock.acquire(blocking=slot.live is None):
            try:
                if time.monotonic() - slot.checked > RECHECK:
                    self._refresh(name, slot)
            finally:
                slot.lock.release()
        if slot.live is None:
            raise slot.problem or NotDeployed(
                f"no model answers for {name} yet; train or install one, then `avicena review` and `avicena deploy`"
            )
        return slot.live

    def problem(self, name: str) -> AvicenaError | None:
        """Why the newest deployment does not answer, if it does not."""
        return self._slots[name].problem

    def forget(self, name: str) -> None:
        """Read the deployment of an application from the store at the next question."""
        self._slots[name].checked = float("-inf")

    def _refresh(self, name: str, slot: _Slot) -> None:
        newest = self.find(Deployment, "deployment", name, newest=1)
        waiting = slot.failed is not None and newest == [slot.failed] and time.monotonic() < slot.retry
        if newest and not waiting and (slot.live is None or slot.live.deployment != newest[0]):
            try:
                slot.live, slot.problem, slot.failed = self.prepare(newest[0]), None, None
            except Exception as error:  # whatever a broken bundle raises, the model before goes on answering
                strange = Untrusted(f"the deployment does not load ({type(error).__name__})")
                slot.problem = error if isinstance(error, AvicenaError) else strange
                slot.failed, slot.retry = newest[0], time.monotonic() + RETRY
        slot.checked = time.monotonic()

    def prepare(self, deployment: Deployment) -> Live:
        """Load what a deployment names. Raises NotFound, Untrusted, Blocked (its version was not accepted)."""
        version = self.get(ModelVersion, "version", f"{deployment.application}/{deployment.primary}")
        if version.application != deployment.application:
            raise Blocked("the version belongs to another application")
        self._check(version)
        model = self.load(version.bundle)
        if model.candidate != version.candidate:
            raise Untrusted(f"version {version.id} names another bundle than the one that was reviewed; deploy another")
        unit = ModelUnit(version.application, version.number, version.bundle, model.weights)
        return Live(deployment, version, unit, model)

    def _check(self, version: ModelVersion) -> None:
        """Raises Untrusted (the review that made the version is not an accepting one with a good signature)."""
        found = self.get(Review, "review", version.review)
        evaluation = self.get(Evaluation, "evaluation", version.candidate)
        same = (found.verdict, found.scope, found.candidate) == ("accept", version.scope, version.candidate)
        if not (same and holds(found, evaluation, self.keys.public_key())):
            raise Untrusted(f"the review of version {version.id} was altered; train and review again")

    def close(self) -> None:
        """Close the store, and end what runs aside."""
        self._aside.close()
        self.store.close()


def _cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_site(settings: Settings, applications: Mapping[str, Application] | None = None) -> Site:
    """Open an installation, making its folder, database and key on first use.

    Raises Misconfigured (a backend, application or key that cannot be opened), Unavailable (the store does not answer).
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    keys = open_keys(settings.url("keys"))
    homes = {} if applications is not None else _modules(settings)
    found = dict(applications) if applications is not None else {name: one for name, (one, _) in homes.items()}
    folders = {name: folder for name, (_, folder) in homes.items()}
    trusted: dict[str, bytes] = {}
    for folder in [
        *(one / "trusted" for one in folders.values()),
        *([Path(settings.trusted)] if settings.trusted else []),
    ]:
        trusted |= _trusted(folder)
    store = open_store(settings.url("store"), keys.seal, timeout=settings.write_timeout)
    return Site(settings, found, store, open_blobs(settings.url("blobs")), keys, trusted, folders)


def _modules(settings: Settings) -> dict[str, tuple[Application, Path]]:
    """The applications that the settings name, each with the folder of its module."""
    found: dict[str, tuple[Application, Path]] = {}
    for name in filter(None, (part.strip() for part in settings.applications.split(","))):
        try:
            module = importlib.import_module(name)
            application: Application = module.application
        except (ImportError, AttributeError) as error:
            raise Misconfigured(f"{name} is not an application module: {error}") from error
        found[application.name] = (application, Path(str(module.__file__)).parent)
    return found


def _trusted(folder: Path) -> dict[str, bytes]:
    """Public keys by key id, from files KEYID.pub that hold 64 hexadecimal digits."""
    try:
        return {path.stem: bytes.fromhex(path.read_text().strip()) for path in sorted(folder.glob("*.pub"))}
    except ValueError as error:
        raise Misconfigured(f"a public key in {folder} does not read as hexadecimal digits") from error
