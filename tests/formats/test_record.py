"""Nouns as bytes: what is kept comes back equal, and nothing else comes in."""

import dataclasses
import subprocess
import sys
import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.answer import Answer, Region
from avicena.core.bundle import BundleSpec
from avicena.core.errors import Untrusted
from avicena.core.model import (
    Candidate,
    DatasetVersion,
    Deployment,
    Evaluation,
    ModelVersion,
    Refused,
    Review,
    Row,
)
from avicena.formats import record
from tests.formats.samples import ANSWERS

NOUNS = (Answer, BundleSpec, Candidate, DatasetVersion, Deployment, Evaluation, ModelVersion, Refused, Review, Row)

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=8),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotated type: dataclasses field by field, mappings and tuples small."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in dataclasses.fields(kind)})
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of([values(one) for one in inner])
    if origin is Mapping:
        return st.dictionaries(values(inner[0]), values(inner[1]), max_size=2)
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(values(inner[0]), max_size=2).map(tuple)
    assert origin is tuple, kind
    return st.tuples(*(values(one) for one in inner))


@pytest.mark.parametrize("kind", NOUNS, ids=lambda kind: kind.__name__)
def test_what_is_kept_comes_back_equal(kind: type[Any]) -> None:
    @given(values(kind))
    def comes_back(noun: Any) -> None:
        data = record.dump(noun)
        back = record.load(kind, data)
        assert back == noun
        assert record.dump(back) == data

    comes_back()


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_comes_back_with_its_tuples(kind: str) -> None:
    answer = ANSWERS[kind]()
    back = record.load(Answer, record.dump(answer))
    assert back == answer
    assert isinstance(back.prediction.stages, tuple)
    assert hash(back.prediction.stages[0].heat_map) == hash(answer.prediction.stages[0].heat_map)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Untrusted, match="width: missing"):
        record.load(Region, b'{"x":0.0,"y":0.0,"height":1.0}')


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Untrusted, match="depth: unexpected_keyword_argument"):
        record.load(Region, b'{"x":0.0,"y":0.0,"width":1.0,"height":1.0,"depth":1.0}')


def test_a_field_of_another_kind_is_refused_and_its_value_not_repeated() -> None:
    with pytest.raises(Untrusted) as error:
        record.load(Region, b'{"x":0.0,"y":"secret of the patient","width":1.0,"height":1.0}')
    assert "secret" not in str(error.value)
    assert "y: float_type" in str(error.value)


def test_a_field_that_came_later_takes_its_default() -> None:
    fields = orjson.loads(record.dump(ModelVersion("a", 1, "c", "b", "refer", "r")))
    old = orjson.loads(record.dump(Deployment("a", 1, "t", _actor(), "why")))
    del old["shadows"], old["share"]
    assert record.load(Deployment, orjson.dumps(old)).shadows == ()
    del fields["number"]
    with pytest.raises(Untrusted):
        record.load(ModelVersion, orjson.dumps(fields))


def _actor() -> Any:
    return ANSWERS["suggestion"]().actor


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"[]", b'{"x":', b"\xff", b"{}" * 2, b'"x"', b"[" * 100_000])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(Untrusted):
        record.load(Region, data)


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_json_does_not_know_are_refused(word: bytes) -> None:
    with pytest.raises(Untrusted):
        record.load(Region, b'{"x":' + word + b',"y":0.0,"width":1.0,"height":1.0}')


def test_a_note_may_speak_of_infinity() -> None:
    noun = Refused("Infinity", "NaN")
    assert record.load(Refused, record.dump(noun)) == noun


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_cannot_be_kept(number: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        record.dump(Region(0.0, number, 1.0, 1.0))
    with pytest.raises(ValueError, match="not finite"):
        record.dump({"rows": [{"deep": (1.0, number)}], "none": None})


def test_importing_it_does_not_load_pydantic() -> None:
    code = "import sys, avicena.formats.record; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
