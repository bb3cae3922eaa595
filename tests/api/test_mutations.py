"""Thousands of damaged files over the door: a clear no or an answer, never a defect, never a hang."""

import random
from collections import Counter
from io import BytesIO

from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from starlette.testclient import TestClient

from avicena.site import Site
from tests.api.doors import ASK, FIELDS, PROBLEM, audit, files, kept
from tests.small import picture

COUNT = 2100


def dicom() -> bytes:
    """A small MR slice of 16 bits."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = MRImageStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Modality, data.Rows, data.Columns = "MR", 96, 96
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PixelData = random.Random(1).randbytes(96 * 96 * 2)
    file = BytesIO()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


def progressive() -> bytes:
    file = BytesIO()
    with Image.open(BytesIO(picture())) as image:
        image.convert("RGB").save(file, "JPEG", progressive=True)
    return file.getvalue()


def mutate(data: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, cut, doubled, or swapped; more often near its head, where the meaning lies."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        reach = chance.choice((64, 600, len(changed)))
        at = chance.randrange(max(1, min(reach, len(changed))))
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + chance.choice((1, 4, 100))]
            case 2:
                changed[at:at] = changed[at : at + chance.choice((1, 16, 300))]
            case 3:
                changed[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
            case _:
                del changed[chance.randrange(len(changed) + 1) :]
    return bytes(changed)


def test_no_damaged_file_breaks_the_service(client: TestClient, site: Site) -> None:
    chance = random.Random(20261122)
    seeds = [picture(), picture(kind="JPEG"), progressive(), dicom()]
    for seed in seeds:
        assert client.post(ASK, data=FIELDS, files=files(seed, "application/octet-stream")).status_code == 201
    before = kept(site)
    found: Counter[int] = Counter()
    for index in range(COUNT):
        data = mutate(seeds[index % len(seeds)], chance)
        response = client.post(ASK, data=FIELDS, files=files(data, "application/octet-stream"))
        found[response.status_code] += 1
        assert response.status_code in (201, 422), response.text
        assert response.elapsed.total_seconds() < 10
        if response.status_code == 422:
            assert response.headers["content-type"] == PROBLEM
    assert found[422] > COUNT / 3
    outcomes = Counter(outcome for _, outcome in audit(site)[len(seeds) :])
    assert outcomes == {"done": found[201], "ContractViolation": found[422]}
    assert kept(site)[0] - before[0] == found[201]
