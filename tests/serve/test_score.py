"""A served model judged on pictures that somebody else labelled."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avicena import serve
from avicena.core.errors import ContractViolation, Unreadable
from avicena.core.learnt import marked
from avicena.core.model import Row
from avicena.core.progress import silent
from avicena.core.score import Labelled, LabelledSet, Score
from avicena.formats import image
from avicena.serve import Model
from tests import small

BOX = (0.4, 0.4, 0.2, 0.2)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    site = small.small_site(tmp_path_factory.mktemp("site"))
    yield site.live(small.application.name).model
    site.close()


def read(path: str) -> bytes:
    if path == "damaged.png":
        return small.picture()[:200]
    if path == "gone.png":
        raise Unreadable("the file does not open")
    return small.picture(int(path.split(".")[0]), side=40 if path == "7.png" else 96)


def given(count: int = 6, **changed: object) -> LabelledSet:
    """Pictures of as many families as there are pictures, less one, of all classes in turn."""
    images = [
        Labelled(f"{i}.png", f"{i}.png", small.TUMOURS[i % 3], f"F{i % (count - 1)}", "here", BOX) for i in range(count)
    ]
    return LabelledSet(tuple(replace(one, **changed) for one in images), ())  # type: ignore[arg-type]


def scored(
    model: Model, what: LabelledSet, trained: list[Row] | None = None, read: Callable[[str], bytes] = read
) -> Score:
    return serve.score(small.application, model, what, read, trained, silent)


def figure(found: Score, name: str, level: str = "") -> float:
    return next(one.value for one in found.measures if (one.name, one.level) == (name, level))


def row(number: int, family: str) -> Row:
    picture = image.read(small.picture(number))
    return Row(str(number), {"mri": picture.digest}, {}, family, True, "", 0)


def test_probabilities_are_those_that_a_question_is_answered_with(model: Model) -> None:
    found = scored(model, given()).images[0]
    picture = image.read(read("0.png"))
    case = small.application.contract.parse({"mri": picture, "age": 50, "sex": "male", "note": "Headache."})
    answered = serve.predict(small.application, case, {"mri": picture}, model, "refer").stage("tumour")
    assert found.probabilities == answered.scores
    assert found.plausible == answered.confidence.plausible


def test_the_figures_are_those_of_the_pictures(model: Model) -> None:
    found = scored(model, given(9))
    right = np.mean([one.best == one.label for one in found.images])
    assert figure(found, "accuracy") == pytest.approx(right)
    assert figure(found, "map peaks inside the lesion's box") == np.mean([one.peak_inside for one in found.images])
    erased = np.mean([max(one.erased or {}, key=(one.erased or {}).__getitem__) == one.label for one in found.images])
    assert figure(found, "accuracy with the lesion's box erased") == erased
    assert any(one.probabilities != one.erased for one in found.images)


def test_what_cannot_be_read_or_asked_is_named_and_the_rest_is_scored(model: Model) -> None:
    broken = [Labelled(name, name, "glioma", None, "", None) for name in ("damaged.png", "gone.png", "7.png")]
    what = LabelledSet((*given().images, *broken), ())
    found = scored(model, what)
    assert len(found.images) == 6
    assert {one.where: one.reason for one in found.refused} == {
        "damaged.png": "unreadable-image",
        "gone.png": "unreadable-image",
        "7.png": "outside-contract",
    }


def test_nothing_to_score_is_an_error_that_says_why(model: Model) -> None:
    with pytest.raises(
        ContractViolation, match="none of its pictures can be scored: the file is not a readable picture"
    ):
        scored(model, given(path="gone.png"))


def test_without_families_each_picture_is_its_own_and_that_is_said(model: Model) -> None:
    found = scored(model, given(family=None))
    assert next(one.units for one in found.measures if one.name == "accuracy") == 6
    assert any("each counts as a patient of its own" in one.en for one in found.notices)


def test_without_sources_and_boxes_those_figures_are_missing_and_that_is_said(model: Model) -> None:
    found = scored(model, given(source="", box=None))
    assert {one.group for one in found.measures} == {"", "class"}
    assert not [one for one in found.measures if "lesion" in one.name]
    assert {"name no source", "no lesion box"} == {
        word for word in ("name no source", "no lesion box") for one in found.notices if word in one.en
    }


def test_a_family_of_two_classes_is_scored_and_said(model: Model) -> None:
    found = scored(model, given(family="one"))
    assert next(one.units for one in found.measures if one.name == "accuracy by patient") == 3
    assert any("several classes" in one.en for one in found.notices)


def test_one_class_alone_is_scored_and_the_absent_ones_are_named(model: Model) -> None:
    found = scored(model, given(label="glioma"))
    assert any("no picture of: meningioma, pituitary" in one.en for one in found.notices)


def test_copies_are_counted(model: Model) -> None:
    what = given(path="3.png")
    assert any("5 pictures are exact copies" in one.en for one in scored(model, what).notices)


def test_pictures_and_patients_that_the_model_learnt_from_are_counted(model: Model) -> None:
    assert scored(model, given()).honest is None
    fresh = scored(model, given(), [row(100, "other")])
    assert (fresh.trained_on, fresh.trained_families, fresh.honest) == (0, 0, True)
    known = scored(model, given(), [row(0, "x"), row(1, "F3"), row(100, "F4")])
    assert (known.trained_on, known.trained_families, known.honest) == (2, 2, False)


def test_the_marks_of_a_bundle_tell_pictures_where_the_training_rows_are_not_kept(model: Model) -> None:
    known = [image.read(small.picture(number)).digest for number in (0, 1, 100)]
    told = replace(model, learnt=marked(model.candidate, {"tumour": known}))
    found = scored(told, given())
    assert (found.trained_on, found.trained_families, found.honest) == (2, None, False)
    strange = scored(replace(model, learnt=marked(model.candidate, {"tumour": known[2:]})), given())
    assert (strange.trained_on, strange.honest) == (0, None)
    other = scored(replace(model, learnt=marked(model.candidate, {"another": known})), given())
    assert (other.trained_on, other.honest) == (None, None)


def test_every_notice_is_said_in_both_languages(model: Model, tmp_path: Path) -> None:
    for what in (given(family=None, source="", box=None), given(family="one"), given(path="3.png", label="glioma")):
        found = scored(model, what)
        assert found.notices
        assert all(one.es and one.es != one.en for one in found.notices)
