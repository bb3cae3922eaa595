"""The versions of the knowledge that a site keeps: read once, verified by their digest, shared by all threads."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, MutableMapping
from typing import TypeVar

from avicena.backends.blobs import Blobs
from avicena.backends.store import Store
from avicena.core.errors import NotDeployed, NotFound, Untrusted
from avicena.core.knowledge import Knowledge
from avicena.core.knowledge_version import KnowledgeVersion
from avicena.formats import record
from avicena.formats.findings_note import FindingsReader
from avicena.formats.knowledge import from_bytes
from avicena.measure.known import Known
from avicena.measure.rank_columns import Ready

KIND = "knowledge"
"""The kind of record that holds a KnowledgeVersion."""

NONE = "no knowledge of diseases is built here yet; `avicena knowledge build` does it"

NO_MONDO = (
    "the model learnt with Mondo, and no knowledge that Mondo joined is here; `avicena knowledge build --mondo FOLDER` "
    "builds it"
)

LOADED = 2
"""Versions that stay in memory, each some 120 MB with its indexes."""

RECHECK = 1.0
"""Seconds for which the newest version is believed to be that."""

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class KnowledgeKept:
    """The versions in a store, and their arrays in blobs."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs
        self._loaded: dict[str, Knowledge] = {}
        self._known: dict[tuple[str, bool], Known] = {}
        self._lock = threading.Lock()
        self._making: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._newest: dict[bool, tuple[float, str]] = {}

    def version(self, id: str | None = None) -> KnowledgeVersion:
        """The version of that id, or the one kept last. Raises NotFound (it is not here, or none is)."""
        newest = 1 if id is None else None
        known = [record.load(KnowledgeVersion, one.body) for one in self._store.find(KIND, newest=newest)]
        found = [one for one in known if id in (None, one.id)]
        if not found and id is not None:
            raise NotFound(f"knowledge {id[:19]} is not here; build it from the same files: avicena knowledge build")
        if not found:
            raise NotFound(NONE)
        return found[-1]

    def load(self, id: str | None = None) -> Knowledge:
        """The knowledge of that version, or of the one kept last.

        Raises NotFound (it is not here, or none is), Untrusted (its file is missing or was altered).
        """
        version = self.version(id)
        return self._once(self._loaded, version.id, lambda: self._read(version))

    def newest(self, mondo: bool) -> str:
        """The id of the version kept last, with `mondo` of those built with Mondo; believed for `RECHECK` seconds.

        Raises NotDeployed (there is none).
        """
        checked, id = self._newest.get(mondo, (float("-inf"), ""))
        if time.monotonic() - checked > RECHECK:
            versions = (record.load(KnowledgeVersion, one.body) for one in reversed(self._store.find(KIND)))
            id = next((one.id for one in versions if one.mondo or not mondo), "")
            if not id:
                raise NotDeployed(NO_MONDO if mondo else NONE)
            self._newest[mondo] = (time.monotonic(), id)
        return id

    def known(self, id: str, mondo: bool) -> Known:
        """A version with its indexes and what reads notes by its names, ready to rank with.

        Without `mondo` what Mondo adds is not ranked with. Raises as `load` does, and NotDeployed (it lacks Mondo).
        """
        return self._once(self._known, (id, mondo), lambda: self._ready(id, mondo))

    def _ready(self, id: str, mondo: bool) -> Known:
        knowledge = self.load(id)
        if mondo and knowledge.mondo is None:
            raise NotDeployed(NO_MONDO)
        return Known(id, Ready(knowledge, mondo).warm(), FindingsReader(knowledge.ontology))

    def _once(self, kept: MutableMapping[Key, Made], key: Key, make: Callable[[], Made]) -> Made:
        """What is kept under a key, made where it is not; meanwhile only those who want the same wait."""
        with self._lock:
            if key in kept:
                return kept.setdefault(key, kept.pop(key))
            making = self._making[key]
        with making:
            with self._lock:
                found = kept.get(key)
            if found is None:
                found = make()
            with self._lock:
                kept.pop(key, None)
                kept[key] = found
                while len(kept) > LOADED:
                    del kept[next(iter(kept))]
        return found

    def _read(self, version: KnowledgeVersion) -> Knowledge:
        try:
            data = self._blobs.get(version.blob)
        except NotFound:
            raise Untrusted("the file of the knowledge is missing; avicena knowledge build makes it again") from None
        return from_bytes(data, version.content)
