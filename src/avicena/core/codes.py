"""Lists of codes as an input: evidences, findings, diagnoses, of a vocabulary or of a form."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from avicena.core.text import Text

LONGEST_CODE = 128
"""Characters of one code."""

_UNSAID = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_TOKEN = re.compile(r"""\s*(?:'((?:[^'\\]|\\['"\\])*)'|"((?:[^"\\]|\\['"\\])*)")\s*(,|$)""")
_ESCAPED = re.compile(r"\\(.)")
_APART = re.compile(r"[,;\n]")


def split(text: str, separator: str = "") -> list[Any]:
    """The parts of a text that lists codes: a list as JSON or Python writes it, or codes with separators between.

    Without a `separator` a comma, a semicolon or a line's end parts them. Raises ValueError (a broken list).
    """
    text = text.strip()
    if separator:
        return [part for part in map(str.strip, text.split(separator)) if part]
    if not text.startswith("["):
        return [part for part in map(str.strip, _APART.split(text)) if part]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _python(text)
    return found if isinstance(found, list) else [found]


def joined(codes: tuple[str, ...]) -> str:
    """Codes as a text that `split` takes apart again."""
    if any(_APART.search(code) for code in codes) or (codes and codes[0].startswith("[")) or not codes:
        return json.dumps(list(codes), ensure_ascii=False)
    return ", ".join(codes)


def _python(text: str) -> list[str]:
    """The texts of a Python list literal of texts; nothing of it is evaluated."""
    if not text.endswith("]"):
        raise ValueError("not a list of codes")
    inner, at, found = text[1:-1].rstrip(), 0, []
    while at < len(inner):
        token = _TOKEN.match(inner, at)
        if token is None:
            raise ValueError("not a list of codes")
        found.append(_ESCAPED.sub(r"\1", token[1] if token[1] is not None else token[2]))
        at = token.end()
    return found


@dataclass(frozen=True, slots=True)
class Codes:
    """Several codes, in no order and each once: one of `options`, or what `pattern` (a regular expression) matches.

    With neither, any code is taken. Not more than `longest` codes; a list with a number of codes outside `plausible`
    (fewest, most) is taken, and shown to a person. An empty list says that there is none, which is not the same as a
    value that is missing. `sample` is what documentation shows; with a `pattern` it must be given.
    """

    options: tuple[str, ...] = ()
    pattern: str = ""
    longest: int = 200
    required: bool = True
    plausible: tuple[int, int] | None = None
    missing: Text | None = None
    sample: tuple[str, ...] = ()
    _known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", frozenset(self.options))
        if self.options and self.pattern:
            raise ValueError("give options or a pattern, not both")
        if self.pattern and not self.sample:
            raise ValueError("give a sample of codes that the pattern matches")
        if self.longest < 1:
            raise ValueError("longest must be at least 1")
        self.parse(self.example())

    def parse(self, raw: Any) -> tuple[str, ...]:
        """The codes sorted, each once; `raw` is a list of texts, or a text that `split` takes apart."""
        if isinstance(raw, str):
            if not raw.strip():
                raise ValueError("empty; write [] where there is none")
            raw = split(raw)
        if not isinstance(raw, (list, tuple)):
            raise ValueError("not a list of codes")
        codes = {self._one(code) for code in raw}
        if len(codes) > self.longest:
            raise ValueError(f"more than {self.longest} codes")
        return tuple(sorted(codes))

    def _one(self, code: Any) -> str:
        if not isinstance(code, str):
            raise ValueError("not a list of codes")
        text = code.strip()
        if not 0 < len(text) <= LONGEST_CODE or _UNSAID.search(text):
            raise ValueError(f"a code has 1 to {LONGEST_CODE} characters, none of them a control character")
        if self.options and text not in self._known:
            raise ValueError("holds a code that is not of the vocabulary")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError("holds a code that is not of the form asked for")
        return text

    def example(self) -> list[str]:
        return list(self.sample or self.options[:2] or ("a-code",))

    def schema(self) -> dict[str, Any]:
        one: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_CODE}
        if self.options:
            one = {"type": "string", "enum": list(self.options)}
        elif self.pattern:
            one["pattern"] = f"^(?:{self.pattern})$"
        words = "codes, each once; an empty list says that there is none"
        return {"type": "array", "items": one, "maxItems": self.longest, "description": words}
