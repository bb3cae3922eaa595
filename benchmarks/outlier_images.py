"""Pictures that are no contrast-enhanced T1 slice of a head, by kind: drawn here, or found in installed packages.

Nothing is downloaded. Packages that ship pictures: `pip install scikit-image pydicom-data ultralytics imgaug stardist
scikit-learn`; what is not installed is named by `missing`, never passed over in silence.
"""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

Grey = NDArray[np.uint8]
Random = np.random.Generator


class Picture(NamedTuple):
    """A grey picture uint8 (H, W), the kind it is counted under, and where it comes from."""

    kind: str
    source: str
    pixels: Grey


PHOTOGRAPHS = {
    "skimage": [f"data/{n}" for n in ("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png")]
    + [f"data/{n}" for n in ("motorcycle_left.png", "rocket.jpg", "brick.png", "grass.png", "gravel.png")]
    + [f"data/{n}" for n in ("hubble_deep_field.jpg", "moon.png", "clock_motion.png", "color.png", "logo.png")],
    "sklearn": ["datasets/images/china.jpg", "datasets/images/flower.jpg"],
    "ultralytics": ["assets/bus.jpg", "assets/zidane.jpg"],
    "imgaug": ["quokka.jpg"],
}
TEXT = {"skimage": ["data/page.png", "data/text.png"]}
MICROSCOPY = {
    "skimage": ["data/cell.png", "data/ihc.png"],
    "stardist": ["data/images/histo.jpg", "data/images/img2d.tif"],
}
RETINA = {"skimage": ["data/retina.jpg"]}
RADIOLOGY: dict[
    str, list[tuple[str, tuple[tuple[int, int], ...]]]
] = {  # of pydicom-data: kind, file, windows (centre, width) of CT, or none
    "head CT": [
        ("693_UNCI.dcm", ((40, 80), (60, 350), (400, 2000))),
        ("J2K_pixelrep_mismatch.dcm", ((40, 80), (60, 350), (400, 2000))),
    ],
    "body CT": [("explicit_VR-UN.dcm", ((40, 400), (400, 2000))), ("CT_small.dcm", ((40, 400), (400, 2000)))],
    "X-ray": [("RG1_UNCI.dcm", ()), ("RG3_UNCI.dcm", ())],
    "ultrasound": [
        (n, ()) for n in ("US1_UNCI.dcm", "color-pl.dcm", "color3d_jpeg_baseline.dcm", "gdcm-US-ALOKA-16.dcm")
    ],
    "nuclear medicine": [("JPEG2000_UNC.dcm", ())],
    "MR of another body part": [(n, ()) for n in ("MR2_UNCI.dcm", "MR-SIEMENS-DICOM-WithOverlays.dcm")],
}


