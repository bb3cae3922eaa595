"""A made-up hospital: slices with three kinds of lesion, notes, and treatments with or without a rule behind them."""

import csv
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from avicena import Application, Gate, ImageRecipe, ImageStage, Text, Threshold, TreeRecipe, TreeStage
from avicena.core.actor import ROLES, Actor
from avicena_applications.brain_tumour import TREATMENTS, TUMOURS, application

DOCTOR = Actor("doctor", ROLES)
SIDE = 96
SYMPTOMS = {"surgery": "seizures", "radiotherapy": "headaches", "chemotherapy": "dizziness", "monitoring": "fatigue"}

IMAGES = ImageRecipe(side=64, frozen=13, copies=1, turned=0, epochs=6, batch=16, rate=2e-3, average=0.8, members=1)
TREES = TreeRecipe(trials=3, permutations=24, max_rounds=20, forest=20)


def small_application() -> Application:
    """The brain-tumour application with recipes for a test and a gate that judges by the signal alone."""
    signal = Threshold(
        "treatment",
        "p of signal beyond tumour",
        at_most=0.05,
        failing=Text("no signal beyond tumour class (p = {value})", "sin señal (p = {value})"),
    )
    gain = Threshold("treatment", "gain over tumour alone", at_least=0.02, bound="low")
    gate = Gate(serve=(Threshold("tumour", "accuracy by patient", at_least=0.6),), suggest=(signal, gain))
    chain = (
        ImageStage("tumour", input="mri", classes=TUMOURS, recipe=IMAGES),
        TreeStage("treatment", classes=TREATMENTS, recipe=TREES, given="tumour"),
    )
    return replace(application, chain=chain, gate=gate)


def slice_of(tumour: str, random: np.random.Generator) -> bytes:
    """One PNG: a head with a disc (glioma), a bright rim (meningioma) or a bar at the bottom (pituitary)."""
    picture = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 6, SIDE - 8, SIDE - 6), fill=int(random.integers(70, 90)), outline=160, width=3)
    x, y = (int(v) for v in random.integers(34, 56, 2))
    if tumour == "glioma":
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=10, outline=240, width=4)
    elif tumour == "meningioma":
        draw.ellipse((x - 9, 8, x + 9, 26), fill=250)
    else:
        draw.rectangle((SIDE // 2 - 6, SIDE - 34, SIDE // 2 + 6, SIDE - 20), fill=230)
        draw.rectangle((SIDE // 2 - 22, SIDE - 40, SIDE // 2 + 22, SIDE - 36), fill=150)
    shaken = np.asarray(picture.filter(ImageFilter.GaussianBlur(1)), dtype=float) + random.normal(0, 4, (SIDE, SIDE))
    data = BytesIO()
    Image.fromarray(np.clip(shaken, 0, 255).astype(np.uint8)).save(data, "PNG")
    return data.getvalue()


def write(folder: Path, *, planted: bool, families: int = 36, slices: int = 1, seed: int = 0) -> None:
    """Write images, a manifest (families of every class) and a clinical table into `folder`.

    With `planted` the treatment follows from the symptom in the note; without, it is drawn at random.
    """
    random = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    manifest, table = [], []
    for family in range(families):
        tumour = TUMOURS[family % 3]
        for number in range(slices):
            name = f"{family:03d}_{number}"
            (folder / "images" / f"{name}.png").write_bytes(slice_of(tumour, random))
            said = TREATMENTS[int(random.integers(4))]
            treatment = said if planted else TREATMENTS[int(random.integers(4))]
            note = f"Patient reports {SYMPTOMS[said]} for the last {int(random.integers(2, 9))} weeks, moderate."
            manifest.append([f"images/{name}.png", tumour, f"F{family:03d}", "A"])
            table.append([name, tumour, int(random.integers(20, 80)), random.choice(["F", "M"]), note, treatment])
    _csv(folder / "manifest.csv", ["file", "tumour", "family", "source"], manifest, ",")
    _csv(folder / "table.csv", ["Case ID", "Condition", "Age", "Sex", "Clinical Note", "Treatment"], table, ";")


def _csv(path: Path, header: list[str], rows: list[list[object]], separator: str) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(header)
        writer.writerows(rows)
