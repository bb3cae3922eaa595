"""Thousands of damaged files over the door: a clear no or an answer, never a defect, never a hang."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from starlette.types import ASGIApp

from avicena.api.server import create_app
from tests.api.doors import ASK, PROBLEM, audit, kept
from tests.api.process import form
from tests.small import picture, small_site

COUNT = 2100
CLIENTS = 6
SECONDS = 30.0
"""A question that takes longer hangs."""


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


def damaged(seeds: list[bytes]) -> Iterator[bytes]:
    """COUNT questions with a damaged picture each, the same ones on every run."""
    chance = random.Random(20261122)
    for index in range(COUNT):
        yield form(mutate(seeds[index % len(seeds)], chance), "application/octet-stream")[0]


async def ask_all(app: ASGIApp, bodies: Iterator[bytes]) -> list[tuple[int, str, bytes]]:
    """What comes back for each body, asked by several clients at once."""
    found: list[tuple[int, str, bytes]] = []

    async def ask() -> None:
        for body in bodies:
            found.append(await asyncio.wait_for(call(app, body), SECONDS))

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return found


async def call(app: ASGIApp, body: bytes) -> tuple[int, str, bytes]:
    """Status, media type and body of one answer, without a client library in between."""
    sent: list[Any] = []
    headers = [(b"host", b"127.0.0.1"), (b"content-type", form()[1]["content-type"].encode())]
    scope = {"type": "http", "method": "POST", "path": ASK, "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope | {"client": ("127.0.0.1", 1), "root_path": "", "http_version": "1.1"}, receive, send)
    kind = dict(sent[0]["headers"])[b"content-type"].decode()
    return sent[0]["status"], kind, b"".join(one.get("body", b"") for one in sent[1:])


def test_no_damaged_file_breaks_the_service(folder: Path) -> None:
    site = small_site(folder, threads=CLIENTS)
    app = create_app(site)
    seeds = [picture(), picture(kind="JPEG"), progressive(), dicom()]
    whole = asyncio.run(ask_all(app, iter([form(seed, "application/octet-stream")[0] for seed in seeds])))
    assert [status for status, _, _ in whole] == [201] * len(seeds)
    found = asyncio.run(ask_all(app, damaged(seeds)))
    statuses = Counter(status for status, _, _ in found)
    assert set(statuses) == {201, 422}
    assert statuses.total() == COUNT
    assert statuses[422] > COUNT / 3
    assert {kind for status, kind, _ in found if status == 422} == {PROBLEM}
    outcomes = Counter(outcome for _, outcome in audit(site)[len(seeds) :])
    assert outcomes == {"done": statuses[201], "ContractViolation": statuses[422]}
    assert kept(site)[0] == statuses[201] + len(seeds)
    site.close()
