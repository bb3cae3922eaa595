"""Lists of codes: what is read, what is refused, and that no code is repeated in a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena import Text
from avicena.core.case import Contract
from avicena.core.codes import LONGEST_CODE, Codes, joined, split
from avicena.core.errors import ContractViolation
from avicena.core.question import shown

FREE = Codes()
CODES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20).map(
    str.strip
)


@pytest.mark.parametrize(
    "raw",
    [
        ["b", "a", "b"],
        ("a", "b"),
        '["b", "a"]',
        "['a', 'b', 'a']",
        "['a', \"b\",]",
        " [ 'a' ,'b' ] ",
        "a, b",
        "b;a",
        "a\nb\n",
        [" a ", "b"],
    ],
)
def test_codes_are_read_from_lists_and_texts_each_once_and_in_order(raw: object) -> None:
    assert FREE.parse(raw) == ("a", "b")


def test_codes_keep_their_accents_spaces_and_case() -> None:
    text = "['douleurxx_carac_@_lancinante_/_choc_électrique', 'faiblesse faciale', \"l'aine\", 'a\\'b', 'A', 'a']"
    assert FREE.parse(text) == (
        "A",
        "a",
        "a'b",
        "douleurxx_carac_@_lancinante_/_choc_électrique",
        "faiblesse faciale",
        "l'aine",
    )


def test_an_empty_list_says_that_there_is_none_and_an_empty_text_says_nothing() -> None:
    assert FREE.parse("[]") == FREE.parse([]) == ()
    with pytest.raises(ValueError, match="empty"):
        FREE.parse("  ")


@pytest.mark.parametrize(
    "raw",
    [
        "['secret'",
        "['secret' 'b']",
        "[secret]",
        "['secret', __import__('os')]",
        "[['secret']]",
        "[" * 100_000,
        "[1" + "0" * 5000 + "]",
        "['\\x41secret']",
        [1],
        [None],
        [["secret"]],
        {"secret": 1},
        7,
        True,
        [""],
        ["secret\x00"],
        ["secret\ud800"],
        ["secret" * LONGEST_CODE],
        ["secret"] + [str(n) for n in range(300)],
    ],
)
def test_what_is_no_list_of_codes_is_refused_without_repeating_it(raw: object) -> None:
    with pytest.raises(ValueError, match="code") as error:
        FREE.parse(raw)
    assert "secret" not in str(error.value)
    assert len(str(error.value)) < 120


def test_a_vocabulary_and_a_pattern_refuse_other_codes() -> None:
    with pytest.raises(ValueError, match="not of the vocabulary"):
        Codes(options=("cough", "fever")).parse(["cough", "secret"])
    phenotypes = Codes(pattern=r"HP:\d{7}", sample=("HP:0001250",))
    assert phenotypes.parse("HP:0001250, HP:0000001") == ("HP:0000001", "HP:0001250")
    with pytest.raises(ValueError, match="not of the form"):
        phenotypes.parse("HP:0001250x")


def test_a_kind_that_cannot_hold_what_it_shows_is_not_made() -> None:
    for wrong in (
        {"pattern": "a+"},
        {"options": ("a",), "pattern": "a"},
        {"longest": 0},
        {"pattern": "a+", "sample": ("b",)},
    ):
        with pytest.raises(ValueError, match=r"pattern|longest|form"):
            Codes(**wrong)


def test_every_wrong_field_is_named_and_a_list_may_be_left_out_where_it_is_not_required() -> None:
    contract = Contract({"signs": Codes(options=("a", "b")), "history": Codes(required=False)})
    with pytest.raises(ContractViolation) as error:
        contract.parse({"history": [3]})
    assert error.value.problems == {"signs": "missing", "history": "not a list of codes"}
    assert contract.parse({"signs": ["b", "a"]}).values == {"signs": ("a", "b"), "history": None}


def test_the_schema_says_what_is_taken() -> None:
    assert Codes(options=("a", "b"), longest=5).schema() == {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
        "maxItems": 5,
        "description": "codes, each once; an empty list says that there is none",
    }
    assert FREE.parse(FREE.example()) == ("a-code",)
    assert Codes(missing=Text("not asked", "no se preguntó")).missing is not None


@given(st.lists(CODES.filter(bool), max_size=6))
def test_codes_written_as_a_text_are_read_as_the_same_codes(codes: list[str]) -> None:
    parsed = FREE.parse(codes)
    assert FREE.parse(split(joined(parsed))) == parsed
    assert FREE.parse(shown(parsed)) == parsed


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        found = FREE.parse(text)
    except ValueError:
        return
    assert list(found) == sorted(set(found))
