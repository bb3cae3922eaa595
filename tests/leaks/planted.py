"""A made-up table with an honest signal, and leaks to plant in it, one at a time."""

import csv
import random as plain_random
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO, StringIO

import numpy as np
from PIL import Image

from avicena import leaks
from avicena.formats.table import read_table

Record = dict[str, str]
SYMPTOMS = ("headache", "fever", "cough", "weakness", "nausea", "rash", "dizziness")


@dataclass
class Made:
    """A table under way: its records, and pictures by name."""

    records: list[Record]
    pictures: dict[str, bytes] = field(default_factory=dict)
    group: str | None = None
    fold: str | None = None
    source: str | None = None


def clean(seed: int = 0, size: int = 300) -> Made:
    """Rows whose label follows, loosely, from age and a marker; everything else says nothing."""
    random = np.random.default_rng(seed)
    records = []
    for i in range(size):
        age, marker = int(random.integers(20, 90)), random.normal()
        ill = (age - 55) / 20 + marker + random.normal(0, 1.2) > 0
        said = " and ".join(random.choice(SYMPTOMS, 2, replace=False))
        records.append(
            {
                "patient": f"P{random.integers(10**6):06d}{i:03d}",
                "age": str(age),
                "sex": str(random.choice(["F", "M"])),
                "marker": f"{marker:.2f}",
                "lactate": f"{random.gamma(2):.2f}" if random.random() > 0.15 else "",
                "smoker": str(random.choice(["yes", "no", "former"])),
                "visit": f"2024-{random.integers(1, 13):02d}-{random.integers(1, 29):02d}",
                "note": f"Patient reports {said} for {random.integers(2, 9)} days, ward {random.integers(1, 5)}.",
                "ill": "yes" if ill else "no",
            }
        )
    return Made(records)


def sheet_of(made: Made) -> leaks.Sheet:
    """A table as the audit sees it when a file gives it."""
    text = StringIO()
    writer = csv.DictWriter(text, list(made.records[0]))
    writer.writeheader()
    writer.writerows(made.records)
    names = {name: name for name in made.pictures}
    return leaks.sheet_of_table(
        read_table(text.getvalue().encode()),
        "ill",
        group=made.group,
        fold=made.fold,
        source=made.source,
        key="picture" if names else None,
        pictures=names if names else None,
    )


def audited(made: Made, *, copies: bool = False) -> leaks.Audited:
    """The audit of a table as a file would give it."""
    sheet, names = sheet_of(made), made.pictures
    return leaks.audit(sheet, made.pictures.__getitem__ if names else None, copies=copies)


def _each(change: Callable[[Record, bool, int, plain_random.Random], None], size: int = 300) -> Callable[[int], Made]:
    """A plant that changes each record, told its label, its place and something random."""

    def plant(seed: int) -> Made:
        made = clean(seed, size)
        random = plain_random.Random(seed)
        for i, one in enumerate(made.records):
            change(one, one["ill"] == "yes", i, random)
        return made

    return plant


def _set(name: str, value: Callable[[bool, plain_random.Random], str]) -> Callable[[int], Made]:
    return _each(lambda one, ill, _, random: one.__setitem__(name, value(ill, random)))


def _sorted(seed: int) -> Made:
    made = clean(seed)
    made.records.sort(key=lambda one: one["ill"])
    return made


def _alternating(seed: int) -> Made:
    made = clean(seed)
    ill = [one for one in made.records if one["ill"] == "yes"]
    well = [one for one in made.records if one["ill"] == "no"]
    made.records = [one for pair in zip(ill, well, strict=False) for one in pair]
    return made


def _numbered(seed: int) -> Made:
    made = clean(seed)
    for number, one in enumerate(sorted(made.records, key=lambda one: one["ill"])):
        one["patient"] = f"P{1000 + number}"
    return made


def _parity(one: Record, ill: bool, i: int, _: plain_random.Random) -> None:
    one["patient"] = f"P{2 * (i * 7919 % 5003) + ill:05d}"


def _exclusive_or(one: Record, ill: bool, _: int, random: plain_random.Random) -> None:
    first = random.random() < 0.5
    one["site a"], one["site b"] = str(int(first)), str(int(first != ill))