def folder(package: str) -> Path | None:
    """Where an installed package lies; None when it is not installed. The package is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def missing() -> list[str]:
    """The packages with pictures that are not installed."""
    wanted = {*PHOTOGRAPHS, *TEXT, *MICROSCOPY, *RETINA, "data_store", "pydicom"}
    return sorted(package for package in wanted if folder(package) is None)


def found(copies: int, random: Random) -> Iterator[Picture]:
    """Pictures of installed packages, each in `copies` random crops, sizes, turns and contrasts."""
    kinds = {"photograph": PHOTOGRAPHS, "printed page": TEXT, "microscopy": MICROSCOPY, "retina": RETINA}
    for kind, packages in kinds.items():
        for package, names in packages.items():
            place = folder(package)
            for name in names if place else ():
                whole = np.asarray(Image.open(place / name).convert("L"))
                yield from (Picture(kind, Path(name).stem, altered(whole, random, least=0.4)) for _ in range(copies))
    yield from _radiology(copies, random)


def _radiology(copies: int, random: Random) -> Iterator[Picture]:
    place, reader = folder("data_store"), folder("pydicom")
    if place is None or reader is None:
        return
    for kind, files in RADIOLOGY.items():
        for name, windows in files:
            path = place / "data" / name
            path = path if path.exists() else reader / "data" / "test_files" / name
            for view in _views(path, windows):
                yield from (Picture(kind, path.stem, altered(view, random, least=0.75)) for _ in range(copies))


def _views(path: Path, windows: tuple[tuple[int, int], ...]) -> Iterator[Grey]:
    import pydicom

    data = pydicom.dcmread(path)
    pixels = data.pixel_array
    if data.PhotometricInterpretation == "PALETTE COLOR":
        from pydicom.pixels.processing import apply_color_lut

        pixels = apply_color_lut(pixels, data)
    colours = pixels.shape[-1] in (3, 4)
    if pixels.ndim > (3 if colours else 2):
        pixels = pixels[len(pixels) // 2]
    signal = pixels[..., :3].mean(axis=-1) if colours else pixels.astype(np.float64)
    signal = signal * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))
    if data.PhotometricInterpretation == "MONOCHROME1":
        signal = signal.max() - signal
    low, high = np.percentile(signal, [0.5, 99.5])
    for centre, width in windows or (((low + high) / 2, max(high - low, 1.0)),):
        yield _grey((signal - centre) / width + 0.5)


def drawn(count: int, random: Random) -> Iterator[Picture]:
    """`count` pictures of each kind that is drawn here."""
    makers: dict[str, Callable[[Random], Grey]] = {
        "noise": noise,
        "flat": flat,
        "gradient": gradient,
        "drawn text": text,
        "pattern": pattern,
        "shapes": shapes,
        "head-like ellipse": ellipse,
    }
    for kind, maker in makers.items():
        yield from (Picture(kind, "drawn", maker(random)) for _ in range(count))


def spoilt(slices: list[Grey], random: Random) -> Iterator[Picture]:
    """Real slices made into something else: each in each of the ways."""
    for number, pixels in enumerate(slices):
        for kind, change in SPOILERS.items():
            yield Picture(kind, f"slice {number}", change(pixels, random))


def altered(pixels: Grey, random: Random, least: float) -> Grey:
    """A random crop of at least the share `least` of both sides, mirrored, of another size, contrast and brightness."""
    height, width = pixels.shape
    share = random.uniform(least, 1, size=2)
    h, w = max(8, int(height * share[0])), max(8, int(width * share[1]))
    top, left = random.integers(height - h + 1), random.integers(width - w + 1)
    cut = Image.fromarray(pixels[top : top + h, left : left + w])
    size = int(random.integers(160, 640))
    cut = cut.resize((size, max(32, round(size * h / w))), Image.Resampling.BILINEAR)
    if random.random() < 0.5:
        cut = ImageOps.mirror(cut)
    grey = np.asarray(cut) / 255.0
    return _grey((grey ** random.uniform(0.7, 1.4)) * random.uniform(0.7, 1.1))


def noise(random: Random) -> Grey:
    """White, uniform, salt-and-pepper, 1/f or blotchy noise, sometimes only inside a disc."""
    side = int(random.integers(128, 513))
    kind = random.integers(5)
    if kind == 0:
        made = random.normal(random.uniform(0.2, 0.8), random.uniform(0.05, 0.4), (side, side))
    elif kind == 1:
        made = random.random((side, side))
    elif kind == 2:
        made = (random.random((side, side)) < random.uniform(0.02, 0.5)).astype(np.float64)
    elif kind == 3:
        made = fractal(side, random.uniform(0.5, 2.5), random)
    else:
        few = int(random.integers(4, 33))
        made = _resized(random.random((few, few)), side)
    if random.random() < 0.25:
        made = made * _disc(side, random.uniform(0.5, 0.95))
    return _grey(made)


def fractal(side: int, power: float, random: Random) -> NDArray[np.float64]:
    """Noise whose spectrum falls as frequency to the minus `power`, scaled from 0 to 1, (side, side)."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1
    phase = np.exp(2j * np.pi * random.random(frequency.shape))
    made = np.fft.irfft2(phase / frequency**power, (side, side))
    scaled: NDArray[np.float64] = (made - made.min()) / np.ptp(made)
    return scaled


