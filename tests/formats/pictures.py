"""Small picture files made for a test: JPEG, PNG and DICOM."""

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

AXIAL = [1, 0, 0, 0, 1, 0]
SECRET = "ROSALIND^UNKNOWN"


def blob(height: int = 24, width: int = 32) -> NDArray[np.uint8]:
    """A grey picture without any symmetry: brighter to the right, and more so downwards; uint8 (height, width)."""
    y, x = np.mgrid[0:height, 0:width]
    return np.asarray(20 + 150 * x / width + 60 * y / height, dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(**options: Any) -> bytes:
    return encoded(Image.fromarray(blob()), "JPEG", quality=95, **options)


def png(**options: Any) -> bytes:
    return encoded(Image.fromarray(blob()), "PNG", **options)


def chunk(name: bytes, body: bytes) -> bytes:
    """One part of a PNG file with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(file: bytes, extra: Iterable[bytes]) -> bytes:
    """A PNG with parts put in right behind its header (8 bytes of signature, 25 of IHDR)."""
    return file[:33] + b"".join(extra) + file[33:]


def dataset(stored: NDArray[Any], **elements: Any) -> Dataset:
    """A single-frame MR image with these stored values; an element set to None is left out."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = MRImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["avicena"])
    made.SOPClassUID = MRImageStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID
    made.Modality = "MR"
    made.PatientName, made.PatientID, made.PatientBirthDate = SECRET, "4711-0815", "19011231"
    made.Rows, made.Columns = stored.shape
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    bits = stored.dtype.itemsize * 8
    made.BitsAllocated, made.BitsStored, made.HighBit = bits, bits, bits - 1
    made.PixelRepresentation = int(stored.dtype.kind == "i")
    for name, value in elements.items():
        if value is None:
            delattr(made, name)
        else:
            setattr(made, name, value)
    raw = stored.tobytes()
    if "PixelData" not in elements:
        made.PixelData = raw + b"\0" * (len(raw) % 2)
        made["PixelData"].VR = "OB" if bits == 8 else "OW"
    return made


def saved(made: Dataset) -> bytes:
    file = BytesIO()
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()


def dicom(stored: NDArray[Any], **elements: Any) -> bytes:
    return saved(dataset(stored, **elements))
