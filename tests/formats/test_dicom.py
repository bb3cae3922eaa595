"""One MR slice from DICOM: golden pixels, the radiological way round, refusals, and nothing about the patient."""

import struct
import subprocess
import sys
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from avicena.core.errors import Unreadable
from avicena.formats import dicom, image
from tests.formats.pictures import AXIAL, SECRET, blob, dataset, encoded, saved
from tests.formats.pictures import dicom as made

STORED = np.array([[0, 100, 200], [300, 400, 500]], dtype=np.uint16)


def pixels(stored: NDArray[Any], **elements: Any) -> list[list[int]]:
    picture = dicom.read(made(stored, **elements))
    assert picture.pixels.dtype == np.uint8
    rows: list[list[int]] = picture.pixels.tolist()
    return rows


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        dicom.read(data)
    assert SECRET not in str(error.value)
    return str(error.value)


def test_the_picture_says_what_it_is() -> None:
    picture = image.read(made(STORED), media_type="application/dicom")
    assert (picture.media_type, picture.modality, picture.height, picture.width) == ("application/dicom", "MR", 2, 3)


def test_another_modality_is_read_and_named_for_the_contract_to_refuse() -> None:
    assert dicom.read(made(STORED, Modality="CT")).modality == "CT"


def test_a_window_maps_its_lower_end_to_black_and_its_upper_end_to_white() -> None:
    # PS3.3 C.11.2.1.2.1 with c = 250, w = 201: black up to 149.5, white from 349.5; between, (x - 149.5) / 200 x 255
    assert pixels(STORED, WindowCenter=250, WindowWidth=201) == [[0, 0, 64], [192, 255, 255]]


def test_the_first_of_several_windows_is_taken() -> None:
    shown = pixels(STORED, WindowCenter=[250, 9], WindowWidth=[201, 7])
    assert shown == pixels(STORED, WindowCenter=250, WindowWidth=201)


def test_the_other_window_functions_are_followed() -> None:
    exact = pixels(STORED, WindowCenter=250, WindowWidth=200, VOILUTFunction="LINEAR_EXACT")
    assert exact == [[0, 0, 64], [191, 255, 255]]
    sigmoid = pixels(STORED, WindowCenter=250, WindowWidth=200, VOILUTFunction="SIGMOID")
    assert sigmoid == [[2, 12, 69], [186, 243, 253]]
    assert "window function" in refusal(made(STORED, WindowCenter=1, WindowWidth=2, VOILUTFunction="GUESS"))


def test_the_window_applies_to_rescaled_values() -> None:
    # 2 x - 100: black up to -100 - 0, so stored 0 is black and stored 500 (900) is white
    shown = pixels(STORED, RescaleSlope=2, RescaleIntercept=-100, WindowCenter=400.5, WindowWidth=1001)
    assert shown == [[0, 51, 102], [153, 204, 255]]


def test_monochrome1_is_white_where_the_value_is_low() -> None:
    window = {"WindowCenter": 250, "WindowWidth": 201}
    inverted = pixels(STORED, PhotometricInterpretation="MONOCHROME1", **window)
    assert inverted == [[255, 255, 191], [63, 0, 0]]


def test_without_a_window_robust_percentiles_are_black_and_white() -> None:
    ramp = np.arange(1000, dtype=np.uint16).reshape(20, 50)
    ramp[0, 0] = 60_000  # one wild pixel does not darken the rest
    shown = dicom.read(made(ramp)).pixels
    low, high = np.percentile(ramp, (0.5, 99.5))
    assert (shown == np.rint(np.clip((ramp - low) / (high - low), 0, 1) * 255)).all()
    assert shown[19, 49] == 255


def test_a_flat_slice_is_black() -> None:
    assert pixels(np.full((2, 2), 7, np.uint16)) == [[0, 0], [0, 0]]


def test_signed_eight_and_twelve_bit_values_are_understood() -> None:
    signed = np.array([[-200, -100], [0, 100]], dtype=np.int16)
    assert pixels(signed, WindowCenter=-49.5, WindowWidth=301) == [[0, 85], [170, 255]]
    eight = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    assert pixels(eight, WindowCenter=128, WindowWidth=256) == [[0, 51], [102, 255]]
    twelve = np.array([[0, 4095], [819, 0x1000 | 1638]], dtype=np.uint16)  # one bit above the stored ones is set
    assert pixels(twelve, BitsStored=12, HighBit=11, WindowCenter=2048, WindowWidth=4096) == [[0, 255], [51, 102]]


