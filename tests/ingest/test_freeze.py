"""A dataset version is the same wherever it is made, and keeps count of everything."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pixels

from avicena.core import digest
from avicena.core.case import Picture
from avicena.core.errors import Unreadable, Untrusted
from avicena.core.model import Row
from avicena.core.reasons import REASONS
from avicena.formats import image
from avicena.ingest import Frozen, Plan, freeze, plan, refused_from, rows_from
from tests.ingest.trees import APPLICATION, picture, pictures, places, reasons

HEADER = "Visit ID;Finding;Age;Sex;Note;Plan;Person;Part\n"


def visits(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows)).encode()


def scans(*rows: str) -> bytes:
    return "\n".join(["scan,kind,person,part", *rows]).encode()


def made(plan_: Plan, **other: Picture | Unreadable) -> Frozen:
    return freeze(APPLICATION, plan_, pictures(plan_.paths, other))


def from_scans(*rows: str, same: tuple[str, ...] = ()) -> tuple[list[Row], dict[str, str], Frozen]:
    """Rows and reasons of an import of images a, b, c …, where those in `same` are one picture."""
    names = sorted({row.split(",")[0] for row in rows})
    frozen = made(plan(APPLICATION.layouts, names, manifest=scans(*rows)), **{name: picture("same") for name in same})
    return rows_from(frozen.rows), reasons(refused_from(frozen.refused)), frozen


def test_a_usable_row_holds_parsed_values_labels_and_where_it_belongs() -> None:
    frozen = made(plan(APPLICATION.layouts, ["v.jpg"], visits("v;Round thing;40;F; Well. ;Wait and see;;")))
    (row,) = rows_from(frozen.rows)
    content = picture("v.jpg").digest
    assert row.values == {"scan": content, "age": 40.0, "sex": "female", "note": "Well."}
    assert row.labels == {"kind": "round", "plan": "wait"}
    assert (row.id, row.family, row.family_known) == ("v.jpg", f"image:{content[7:19]}", False)


def test_rows_and_refusals_stand_in_order() -> None:
    names = ["b", "a", "c"]
    frozen = made(
        plan(APPLICATION.layouts, names, manifest=scans(*(f"{name},flat,p," for name in "cab"), *["z,,,"] * 9))
    )
    assert [row.id for row in rows_from(frozen.rows)] == ["a", "b", "c"]
    assert [one.where for one in refused_from(frozen.refused)] == [f"manifest row {n}" for n in range(5, 14)]


def test_what_the_application_does_not_accept_is_refused_without_the_value() -> None:
    bad: dict[str, Picture | Unreadable] = {"d.jpg": Unreadable("truncated"), "e.jpg": picture("small", side=4)}
    frozen = made(
        plan(
            APPLICATION.layouts,
            ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"],
            visits(
                "a;Round thing;190;robot;Well.;act;;",
                "b;square;40;F;Well.;act;;",
                "c;;40;F;Well.;;;",
                "d;Round thing;40;F;Well.;act;;",
                "e;Round thing;40;F;Well.;act;;",
                "f;ROUND;;;;;;",
            ),
        ),
        **bad,
    )
    refused = refused_from(frozen.refused)
    assert reasons(refused) == {
        "a.jpg": "outside-contract",
        "b.jpg": "unknown-label",
        "c.jpg": "no-label",
        "d.jpg": "unreadable-image",
        "e.jpg": "outside-contract",
    }
    assert refused[0].detail == "age: outside 0 to 120 a; sex: not one of female, male"
    assert all(value not in frozen.refused for value in (b"190", b"robot", b"square"))
    (row,) = rows_from(frozen.rows)
    assert (row.id, row.labels, row.values["age"]) == ("f.jpg", {"kind": "round"}, None)


def test_a_copy_without_a_row_is_told_from_a_file_without_a_row() -> None:
    made_plan = plan(
        APPLICATION.layouts, ["a - Copy.jpg", "a.jpg", "x.jpg", "y.jpg"], visits("a;Round thing;4;F;Well.;act;;")
    )
    other = {"a - Copy.jpg": picture("a.jpg"), "y.jpg": picture("x.jpg")}
    refused = refused_from(made(made_plan, **other).refused)
    assert [(one.where, one.reason, one.detail) for one in refused] == [
        ("a - Copy.jpg", "copy-of", "the same as a.jpg"),
        ("x.jpg", "no-table-row", ""),
        ("y.jpg", "copy-of", "the same as x.jpg"),
    ]


def test_a_row_that_repeats_a_picture_with_all_its_values_is_refused_once() -> None:
    rows, refused, _ = from_scans("a,round,,", "b,round,p,", same=("a", "b"))
    assert [(row.id, row.family) for row in rows] == [("b", "p")]
    assert refused == {"a": "exact-duplicate"}


def test_one_picture_with_different_values_stays_in_one_family() -> None:
    frozen = made(
        plan(
            APPLICATION.layouts, ["a", "b"], visits("a;Round thing;4;F;Well.;act;;", "b;Round thing;4;F;Well.;wait;;")
        ),
        a=picture("same"),
        b=picture("same"),
    )
    rows = rows_from(frozen.rows)
    assert len(rows) == 2
    assert len({(row.family, row.fold) for row in rows}) == 1


def test_one_picture_with_two_labels_condemns_both_rows() -> None:
    rows, refused, _ = from_scans("a,round,p,0", "b,flat,p,0", same=("a", "b"))
    assert rows == []
    assert refused == {"a": "same-image-two-labels", "b": "same-image-two-labels"}


def test_one_picture_of_two_families_condemns_both_rows() -> None:
    rows, refused, _ = from_scans("a,round,p,0", "b,round,q,1", "c,flat,q,1", same=("a", "b"))
    assert [row.id for row in rows] == ["c"]
    assert refused == {"a": "same-image-two-families", "b": "same-image-two-families"}


def test_a_family_with_two_folds_is_refused_whole() -> None:
    rows, refused, frozen = from_scans("a,round,p,0", "b,flat,p,1", "c,flat,q,1")
    assert [(row.id, row.fold) for row in rows] == [("c", 1)]
    assert refused == {"a": "family-in-two-folds", "b": "family-in-two-folds"}
    assert frozen.version.folds == 2


def test_a_family_without_a_fold_joins_the_given_ones() -> None:
    rows, _, frozen = from_scans("a,round,p,0", "b,round,q,1", "c,round,r,2", "d,round,p,", "e,round,s,")
    folds = {row.id: row.fold for row in rows}
    assert folds["d"] == 0
    assert folds["e"] in {1, 2}
    assert frozen.version.folds == 3


def test_rows_and_refusals_account_for_every_file_and_row() -> None:
    files = ["a", "b", "c", "d", "x", "y"]
    table = visits(
        *(f"{name};Round thing;{age};F;Well.;act;;" for name, age in zip("abcdz", (1, 1, 999, 2, 3), strict=True))
    )
    planned = plan(APPLICATION.layouts, files, table, scans("a,round,p,0", "x,flat,q,0", "w,flat,q,0"))
    frozen = made(planned, a=picture("same"), b=picture("same"), x=picture("same"), d=Unreadable("no picture"))
    rows, refused = rows_from(frozen.rows), refused_from(frozen.refused)
    used = {one.id: one.places for one in planned.planned}
    counted = [place for row in rows for place in used[row.id]]
    counted += [place for one in refused for place in (one.where, *one.also)]
    assert sorted(counted) == places(planned)
    assert {one.reason for one in refused} <= REASONS.keys()
    counts = frozen.version.counts
    assert counts["rows"] + sum(one.where in files for one in refused) == counts["files"] == 6
    assert sum(many for name, many in counts.items() if name.startswith("refused:")) == counts["refused"]
    assert (counts["table-rows"], counts["manifest-rows"], counts["families"], counts["kind=round"]) == (5, 3, 1, 1)


def test_the_id_says_everything_that_was_frozen() -> None:
    rows = ("a,round,p,", "b,flat,q,")
    _, _, frozen = from_scans(*rows)
    version = frozen.version
    assert version.rows == digest.of_bytes(frozen.rows)
    assert version.refused == digest.of_bytes(frozen.refused)
    assert version.contract == APPLICATION.contract_digest
    ids = {version.id, from_scans(*rows, same=("a",))[2].version.id, from_scans("a,flat,p,", rows[1])[2].version.id}
    made_plan = plan(APPLICATION.layouts, ["a", "b"], manifest=scans(*rows))
    ids.add(freeze(APPLICATION, made_plan, pictures("ab", {}), parents=("sha256:1",)).version.id)
    assert len(ids) == 4


def _write(folder: Path, names: list[str]) -> None:
    for name in names:
        pixels = np.random.default_rng(sum(name.encode())).integers(0, 255, (16, 16), dtype=np.uint8)
        encoded = io.BytesIO()
        Pixels.fromarray(pixels).save(encoded, "PNG")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded.getvalue())


def test_the_same_files_give_the_same_id_in_any_folder_and_any_order(tmp_path: Path) -> None:
    names = [f"{folder}/v{n}.png" for folder in ("rounds", "flats") for n in range(folder == "flats", 12, 2)]
    table = visits(*(f"{Path(n).stem};;{30 + i};F;Well.;act;;" for i, n in enumerate(names)))
    ids = set()
    for seed, root in enumerate((tmp_path / "one", tmp_path / "another" / "place")):
        _write(root, names)
        found = [path.relative_to(root).as_posix() for path in root.rglob("*.png")]
        random.Random(seed).shuffle(found)
        planned = plan(APPLICATION.layouts, found, table)
        read = [(name, image.read((root / name).read_bytes())) for name in planned.paths]
        random.Random(seed).shuffle(read)
        ids.add(freeze(APPLICATION, planned, read).version.id)
    assert len(ids) == 1


def test_progress_counts_every_image() -> None:
    told: list[tuple[str, int, int]] = []
    planned = plan(APPLICATION.layouts, ["a", "b"], manifest=scans("a,round,p,"))
    freeze(
        APPLICATION, planned, pictures("ba", {}), progress=lambda stage, done, total: told.append((stage, done, total))
    )
    assert told == [("images", 1, 2), ("images", 2, 2)]


@pytest.mark.parametrize("given", ["a", "abb", "abc"])
def test_a_missing_repeated_or_foreign_picture_stops_the_import(given: str) -> None:
    planned = plan(APPLICATION.layouts, ["a", "b"], manifest=scans("a,round,p,"))
    with pytest.raises(ValueError, match=r"image"):
        freeze(APPLICATION, planned, pictures(given, {}))


def test_a_damaged_blob_is_not_read() -> None:
    frozen = from_scans("a,round,p,")[2]
    with pytest.raises(Untrusted):
        rows_from(frozen.rows[:-9])
