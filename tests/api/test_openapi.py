"""The document and the service say the same, whatever is asked (schemathesis)."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from avicena.api.server import create_app
from tests.small import application, picture, small_site

HERE = {"host": "127.0.0.1"}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 25

schemathesis.openapi.media_type("image/jpeg", st.just(picture(kind="JPEG")) | st.binary(max_size=200))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_the_service_or_its_document(folder: Path, mode: GenerationMode) -> None:
    app = create_app(small_site(folder))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers=HERE)
    asked = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
        )
        def ask(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS, headers=HERE)

        if mode is GenerationMode.POSITIVE or operation.method == "post":
            ask()
            asked.append(operation.path)
    assert f"/v1/{application.name}/answers" in asked
