"""A picture file → pixels: JPEG, PNG and (through `formats.dicom`) DICOM, and nothing else."""

import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, PngImagePlugin

from avicena.core import digest
from avicena.core.case import Picture
from avicena.core.errors import Unreadable
from avicena.formats import dicom

LARGEST = 16_000_000  # pixels; checked in the header, before anything is decoded
LONGEST = 4096  # pixels of a side: the network sees a square around the picture
_MOST_SCANS = 64  # passes of a progressive JPEG; real ones have about 10, an attack has thousands
_MOST_CHUNKS = 20_000  # parts of a PNG file

_JPEG, _PNG, _DICOM = "image/jpeg", "image/png", "application/dicom"
_NAMES = {_JPEG: "JPEG", _PNG: "PNG", _DICOM: "DICOM"}
_ALIASES = {"image/jpg": _JPEG, "image/pjpeg": _JPEG, "image/x-png": _PNG, "application/x-dicom": _DICOM}
_UNSAID = {"", "application/octet-stream", "binary/octet-stream"}

_OTHERS = (
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"BM", "BMP"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (4, b"jP  \r\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"%PDF", "PDF"),
    (344, b"n+1\0", "NIfTI"),
    (0, b"\x1f\x8b", "gzip (perhaps NIfTI)"),
    (0, b"PK\x03\x04", "ZIP"),
)
"""Where to look, what stands there, and what such a file is called."""

_EXIF_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture with that EXIF orientation upright (EXIF 2.32, 4.6.4)."""

_ERROR, _WARNING = Image.DecompressionBombError, Image.DecompressionBombWarning
_TOO_LARGE = (
    f"the picture has more than {LARGEST // 1_000_000} million pixels or a side longer than {LONGEST}; send the slice "
    "in its original size"
)


def read(data: bytes, *, media_type: str | None = None) -> Picture:
    """The picture in these bytes, grey and upright: `pixels` is uint8 (height, width).

    What counts is what the bytes are; `media_type` is what the sender says they are, and may not contradict them.
    Colour is turned to grey (ITU-R BT.601 luma): whether a photograph may be answered is for the
    out-of-distribution gate to say. A PNG with an alpha channel is read when every pixel is opaque.

    Raises Unreadable (not a picture, another kind, damaged, too large, or a variant that would lose information).
    """
    kind = _kind(data)
    if media_type is not None:
        _agree(kind, media_type)
    if kind == _DICOM:
        return dicom.read(data)
    return Picture(digest.of_bytes(data), kind, None, _decode(data, kind), data)


def _kind(data: bytes) -> str:
    """The media type that the first bytes prove."""
    if not data:
        raise Unreadable("the file is empty; choose the picture again and send the whole file")
    if data[128:132] == b"DICM":
        return _DICOM
    if data[:3] == b"\xff\xd8\xff":
        return _JPEG
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _PNG
    for at, magic, name in _OTHERS:
        if data[at : at + len(magic)] == magic:
            raise Unreadable(f"this is a {name} file; send the slice as JPEG, PNG or DICOM")
    raise Unreadable("this is not a picture; send the slice as JPEG, PNG or DICOM")


def _agree(kind: str, declared: str) -> None:
    said = declared.partition(";")[0].strip().lower()
    if said not in _UNSAID and _ALIASES.get(said, said) != kind:
        raise Unreadable(f"declared as another type than the {_NAMES[kind]} it is; declare it as {kind}")


def _decode(data: bytes, kind: str) -> NDArray[np.uint8]:
    """Pixels of a JPEG or PNG; whatever a decoder may raise on a strange file becomes Unreadable here."""
    try:
        return _jpeg(data) if kind == _JPEG else _png(data)
    except Unreadable:
        raise
    except (_ERROR, _WARNING):
        raise Unreadable(_TOO_LARGE) from None
    except Exception:
        raise Unreadable(
            f"the {_NAMES[kind]} is damaged or cut short; export it again and send the whole file"
        ) from None


def _jpeg(data: bytes) -> NDArray[np.uint8]:
    if data.count(b"\xff\xda") > _MOST_SCANS:
        raise Unreadable("the JPEG is made of far too many scans; save it as a baseline JPEG")
    with JpegImagePlugin.JpegImageFile(BytesIO(data)) as image:
        _check_size(image)
        if image.mode not in ("L", "RGB"):
            raise Unreadable("the JPEG has print colours (CMYK); save it in grey or RGB")
        turn = _TURNS.get(image.getexif().get(_EXIF_ORIENTATION, 1)) if "exif" in image.info else None
        image.draft("L", image.size)  # decodes the luma alone
        return _grey(image if turn is None else image.transpose(turn))


def _png(data: bytes) -> NDArray[np.uint8]:
    _check_png(data)
    with PngImagePlugin.PngImageFile(BytesIO(data)) as image:
        _check_size(image)
        image.load()
        if "transparency" not in image.info and image.mode not in ("LA", "RGBA"):
            return _grey(image)
        clear = image.convert("RGBA")
        if clear.getchannel("A").getextrema() != (255, 255):
            raise Unreadable("the PNG has transparent parts; save it without transparency")
        return _grey(clear)


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image if image.mode == "L" else image.convert("L"))


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > LARGEST or max(image.size) > LONGEST:
        raise Unreadable(_TOO_LARGE)


def _check_png(data: bytes) -> None:
    """Walk the chunks (PNG 3rd edition, 5.3): all there, each with its checksum, one picture of at most 8 bits.

    Pillow neither checks the sums of the pixel data nor says that it cut 16 bits to 8.
    """
    view, at = memoryview(data), 8
    for _ in range(_MOST_CHUNKS):
        end = at + 12 + int.from_bytes(view[at : at + 4])
        if end > len(data) or at + 12 > len(data):
            raise Unreadable("the PNG is cut short; send the whole file")
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
            raise Unreadable("the PNG is damaged (a checksum is wrong); export it again")
        _check_chunk(data[at + 4 : at + 8], data[at + 8 : min(at + 17, end - 4)], first=at == 8)
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end
    raise Unreadable("the PNG is made of far too many parts; save it again")


def _check_chunk(name: bytes, body: bytes, *, first: bool) -> None:
    if first and (name != b"IHDR" or len(body) < 9):
        raise Unreadable("the PNG is damaged (it has no header); export it again")
    if first and body[8] == 16:
        raise Unreadable(
            "the PNG has 16 bits per pixel; convert it to 8 bits with the window you read it in, or send DICOM"
        )
    if first and int.from_bytes(body[:4]) * int.from_bytes(body[4:8]) > LARGEST:
        raise Unreadable(_TOO_LARGE)
    if name == b"acTL":
        raise Unreadable("the PNG is animated; send one still slice")
