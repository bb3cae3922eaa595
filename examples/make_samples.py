"""Make the two sample pictures that ship with the brain-tumour application: a slice with a painted tumour, a landscape.

    pip install nilearn
    python examples/make_samples.py [FOLDER]

The slice is not of a person. Its brain is one plane of the ICBM 2009a average of 152 people, which the package nilearn
ships without skull; skull, scalp, vessels, contrast medium and the tumour are painted here. The same code gives the
same pixels. Needs numpy, scipy and Pillow; nilearn only for the slice.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Plane = NDArray[np.float64]

SIDE = 256  # pixels of 1 mm
HEIGHT = 92  # of the template's 189 axial planes, 1 mm apart: through the lateral ventricles
SEED = 2009
FOLDER = Path(__file__).parents[1] / "src" / "avicena_applications" / "brain_tumour" / "samples"


def template_slice() -> Plane:
    """One axial plane of the template, forehead up: (SIDE, SIDE), 0 outside the brain to 1."""
    import nibabel
    import nilearn

    folder = Path(str(nilearn.__file__)).parent / "datasets" / "data"
    volume: Any = nibabel.load(folder / "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz")
    plane = np.rot90(np.asarray(volume.dataobj)[:, :, HEIGHT]) / 255.0
    rows, columns = plane.shape
    whole = np.zeros((SIDE, SIDE))
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    whole[top : top + rows, left : left + columns] = plane
    return whole


def paint_slice(brain: Plane, seed: int = SEED) -> NDArray[np.uint8]:
    """A contrast-enhanced T1 slice with a ring-shaped tumour, made around a bare brain: uint8 (SIDE, SIDE).

    `brain` is (SIDE, SIDE), 0 outside to 1 in the brightest white matter.
    """
    random = np.random.default_rng(seed)
    centre, radius = (118.0, 94.0), 17.0
    brain = pushed_aside(brain, centre, radius * 0.45)
    inside = ndimage.binary_fill_holes(ndimage.binary_closing(brain > 0.12, iterations=4))
    head = tissue(brain, random)
    head = np.where(inside, head, 0.0)
    head = with_tumour(head, inside, centre, radius, random)
    head = with_vessels(head, brain, inside, random)
    head = with_skull(head, inside, random)
    return scanned(head, random)


def tissue(brain: Plane, random: np.random.Generator) -> Plane:
    """Grey values after contrast medium: fluid dark, grey and white matter close to each other, fine texture."""
    sharp = brain + 0.8 * (brain - ndimage.gaussian_filter(brain, 1.5))
    values = np.interp(sharp, [0.0, 0.25, 0.45, 0.7, 0.9, 1.1], [0.12, 0.16, 0.29, 0.385, 0.44, 0.46])
    return values + 0.024 * cloud(random, 0.9) + 0.014 * cloud(random, 6)


def pushed_aside(brain: Plane, centre: tuple[float, float], push: float) -> Plane:
    """The brain with tissue moved away from `centre` (row, column) by up to `push` pixels, as by a growing mass."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    dy, dx = y - centre[0], x - centre[1]
    distance = np.hypot(dy, dx) + 1e-6
    shift = push * np.exp(-((distance / 42) ** 2)) * np.tanh(distance / 10)
    return np.asarray(ndimage.map_coordinates(brain, [y - shift * dy / distance, x - shift * dx / distance], order=1))