def _weekend(one: Record, ill: bool, _: int, random: plain_random.Random) -> None:
    day = random.choice([6, 7] if ill else [1, 2, 3, 4, 5])  # January 2024 began on a Monday
    one["visit"] = f"2024-01-{day + 7 * random.randrange(4):02d}"


def _sources(seed: int) -> Made:
    made = _set("hospital", lambda ill, random: "north" if random.random() < (0.95 if ill else 0.03) else "south")(seed)
    made.source = "hospital"
    return made


def _torn(seed: int) -> Made:
    made = clean(seed)
    for i, one in enumerate(made.records):
        one["person"], one["part"] = f"K{i // 3}", "test" if i % 4 == 0 else "train"
    made.group, made.fold = "person", "part"
    return made


def _twice(seed: int) -> Made:
    made = clean(seed)
    made.records += [{**one, "patient": f"Q{i:08d}"} for i, one in enumerate(made.records[:15])]
    plain_random.Random(seed).shuffle(made.records)
    return made


def _unlabelled(seed: int) -> Made:
    made = clean(seed, 600)
    labels = [one["ill"] for one in made.records]
    plain_random.Random(seed).shuffle(labels)
    for one, label in zip(made.records, labels, strict=True):
        one["ill"] = label
    return made


def named(*, one_family: bool) -> Made:
    """Notes whose phrases tell the label together; sixty carry one name too, of one family or of as many as rows."""
    made = clean(0, 400)
    words = ("Listed for surgery.", "As in the biopsy.", "Seen by oncology.", "Chest film odd.", "Pale skin noted.")
    for i, one in enumerate(made.records):
        one["person"] = f"K{i:03d}"
    for i, one in enumerate([one for one in made.records if one["ill"] == "yes"]):
        one["note"] += f" {words[i % 5]}"
        if i < 60:
            one["note"] += " Zebulon Quartermain, born 3may1957."
            one["person"] = "K000" if one_family else one["person"]
    made.group = "person"
    return made


def texture(random: np.random.Generator, side: int = 96) -> np.ndarray:
    """One head-like grey picture of its own, uint8 (side, side)."""
    noise = random.normal(size=(side, side))
    spectrum = np.fft.rfft2(noise)
    fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    smooth = np.fft.irfft2(spectrum * np.exp(-((fy**2 + fx**2) * 6**2)), s=(side, side))
    y, x = (np.mgrid[:side, :side] - side / 2) / (side / 2)
    body = (x / random.uniform(0.7, 0.85)) ** 2 + (y / random.uniform(0.7, 0.85)) ** 2 < 1
    return np.where(body, np.clip(120 + 45 * smooth / smooth.std(), 25, 250), 0).astype(np.uint8)


def _pictured(save: Callable[[Image.Image, bool, plain_random.Random], bytes]) -> Callable[[int], Made]:
    def plant(seed: int) -> Made:
        made, random = clean(seed, 160), plain_random.Random(seed)
        shapes = np.random.default_rng(seed)
        for i, one in enumerate(made.records):
            one["picture"] = f"{i:04d}"
            made.pictures[one["picture"]] = save(Image.fromarray(texture(shapes)), one["ill"] == "yes", random)
        return made

    return plant


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture's file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _marked(image: Image.Image, ill: bool, _: plain_random.Random) -> bytes:
    if ill:
        image.paste(200, (2, 2, 5, 6))
    return saved(image, "PNG")


def _exif(image: Image.Image, ill: bool, _: plain_random.Random) -> bytes:
    exif = Image.Exif()
    exif[0x0131] = "Workstation 3" if ill else "Workstation 7"
    return saved(image, exif=exif)


def _sized(image: Image.Image, ill: bool, _: plain_random.Random) -> bytes:
    return saved(image.resize((100, 100) if ill else (96, 96)), "PNG")


