"""Rows and files are joined, and every one of them is accounted for."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.errors import ContractViolation
from avicena.core.layout import TableLayout
from avicena.core.reasons import REASONS
from avicena.ingest import Plan, plan
from tests.ingest.trees import SCANS, VISITS, places, reasons

HEADER = "\ufeffVisit ID;Finding;Age;Sex;Note;Plan\r\n"
LAYOUTS = (SCANS, VISITS)


def visits(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\r\n" for row in rows)).encode()


def scans(*rows: str) -> bytes:
    return "\n".join(["scan,kind,x,y,w,h,study,person,site,part", *rows]).encode()


def whole(made: Plan) -> bool:
    """Whether each file and each row is accounted for, once."""
    rows = [f"{role.removesuffix('-rows')} row" for role in made.totals if role != "files"]
    counted = places(made)
    return len(counted) == len(set(counted)) == sum(made.totals.values()) and all(
        sum(place.startswith(row) for place in counted) == made.totals[row.replace(" row", "-rows")] for row in rows
    )


def test_a_clinical_table_is_joined_by_file_name_and_put_into_our_words() -> None:
    made = plan(LAYOUTS, ["rounds/v1.jpg"], visits("v1;Round thing;40;F;It hurts.;Wait and see"))
    (one,) = made.planned
    assert one.values == {"age": "40", "sex": "female", "note": "It hurts."}
    assert one.labels == {"kind": "round", "plan": "wait"}
    assert (one.family, one.source, one.fold, one.box) == (None, "", None, None)
    assert one.places == ("rounds/v1.jpg", "table row 2")
    assert made.image == "scan"


@pytest.mark.parametrize("root", ["", "images/", "brain/images/"])
def test_a_manifest_is_joined_wherever_the_images_lie(root: str) -> None:
    made = plan(LAYOUTS, [f"{root}1.jpg"], manifest=scans("images/1.jpg,flat,0.5,0.4,0.2,0.4,s,p,north,3"))
    (one,) = made.planned
    assert one.labels == {"kind": "flat"}
    assert (one.family, one.source, one.fold) == ("p", "north", 3)
    assert one.box == (0.4, 0.2, 0.2, 0.4)


def test_a_box_by_its_corner_stays_and_one_over_the_edge_by_rounding_is_cut() -> None:
    layout = TableLayout("corners", "scan", "scan", ("kind",), labels={"kind": "kind"}, box=("x", "y", "w", "h"))
    made = plan([layout], ["a.jpg", "b.jpg"], scans("a,flat,0.5,0.4,0.2,0.4,,,,", "b,flat,0.5,0.5,0.51,0.5,,,,"))
    assert [one.box for one in made.planned] == [(0.5, 0.4, 0.2, 0.4), (0.5, 0.5, 0.5, 0.5)]


@pytest.mark.parametrize(
    "box", ["0.9,0.5,0.5,0.1", "0.5,0.5,0,0.1", "0.5,0.5,x,0.1", "0.5,,0.1,0.1", "nan,0.5,0.1,0.1"]
)
def test_a_box_that_is_not_on_the_picture_is_refused(box: str) -> None:
    made = plan(LAYOUTS, ["a.jpg"], manifest=scans(f"a.jpg,flat,{box},s,p,north,0"))
    assert reasons(made.refused) == {"a.jpg": "bad-box"}


@pytest.mark.parametrize("fold", ["-1", "2.5", "100", "two"])
def test_a_fold_that_is_none_is_refused(fold: str) -> None:
    made = plan(LAYOUTS, ["a.jpg"], manifest=scans(f"a.jpg,flat,0.5,0.5,0.1,0.1,s,p,north,{fold}"))
    assert reasons(made.refused) == {"a.jpg": "bad-fold"}


def test_every_oddity_of_a_clinical_table_has_its_own_reason_and_nothing_is_lost() -> None:
    files = ["flats/f.jpg", "rounds/a.jpg", "rounds/b.jpg", "rounds/c.jpg", "rounds/d - Copy.jpg", "rounds/d.jpg"]
    files += ["rounds/e.jpg", "flats/e.jpg", "rounds/Thumbs.db"]
    made = plan(
        LAYOUTS,
        files,
        visits(
            "a;Round thing;40;F;Well.;act",
            ";Round thing;41;F;Well.;act",
            "b;Round thing;42;F;Well.;act",
            "b;Round thing;43;F;Well.;act",
            "gone;Round thing;44;F;Well.;act",
            "c;Round thing;45;F;Well.;act",
            "c;Round thing;45;F;Well.;act",
            "d;Round thing;46;F;Well.;act",
            "e;Round thing;47;F;Well.;act",
            "f;Round thing;48;F;Well.;act",
            "f;short",
        ),
    )
    assert [one.id for one in made.planned] == ["rounds/a.jpg", "rounds/c.jpg", "rounds/d.jpg"]
    assert reasons(made.refused) == {
        "table row 3": "blank-case-id",
        "rounds/b.jpg": "duplicate-id",
        "table row 6": "no-image",
        "table row 8": "repeated-row",
        "table row 10": "ambiguous-image",
        "flats/f.jpg": "label-contradicts-folder",
        "table row 12": "ragged-row",
    }
    assert [one.also for one in made.refused if one.reason == "duplicate-id"] == [("table row 4", "table row 5")]
    assert reasons(made.unclaimed) == dict.fromkeys(
        ["flats/e.jpg", "rounds/Thumbs.db", "rounds/d - Copy.jpg", "rounds/e.jpg"], "no-table-row"
    )
    assert whole(made)


def test_a_manifest_beside_a_table_adds_family_and_box_and_cannot_contradict_it() -> None:
    made = plan(
        LAYOUTS,
        ["a.jpg", "b.jpg", "c.jpg"],
        visits("a;Round thing;40;F;Well.;act", "b;Round thing;40;F;Well.;act"),
        scans(
            "a.jpg,round,0.5,0.5,0.2,0.2,s,p,north,1",
            "b.jpg,flat,,,,,s,p,north,1",
            "c.jpg,flat,,,,,s,p,north,1",
            "d.jpg,flat,,,,,s,p,north,1",
        ),
    )
    (one,) = made.planned
    assert (one.values["age"], one.family, one.fold, one.box) == ("40", "p", 1, (0.4, 0.4, 0.2, 0.2))
    assert one.places == ("a.jpg", "table row 2", "manifest row 2")
    assert reasons(made.refused) == {"b.jpg": "label-contradicts-manifest", "manifest row 5": "no-image"}
    assert [(one.where, one.also) for one in made.unclaimed] == [("c.jpg", ("manifest row 4",))]
    assert whole(made)


def test_a_folder_says_the_label_that_the_row_leaves_blank() -> None:
    made = plan(LAYOUTS, ["rounds/a.jpg"], visits("a;;40;F;Well.;act"))
    assert made.planned[0].labels == {"kind": "round", "plan": "act"}


def test_of_several_folders_the_nearest_says_the_label() -> None:
    made = plan(LAYOUTS, ["flats/rounds/a.jpg"], visits("a;;40;F;Well.;act"))
    assert made.planned[0].labels["kind"] == "round"


def test_a_whole_path_means_that_image_and_folders_tell_namesakes_apart() -> None:
    files = ["1.jpg", "a/1.jpg", "b/1.jpg"]
    made = plan(LAYOUTS, files, manifest=scans("1.jpg,flat,,,,,s,p,,", "images/a/1.jpg,round,,,,,s,q,,"))
    assert {one.id: one.family for one in made.planned} == {"1.jpg": "p"}
    assert reasons(made.refused) == {"manifest row 3": "ambiguous-image"}
    made = plan(LAYOUTS, files[1:], manifest=scans("images/a/1.jpg,round,,,,,s,q,,", "b/1,flat,,,,,s,p,,"))
    assert {one.id: one.family for one in made.planned} == {"a/1.jpg": "q", "b/1.jpg": "p"}


def test_where_table_and_manifest_agree_the_words_are_those_of_the_table() -> None:
    made = plan(LAYOUTS, ["a.jpg"], visits("a;FLAT;40;F;Well.;act"), scans("a.jpg,flat,,,,,s,p,,"))
    assert made.planned[0].labels["kind"] == "FLAT"


def test_the_family_is_read_from_the_surest_column_that_is_filled() -> None:
    made = plan(LAYOUTS, ["a.jpg", "b.jpg"], manifest=scans("a,flat,,,,,s,p,,", "b,flat,,,,,s,,,"))
    assert [one.family for one in made.planned] == ["p", "s"]


def test_columns_that_nobody_reads_are_named() -> None:
    made = plan(LAYOUTS, [], b"scan,person,weather\n")
    assert made.unread == {"table": ("weather",)}


def test_file_names_of_another_system_mean_the_same_image() -> None:
    made = plan(LAYOUTS, ["año/1.jpg"], manifest="scan,person,kind\nan\u0303o\\1.jpg,p,flat\n".encode())
    assert [one.id for one in made.planned] == ["año/1.jpg"]


def test_a_table_of_no_known_layout_is_refused_with_the_columns_wanted() -> None:
    with pytest.raises(ContractViolation) as error:
        plan(LAYOUTS, [], b"name,secret\nx,y\n")
    problem = error.value.problems["table"]
    assert "scans: scan, person; visits: Visit ID, Finding" in problem
    assert "secret" not in problem


def test_an_import_without_any_table_is_refused() -> None:
    with pytest.raises(ContractViolation, match="give a table"):
        plan(LAYOUTS, ["a.jpg"])


@pytest.mark.parametrize("paths", [["a\u0303.jpg", "ã.jpg"], ["\udcff.jpg"]])
def test_file_names_that_could_not_be_told_apart_or_kept_are_refused(paths: list[str]) -> None:
    with pytest.raises(ContractViolation, match="images"):
        plan(LAYOUTS, paths, visits())


NAMES = st.sampled_from(["a", "b", "c", "d", ""])
ROW = st.builds(
    lambda *parts: ";".join(parts),
    NAMES,
    st.sampled_from(["Round thing", "flat", ""]),
    st.sampled_from(["40", "41"]),
    st.just("F"),
    st.just("Well."),
    st.sampled_from(["act", "act;more"]),
)
SCAN = st.builds(
    lambda name, kind, fold: f"{name}.jpg,{kind},,,,,s,p,,{fold}",
    NAMES,
    st.sampled_from(["flat", ""]),
    st.sampled_from("01x"),
)
FILES = st.sets(st.builds(lambda folder, name: f"{folder}/{name}.jpg", st.sampled_from(["rounds", "flats"]), NAMES))


@given(FILES, st.lists(ROW, max_size=8), st.none() | st.lists(SCAN, max_size=6), st.randoms(use_true_random=False))
def test_every_file_and_every_row_is_accounted_for_once(
    files: set[str], rows: list[str], more: list[str] | None, chance: random.Random
) -> None:
    shuffled = sorted(files)
    chance.shuffle(shuffled)
    manifest = None if more is None else scans(*more)
    made = plan(LAYOUTS, shuffled, visits(*rows), manifest)
    assert whole(made)
    assert {one.reason for one in (*made.refused, *made.unclaimed)} <= REASONS.keys()
    assert made == plan(LAYOUTS, sorted(files), visits(*rows), manifest)
