"""What a hospital may send: the kinds of input, the contract they make, and the parsed case."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from avicena.core.errors import ContractViolation, Unreadable
from avicena.core.onset import age_years
from avicena.core.text import Text

_UNSAID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""Control characters other than tab and line ends, and halves of characters."""

Value = float | str | tuple[str, ...] | None
"""What a parsed input holds: a number, a choice, a text, an image's digest, codes, or None when it was not given."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was read: its pixels, and the bytes to keep of it with their digest.

    `data` is what may be kept: of a DICOM file, no element of patient, study or institution. `pixels` is uint8 or
    uint16 (height, width), 0 = black, upright as the patient is shown.
    """

    digest: str
    media_type: str
    modality: str | None
    pixels: NDArray[np.generic] = field(compare=False, repr=False)
    data: bytes = field(default=b"", compare=False, repr=False)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of one picture as they arrived, with the media type that their sender declared."""

    data: bytes = field(repr=False)
    media_type: str | None = None


class Input(Protocol):
    """One kind of input. `parse` gives the value or raises ValueError with words that repeat no value.

    A kind may also have `missing`, a Text that says what it means when the value is not given.
    """

    @property
    def required(self) -> bool: ...

    def parse(self, raw: Any) -> Value: ...

    def example(self) -> Any: ...

    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity between two bounds, in one UCUM unit.

    A value outside `plausible` (lowest, highest) is taken, and shown to a person in review. With `durations` a number
    of years may also be an ISO 8601 duration, such as "P6Y6M" or "P3W".
    """

    low: float
    high: float
    unit: str
    required: bool = True
    plausible: tuple[float, float] | None = None
    missing: Text | None = None
    durations: bool = False

    def __post_init__(self) -> None:
        if self.durations and self.unit != "a":
            raise ValueError("durations are taken where the unit is years, a")
        if self.plausible is not None and not self.low <= self.plausible[0] <= self.plausible[1] <= self.high:
            raise ValueError("the plausible range must lie inside the bounds")

    def parse(self, raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
            raise ValueError(f"not a number in {self.unit}")
        if self.durations and isinstance(raw, str) and raw.strip()[:1].upper() == "P":
            raw = _years(raw.strip().upper())
        try:
            value = float("" if isinstance(raw, str) and "_" in raw else raw)
        except (ValueError, OverflowError):
            raise ValueError(f"not a number in {self.unit}") from None
        if not math.isfinite(value):
            raise ValueError(f"not a number in {self.unit}")
        if not self.low <= value <= self.high:
            raise ValueError(f"outside {self.low:g} to {self.high:g} {self.unit}")
        return value

    def example(self) -> float:
        return round((self.low + self.high) / 2)

    def schema(self) -> dict[str, Any]:
        number = {"type": "number", "minimum": self.low, "maximum": self.high}
        if not self.durations:
            return {**number, "description": f"in {self.unit} (UCUM)"}
        lasted = {"type": "string", "pattern": "^P([0-9]+(\\.[0-9]+)?[YMWD])+$", "maxLength": LONGEST_DURATION}
        return {"anyOf": [number, lasted], "description": "in years, or an ISO 8601 duration such as P6Y6M"}


LONGEST_DURATION = 32
"""Characters of a duration."""


def _years(text: str) -> float:
    """Raises ValueError (not a duration that ends in years, months, weeks or days)."""
    found = age_years(text) if len(text) <= LONGEST_DURATION else None
    if found is None:
        raise ValueError("not a duration, such as P6Y6M, and not a number of years")
    return found


class Choice:
    """One of a few words, in lower case."""

    __slots__ = ("missing", "options", "required")

    def __init__(self, *options: str, required: bool = True, missing: Text | None = None) -> None:
        self.options = options
        self.required = required
        self.missing = missing

    def parse(self, raw: Any) -> str:
        word = raw.strip().lower() if isinstance(raw, str) else None
        if word not in self.options:
            raise ValueError(f"not one of {', '.join(self.options)}")
        return word

    def example(self) -> str:
        return self.options[0]

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Note:
    """Free clinical text in one of the languages named, at most `longest` characters."""

    languages: tuple[str, ...]
    longest: int = 20_000
    required: bool = True
    missing: Text | None = None

    def parse(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("not a text")
        text = raw.strip()
        if not text:
            raise ValueError("empty; write the symptoms, or leave the case to the specialist")
        if len(text) > self.longest:
            raise ValueError(f"longer than {self.longest} characters")
        if _UNSAID.search(text):
            raise ValueError("holds control characters")
        return text

    def example(self) -> str:
        return "Headaches for three weeks, worse in the morning. No seizures."

    def schema(self) -> dict[str, Any]:
        words = f"clinical note in one of: {', '.join(self.languages)}"
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "description": words}


@dataclass(frozen=True, slots=True)
class Image:
    """One picture of a modality (DICOM code), at least `min_side` pixels on its shorter side."""

    modality: str
    min_side: int = 64
    required: bool = True
    missing: Text | None = None

    def parse(self, raw: Any) -> str:
        if isinstance(raw, Unreadable):
            raise ValueError(str(raw))
        if not isinstance(raw, Picture):
            raise ValueError("not a picture")
        if raw.modality not in (None, self.modality):
            raise ValueError(f"DICOM modality is not {self.modality}")
        if min(raw.height, raw.width) < self.min_side:
            raise ValueError(f"smaller than {self.min_side} pixels on its shorter side")
        return raw.digest

    def example(self) -> str:
        return "(the bytes of a JPEG, PNG or DICOM file)"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "description": f"{self.modality} picture: JPEG, PNG or single-frame DICOM"}