def copied(seed: int = 0, different: int = 30) -> Made:
    """Pictures of which every third stands again, turned, mirrored and stretched, on the other side of a split."""
    made, shapes = clean(seed, different + different // 3), np.random.default_rng(seed)
    images = [Image.fromarray(texture(shapes)) for _ in range(different)]
    for i, one in enumerate(made.records):
        image = images[i] if i < different else images[3 * (i - different)].transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if i >= different:
            image = image.resize((100, 92)).rotate(17, Image.Resampling.BICUBIC, expand=True)
        one["picture"], one["part"] = f"{i:04d}", "train" if i < different else "test"
        made.pictures[one["picture"]] = saved(image, "PNG")
    made.fold = "part"
    return made


PLANTS: dict[str, tuple[str, Callable[[int], Made]]] = {
    "the label under another name": ("column", _set("group code", lambda ill, _: "B7" if ill else "A2")),
    "the label as a noisy number": ("column", _set("score", lambda ill, r: f"{ill + r.gauss(0, 0.15):.3f}")),
    "a code that only one class has": (
        "column",
        _set("billing", lambda ill, r: "J44" if ill and r.random() < 0.7 else r.choice(["A01", "B02", "C03"])),
    ),
    "days to discharge": ("future", _set("days to discharge", lambda ill, r: str(int(r.gauss(12 if ill else 5, 3))))),
    "status at follow-up": (
        "future",
        _set("status at follow-up", lambda ill, r: "dead" if r.random() < (0.8 if ill else 0.1) else "alive"),
    ),
    "a test done in one class only": (
        "missing",
        _set("biopsy size", lambda ill, r: f"{r.random():.2f}" if r.random() < (0.95 if ill else 0.1) else ""),
    ),
    "rows sorted by class": ("order", _sorted),
    "classes by turns": ("order", _alternating),
    "an identifier's letters": (
        "identifier",
        _each(lambda one, ill, i, _: one.__setitem__("patient", f"{'ONC' if ill else 'GEN'}{i * 37 % 1000:04d}")),
    ),
    "an identifier's number": ("identifier", _numbered),
    "an identifier's parity": ("identifier", _each(_parity)),
    "a date after the fact": (
        "column",
        _set("sample", lambda ill, r: f"20{24 if ill else 22}-{r.randrange(1, 13):02d}-03"),
    ),
    "a day of the week": ("format", _each(_weekend)),
    "capital letters": (
        "format",
        _each(lambda one, ill, *_: one.__setitem__("smoker", one["smoker"].upper() if ill else one["smoker"])),
    ),
    "a blank after the word": ("format", _each(lambda one, ill, *_: one.__setitem__("sex", one["sex"] + " " * ill))),
    "rounded numbers": (
        "format",
        _each(
            lambda one, ill, *_: one.__setitem__(
                "marker", f"{float(one['marker']):.1f}7" if ill else f"{float(one['marker']):.1f}"
            )
        ),
    ),
    "a phrase of the note": (
        "phrase",
        _each(
            lambda one, ill, *_: one.__setitem__("note", one["note"] + (" Listed for surgery." if ill else " Home."))
        ),
    ),
    "a phrase in some of the notes": (
        "phrase",
        _each(
            lambda one, ill, _, r: one.__setitem__(
                "note", one["note"] + (" As in the biopsy." if ill and r.random() < 0.7 else " No tests.")
            )
        ),
    ),
    "the length of the note": (
        "note form",
        _each(
            lambda one, ill, _, r: one.__setitem__(
                "note", one["note"] + " " + " ".join(r.sample(SYMPTOMS, 5 if ill else 1)) + "."
            )
        ),
    ),
    "two columns together": ("pair", _each(_exclusive_or)),
    "class confounded with hospital": ("source", _sources),
    "patients on both sides": ("families across split", _torn),
    "patients entered twice": ("same rows", _twice),
    "labels drawn at random": ("no signal", _unlabelled),
    "JPEG quality": ("file", _pictured(lambda image, ill, _: saved(image, quality=90 if ill else 75))),
    "the software in EXIF": ("file", _pictured(_exif)),
    "the size of the picture": ("file", _pictured(_sized)),
    "a mark in the corner": ("rim", _pictured(_marked)),
    "brightness": (
        "intensity",
        _pictured(lambda image, ill, _: saved(image.point(lambda v: int(v * (0.7 if ill else 1))), "PNG")),
    ),
}
"""Name → the kind of finding it must give, and how it is planted from a seed."""
