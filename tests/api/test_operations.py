"""What whoever runs the service sees: health, figures, documentation, and how errors of ours look."""

import re
from pathlib import Path

import pytest
from starlette.routing import Router
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from avicena.api import docs
from avicena.api.layers import Envelope
from avicena.api.metrics import Meters
from avicena.api.server import create_app
from avicena.site import Site
from tests.api.doors import ASK, FIELDS, PROBLEM, files, open_door
from tests.small import install, small_site


def test_it_says_that_it_lives_and_is_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "warnings": {}}


def test_without_a_model_it_lives_but_is_not_ready(tmp_path: Path) -> None:
    site = small_site(tmp_path, installed=False)
    with open_door(create_app(site)) as client:
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.headers["content-type"]) == (503, PROBLEM)
        assert [one["field"] for one in ready.json()["errors"]] == ["small-tumour"]
        asked = client.post(ASK, data=FIELDS, files=files())
        assert asked.status_code == 503
        assert int(asked.headers["retry-after"]) > 0
        assert "no model answers" in asked.json()["detail"]
    site.close()


def test_a_tampered_newer_bundle_does_not_stop_the_old_one(client: TestClient, site: Site, tmp_path: Path) -> None:
    first = client.post(ASK, data=FIELDS, files=files()).json()
    newer = install(site, rounds=6)
    weights = site.get(dict[str, str], "bundle", newer)["treatment.ubj"].removeprefix("sha256:")
    blob = next(path for path in (site.settings.folder / "blobs").rglob("*") if weights in str(path).replace("/", ""))
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    second = client.post(ASK, data=FIELDS, files=files())
    assert second.status_code == 201
    assert second.json()["model"] == first["model"]
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert "small-tumour" in ready.json()["warnings"]


def test_figures_name_routes_and_decisions_but_no_value_of_a_patient(client: TestClient) -> None:
    client.post(ASK, data=FIELDS | {"subject": "P-77"}, files=files())
    client.post(ASK, data=FIELDS | {"age": "191.1357"}, files=files())
    client.get("/no/such/page-secret")
    client.request("BREW", "/health/live")
    text = client.get("/metrics").text
    assert f'avicena_requests_total{{method="POST",route="{ASK}",status="201"}} 1.0' in text
    assert f'avicena_requests_total{{method="POST",route="{ASK}",status="422"}} 1.0' in text
    assert 'route="(none)",status="404"' in text
    assert 'method="other"' in text
    assert re.search(r'avicena_decisions_total\{action="(suggest|refer)",application="small-tumour"\} 1.0', text)
    assert "avicena_request_seconds_bucket" in text
    for secret in ("P-77", "191.1357", "secret", "BREW", "Headaches"):
        assert secret not in text


def test_every_response_carries_version_request_id_and_no_store(client: TestClient) -> None:
    for path in ("/health/live", "/nowhere", "/v1/small-tumour", "/openapi.json", "/docs"):
        response = client.get(path, headers={"x-request-id": "mine-1"})
        assert response.headers["x-api-version"] == "1"
        assert response.headers["x-request-id"] == "mine-1"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_wrong_addresses_and_methods_are_problems(client: TestClient) -> None:
    missing = client.get("/nowhere")
    assert (missing.status_code, missing.headers["content-type"]) == (404, PROBLEM)
    wrong = client.delete(ASK)
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, PROBLEM)
    assert "POST" in wrong.headers["allow"]


def test_a_defect_of_ours_is_a_problem_without_detail(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError("patient Ana")

    with open_door(Envelope(Router(default=broken), Meters())) as client:
        response = client.get("/broken", headers={"x-request-id": "r-9"})
    assert (response.status_code, response.headers["content-type"]) == (500, PROBLEM)
    assert "Ana" not in response.text + caplog.text
    assert "request r-9: ZeroDivisionError" in caplog.text


def test_the_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(sources) == 3
    for source in sources:
        assert source.startswith("/docs/")
        assert client.get(source).status_code == 200
    assert len(client.get("/docs/swagger-ui-bundle.js").content) > 500_000
    assert client.get("/docs/..%2f__init__.py").status_code == 404
    assert client.get("/docs/core.py").status_code == 404
    assert docs.folder().is_dir()


def test_the_document_describes_the_question_with_an_example_that_can_be_asked(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    content = document["paths"][ASK]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "multipart/form-data"}
    example = content["application/json"]["examples"]["case"]["value"]
    assert client.post(ASK, json=example).status_code == 201
    assert content["multipart/form-data"]["schema"]["properties"]["mri"]["format"] == "binary"
    assert content["application/json"]["schema"]["required"] == ["mri", "age", "sex", "note"]


def test_a_page_answers_head_and_a_trailing_slash_leads_to_it(client: TestClient) -> None:
    assert [client.head(path).status_code for path in ("/docs", "/openapi.json", ASK)] == [200, 200, 405]
    assert client.get("/docs/", follow_redirects=False).status_code == 307
    assert client.get("/docs/").status_code == 200


def test_requests_are_counted_under_the_path_of_their_route(client: TestClient) -> None:
    client.get("/v1/answers/0190a0a0-0000-7000-8000-000000000000")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert 'route="/v1/answers/{id}",status="404"' in text
    assert 'route="(none)",status="404"' in text
