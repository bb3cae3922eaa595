"""What a note is said to tell of a patient, as the rooms that rank it see it."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Noted(NamedTuple):
    """A finding that a note affirms or denies of the patient, in characters `start` to `end` (exclusive)."""

    id: str
    observed: bool
    start: int
    end: int


class ReadsNotes(Protocol):
    """Finds terms of the ontology in a text; family history and what is only suspected are none of the patient's.

    Raises ContractViolation (the text cannot be read).
    """

    def __call__(self, text: str, /) -> Iterable[Noted]: ...
