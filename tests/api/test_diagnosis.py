"""A differential over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from avicena.api.describe import PACKET
from avicena.api.server import create_app
from tests import ranked, toy
from tests.api.doors import open_door

ASK = "/v1/diagnosis/answers"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    site = ranked.ranked_site(tmp_path_factory.mktemp("door"))
    with open_door(create_app(site)) as opened:
        yield opened
    site.close()


def test_findings_get_a_list_and_the_same_answer_again(door: TestClient) -> None:
    response = door.post(ASK, json=dict(toy.raw()))
    assert response.status_code == 201, response.text
    told = response.json()
    assert told["stages"][0]["ranking"]["diseases"][0]["id"] == "OMIM:100001"
    assert door.get(response.headers["location"]).json() == told


def test_a_phenopacket_says_the_same_as_its_findings(door: TestClient) -> None:
    packet = door.post(ASK, json={"phenopacket": PACKET})
    assert packet.status_code == 201, packet.text
    fields = {
        "findings": ["HP:0001250@P6M", "HP:0001263", "-HP:0000252"],
        "age": 6.5,
        "sex": "female",
        "subject": "P-0001",
    }
    assert packet.json()["stages"] == door.post(ASK, json=fields).json()["stages"]


def test_a_form_takes_findings_as_text(door: TestClient) -> None:
    response = door.post(ASK, data={"findings": "HP:0002197, HP:0001263"}, files={"sex": (None, "female")})
    assert response.status_code == 201, response.text


def test_every_example_of_the_document_is_answered(door: TestClient) -> None:
    content = door.get("/openapi.json").json()["paths"][ASK]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == {"case", "packet"}
    for one in content["examples"].values():
        response = door.post(ASK, json=one["value"])
        assert response.status_code == 201, response.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"findings": ["HP:0001250", "-HP:0001250"]}, "findings"),
        ({"findings": ["HP:9999999", "HP:0001250"]}, "findings"),
        ({"findings": [f"HP:{number:07d}" for number in range(500)]}, "findings"),
        ({"findings": [], "age": 151}, "age"),
        ({"findings": [], "sex": "both"}, "sex"),
        ({"phenopacket": {"metaData": {"phenopacketSchemaVersion": "1.0"}, "subject": {}}}, "phenopacket"),
        ({"note": "x" * 5_000_000}, "note"),
    ],
)
def test_what_is_wrong_is_a_problem_of_its_field(door: TestClient, body: dict[str, Any], field: str) -> None:
    response = door.post(ASK, json=body)
    assert response.status_code == 422, response.text[:300]
    assert [one["field"] for one in response.json()["errors"]] == [field]


def test_nothing_at_all_is_a_clear_referral(door: TestClient) -> None:
    response = door.post(ASK, json={})
    assert response.status_code == 201, response.text
    assert response.json()["decision"]["words"]["es"] == "Sin recomendación – escalar a especialista"


def test_the_fhir_view_is_sent_where_it_is_wanted(door: TestClient) -> None:
    response = door.post(ASK, json=dict(toy.raw()), headers={"accept": "application/fhir+json"})
    assert any(one["resource"]["resourceType"] == "RiskAssessment" for one in response.json()["entry"])