def test_twelve_signed_bits_keep_their_sign() -> None:
    stored = np.array([[-1024, 0], [512, 1023]], dtype=np.int16)
    packed = (stored & 0x0FFF).astype(np.uint16)
    shown = pixels(packed, BitsStored=12, HighBit=11, PixelRepresentation=1, WindowCenter=0, WindowWidth=2048)
    assert shown == [[0, 128], [191, 255]]


def test_a_lookup_table_is_used_where_there_is_no_window() -> None:
    table = Dataset()
    table.LUTDescriptor = [4, 0, 8]
    table.add_new("LUTData", "OW", np.array([0, 200, 100, 255], np.uint16).tobytes())
    stored = np.array([[0, 1], [2, 3]], dtype=np.uint8)
    assert pixels(stored, VOILUTSequence=Sequence([table])) == [[0, 200], [100, 255]]


# The patient's slice as it should look: each pose is that slice as another scanner would have stored it.
UPRIGHT = blob(6, 8)
POSES = {
    "as shown": (AXIAL, UPRIGHT),
    "left on the left": ([-1, 0, 0, 0, 1, 0], UPRIGHT[:, ::-1]),
    "back on top": ([1, 0, 0, 0, -1, 0], UPRIGHT[::-1]),
    "half turned": ([-1, 0, 0, 0, -1, 0], UPRIGHT[::-1, ::-1]),
    "rows and columns changed": ([0, 1, 0, 1, 0, 0], UPRIGHT.T),
    "quarter turned": ([0, 1, 0, -1, 0, 0], UPRIGHT.T[::-1]),
    "quarter turned back": ([0, -1, 0, 1, 0, 0], UPRIGHT.T[:, ::-1]),
    "slightly oblique": ([-0.995, 0.0998, 0, 0.0998, 0.995, 0], UPRIGHT[:, ::-1]),
    "sagittal": ([0, 1, 0, 0, 0, -1], UPRIGHT),
    "sagittal, head down, face right": ([0, -1, 0, 0, 0, 1], UPRIGHT[::-1, ::-1]),
    "coronal": ([1, 0, 0, 0, 0, -1], UPRIGHT),
    "coronal, head down": ([1, 0, 0, 0, 0, 1], UPRIGHT[::-1]),
    "no orientation": (None, UPRIGHT),
}


@pytest.mark.parametrize("pose", POSES)
def test_every_pose_is_shown_the_radiological_way(pose: str) -> None:
    cosines, stored = POSES[pose]
    extra = {} if cosines is None else {"ImageOrientationPatient": cosines}
    file = made(np.ascontiguousarray(stored), WindowCenter=128, WindowWidth=256, **extra)
    assert (dicom.read(file).pixels == UPRIGHT).all()


@pytest.mark.parametrize("cosines", [[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 1, 0]])
def test_an_impossible_orientation_is_refused(cosines: list[float]) -> None:
    assert "orientation" in refusal(made(STORED, ImageOrientationPatient=cosines))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
def test_the_same_slice_in_another_transfer_syntax_gives_the_same_pixels(syntax: UID) -> None:
    original = dataset(STORED, WindowCenter=250, WindowWidth=201)
    if syntax == RLELossless:
        original.compress(RLELossless)
    elif syntax == ExplicitVRBigEndian:
        original.PixelData = STORED.astype(">u2").tobytes()
    original.file_meta.TransferSyntaxUID = syntax
    assert dicom.read(saved(original)).pixels.tolist() == [[0, 0, 64], [192, 255, 255]]


def compressed(syntax: UID, frame: bytes, shape: tuple[int, int]) -> bytes:
    slice_ = dataset(np.zeros(shape, np.uint8), PixelData=encapsulate([frame]))
    slice_["PixelData"].VR = "OB"
    slice_["PixelData"].is_undefined_length = True
    slice_.file_meta.TransferSyntaxUID = syntax
    return saved(slice_)


def test_baseline_jpeg_inside_a_dicom_is_read() -> None:
    from PIL import Image

    frame = encoded(Image.fromarray(blob(64, 64)), "JPEG", quality=95)
    shown = dicom.read(compressed(JPEGBaseline8Bit, frame, (64, 64))).pixels
    assert np.abs(shown.astype(float) / 255 - (blob(64, 64) - 20) / 208).max() < 0.1


def test_a_compressed_frame_of_another_size_is_refused() -> None:
    from PIL import Image

    frame = encoded(Image.fromarray(blob(64, 64)), "JPEG")
    assert "contradict" in refusal(compressed(JPEGBaseline8Bit, frame, (32, 32)))


