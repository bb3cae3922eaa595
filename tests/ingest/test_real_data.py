"""What the shared sets really hold, counted."""

from collections import Counter
from pathlib import Path

import pytest

from avicena.core.application import Application, Gate, ImageStage, TreeStage
from avicena.core.case import Choice, Image, Note, Number, Picture
from avicena.core.errors import Unreadable
from avicena.core.model import Row
from avicena.core.recipe import ImageRecipe
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe
from avicena.formats import image
from avicena.ingest import Frozen, freeze, plan, refused_from, rows_from
from avicena_applications.brain_tumour.layout import LAYOUTS
from tests.ingest.trees import decide, features

pytestmark = pytest.mark.real_data

APPLICATION = Application(
    name="tumours",
    purpose=Text("Count what the sets hold.", "Contar lo que contienen los datos."),
    inputs={
        "mri": Image("MR", min_side=128),
        "age": Number(0, 120, "a"),
        "sex": Choice("female", "male"),
        "note": Note(("en",)),
    },
    chain=(
        ImageStage("tumour", "mri", ("glioma", "meningioma", "pituitary"), ImageRecipe()),
        TreeStage("treatment", ("chemotherapy", "monitoring", "radiotherapy", "surgery"), TreeRecipe(), given="tumour"),
    ),
    features=features,
    decide=decide,
    gate=Gate(()),
)


def imported(root: Path, table: Path | None = None, manifest: Path | None = None) -> Frozen:
    found = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    tables = [path.read_bytes() if path is not None else None for path in (table, manifest)]
    planned = plan(LAYOUTS, found, *tables)

    def read(path: str) -> tuple[str, Picture | Unreadable]:
        try:
            return path, image.read((root / path).read_bytes())
        except Unreadable as error:
            return path, error

    return freeze(APPLICATION, planned, map(read, planned.paths))


def families_are_whole(rows: list[Row]) -> bool:
    return len({(row.family, row.fold) for row in rows}) == len({row.family for row in rows})


@pytest.fixture(scope="module")
def slices(real_data: Path) -> Frozen:
    """The dataset version of `brain`."""
    return imported(real_data / "brain" / "images", manifest=real_data / "brain" / "manifest.csv")


def test_the_slices_with_families_are_all_usable(slices: Frozen) -> None:
    rows = rows_from(slices.rows)
    assert slices.version.counts == {
        "families": 167,
        "family-known": 2454,
        "files": 2454,
        "manifest-rows": 2454,
        "refused": 0,
        "rows": 2454,
        "tumour=glioma": 1142,
        "tumour=meningioma": 567,
        "tumour=pituitary": 745,
    }
    assert Counter(row.fold for row in rows) == {0: 614, 1: 614, 2: 614, 3: 612}
    assert families_are_whole(rows)
    assert all(row.box is not None and row.box[0] + row.box[2] <= 1 and row.box[1] + row.box[3] <= 1 for row in rows)
    assert refused_from(slices.refused) == []


def test_the_boxes_of_the_slices_are_given_by_their_centre(real_data: Path, slices: Frozen) -> None:
    brighter = 0
    enhancing = [row for row in rows_from(slices.rows) if row.labels["tumour"] == "meningioma"]
    for row in enhancing:
        pixels = image.read((real_data / "brain" / "images" / row.id).read_bytes()).pixels
        side = pixels.shape[0]
        assert row.box is not None
        x, y, width, height = (round(part * side) for part in row.box)
        right, down = x + width // 2, y + height // 2
        brighter += (
            pixels[y : y + height, x : x + width].mean() > pixels[down : down + height, right : right + width].mean()
        )
    assert brighter / len(enhancing) > 0.95


@pytest.mark.parametrize(("families", "known"), [(4801, 0), (149, 4801)])
def test_the_challenge_set_has_copies_without_a_row_and_rows_without_an_id(
    real_data: Path, families: int, known: int
) -> None:
    folder = real_data / "brain_challenge"
    manifest = folder / "recovered_patients.csv" if known else None
    frozen = imported(folder / "images", folder / "clinical.csv", manifest)
    counts = dict(frozen.version.counts)
    assert counts.pop("manifest-rows", 4838) == 4838
    assert sum(many for name, many in counts.items() if name.startswith("treatment=")) == 4801
    assert {name: many for name, many in counts.items() if not name.startswith("treatment=")} == {
        "families": families,
        "family-known": known,
        "files": 4838,
        "refused": 81,
        "refused:blank-case-id": 44,
        "refused:copy-of": 37,
        "rows": 4801,
        "table-rows": 4845,
        "tumour=glioma": 1629,
        "tumour=meningioma": 1595,
        "tumour=pituitary": 1577,
    }
    assert families_are_whole(rows_from(frozen.rows))
