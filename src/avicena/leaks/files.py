"""What a picture's file says without what it shows, and what it shows at a glance."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from avicena.formats.image import read
from avicena.formats.plane import grey, square
from avicena.leaks.texture import SIDE

STATISTICS = ("mean", "spread", "share of air", "brightest 1 %")
"""The four intensity statistics."""

_EDGE = 0.06  # of the sides: the frame and corners where marks are burnt in


@dataclass(frozen=True)
class FileFacts:
    """One picture: facts of its file by name, its intensity statistics (4,), its rim (8,), its body (SIDE, SIDE)."""

    metadata: dict[str, str]
    statistics: NDArray[np.float64]
    rim: NDArray[np.float64]
    body: NDArray[np.uint8]


def look(data: bytes) -> FileFacts:
    """What there is to say of the picture in these bytes. Raises Unreadable (it is none)."""
    pixels = grey(read(data).pixels)
    shown = pixels.astype(np.float64)
    statistics = np.array([shown.mean(), shown.std(), (shown < 20).mean(), np.percentile(shown, 99)])
    return FileFacts(_metadata(data, pixels), statistics, _rim(shown), square(pixels, SIDE))


def _metadata(data: bytes, pixels: NDArray[np.uint8]) -> dict[str, str]:
    height, width = pixels.shape
    facts = {"width and height": f"{width} x {height}", "file size": str(len(data))}
    if data[128:132] == b"DICM":
        return {**facts, "format": "DICOM"}
    with Image.open(BytesIO(data)) as image:
        facts |= {"format": str(image.format), "colour mode": image.mode}
        tables = getattr(image, "quantization", None)
        if tables:
            facts["JPEG quantisation table"] = hashlib.sha256(repr(sorted(tables.items())).encode()).hexdigest()[:12]
            facts["JPEG markers"] = " ".join(name for name, _ in getattr(image, "applist", []))
        facts["progressive"] = str(bool(image.info.get("progressive") or image.info.get("progression")))
        facts["resolution"] = str(image.info.get("dpi", ""))
        comment = image.info.get("comment")
        facts["comment"] = hashlib.sha256(comment).hexdigest()[:12] if isinstance(comment, bytes) else str(comment)
        texts = sorted(f"{key}={value}" for key, value in getattr(image, "text", {}).items())
        facts["PNG text"] = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12] if texts else ""
        for tag, value in image.getexif().items():
            facts[f"EXIF {ExifTags.TAGS.get(tag, tag)}"] = str(value)[:64]
    return facts


def _rim(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean grey value of each corner and each edge, (8,)."""
    height, width = shown.shape
    y, x = max(1, round(_EDGE * height)), max(1, round(_EDGE * width))
    corners = [shown[:y, :x], shown[:y, -x:], shown[-y:, :x], shown[-y:, -x:]]
    edges = [shown[:y, x:-x], shown[-y:, x:-x], shown[y:-y, :x], shown[y:-y, -x:]]
    return np.array([part.mean() if part.size else 0.0 for part in [*corners, *edges]])


RIM = (
    *("top left corner", "top right corner", "bottom left corner", "bottom right corner"),
    *("top edge", "bottom edge", "left edge", "right edge"),
)
"""The names of the places of `FileFacts.rim`."""
