"""A noun as the bytes that are kept of it, and back: canonical JSON, read strictly."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_origin, get_type_hints

import orjson

from avicena.core import digest
from avicena.core.errors import Untrusted

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")

_ATOMS = frozenset({str, int, bool, type(None)})

_ADAPTERS: "dict[type[Any], TypeAdapter[Any]]" = {}


def dump(noun: Any) -> bytes:
    """A noun as canonical JSON; `load` gives an equal noun back.

    Raises ValueError (it holds a NaN or an infinity, which JSON cannot say and which would come back as nothing).
    """
    data = digest.canonical(noun)
    if b"null" in data and not _finite(noun):
        raise ValueError("a noun with a number that is not finite cannot be kept")
    return data


def load(cls: type[T], data: bytes) -> T:
    """The noun of class `cls` that `data` holds; a field left out takes its default, where it has one.

    Raises Untrusted (not JSON, or a field is missing, unknown or of another kind; the message repeats no value).
    """
    from pydantic import ValidationError  # here, so that importing Avicena does not load it

    try:
        if b"NaN" in data or b"Infinity" in data:
            orjson.loads(data)  # refuses these words where they stand for numbers
        adapter: TypeAdapter[T] = _adapter(cls)
        return adapter.validate_json(data, strict=True, extra="forbid")
    except orjson.JSONDecodeError:
        raise Untrusted(f"a record of {cls.__name__} is not JSON") from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        first = "; ".join(f"{_place(one['loc'])}: {one['type']}" for one in found[:3])
        raise Untrusted(f"a record of {cls.__name__} is not as it was written ({first})") from None


def _adapter(cls: type[Any]) -> "TypeAdapter[Any]":
    """The reader of one class, made once."""
    from pydantic import TypeAdapter

    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


def _place(parts: Iterable[int | str]) -> str:
    """Where a problem lies, cut short: a key in a mapping could be anything."""
    return ".".join(str(part)[:40] for part in parts) or "(the whole)"


def _finite(noun: Any) -> bool:
    """Whether no number in a noun is a NaN or an infinity; it runs on every answer, so it walks without recursion."""
    left = [noun]
    while left:
        value = left.pop()
        kind: Any = type(value)
        if kind is float:
            if not isfinite(value):
                return False
        elif kind in _ATOMS:
            continue
        elif kind is tuple or kind is list:
            left.extend(value)
        elif isinstance(value, Mapping):
            left.extend(value.values())
        else:
            left.extend(_numbers(kind)(value))
    return True


@cache
def _numbers(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the fields of a class that may hold a number; those that are a text or a whole number never do."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind) if not _plain(hints[field.name])]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda noun: tuple(getattr(noun, name) for name in names)


def _plain(hint: Any) -> bool:
    return hint in _ATOMS or get_origin(hint) is Literal
