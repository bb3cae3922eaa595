import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avicena.formats import image
from avicena_applications import brain_tumour

FOLDER = Path(brain_tumour.__file__).parent / "samples"
MAKER = Path(__file__).parents[2] / "examples" / "make_samples.py"


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(str(MAKER))


def test_both_samples_are_pictures_that_the_service_reads():
    slice_, photograph = (image.read((FOLDER / name).read_bytes()) for name in ("mri.png", "photograph.jpg"))
    assert slice_.pixels.shape == (256, 256)
    assert photograph.pixels.shape == (240, 320)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sample_case_keeps_the_application_s_contract(language):
    raw = json.loads((FOLDER / "case.json").read_bytes())
    picture = image.read((FOLDER / "mri.png").read_bytes())
    case = brain_tumour.application.contract.parse(raw | {"note": raw["note"][language], "mri": picture})
    columns = brain_tumour.features(case)
    assert columns["symptom=headache"] == columns["symptom=speech"] == 1
    assert columns["symptom=seizure"] == -1
    assert columns["duration"] == 21


def test_the_photograph_is_what_the_example_paints(maker):
    kept = np.asarray(Image.open(FOLDER / "photograph.jpg"), dtype=float)
    assert np.abs(kept - maker["landscape"]()).mean() < 6


def test_the_slice_is_what_the_example_paints(maker):
    pytest.importorskip("nilearn", reason="nilearn is not installed; it ships the brain template")
    kept = np.asarray(Image.open(FOLDER / "mri.png"), dtype=float)
    assert np.abs(kept - maker["paint_slice"](maker["template_slice"]())).mean() < 0.5


def test_a_slice_can_be_painted_around_any_brain(maker):
    y, x = np.mgrid[-1:1:256j, -1:1:256j]
    reach = np.hypot(x / 0.55, y / 0.68)
    brain = np.where(reach < 1, 0.7 + 0.25 * np.sin(18 * x) * np.cos(15 * y), 0.0)
    brain[(np.abs(x) < 0.1) & (np.abs(y) < 0.15)] = 0.15
    painted = maker["paint_slice"](brain)
    assert np.array_equal(painted, maker["paint_slice"](brain))
    assert painted[:10].max() < 20
    assert painted[118, 94] < painted[100:136, 70:118].max() / 2


def test_the_samples_carry_the_notice_of_the_template():
    assert "Louis Collins, McConnell Brain Imaging Centre" in (FOLDER / "README.md").read_text()
