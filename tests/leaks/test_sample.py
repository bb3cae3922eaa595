"""Large tables are judged on a sample of whole families, which the report says."""

from dataclasses import replace

import pytest

from avicena import leaks
from avicena.core.leak_words import searched
from avicena.leaks.sample import sampled
from avicena.leaks.sheet import Sheet
from tests.leaks.planted import PLANTS, sheet_of


def large(name: str) -> Sheet:
    """A planted table whose rows are of families of three."""
    sheet = sheet_of(PLANTS[name][1](0))
    return replace(sheet, units=tuple(f"F{i // 3}" for i in range(sheet.size)))


def test_a_sample_is_of_whole_families_and_the_same_each_time() -> None:
    sheet = large("class confounded with hospital")
    found, places = sampled(sheet, 100)
    assert 100 <= found.size < 103
    assert (found, places) == sampled(sheet, 100)
    assert {unit: sheet.units.count(unit) for unit in found.units} == {u: found.units.count(u) for u in found.units}
    assert found.ids == tuple(sheet.ids[i] for i in places)
    assert found.columns["age"] == tuple(sheet.columns["age"][i] for i in places)
    assert sampled(sheet, sheet.size) == (sheet, tuple(range(sheet.size)))


@pytest.mark.parametrize("name", ["class confounded with hospital", "classes by turns", "the label under another name"])
def test_what_tells_the_label_is_found_in_a_sample_too_and_the_report_says_how_large_it_was(name: str) -> None:
    sheet = large(name)
    sheet, size = replace(sheet, units=tuple(f"F{i}" for i in range(sheet.size))), sheet.size
    found = leaks.audit(sheet, most=200)
    assert PLANTS[name][0] in {one.kind for one in found.findings if one.severity == "serious"}
    assert f"labels in a sample of 200 of {size} rows" in found.looked
    assert searched("labels in a sample of 200 of 300 rows").es == "etiquetas en una muestra de 200 de 300 filas"
    assert len(found.groups) == size


def test_families_across_the_split_are_counted_in_all_rows() -> None:
    sheet = large("the label as a noisy number")
    torn = replace(sheet, folds=tuple(i % 2 for i in range(sheet.size)))
    (finding,) = (one for one in leaks.audit(torn, most=60).findings if one.kind == "families across split")
    assert finding.units == 100
