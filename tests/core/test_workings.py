"""What is kept of each row: it comes back as it was, and its parts speak of the same rows."""

from dataclasses import replace

import numpy as np
import pytest

from avicena.core.model import Row
from avicena.core.workings import Workings
from avicena.formats.arrays import read_arrays, write_arrays


def some(number: int = 4) -> Workings:
    """Rows of two classes, with a group and maps."""
    rows = [
        Row(f"r{i}", {"mri": f"sha256:{i}"}, {"kind": "ab"[i % 2]}, f"Peña {i // 2}", True, "", i % 2)
        for i in range(number)
    ]
    levels = {"sex": ["f", "m"] * (number // 2)}
    chances = np.full((number, 2), 0.5)
    return Workings.of("kind", ("a", "b"), rows, chances, picture="mri", groups=levels, maps=np.ones((number, 2, 2)))


@pytest.mark.parametrize("number", [0, 4])
def test_workings_come_back_from_a_file_as_they_were(number: int) -> None:
    found = some(number)
    back = Workings.from_arrays(read_arrays(write_arrays(found.to_arrays())))
    assert (back.stage, back.classes, back.groups) == (found.stage, found.classes, found.groups)
    for name in ("ids", "labels", "families", "folds", "sources", "chances", "pictures", "maps"):
        np.testing.assert_array_equal(getattr(back, name), getattr(found, name))


def test_labels_are_places_among_the_classes_and_pictures_are_digests() -> None:
    found = some()
    assert found.labels.tolist() == [0, 1, 0, 1]
    assert found.pictures.tolist() == ["sha256:0", "sha256:1", "sha256:2", "sha256:3"]
    assert replace(found, maps=None).to_arrays().keys() == found.to_arrays().keys() - {"maps"}


def test_parts_that_speak_of_different_rows_are_refused() -> None:
    found = some()
    with pytest.raises(ValueError, match="same rows"):
        replace(found, folds=found.folds[1:])
    with pytest.raises(ValueError, match="same rows"):
        replace(found, chances=found.chances[:, :1])
    with pytest.raises(ValueError, match="maps"):
        replace(found, maps=np.ones((3, 2, 2), np.float32))
