"""Why an input does not take a value is said in both languages."""

from typing import Any

import pytest

from avicena.core.case import Choice, Image, Input, Note, Number
from avicena.core.codes import Codes
from avicena.core.problems import problem
from avicena.core.text import Text

WRONG: list[tuple[Input, Any]] = [
    (Number(0, 120, "a"), "old"),
    (Number(0, 120, "a"), 190),
    (Choice("female", "male"), "x"),
    (Note(("en",)), 3),
    (Note(("en",)), " "),
    (Note(("en",), longest=3), "long"),
    (Note(("en",)), "a\x00b"),
    (Image("MR", min_side=8), "x"),
    (Codes(), ""),
    (Codes(), "[1"),
    (Codes(longest=1), "a, b"),
    (Codes(), "a" * 200),
    (Codes(options=("a", "b")), "c"),
    (Codes(pattern="[a-z]", sample=("a",)), "7"),
]


@pytest.mark.parametrize(("kind", "raw"), WRONG)
def test_what_an_input_does_not_take_is_said_in_both_languages(kind: Input, raw: Any) -> None:
    with pytest.raises(ValueError, match=r"\w") as error:
        kind.parse(raw)
    said = problem(str(error.value))
    assert said.en == str(error.value)
    assert said.es != said.en


def test_figures_and_units_stay_and_what_is_not_known_is_said_as_it_is() -> None:
    assert problem("outside 0 to 120 a").es == "fuera del intervalo de 0 a 120 a"
    assert problem("of another kind") == Text("of another kind", "of another kind")
