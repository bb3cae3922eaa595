"""A question over HTTP, and its answer again."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from avicena.site import Site
from tests.api.doors import ASK, FIELDS, PROBLEM, as_json, audit, files, kept
from tests.small import TREATMENTS, TUMOURS, application

FHIR = {"accept": "application/fhir+json"}


def ask(client: TestClient) -> str:
    """The id of a fresh answer."""
    response = client.post(ASK, data=FIELDS, files=files())
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def test_a_form_gets_an_answer_with_explanation_and_decision(client: TestClient) -> None:
    response = client.post(ASK, data=FIELDS | {"subject": "P-1"}, files=files())
    assert response.status_code == 201
    answer = response.json()
    assert response.headers["location"] == f"/v1/answers/{answer['id']}"
    tumour, treatment = answer["stages"]
    assert set(tumour["scores"]) == set(TUMOURS)
    assert sum(tumour["scores"].values()) == pytest.approx(1, abs=1e-6)
    assert set(treatment["plausible"]) <= set(TREATMENTS)
    assert answer["decision"]["action"] in ("suggest", "refer")
    assert treatment["explanation"]["contributions"]
    assert answer["subject"] == "P-1"
    assert answer["model"]["bundle"].startswith("sha256:")


def test_json_gets_the_same_scores_as_a_form(client: TestClient) -> None:
    form = client.post(ASK, data=FIELDS, files=files()).json()
    json = client.post(ASK, json=as_json()).json()
    assert [stage["scores"] for stage in form["stages"]] == [stage["scores"] for stage in json["stages"]]
    assert form["inputs"]["digest"] == json["inputs"]["digest"]
    assert form["id"] != json["id"]


def test_an_answer_is_kept_with_one_audit_line(client: TestClient, site: Site) -> None:
    before = kept(site)
    ask(client)
    assert audit(site) == [("ask", "done")]
    assert kept(site) == (before[0] + 1, before[1] + 1)


def test_an_answer_reads_as_it_was_given_and_reading_is_audited(client: TestClient, site: Site) -> None:
    given = client.post(ASK, data=FIELDS, files=files())
    again = client.get(given.headers["location"])
    assert again.status_code == 200
    assert again.json() == given.json()
    assert audit(site) == [("ask", "done"), ("read", "done")]


def test_the_caller_chooses_fhir(client: TestClient) -> None:
    response = client.post(ASK, data=FIELDS, files=files(), headers=FHIR)
    assert response.headers["content-type"] == "application/fhir+json"
    assert response.json()["resourceType"] == "Bundle"
    assert client.get(response.headers["location"], headers=FHIR).json() == response.json()
    plain = client.get(response.headers["location"])
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["vary"] == "accept"


def test_an_unknown_view_is_refused_before_anything_is_done(client: TestClient, site: Site) -> None:
    response = client.post(ASK, data=FIELDS, files=files(), headers={"accept": "text/html"})
    assert response.status_code == 406
    assert response.headers["content-type"] == PROBLEM
    assert audit(site) == [("ask", "NotAcceptable")]


def test_the_heat_map_has_the_size_of_the_picture_and_lies_over_it(client: TestClient) -> None:
    answer = client.post(ASK, data=FIELDS, files=files()).json()
    over = client.get(answer["links"]["heat_map"])
    assert over.headers["content-type"] == "image/png"
    bare = client.get(answer["links"]["heat_map"], params={"overlay": "false"})
    with Image.open(BytesIO(over.content)) as first, Image.open(BytesIO(bare.content)) as second:
        assert first.size == second.size == (96, 96)
        assert (first.mode, second.mode) == ("RGB", "RGBA")
        assert np.asarray(second)[..., 3].max() > 0


def test_a_heat_map_of_a_stage_without_one_is_not_found(client: TestClient) -> None:
    response = client.get(f"/v1/answers/{ask(client)}/heat-map.png", params={"stage": "treatment"})
    assert response.status_code == 404


@pytest.mark.parametrize("id", ["01936f6e-5c1a-7abc-8def-0123456789ab", "nothing", "%00", "A" * 500])
def test_an_answer_that_there_is_not_is_not_found(client: TestClient, id: str) -> None:
    response = client.get(f"/v1/answers/{id}")
    assert response.status_code == 404
    assert response.headers["content-type"] == PROBLEM
    assert "A" * 65 not in response.text


def test_an_application_describes_itself(client: TestClient) -> None:
    answer = client.post(ASK, data=FIELDS, files=files()).json()
    found = client.get(answer["links"]["application"]).json()
    assert set(found["inputs"]["properties"]) == {*application.inputs, "subject"}
    assert found["stages"]["tumour"] == list(TUMOURS)
    assert client.get("/v1/nothing").status_code == 404


def test_answers_sort_by_the_time_they_were_given(client: TestClient) -> None:
    given = [ask(client) for _ in range(5)]
    assert sorted(given) == given or len({one[:13] for one in given}) < 5
