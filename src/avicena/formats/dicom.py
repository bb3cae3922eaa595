"""One MR slice from a DICOM file: the pixels as a radiologist sees them, and nothing about the patient."""

import logging
import math
import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.case import Picture
from avicena.core.errors import Unreadable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LONGEST = 4096  # pixels of a side: the network sees a square around the picture
LARGEST = 2048 * 2048  # pixels; an MR slice has at most about 1024 x 1024
_MOST_READS = 20_000  # calls for bytes; a real slice needs some hundreds
_PICTURE_TAGS = (
    *("SOPClassUID", "Modality", "SamplesPerPixel", "PhotometricInterpretation", "NumberOfFrames", "Rows", "Columns"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData"),
    *("RescaleSlope", "RescaleIntercept", "ModalityLUTSequence"),
    *("WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence", "ImageOrientationPatient"),
)
"""All that is ever read; no element of the patient, the study or the institution is among them."""

_ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
_UPRIGHT = {0: ((1, 1), (2, -1)), 1: ((0, 1), (2, -1)), 2: ((0, 1), (1, 1))}
"""Normal axis → (axis, sign) along a row and down a column, in patient coordinates (x to the left, y to the back, z to
the head): axial with the patient's left on the right and the front up, coronal likewise with the head up,
sagittal with the face to the left."""

Floats = NDArray[np.float64]


class _DeflatedError(Exception):
    """The reader asked for all the rest at once, as it does only to inflate a deflated file of unknown size."""


class _Patient(BytesIO):
    """Bytes that may be asked for only so many times, so that a file of millions of tiny elements cannot hang us."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._left = _MOST_READS

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise _DeflatedError
        self._left -= 1
        if self._left < 0:
            raise Unreadable("the DICOM has far too many elements; export the slice without private elements")
        return super().read(size)


def read(data: bytes) -> Picture:
    """The slice as it is displayed: rescaled, windowed, white on black, turned to the radiological way; uint8 (H, W).

    Without a window the grey values from the 0.5th to the 99.5th percentile are shown. Without an orientation the
    slice stays as stored. `modality` is the file's own: whether it may be answered is for the contract to say. `data`
    is a new file of the elements that were read, so that nothing else of the sender's file is ever kept.

    Raises Unreadable (damaged, no single grey frame, too large, or compressed in a way that cannot be read here).
    """
    try:
        dataset = _dataset(data)
        _check(dataset)
        shown = _shown(_stored(dataset), dataset)
        pixels = np.ascontiguousarray(_upright(shown, dataset.get("ImageOrientationPatient")))
        kept = _kept(dataset)
        return Picture(digest.of_bytes(kept), "application/dicom", str(dataset.Modality), pixels, kept)
    except Unreadable:
        raise
    except _DeflatedError:
        raise Unreadable("the DICOM is deflated; export it uncompressed (Explicit VR Little Endian)") from None
    except Exception:
        raise Unreadable("the DICOM is damaged or cut short; export it again and send the whole file") from None


def _dataset(data: bytes) -> "Dataset":
    _hush()
    from pydicom import dcmread  # 0.4 s; paid by the first DICOM file only

    return dcmread(_Patient(data), specific_tags=list(_PICTURE_TAGS))


def _hush() -> None:
    """Keep pydicom from saying what it found odd: it repeats the bytes, which in a damaged file may be a name."""
    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    config.settings.writing_validation_mode = config.IGNORE
    logging.getLogger("pydicom").disabled = True
    warnings.filterwarnings("ignore", module="pydicom")


def _check(dataset: "Dataset") -> None:
    """Refuse what is no single grey slice of a sensible size, before any pixel is decoded."""
    if not re.fullmatch("[A-Z0-9_]{1,16}", str(dataset.get("Modality", ""))):
        raise Unreadable("the DICOM does not say its modality; export it from the scanner or the archive again")
    if dataset.get("SOPClassUID") == _ENHANCED_MR:
        raise Unreadable("this is an enhanced (multi-frame) MR object; export the slice as a classic MR image")
    if int(dataset.get("NumberOfFrames") or 1) != 1:
        raise Unreadable("the DICOM has more than one frame; send one slice")
    if not dataset.get("PixelData"):
        raise Unreadable("the DICOM has no pixels; send the image itself, not a report or a reference to it")
    grey = dataset.get("PhotometricInterpretation") in ("MONOCHROME1", "MONOCHROME2")
    if not grey or dataset.get("SamplesPerPixel", 1) != 1:
        raise Unreadable("the DICOM is in colour; send the original grey slice")
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    if not (min(rows, columns) >= 1 and rows * columns <= LARGEST and max(rows, columns) <= LONGEST):
        raise Unreadable("the DICOM has no rows or far too many; send one slice of at most 2048 x 2048 pixels")
    if dataset.get("BitsAllocated") not in (8, 16):
        raise Unreadable("the DICOM has neither 8 nor 16 bits allocated; export it with 16")


def _kept(dataset: "Dataset") -> bytes:
    """A DICOM file of nothing but the elements that are read (`_PICTURE_TAGS`) and the transfer syntax."""
    from pydicom import dcmwrite
    from pydicom.dataset import FileMetaDataset

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    dataset.file_meta, dataset.preamble = meta, b"\0" * 128
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()


def _stored(dataset: "Dataset") -> NDArray[Any]:
    """The stored values, int or uint (H, W)."""
    from pydicom.pixels.decoders.base import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise Unreadable("unknown DICOM transfer syntax; export it uncompressed (Explicit VR Little Endian)") from None
    if not decoder.is_available:
        name = decoder.UID.name
        raise Unreadable(
            f"compressed as {name}, which cannot be read here; export it uncompressed (Explicit VR Little Endian)"
        )
    if syntax.is_compressed:
        _check_frame(dataset)
    return np.asarray(decoder.as_array(dataset, index=0, raw=True)[0])


def _check_frame(dataset: "Dataset") -> None:
    """Refuse a compressed frame that is far longer than its pixels, or that holds a picture of another size."""
    from PIL import Image, UnidentifiedImageError
    from pydicom.encaps import get_frame

    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    if len(frame) > 4 * dataset.Rows * dataset.Columns + 65_536:
        raise Unreadable("the DICOM's compressed pixels are longer than the slice; export it uncompressed")
    try:
        with Image.open(BytesIO(frame), formats=["JPEG", "JPEG2000"]) as image:
            size = image.size
    except UnidentifiedImageError:
        return  # not JPEG: run-length encoded, say
    if size != (dataset.Columns, dataset.Rows):
        raise Unreadable("the DICOM's compressed pixels contradict its rows and columns; export it again")


def _shown(stored: NDArray[Any], dataset: "Dataset") -> NDArray[np.uint8]:
    """Stored values → modality values → display values, black to white (PS3.3 C.7.6.3.1.2, C.11.1, C.11.2).

    Worked out once for each stored value that occurs, not for each pixel.
    """
    from pydicom.pixels.processing import apply_modality_lut

    lowest = int(stored.min())
    index = np.subtract(stored, lowest, dtype=np.int32)
    with np.errstate(all="ignore"):
        values = np.asarray(apply_modality_lut(np.arange(lowest, lowest + int(index.max()) + 1), dataset))
    if not np.isfinite(values).all():
        raise Unreadable("the DICOM's rescale values make no picture; export it again")
    grey = _grey(values, index, dataset)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        grey = 1 - grey
    shown: NDArray[np.uint8] = np.rint(grey * 255).astype(np.uint8)[index]
    return shown


def _grey(values: NDArray[Any], index: NDArray[np.int32], dataset: "Dataset") -> Floats:
    """The display value, 0 to 1, of each modality value; `index` says which of them each pixel has."""
    from pydicom.pixels.processing import apply_voi

    window = _window(dataset)
    if window is not None:
        return _windowed(values.astype(np.float64), *window, str(dataset.get("VOILUTFunction") or "LINEAR"))
    if "VOILUTSequence" in dataset:
        bits = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
        return _stretch(np.asarray(apply_voi(values, dataset)), 0, 2**bits - 1)
    low, high = np.percentile(values[index], (0.5, 99.5))
    return _stretch(values, float(low), float(high))


def _window(dataset: "Dataset") -> tuple[float, float] | None:
    """Centre and width of the first window, or None where the file has none. Raises Unreadable (an impossible one)."""
    centre, width = (_first(dataset.get(name)) for name in ("WindowCenter", "WindowWidth"))
    if centre is None or width is None:
        return None
    if not (math.isfinite(centre) and math.isfinite(width) and width > 0):
        raise Unreadable("the DICOM's window is impossible; export it again with a window, or without any")
    return centre, width


def _first(value: Any) -> float | None:
    if value is None or value == "":
        return None
    return float(value[0] if hasattr(value, "__getitem__") else value)


def _windowed(values: Floats, centre: float, width: float, function: str) -> Floats:
    """Window functions of PS3.3 C.11.2.1.2 and C.11.2.1.3, from 0 to 1. Raises Unreadable (an unknown function)."""
    if function == "LINEAR":
        return _stretch(values, centre - width / 2, centre + width / 2 - 1)
    if function == "LINEAR_EXACT":
        return _stretch(values, centre - width / 2, centre + width / 2)
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -700, 700))), np.float64)
    raise Unreadable("the DICOM's window function is unknown; export it with a linear window")


def _stretch(values: NDArray[Any], low: float, high: float) -> Floats:
    """`low` to 0 and `high` to 1, clipped; where nothing lies between them, all above `low` to 1."""
    if high <= low:
        return (values > low).astype(np.float64)
    return np.clip((values.astype(np.float64) - low) / (high - low), 0, 1)


def _upright(pixels: NDArray[np.uint8], orientation: Any) -> NDArray[np.uint8]:
    """Rows and columns turned by the direction cosines (PS3.3 C.7.6.2.1.1) to the way of `_UPRIGHT`."""
    if orientation is None or orientation == "":
        return pixels
    cosines = np.array(orientation, dtype=np.float64).reshape(2, 3)
    if not np.allclose(cosines @ cosines.T, np.eye(2), atol=0.05):
        raise Unreadable("the DICOM's orientation contradicts itself; export it again")
    across, down = _UPRIGHT[int(np.abs(np.cross(*cosines)).argmax())]
    if abs(cosines[0][down[0]]) > abs(cosines[0][across[0]]):
        pixels, cosines = pixels.T, cosines[::-1]
    if cosines[0][across[0]] * across[1] < 0:
        pixels = pixels[:, ::-1]
    if cosines[1][down[0]] * down[1] < 0:
        pixels = pixels[::-1]
    return pixels