def flat(random: Random) -> Grey:
    """One grey value, sometimes with a frame or as one rectangle on black."""
    side = int(random.integers(128, 513))
    made = np.full((side, side), random.uniform(0, 1))
    if random.random() < 0.5:
        edge = int(side * random.uniform(0.02, 0.3))
        made[:edge] = made[-edge:] = made[:, :edge] = made[:, -edge:] = random.choice([0.0, 1.0])
    return _grey(made + random.normal(0, random.choice([0, 0.004]), made.shape))


def gradient(random: Random) -> Grey:
    """A linear or round ramp."""
    side = int(random.integers(128, 513))
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    turn = random.uniform(0, 2 * np.pi)
    ramp = (x * np.cos(turn) + y * np.sin(turn)) / 2.8 + 0.5 if random.random() < 0.5 else 1 - np.hypot(x, y)
    return _grey(ramp * random.uniform(0.5, 1.2))


def text(random: Random) -> Grey:
    """A page or a screen of random words."""
    side = int(random.integers(256, 513))
    dark = random.random() < 0.5
    page = Image.new("L", (side, side), 0 if dark else 255)
    pen = ImageDraw.Draw(page)
    size = int(random.integers(9, 28))
    font = ImageFont.load_default(size)
    for y in range(6, side - size, int(size * 1.4)):
        letters = random.choice(list("abcdefghijklmnopqrstuvwxyz     ,."), size=side * 2 // size)
        pen.text((8, y), "".join(letters), fill=255 if dark else 0, font=font)
    return np.asarray(page)


def pattern(random: Random) -> Grey:
    """Checkers, stripes, rings or a grid."""
    side = int(random.integers(128, 513))
    y, x = np.mgrid[:side, :side].astype(np.float64)
    period = random.uniform(4, side / 3)
    turn = random.uniform(0, np.pi)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    kind = random.integers(4)
    if kind == 0:
        made = (np.floor(u / period) + np.floor(v / period)) % 2
    elif kind == 1:
        made = 0.5 + 0.5 * np.sin(2 * np.pi * u / period)
    elif kind == 2:
        made = 0.5 + 0.5 * np.sin(2 * np.pi * np.hypot(x - side / 2, y - side / 2) / period)
    else:
        made = ((u % period < 2) | (v % period < 2)).astype(np.float64)
    return _grey(made)


def shapes(random: Random) -> Grey:
    """Overlapping lines, boxes, ellipses and polygons."""
    side = int(random.integers(192, 513))
    sheet = Image.new("L", (side, side), int(random.choice([0, 0, 255, 128])))
    pen = ImageDraw.Draw(sheet)
    for _ in range(random.integers(3, 25)):
        x0, x1 = sorted(random.integers(0, side, 2).tolist())
        y0, y1 = sorted(random.integers(0, side, 2).tolist())
        fill = int(random.integers(256))
        kind = random.integers(4)
        if kind == 0:
            pen.ellipse((x0, y0, x1, y1), fill=fill)
        elif kind == 1:
            pen.rectangle((x0, y0, x1, y1), fill=fill)
        elif kind == 2:
            pen.line((x0, y0, x1, y1), fill=fill, width=int(random.integers(1, 12)))
        else:
            pen.polygon([tuple(p) for p in random.integers(0, side, (5, 2)).tolist()], fill=fill)
    return np.asarray(sheet)


def ellipse(random: Random) -> Grey:
    """A bright rim around a grey oval on black, with a bright spot: a child's drawing of a slice."""
    side = int(random.integers(192, 400))
    sheet = Image.new("L", (side, side))
    pen = ImageDraw.Draw(sheet)
    a, b = random.uniform(0.3, 0.47, 2) * side
    c = side / 2
    rim = random.uniform(0.02, 0.06) * side
    pen.ellipse((c - a, c - b, c + a, c + b), fill=int(random.integers(150, 256)))
    pen.ellipse((c - a + rim, c - b + rim, c + a - rim, c + b - rim), fill=int(random.integers(40, 120)))
    x, y = c + random.uniform(-0.5, 0.5, 2) * (a, b)
    r = random.uniform(0.02, 0.12) * side
    pen.ellipse((x - r, y - r, x + r, y + r), fill=int(random.integers(120, 256)))
    return np.asarray(sheet)


def inverted(pixels: Grey, random: Random) -> Grey:
    """Black for white."""
    return 255 - pixels


def tissue_inverted(pixels: Grey, random: Random) -> Grey:
    """Air stays black; within the head dark becomes bright, as in a T2 picture."""
    air = 20
    head = pixels > air
    white = np.percentile(pixels[head], 99)
    return _grey(np.where(head, np.clip(1.05 - pixels / white, 0.05, 1), 0.0))


def colour_mapped(pixels: Grey, random: Random) -> Grey:
    """The brightness that remains of a rainbow colour map."""
    t = pixels / 255.0
    red, green, blue = (np.clip(1.5 - np.abs(4 * t - k), 0, 1) for k in (3, 2, 1))
    return _grey(0.299 * red + 0.587 * green + 0.114 * blue)


def shuffled(pixels: Grey, random: Random) -> Grey:
    """Cut into 4 x 4 tiles that are mixed."""
    h, w = pixels.shape[0] // 4, pixels.shape[1] // 4
    tiles = [pixels[r * h : (r + 1) * h, c * w : (c + 1) * w] for r in range(4) for c in range(4)]
    order = random.permutation(16)
    return np.block([[tiles[order[4 * r + c]] for c in range(4)] for r in range(4)])


def scrambled(pixels: Grey, random: Random) -> Grey:
    """The same spectrum with random phases."""
    size = np.abs(np.fft.rfft2(pixels))
    made = np.fft.irfft2(size * np.exp(2j * np.pi * random.random(size.shape)), pixels.shape)
    low, high = np.percentile(made, [1, 99])
    return _grey((made - low) / (high - low))


def cropped(pixels: Grey, random: Random) -> Grey:
    """A piece from the middle, a quarter to two fifths of each side: no outline of a head."""
    side = int(min(pixels.shape) * random.uniform(0.25, 0.4))
    top, left = ((n - side) // 2 + random.integers(-12, 13) for n in pixels.shape)
    return np.asarray(Image.fromarray(pixels[top : top + side, left : left + side]).resize((256, 256)))


def on_a_page(pixels: Grey, random: Random) -> Grey:
    """A slice printed small on a page with text."""
    page = Image.fromarray(text(random)).convert("L")
    side = page.size[0]
    small = int(side * random.uniform(0.3, 0.5))
    page.paste(Image.fromarray(pixels).resize((small, small)), (int(side * 0.1), int(side * 0.1)))
    return np.asarray(page)


SPOILERS: dict[str, Callable[[Grey, Random], Grey]] = {
    "slice: inverted": inverted,
    "slice: tissue inverted (T2-like)": tissue_inverted,
    "slice: rainbow map": colour_mapped,
    "slice: tiles mixed": shuffled,
    "slice: phases random": scrambled,
    "slice: small piece": cropped,
    "slice: on a page": on_a_page,
}


def _disc(side: int, radius: float) -> NDArray[np.float64]:
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    inside: NDArray[np.float64] = (np.hypot(x, y) < radius).astype(np.float64)
    return inside


def _resized(values: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float64)


def _grey(values: NDArray[Any]) -> Grey:
    """Values from 0 to 1 as grey, cut off outside."""
    grey: Grey = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    return grey
