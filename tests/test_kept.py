"""What is kept is found by the beginning of its digest, and who finds nothing is told what to do."""

import pytest

from avicena.core.errors import NotFound
from avicena.kept import begins

DIGESTS = ("sha256:12ab", "sha256:12cd", "sha256:34ef")


def found(name: str, known: tuple[str, ...] = DIGESTS) -> str:
    return begins(known, name, str, "make one first", "begin with that; list them")


def test_a_beginning_names_the_only_one_that_has_it_and_newest_the_last() -> None:
    assert found("12c") == found("sha256:12c") == "sha256:12cd"
    assert found("newest") == "sha256:34ef"


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("12", DIGESTS, "2 begin with that; list them"),
        ("9", DIGESTS, "0 begin with that; list them"),
        ("9", (), "0 begin with that; list them"),
        ("newest", (), "make one first"),
    ],
)
def test_several_none_and_nothing_at_all_are_told_apart(name: str, known: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotFound) as error:
        found(name, known)
    assert str(error.value) == said
