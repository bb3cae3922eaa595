"""The knowledge as an answer is given with it: a named version, its indexes, and what reads notes by its names."""

from dataclasses import dataclass

from avicena.core.knowledge import Knowledge
from avicena.core.noted import ReadsNotes
from avicena.measure.rank_columns import Ready


@dataclass(frozen=True, eq=False)
class Known:
    """`id` is that of its KnowledgeVersion; without `notes`, notes say nothing."""

    id: str
    ready: Ready
    notes: ReadsNotes | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What is known of every disease."""
        return self.ready.known
