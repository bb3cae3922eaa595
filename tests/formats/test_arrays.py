"""Arrays as files: exact, repeatable, never pickled, never larger than allowed."""

import contextlib
import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.lib import format as npy
from numpy.typing import NDArray

from avicena.core.errors import Untrusted
from avicena.formats.arrays import read_arrays, write_arrays

ARRAYS = hnp.arrays(st.sampled_from(["<f4", "<f2", "<i8", "|u1", "<f8"]), hnp.array_shapes(min_dims=0, min_side=0))
SMALL = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "bias": np.zeros(2, np.float32)}


@given(st.dictionaries(st.sampled_from(["a", "b", "c.d"]), ARRAYS))
def test_arrays_come_back_as_they_were(arrays: dict[str, NDArray[Any]]) -> None:
    back = read_arrays(write_arrays(arrays))
    assert sorted(back) == sorted(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_columns_first_arrays_come_back_too() -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(read_arrays(write_arrays({"a": array}))["a"], array)


def test_equal_arrays_give_equal_bytes_in_any_order() -> None:
    assert write_arrays(SMALL) == write_arrays(dict(reversed(SMALL.items())))


def test_numpy_reads_what_is_written_and_what_numpy_writes_is_read() -> None:
    with np.load(io.BytesIO(write_arrays(SMALL)), allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["weight"], SMALL["weight"])
    out = io.BytesIO()
    np.savez_compressed(out, **SMALL)  # type: ignore[arg-type]
    np.testing.assert_array_equal(read_arrays(out.getvalue())["weight"], SMALL["weight"])


def test_objects_are_neither_written_nor_loaded() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays({"a": np.array([{}], dtype=object)})
    out = io.BytesIO()
    np.savez(out, a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(Untrusted, match="objects"):
        read_arrays(out.getvalue())


def test_more_than_the_limit_is_refused_before_it_is_unpacked() -> None:
    bomb = write_arrays({"a": np.zeros(2_000_000, np.uint8)})
    assert len(bomb) < 10_000
    with pytest.raises(Untrusted, match="more than 1000000 bytes"):
        read_arrays(bomb, limit=1_000_000)


@pytest.mark.parametrize("shape", [(9_000_000_000_000,), (9,), (7,), (-8,), (-4, -2), (2, 2, 1)])
def test_a_header_that_claims_another_size_is_refused(shape: tuple[int, ...]) -> None:
    lie = io.BytesIO()
    npy.write_array_header_1_0(lie, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with pytest.raises(Untrusted):
        read_arrays(_zipped(lie.getvalue() + bytes(8)))


def test_an_honest_header_is_believed() -> None:
    true = io.BytesIO()
    npy.write_array_header_1_0(true, {"descr": "|u1", "fortran_order": False, "shape": (4, 2)})
    assert read_arrays(_zipped(true.getvalue() + bytes(8)))["a"].shape == (4, 2)


def _zipped(member: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.npy", member)
    return out.getvalue()


@pytest.mark.parametrize("end", [0, 1, 30, -1, -30])
def test_a_file_cut_short_is_refused(end: int) -> None:
    with pytest.raises(Untrusted):
        read_arrays(write_arrays(SMALL)[:end])


def test_no_flipped_byte_makes_anything_but_arrays_or_a_refusal() -> None:
    whole = bytearray(write_arrays(SMALL))
    for place in range(len(whole)):
        whole[place] ^= 0x55
        with contextlib.suppress(Untrusted):
            read_arrays(bytes(whole))
        whole[place] ^= 0x55