def with_tumour(
    head: Plane, inside: NDArray[np.bool_], centre: tuple[float, float], radius: float, random: np.random.Generator
) -> Plane:
    """An irregular bright ring around a dark necrotic core, in a dim oedema that follows the white matter."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    angle = np.arctan2(y - centre[0], x - centre[1])
    waves = sum(
        random.uniform(0.04, 0.12) / k**0.5 * np.sin(k * angle + random.uniform(0, 2 * np.pi)) for k in (1, 2, 3, 4, 6)
    )
    distance = np.hypot(y - centre[0], (x - centre[1]) * 1.15) / (radius * (1 + waves)) + 0.05 * cloud(random, 2)
    white = ndimage.gaussian_filter((head > 0.40).astype(float), 2)
    oedema = (1 / (1 + np.exp((distance - 1.7 - 0.6 * white) / 0.12))) * inside
    head = head * (1 - 0.26 * oedema)
    thickness = 0.20 + 0.07 * np.sin(angle + random.uniform(0, 6)) + 0.05 * np.sin(3 * angle + random.uniform(0, 6))
    ring = np.exp(-(((distance - 0.88) / thickness) ** 2)) * (0.80 + 0.18 * cloud(random, 1.6)) * inside
    core = 1 / (1 + np.exp((distance - 0.75) / 0.05))
    head = head * (1 - core) + core * (0.22 + 0.03 * cloud(random, 2))
    return head + np.clip(ring, 0, 1) * (0.88 - head)


def with_vessels(head: Plane, brain: Plane, inside: NDArray[np.bool_], random: np.random.Generator) -> Plane:
    """Enhancing dots in the sulci, the sinuses at both ends of the midline, the falx, and the choroid plexus."""
    deep = ndimage.distance_transform_edt(inside)
    sulci = np.argwhere(inside & (brain < 0.5) & (deep > 1) & (deep < 22))
    for row, column in sulci[random.choice(len(sulci), 90, replace=False)]:
        head = head + random.uniform(0.15, 0.5) * spot(row, column, random.uniform(0.5, 1.2), random.uniform(0.5, 1.2))
    rows = np.flatnonzero(inside[:, SIDE // 2])
    first, last = int(rows[0]), int(rows[-1])
    head = head + 0.55 * spot(last - 1, SIDE / 2, 3.0, 2.4) + 0.40 * spot(first + 1, SIDE / 2, 2.2, 1.5)
    fluid = ndimage.binary_erosion(inside, iterations=30) & (brain < 0.32)
    for side in (fluid & (np.arange(SIDE) < SIDE // 2), fluid & (np.arange(SIDE) >= SIDE // 2)):
        if side.any():
            row, column = np.argwhere(side)[-1]
            head = head + 0.40 * spot(row - 3, column, 2.6, 1.3)
    return head


def with_skull(head: Plane, inside: NDArray[np.bool_], random: np.random.Generator) -> Plane:
    """Fluid, dura, bone with marrow, fat and skin around the brain."""
    hull = ndimage.gaussian_filter(ndimage.binary_closing(inside, iterations=12).astype(float), 5) > 0.45
    out = ndimage.gaussian_filter(ndimage.distance_transform_edt(~(hull | inside)), 1.0)
    y, x = np.mgrid[:SIDE, :SIDE]
    angle = np.arctan2(y - SIDE / 2, x - SIDE / 2)
    wave = sum(random.uniform(-1, 1) * np.sin(k * angle + random.uniform(0, 2 * np.pi)) for k in (1, 2, 3, 5))
    bone = 6.0 + 0.8 * wave + 1.2 * np.sin(-angle).clip(0)
    muscle = 4.0 * np.exp(-(((np.abs(np.cos(angle)) - 0.93) / 0.1) ** 2)) / (1 + np.exp((y - SIDE * 0.5) / 6))
    fat = 7.8 + 1.8 * np.roll(wave, 31, axis=1) + 2.0 * np.sin(angle).clip(0) + muscle
    depth = out - 2.0  # from the dura
    layers = np.full_like(head, 0.13)
    layers = np.where((depth > -0.8) & (depth <= 0.4), 0.28 + 0.10 * cloud(random, 3), layers)
    within = depth / bone
    marrow = 0.07 + (0.17 + 0.14 * cloud(random, 5)).clip(0) * np.exp(-(((within - 0.5) / 0.28) ** 2))
    layers = np.where((depth > 0.4) & (within <= 1), marrow, layers)
    beyond = (depth - bone) / fat
    scalp = np.interp(beyond, [0.0, 0.12, 0.35, 0.62, 0.78, 0.9, 1.0], [0.25, 0.5, 0.80, 0.74, 0.45, 0.28, 0.08])
    scalp = scalp * (1 + 0.16 * cloud(random, 2.2) + 0.14 * cloud(random, 12) + 0.15 * np.sin(angle))
    scalp = np.where(beyond * fat < muscle, 0.34 + 0.07 * cloud(random, 1.2), scalp)
    layers = np.where((beyond > 0) & (beyond <= 1), scalp, layers)
    layers = np.where(beyond > 1, 0.0, layers)
    return np.where(inside, head, layers)


def scanned(head: Plane, random: np.random.Generator) -> NDArray[np.uint8]:
    """As a scanner shows it: slightly turned, blurred, brighter near the coil, with Rician noise."""
    turned = ndimage.rotate(head, 4.0, reshape=False, order=1)
    blurred = ndimage.gaussian_filter(turned, 0.35)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    coil = 0.92 + 0.22 * np.hypot(x, y) ** 2 + 0.06 * y
    real = blurred * coil + random.normal(0, 0.014, head.shape)
    signal = np.hypot(real, random.normal(0, 0.014, head.shape))
    return (np.clip(signal * 0.92, 0, 1) * 255).astype(np.uint8)


def cloud(random: np.random.Generator, width: float) -> Plane:
    """Smooth noise of standard deviation 1 with spots about `width` pixels wide, (SIDE, SIDE)."""
    noise = ndimage.gaussian_filter(random.normal(size=(SIDE, SIDE)), width)
    return np.asarray(noise / noise.std())


def spot(row: float, column: float, height: float, width: float) -> Plane:
    """A Gaussian spot of peak 1 with the standard deviations `height` and `width` in pixels, (SIDE, SIDE)."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.asarray(np.exp(-(((y - row) / height) ** 2 + ((x - column) / width) ** 2) / 2))