def test_an_overlong_compressed_frame_is_refused() -> None:
    assert "longer than the slice" in refusal(compressed(RLELossless, bytes(200_000), (8, 8)))


def test_a_compression_without_a_decoder_is_named() -> None:
    message = refusal(compressed(JPEGLosslessSV1, b"\xff\xd8\xff\xd9", (8, 8)))
    assert "JPEG Lossless" in message
    assert "export it uncompressed" in message


def test_a_deflated_file_is_refused_before_it_is_inflated() -> None:
    slice_ = dataset(STORED)
    slice_.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert "deflated" in refusal(saved(slice_))


REFUSED: dict[str, dict[str, Any]] = {
    "more than one frame": {"NumberOfFrames": 2},
    "no pixels": {"PixelData": b""},
    "colour": {"PhotometricInterpretation": "RGB"},
    "modality": {"Modality": None},
    "far too many": {"Rows": 40_000, "Columns": 40_000},
    "no rows": {"Rows": 0},
    "neither 8 nor 16": {"BitsAllocated": 32},
    "enhanced": {"SOPClassUID": EnhancedMRImageStorage},
    "window": {"WindowCenter": 40, "WindowWidth": 0},
    "damaged": {"Rows": 3, "Columns": 3},  # more pixels than bytes
    "rescale": {"RescaleSlope": "1e308", "RescaleIntercept": "1e308", "WindowCenter": 0, "WindowWidth": "1e-300"},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_single_grey_slice_is_refused_with_its_reason(reason: str) -> None:
    assert reason in refusal(made(STORED, **REFUSED[reason]))


def test_a_file_cut_short_is_refused() -> None:
    file = made(STORED)
    for length in range(132, len(file) - 1, 7):
        refusal(file[:length])


def test_a_file_of_millions_of_elements_is_given_up_on() -> None:
    file = made(STORED)
    start = file.index(b"\xe0\x7f\x10\x00")
    tiny = struct.pack("<HH2sH", 0x0029, 0x1010, b"LO", 0)
    assert "elements" in refusal(file[:start] + tiny * 200_000 + file[start:])


def test_a_nest_of_sequences_is_refused() -> None:
    file = made(STORED)
    start = file.index(b"\xe0\x7f\x10\x00")
    opened = struct.pack("<HH2sHI", 0x0029, 0x1011, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    refusal(file[:start] + opened * 5000 + file[start:])


def test_the_patient_is_never_read() -> None:
    file = made(STORED)
    assert SECRET.encode() in file
    assert not {"PatientName", "PatientID", "PatientBirthDate"} & set(dicom._dataset(file).dir())
    assert SECRET not in repr(dicom.read(file))


def test_a_damaged_file_says_nothing_of_the_patient_in_logs_and_warnings(
    caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    file = made(STORED)
    modality = file.index(b"CS\x02\x00MR")
    swallowed = file[:modality] + b"CS\x60\x00" + file[modality + 4 :]  # the modality now runs on into the name
    assert SECRET.encode() in swallowed[modality + 4 : modality + 0x60]
    assert "modality" in refusal(swallowed)
    uid = file.index(b"UI", file.index(b"\x08\x00\x16\x00"))
    refusal(file[: uid + 2] + b"\xc0\x00" + file[uid + 4 :])
    assert not caplog.text
    assert not list(recwarn)


def test_pydicom_is_loaded_by_the_first_dicom_only() -> None:
    code = "import sys, avicena.formats.image; print('pydicom' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_bomb_in_deflate_costs_no_memory() -> None:
    slice_ = dataset(STORED)
    slice_.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    file = saved(slice_)
    meta = file.index(b"1.2.840.10008.1.2.1.99") + 22
    compressor = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = file[:meta] + compressor.compress(bytes(20_000_000)) + compressor.flush()
    refusal(file)
    tracemalloc.start()
    assert "deflated" in refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_nothing_of_the_patient_is_kept_and_what_is_kept_reads_the_same() -> None:
    made = dataset(blob(), PatientName="Doe^Jane", PatientID="4711-secret", InstitutionName="Clinic of Nowhere")
    sent = saved(made)
    first = image.read(sent)
    again = image.read(first.data)
    assert (again.digest, again.data) == (first.digest, first.data)
    np.testing.assert_array_equal(again.pixels, first.pixels)
    for said in (b"Doe", b"4711", b"Nowhere"):
        assert said in sent
        assert said not in first.data
