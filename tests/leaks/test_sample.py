"""Large tables are judged on a sample of whole families, which the report says."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from avicena import leaks
from avicena.core.leak import LeakReport
from avicena.core.leak_words import searched, unsearched
from avicena.leaks.groups import copy_findings
from avicena.leaks.sample import sampled
from avicena.leaks.sheet import Sheet
from tests.leaks.planted import PLANTS, saved, sheet_of, texture


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


def pictured(near: bool = False, size: int = 120, again: int = 8) -> tuple[Sheet, dict[str, bytes]]:
    """Rows with a picture each, of which some stand again on the other side of the split, turned round if `near`."""
    random = np.random.default_rng(1)
    images = [Image.fromarray(texture(random)) for _ in range(size)]
    pictures = {f"d{i}": saved(one, "PNG") for i, one in enumerate(images)}
    rows = [(f"r{i}", f"P{i}", i % 2, f"d{i}") for i in range(size)]
    for i in range(again):
        name = f"t{i}" if near else f"d{i}"
        pictures.setdefault(name, saved(ImageOps.mirror(images[i]).rotate(90), "PNG"))
        rows.append((f"c{i}", f"Q{i}", 1 - i % 2, name))
    ids, units, folds, shown = (tuple(one) for one in zip(*rows, strict=True))
    labels = {"ill": tuple("ab"[i % 7 % 2] for i in range(len(ids)))}
    return Sheet(ids, {}, labels, units, (True,) * len(ids), folds=folds, pictures=shown), pictures


def test_exact_copies_are_found_in_all_rows_however_few_are_sampled() -> None:
    sheet, pictures = pictured()
    for most in (sheet.size, 40):
        found = leaks.audit(sheet, pictures.__getitem__, most=most)
        (one,) = (one for one in found.findings if one.kind == "copies across split")
        assert (one.effect, one.severity) == (pytest.approx(16 / 128), "serious")
        assert len(set(found.groups)) == 120


def test_near_copies_are_said_to_be_sampled_and_are_as_serious_as_all_rows_would_make_them() -> None:
    sheet, pictures = pictured(near=True)
    whole = leaks.audit(sheet, pictures.__getitem__)
    assert ("copies" in whole.looked, "near copies" in whole.skipped) == (True, False)
    found = leaks.audit(sheet, pictures.__getitem__, most=64)
    size = sampled(sheet, 64)[0].size
    assert {"exact copies", f"near copies in a sample of {size} of 128 rows"} <= set(found.looked)
    assert "near copies" in found.skipped
    assert all(searched(one).es != one for one in found.looked)
    assert all(unsearched(why).es != why for why in found.skipped.values())
    report = LeakReport("r", "small", "d", found.looked, (), found.skipped)
    assert report.sampled
    assert not LeakReport("r", "small", "d", whole.looked, (), whole.skipped).sampled


def test_a_pair_found_in_a_sample_stands_for_those_of_which_one_half_was_not_drawn() -> None:
    sheet = replace(pictured()[0], pictures=())
    groups = [f"row:{i}" for i in range(1000)]
    many = replace(sheet, ids=tuple(groups), units=tuple(groups), folds=tuple(i % 2 for i in range(1000)))
    groups[0] = groups[1] = "copies:1"
    none = [None] * 1000
    severity = {
        drawn: copy_findings(many, groups, none, np.zeros(1, bool), drawn)[0].severity for drawn in (1.0, 0.5, 0.1)
    }
    assert severity == {1.0: "notice", 0.5: "notice", 0.1: "serious"}