def landscape(seed: int = SEED, width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """A lake before mountains at evening, as a camera would see it: uint8 (height, width, 3)."""
    random = np.random.default_rng(seed)
    shore = int(height * 0.62)
    up = np.linspace(0, 1, shore)[:, None, None]
    sky = (1 - up) * np.array([70, 110, 175]) + up * np.array([250, 190, 140])
    scene = np.broadcast_to(sky, (shore, width, 3)).copy()
    y, x = np.mgrid[:shore, :width]
    glow = np.exp(-((x - width * 0.7) ** 2 + (y - shore * 0.7) ** 2) / 1500.0)[..., None]
    scene += glow * np.array([90, 80, 40])
    for level, colour in ((0.55, (120, 110, 140)), (0.72, (75, 80, 95)), (0.88, (35, 52, 45))):
        edge = ridge(width, random) * shore * 0.3 + shore * (level - 0.2)
        below = y > edge
        rough = sum(ndimage.gaussian_filter(random.normal(size=(shore, width)), k) * k for k in (0.6, 1.5, 4, 9))
        shade = 1 + 0.16 * rough * (0.4 if level < 0.6 else 1) + 0.25 * np.gradient(edge) / (np.std(edge) * 0.1)
        scene = np.where(below[..., None], np.array(colour) * shade[..., None], scene)
    water = scene[::-1][: height - shore] * 0.75 + np.array([5, 12, 25])
    ripple = np.sin(np.arange(height - shore)[:, None] ** 1.3 * 0.9 + x[: height - shore] / 17.0)
    water = water * (1 + 0.10 * ripple[..., None])
    whole = np.concatenate([scene, water]) + random.normal(0, 3, (height, width, 3))
    return np.clip(whole, 0, 255).astype(np.uint8)


def ridge(width: int, random: np.random.Generator) -> Plane:
    """The outline of a mountain range from 0 to 1, (width,), by summed waves that halve in size."""
    x = np.linspace(0, 1, width)
    line = sum(0.55**k * np.sin(2**k * (2 * np.pi * x * 0.8) + random.uniform(0, 2 * np.pi)) for k in range(7))
    return np.asarray((line - np.min(line)) / np.ptp(line))


def main(folder: Path) -> None:
    """Write both pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(paint_slice(template_slice())).save(folder / "mri.png", optimize=True)
    Image.fromarray(landscape()).save(folder / "photograph.jpg", quality=88)
    print(f"wrote mri.png and photograph.jpg into {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
