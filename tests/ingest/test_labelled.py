"""What a manifest gives to score, and what it does not."""

import random
from dataclasses import replace

import pytest

from avicena import TableLayout
from avicena.core.errors import ContractViolation
from avicena.ingest import labelled
from tests.small import application as small

LAYOUT = TableLayout(
    "slices",
    key="file",
    image="mri",
    needs=("family",),
    labels={"tumour": "tumour"},
    family=("family", "patient"),
    source="source",
    fold="fold",
    box=("x", "y", "w", "h"),
    box_point="centre",
)
APP = replace(small, layouts=(LAYOUT,))
PATHS = ["images/1.png", "images/2.png", "images/3.png"]
HEADER = ["file", "tumour", "x", "y", "w", "h", "family", "source", "fold"]
ROWS = [
    ["images/1.png", "glioma", "0.5", "0.5", "0.2", "0.2", "A", "MR", "0"],
    ["2.png", "Meningioma", "", "", "", "", "B", "num", "1"],
    ["3", "pituitary", "0.5", "0.4", "0.2", "0.1", "B", "", ""],
]


def table(*columns: str, rows: list[list[str]] = ROWS, separator: str = ",") -> bytes:
    """A manifest of those columns, in that order."""
    places = [HEADER.index(name) for name in columns]
    lines = [columns, *([row[i] for i in places] for row in rows)]
    return "\n".join(separator.join(line) for line in lines).encode()


def test_columns_may_come_in_any_order() -> None:
    wanted = labelled(APP, "tumour", PATHS, table(*HEADER))
    for seed in range(5):
        mixed = random.Random(seed).sample(HEADER, len(HEADER))
        assert labelled(APP, "tumour", PATHS, table(*mixed, separator=";")) == wanted
    assert [one.label for one in wanted.images] == ["glioma", "meningioma", "pituitary"]
    assert wanted.images[0].box == (0.4, 0.4, 0.2, 0.2)


def test_only_file_and_label_are_needed() -> None:
    found = labelled(APP, "tumour", PATHS, table("tumour", "file"))
    assert [(one.family, one.source, one.box) for one in found.images] == [(None, "", None)] * 3
    assert (found.refused, found.unclaimed, found.boxless) == ((), 0, 0)


def test_a_manifest_without_labels_or_files_is_refused_with_what_is_missing() -> None:
    with pytest.raises(ContractViolation, match="file, tumour"):
        labelled(APP, "tumour", PATHS, table("file", "family"))


def test_an_unknown_label_a_missing_one_and_a_missing_file_are_named_each() -> None:
    rows = [["1", "lymphoma", *ROWS[0][2:]], ["2", "", *ROWS[1][2:]], ["9", "glioma", *ROWS[2][2:]]]
    found = labelled(APP, "tumour", PATHS, table(*HEADER, rows=rows))
    assert found.images == ()
    assert {one.where: one.reason for one in found.refused} == {
        "images/1.png": "unknown-label",
        "images/2.png": "no-label",
        "manifest row 4": "no-image",
    }
    assert found.unclaimed == 1
    assert "lymphoma" not in repr(found.refused)


def test_a_box_that_is_none_is_left_out_and_the_picture_stays() -> None:
    rows = [["1", "glioma", "130", "120", "40", "40", "A", "MR", "no fold"], ROWS[2]]
    found = labelled(APP, "tumour", PATHS, table(*HEADER, rows=rows))
    assert [one.box is None for one in found.images] == [True, False]
    assert found.boxless == 1


def test_an_application_without_labelled_pictures_is_refused() -> None:
    with pytest.raises(ContractViolation, match="no layout"):
        labelled(small, "tumour", PATHS, table(*HEADER))
