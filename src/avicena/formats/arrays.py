"""Arrays in NumPy's npz format, read without pickle and without believing what a header claims.

Format: NumPy documentation, `numpy.lib.format` (npy, version 1.0), in a zip archive.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from avicena.core.errors import Untrusted

LIMIT = 256 * 2**20
"""Bytes that the arrays of one file may take once unpacked."""

_START = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip archive can say, so that equal arrays give equal bytes


def write_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as an npz file; equal arrays give equal bytes.

    Raises ValueError (an array of Python objects, which only pickle could hold).
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            member = zipfile.ZipInfo(f"{name}.npy", date_time=_START)
            member.compress_type = zipfile.ZIP_DEFLATED
            one = io.BytesIO()
            npy.write_array(one, np.asarray(arrays[name]), version=(1, 0), allow_pickle=False)
            archive.writestr(member, one.getvalue())
    return out.getvalue()


def read_arrays(data: bytes, *, limit: int = LIMIT) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file by name.

    Raises Untrusted (not such a file, cut short, pickled, larger than `limit` bytes, or not what its header claims).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > limit:
                raise Untrusted(f"the arrays take more than {limit} bytes; refuse this file")
            return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}
    except Untrusted:
        raise
    except Exception as error:  # whatever the readers of zip and npy stumble over in bytes that anyone may have made
        raise Untrusted(f"not a whole npz file ({type(error).__name__})") from error


def _array(data: bytes) -> NDArray[Any]:
    """One npy file; its size is held against its header before anything is made of it."""
    file = io.BytesIO(data)
    if npy.read_magic(file) != (1, 0):
        raise ValueError("not npy version 1.0")
    shape, by_column, dtype = npy.read_array_header_1_0(file)
    if dtype.hasobject:
        raise Untrusted("an array holds Python objects, which are never loaded")
    body = data[file.tell() :]
    size = dtype.itemsize
    for side in shape:
        size *= side
    if size != len(body) or any(side < 0 for side in shape):
        raise ValueError("the header claims another size")
    return np.frombuffer(body, dtype=dtype).reshape(shape, order="F" if by_column else "C")
