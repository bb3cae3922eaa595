"""Bad input gets a problem that the caller can act on, and leaves nothing behind but one audit line."""

import base64
import io
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from avicena.site import Site
from tests.api.doors import ASK, FIELDS, PROBLEM, as_json, audit, files, kept
from tests.small import picture


def saved(mode: str, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (96, 96)).save(file, kind, **options)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 60,000 x 60,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    size = (60_000).to_bytes(4, "big")
    body = zlib.compress(bytes(100_000))
    header = chunk(b"IHDR", size + size + b"\x08\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def sixteen_bits() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((96, 96), 40_000, np.uint16)).save(file, "PNG")
    return file.getvalue()


def animated() -> bytes:
    frames = [Image.new("L", (96, 96), shade) for shade in (0, 90, 180)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def dicom_without_pixels() -> bytes:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = MRImageStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    data.Modality, data.Rows, data.Columns = "MR", 96, 96
    file = io.BytesIO()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


PICTURES = {
    "not an image": (b"Dear colleague, the patient ...", "image/png"),
    "truncated PNG": (picture()[:2000], "image/png"),
    "truncated JPEG": (picture(kind="JPEG")[:900], "image/jpeg"),
    "0 bytes": (b"", "image/png"),
    "decompression bomb": (bomb(), "image/png"),
    "16-bit": (sixteen_bits(), "image/png"),
    "CMYK": (saved("CMYK", "JPEG"), "image/jpeg"),
    "animated": (animated(), "image/png"),
    "GIF": (saved("L", "GIF"), "image/gif"),
    "wrong MIME": (picture(), "image/jpeg"),
    "DICOM without pixels": (dicom_without_pixels(), "application/dicom"),
    "too small": (picture(side=32), "image/png"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_cannot_be_answered_is_refused(client: TestClient, site: Site, name: str) -> None:
    data, media_type = PICTURES[name]
    before = kept(site)
    response = client.post(ASK, data=FIELDS, files=files(data, media_type))
    assert_refused(response, 422, site, before, "ContractViolation")
    assert [one["field"] for one in response.json()["errors"]] == ["mri"]


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "wrong MIME"])
def test_it_is_refused_in_json_too(client: TestClient, site: Site, name: str) -> None:
    before = kept(site)
    response = client.post(ASK, json=as_json(PICTURES[name][0]))
    assert_refused(response, 422, site, before, "ContractViolation")


WRONG: dict[str, dict[str, Any]] = {
    "age 190": {"age": "190"},
    "age -1": {"age": "-1"},
    "age abc": {"age": "abc"},
    "age nan": {"age": "nan"},
    "unknown sex": {"sex": "Q-secret"},
    "empty note": {"note": " "},
    "1 MB note": {"note": "Secreto! " * 120_000},
    "unknown field": {"blood": "secret"},
    "twice": {"age": ["54", "55"]},
    "subject with a name": {"subject": "Ana Secreta"},
    "control characters": {"note": "secret\x00note"},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_field_is_refused_without_its_value(client: TestClient, site: Site, name: str) -> None:
    before = kept(site)
    response = client.post(ASK, data=FIELDS | WRONG[name], files=files())
    assert_refused(response, 422, site, before, "ContractViolation")
    assert [one["field"] for one in response.json()["errors"]] == list(WRONG[name])
    assert "ecret" not in response.text


@pytest.mark.parametrize("value", ["abc", None, [], {}, True, "1e999", 10**400])
def test_a_json_value_of_another_kind_is_refused(client: TestClient, site: Site, value: Any) -> None:
    response = client.post(ASK, json=as_json(age=value))
    assert_refused(response, 422, site, kept(site), "ContractViolation")


def test_every_wrong_field_is_named_at_once(client: TestClient, site: Site) -> None:
    wrong = FIELDS | {"age": "190", "sex": "?", "note": "", "extra": "1", "subject": "a b"}
    response = client.post(ASK, data=wrong, files=files(b"?"))
    assert_refused(response, 422, site, kept(site), "ContractViolation")
    errors = {one["field"]: one["detail"] for one in response.json()["errors"]}
    assert set(errors) == {"mri", "age", "sex", "note", "extra", "subject"}
    assert errors["age"] == "outside 0 to 120 a"
    assert response.json()["errors"][0]["pointer"] == f"#/{response.json()['errors'][0]['field']}"


def test_missing_fields_are_named_at_once(client: TestClient) -> None:
    errors = client.post(ASK, json={}).json()["errors"]
    assert {one["field"]: one["detail"] for one in errors} == dict.fromkeys(("mri", "age", "sex", "note"), "missing")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'{"age": NaN}', "application/json"),
        (b'{"note": "\xff"}', "application/json"),
        (b"[" * 200_000, "application/json"),
        (b'{"a":' * 50_000, "application/json"),
        (b"no parts", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
        (b'--x\r\nContent-Disposition: form-data; name="age"\r\n\r\n5', "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n5\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n5\r\n' * 100 + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_that_does_not_parse_is_refused(client: TestClient, site: Site, body: bytes, media_type: str) -> None:
    response = client.post(ASK, content=body, headers={"content-type": media_type})
    assert_refused(response, 400, site, kept(site), "Malformed")


def test_a_member_given_twice_is_refused(client: TestClient, site: Site) -> None:
    body = b'{"age": 1, "age": 2, "mri": "' + base64.b64encode(picture()) + b'", "sex": "male", "note": "n"}'
    response = client.post(ASK, content=body, headers={"content-type": "application/json"})
    assert_refused(response, 422, site, kept(site), "ContractViolation")
    assert response.json()["errors"] == [{"field": "age", "pointer": "#/age", "detail": "given more than once"}]


@pytest.mark.parametrize("given", ["not base64!", "", 7, ["x"], "data:image/png;base64,AAAA"])
def test_a_json_picture_that_is_not_base64_is_refused(client: TestClient, site: Site, given: Any) -> None:
    response = client.post(ASK, json=as_json() | {"mri": given})
    assert_refused(response, 422, site, kept(site), "ContractViolation")


def test_text_that_is_not_utf8_is_refused(client: TestClient, site: Site) -> None:
    response = client.post(ASK, data=FIELDS, files=files() | {"note": (None, b"\xff\xfe", "text/plain")})
    assert_refused(response, 422, site, kept(site), "ContractViolation")


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_another_media_type_is_refused(client: TestClient, site: Site, media_type: str) -> None:
    response = client.post(ASK, content=b"age=54", headers={"content-type": media_type})
    assert_refused(response, 415, site, kept(site), "WrongMediaType")


def test_a_compressed_body_is_refused(client: TestClient, site: Site) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    response = client.post(ASK, content=zlib.compress(b"{}"), headers=headers)
    assert_refused(response, 415, site, kept(site), "WrongMediaType")


def test_a_body_that_says_it_has_50_mb_is_refused(client: TestClient, site: Site) -> None:
    response = client.post(ASK, data=FIELDS, files=files(bytes(50_000_000)))
    assert_refused(response, 413, site, kept(site), "TooLarge")


def test_a_body_that_grows_to_50_mb_is_refused_on_the_way(client: TestClient, site: Site) -> None:
    sent = 0

    def chunks() -> Any:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield bytes(1_000_000)

    response = client.post(ASK, content=chunks(), headers={"content-type": "multipart/form-data; boundary=x"})
    assert_refused(response, 413, site, kept(site), "TooLarge")
    assert sent >= 1


def test_an_unknown_application_is_refused(client: TestClient, site: Site) -> None:
    before = kept(site)
    response = client.post("/v1/secret-disease/answers", data=FIELDS, files=files())
    assert_refused(response, 404, site, before, "NotFound")
    assert "secret-disease" not in response.text


def test_another_version_of_the_api_is_refused(client: TestClient, site: Site) -> None:
    response = client.post(ASK, data=FIELDS, files=files(), headers={"x-api-version": "2"})
    assert_refused(response, 400, site, kept(site), "WrongVersion")
    assert client.get("/v1/small-tumour", headers={"x-api-version": "2"}).status_code == 400
    assert client.get("/v1/small-tumour", headers={"x-api-version": "1"}).status_code == 200


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
def test_a_request_that_only_pretends_to_be_ours_is_refused(
    client: TestClient, site: Site, headers: dict[str, str]
) -> None:
    response = client.post(ASK, data=FIELDS, files=files(), headers=headers)
    assert_refused(response, 403, site, kept(site), "NotAllowed")


def assert_refused(response: Any, status: int, site: Site, before: tuple[int, int], outcome: str) -> None:
    """A problem of that status; one audit line with the error's class; no answer and no file more than before."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["status"] == status
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert audit(site) == [("ask", outcome)]
    assert kept(site) == before
