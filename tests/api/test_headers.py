"""What headers ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.api import headers
from avicena.api.errors import NotAcceptable, WrongVersion


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", headers.JSON),
        ("", None),
        ("application/*", headers.JSON),
        ("application/json", headers.JSON),
        ("application/fhir+json", headers.FHIR),
        ("application/fhir+json; charset=utf-8", headers.FHIR),
        ("application/json;q=0.5, application/fhir+json", headers.FHIR),
        ("application/json, application/fhir+json;q=0.9", headers.JSON),
        ("application/json;q=0, */*", headers.FHIR),
        ("text/html, */*;q=0.1", headers.JSON),
        ("APPLICATION/FHIR+JSON", headers.FHIR),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
    ],
)
def test_the_view_that_the_caller_likes_best_is_chosen(accept: str, media: str | None) -> None:
    if media is None:
        with pytest.raises(NotAcceptable):
            headers.view({"accept": accept})
    else:
        assert headers.view({"accept": accept}) == media


def test_whoever_asks_for_nothing_gets_json() -> None:
    assert headers.view({}) == headers.JSON


@given(st.text(max_size=60))
def test_no_accept_header_breaks_the_choice(accept: str) -> None:
    try:
        assert headers.view({"accept": accept}) in (headers.JSON, headers.FHIR)
    except NotAcceptable:
        assert "application/json" not in [part.strip() for part in accept.split(",")]


def test_a_plain_request_id_is_kept_and_another_replaced() -> None:
    assert headers.request_id({"x-request-id": "a-1._Z"}) == "a-1._Z"
    for strange in ("", "a b", "a\n", "é", "x" * 65):
        made = headers.request_id({"x-request-id": strange})
        assert made != strange
        assert len(made) == 16


def test_only_our_version_is_spoken() -> None:
    headers.check_version({})
    headers.check_version({"x-api-version": "1"})
    for other in ("2", "1.0", "", "one"):
        with pytest.raises(WrongVersion):
            headers.check_version({"x-api-version": other})
