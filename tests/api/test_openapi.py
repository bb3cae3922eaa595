"""The document and the service say the same, whatever is asked (schemathesis)."""

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from avicena.api.server import create_app
from tests.small import picture, small_site

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def api(folder: Path) -> schemathesis.schemas.BaseSchema:
    """The document of a small installation, and the way to ask it."""
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(small_site(folder), own=True), headers=HERE)


HERE = {"host": "127.0.0.1"}
schema = schemathesis.pytest.from_fixture("api")
schemathesis.openapi.media_type("image/jpeg", st.just(picture(kind="JPEG")) | st.binary(max_size=200))


@schema.parametrize()
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
def test_no_request_breaks_the_service_or_its_document(case: schemathesis.Case) -> None:
    case.headers = {**(case.headers or {}), **HERE}
    case.call_and_validate(checks=CHECKS)