@dataclass(frozen=True, slots=True)
class Case:
    """One question about one patient: a pseudonym and the parsed values (pictures as digests)."""

    subject: str | None
    values: Mapping[str, Value]

    def number(self, name: str) -> float:
        """The number given under an input; NaN where none was given."""
        value = self.values.get(name)
        return float(value) if isinstance(value, (int, float)) else math.nan


class Contract:
    """The inputs of an application, and the one way from raw values to a Case."""

    def __init__(self, inputs: Mapping[str, Input]) -> None:
        self.inputs = dict(inputs)

    def parse(self, raw: Mapping[str, Any], *, partial: bool = False) -> Case:
        """Parse, don't validate: a Case, or every wrong field at once.

        `raw` holds a Picture for each image, or for any field the Unreadable that reading it raised. With `partial`,
        as for rows of a training table, a missing input is None instead of a problem.

        Raises ContractViolation (any field missing, unknown or outside its bounds).
        """
        problems: dict[str, str] = {}
        values: dict[str, Value] = {}
        for name, kind in self.inputs.items():
            given = raw.get(name)
            if given is None:
                values[name] = None
                if kind.required and not partial:
                    problems[name] = "missing"
                continue
            if isinstance(given, Unreadable):
                problems[name] = str(given)
                continue
            try:
                values[name] = kind.parse(given)
            except ValueError as error:
                problems[name] = str(error)
        for index, name in enumerate(n for n in raw if n not in self.inputs and n != "subject"):
            problems[name if _plain(name) else f"unknown field {index + 1}"] = "not an input of this application"
        subject = raw.get("subject")
        if subject is not None and not (isinstance(subject, str) and _plain(subject)):
            problems["subject"] = "a pseudonym is 1 to 64 letters, digits, '.', '_' or '-'"
        if problems:
            raise ContractViolation(problems)
        return Case(subject, values)


def _plain(name: str) -> bool:
    """Whether a name is short and plain enough to be repeated in an answer."""
    return 0 < len(name) <= 64 and name.isascii() and all(c.isalnum() or c in "._-" for c in name)
