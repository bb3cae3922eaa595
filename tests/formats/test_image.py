"""Reading JPEG and PNG: what is accepted, what is refused and why, and that nothing else ever comes out."""

import random
import time
import zlib
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from avicena.core import digest
from avicena.core.case import Picture
from avicena.core.errors import Unreadable
from avicena.formats import image
from tests.formats.pictures import AXIAL, blob, chunk, dicom, encoded, jpeg, png, with_chunks


def refusal(data: bytes, media_type: str | None = None) -> str:
    with pytest.raises(Unreadable) as error:
        image.read(data, media_type=media_type)
    return str(error.value)


def test_a_png_gives_its_exact_pixels() -> None:
    picture = image.read(png())
    assert (picture.media_type, picture.modality, picture.pixels.dtype.name) == ("image/png", None, "uint8")
    assert (picture.pixels == blob()).all()
    assert picture.digest == digest.of_bytes(png())


def test_a_jpeg_gives_its_pixels() -> None:
    picture = image.read(jpeg())
    assert (picture.media_type, picture.modality, picture.pixels.dtype.name) == ("image/jpeg", None, "uint8")
    assert (picture.height, picture.width) == (24, 32)
    assert np.abs(picture.pixels.astype(int) - blob()).max() <= 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_colour_picture_becomes_its_luma(kind: str) -> None:
    colour = Image.new("RGB", (16, 8), (200, 40, 90))
    expected = 0.299 * 200 + 0.587 * 40 + 0.114 * 90
    assert np.abs(image.read(encoded(colour, kind)).pixels.astype(float) - expected).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_jpeg_comes_out_upright(orientation: int) -> None:
    stored: dict[int, NDArray[np.uint8]] = {
        1: blob(),
        2: blob()[:, ::-1],
        3: blob()[::-1, ::-1],
        4: blob()[::-1],
        5: blob().T,
        6: np.rot90(blob(), 1),
        7: blob()[::-1, ::-1].T,
        8: np.rot90(blob(), -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = encoded(Image.fromarray(np.ascontiguousarray(stored[orientation])), "JPEG", quality=95, exif=exif)
    assert np.abs(image.read(file).pixels.astype(int) - blob()).max() <= 3


def test_the_palette_of_a_png_is_looked_up() -> None:
    colours = Image.fromarray(np.dstack([blob(), blob(), blob()])).quantize(256)
    assert np.abs(image.read(encoded(colours, "PNG")).pixels.astype(int) - blob()).max() <= 4


def test_a_black_and_white_png_spans_the_whole_range() -> None:
    halves = Image.fromarray(np.arange(32)[None, :].repeat(8, 0) > 15)
    assert halves.mode == "1"
    assert set(np.unique(image.read(encoded(halves, "PNG")).pixels)) == {0, 255}


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_transparency_is_refused_unless_every_pixel_is_opaque(mode: str) -> None:
    clear = Image.fromarray(np.dstack([blob()] * 3 + [np.full(blob().shape, 255, np.uint8)]))
    assert image.read(encoded(clear.convert(mode), "PNG")).width == 32
    clear.putpixel((3, 3), (0, 0, 0, 254 if mode != "P" else 0))
    assert "transparent" in refusal(encoded(clear.convert(mode), "PNG"))


OTHER_BYTES = {
    "empty": b"",
    "not a picture": b"hello, this is a text",
    "GIF": encoded(Image.fromarray(blob()), "GIF"),
    "TIFF": encoded(Image.fromarray(blob()), "TIFF"),
    "BMP": encoded(Image.fromarray(blob()), "BMP"),
    "PDF": b"%PDF-1.7\n",
    "WebP": b"RIFF\x10\0\0\0WEBPVP8 ",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "ZIP": b"PK\x03\x04....",
}


@pytest.mark.parametrize("name", OTHER_BYTES)
def test_other_files_are_named_and_told_what_to_send(name: str) -> None:
    message = refusal(OTHER_BYTES[name])
    assert name in message
    assert "choose the picture again" in message or "JPEG, PNG or DICOM" in message


@pytest.mark.parametrize(
    "declared",
    ["image/jpeg", "IMAGE/JPG", "image/jpeg; name=a.jpg", "application/octet-stream", "", None],
)
def test_a_declared_type_that_says_the_same_or_nothing_is_accepted(declared: str | None) -> None:
    assert image.read(jpeg(), media_type=declared).media_type == "image/jpeg"


@pytest.mark.parametrize("declared", ["image/png", "application/dicom", "text/html", "image/gif", "jpeg"])
def test_a_declared_type_that_contradicts_the_bytes_is_refused(declared: str) -> None:
    message = refusal(jpeg(), declared)
    assert message == "declared as another type than the JPEG it is; declare it as image/jpeg"


@pytest.mark.parametrize("file", [jpeg(), png(), jpeg(progressive=True)], ids=["JPEG", "PNG", "progressive"])
def test_a_file_cut_short_anywhere_is_refused(file: bytes) -> None:
    for length in range(1, len(file) - 1, 3):
        refusal(file[:length])


def test_a_png_with_one_wrong_bit_is_refused() -> None:
    file = bytearray(png())
    file[len(file) // 2] ^= 1
    assert "checksum" in refusal(bytes(file))


def header(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG that says these things of itself and holds next to nothing."""
    size = width.to_bytes(4) + height.to_bytes(4) + bytes([depth, colour, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"x\x9c\x03\0\0\0\0\x01") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(4001, 4000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_png_that_would_grow_too_large_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    assert "16 million pixels" in refusal(header(width, height))


@pytest.mark.parametrize("side", [10_000, 65_000])
def test_a_jpeg_that_would_grow_too_large_is_refused_before_it_is_decoded(side: int) -> None:
    file = jpeg()
    frame = file.index(b"\xff\xc0")
    large = file[: frame + 5] + side.to_bytes(2) + side.to_bytes(2) + file[frame + 9 :]
    assert "16 million pixels" in refusal(large)


def test_a_png_with_a_text_or_profile_that_swells_is_refused() -> None:
    swollen = zlib.compress(bytes(10_000_000), 9)
    for part in (chunk(b"zTXt", b"k\0\0" + swollen), chunk(b"iCCP", b"k\0\0" + swollen)):
        assert "damaged" in refusal(with_chunks(png(), [part]))


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    file = jpeg(progressive=True)
    last = file[file.rindex(b"\xff\xda") : -2]
    assert "scans" in refusal(file[:-2] + last * 2000 + b"\xff\xd9")


def test_a_png_of_very_many_parts_is_refused() -> None:
    assert "parts" in refusal(with_chunks(png(), [chunk(b"prVt", b"")] * 30_000))


def test_sixteen_bits_are_refused_in_grey_and_in_colour() -> None:
    deep = encoded(Image.fromarray(blob().astype(np.uint16) * 256), "PNG")
    assert "send DICOM" in refusal(deep)
    assert "send DICOM" in refusal(header(4, 4, depth=16, colour=2))


def test_print_colours_are_refused() -> None:
    assert "CMYK" in refusal(encoded(Image.new("CMYK", (8, 8)), "JPEG"))


def test_an_animated_png_is_refused() -> None:
    frames = [Image.fromarray(np.roll(blob(), step)) for step in range(3)]
    assert "animated" in refusal(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))


def test_no_refusal_carries_a_cause_that_could_hold_the_files_bytes() -> None:
    with pytest.raises(Unreadable) as error:
        image.read(jpeg()[:200])
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


SPLICES = [jpeg(), jpeg(progressive=True), png(), dicom(blob().astype(np.int16), ImageOrientationPatient=AXIAL)]


def mutated(chance: random.Random) -> bytes:
    """One of our files with bytes flipped, a piece lost, doubled or taken from another file, or its end cut."""
    file = bytearray(chance.choice(SPLICES))
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(file)), chance.randint(1, 40)
        match chance.randrange(6):
            case 0 | 1:
                file[at] ^= 1 << chance.randrange(8)
            case 2:
                file[at : at + length] = chance.randbytes(length)
            case 3:
                file[at : at + length] = b""
            case 4:
                other = chance.choice(SPLICES)
                start = chance.randrange(len(other))
                file[at:at] = other[start : start + length]
            case _:
                file = file[: max(at, 20)]
        if len(file) < 20:
            break
    return bytes(file)


def attempt(file: bytes) -> Picture | str:
    """The picture, or the words of the refusal."""
    try:
        return image.read(file)
    except Unreadable as error:
        return str(error)


def test_three_thousand_mutated_files_give_a_picture_or_a_refusal_and_never_hang() -> None:
    chance = random.Random(20261122)
    read = refused = 0
    for _ in range(3000):
        file = mutated(chance)
        start = time.perf_counter()
        result = attempt(file)
        assert time.perf_counter() - start < 2
        if isinstance(result, str):
            refused += 1
            assert "ROSALIND" not in result
        else:
            read += 1
            assert (result.pixels.dtype.name, result.pixels.ndim) == ("uint8", 2)
    assert min(read, refused) > 300


def test_a_slice_is_read_in_well_under_a_millisecond() -> None:
    large = Image.fromarray(blob(256, 256))
    file = BytesIO()
    large.save(file, "JPEG", quality=90)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        image.read(file.getvalue())
        times.append(time.perf_counter() - start)
    assert min(times) < 0.0006


def test_a_very_long_picture_is_refused_before_a_square_is_made_around_it() -> None:
    file = BytesIO()
    Image.new("L", (20_000, 100)).save(file, "PNG")
    assert "longer than 4096" in refusal(file.getvalue())
