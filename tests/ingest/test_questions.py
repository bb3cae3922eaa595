from dataclasses import replace

import numpy as np
import pytest

from avicena.core.question import Scores
from avicena.ingest.questions import ask, questions_from, united
from tests.ingest.queue import APPLICATION, TABLE, VERSION, people, row


def asked(rows, scores=(), share=0.1, application=APPLICATION):
    """Each question's rows, field and kinds of sign, strongest first."""
    found = questions_from(ask(application, VERSION, rows, scores, share).questions)
    return [(one.rows, one.field, {sign.kind for sign in one.signs}) for one in found]


def notes(rows, scores=()):
    return [note.en for note in ask(APPLICATION, VERSION, rows, scores).queue.notes]


def test_a_dataset_in_order_gives_no_question():
    assert asked(people()) == []


def test_a_blank_is_asked_about_where_its_source_mostly_has_the_value():
    rows = [*people(), row("gap", age=None)]
    assert asked(rows) == [(("gap",), "age", {"missing"})]


def test_a_source_that_never_gives_a_value_is_a_note_and_not_a_question_per_row():
    rows = [*people(), *(row(f"b{i}", age=None, source="B") for i in range(9))]
    assert asked(rows) == []
    assert any("9 blanks of source B" in note for note in notes(rows))


def test_a_label_that_only_one_row_of_a_source_lacks_is_asked_about():
    rows = [*people(kind="round", plan="wait"), row("half", kind="round")]
    assert (("half",), "plan", {"missing"}) in asked(rows)


def test_a_value_far_outside_its_column_is_asked_about_and_one_at_its_edge_is_not():
    rows = [*people(), row("far", age=118.0, height=188.0), row("edge", age=72.0)]
    rows += [row("old", age=99.0)]
    assert [one for one in asked(rows) if one[0] == ("edge",)] == []
    young = [*people(), row("giant", height=2900.0)]
    assert asked(young) == [(("giant",), "height", {"implausible"})]


def test_a_declared_plausible_range_counts_more_than_what_is_usual():
    rows = [*people(), row("heavy", weight=320.0)]
    assert (("heavy",), "weight", {"implausible"}) in asked(rows)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("height", 66.9, "inches"),
        ("height", 1.7, "metres"),
        ("weight", 154.3, "pounds"),
        ("height", 1700.0, "millimetres"),
        ("age", 4.0, "decimal point"),
    ],
)
def test_a_value_that_another_unit_would_make_usual_says_so(field, value, words):
    rows = [*people(), row("odd", **{field: value})]
    found = [one for one in questions_from(ask(APPLICATION, VERSION, rows, ()).questions) if one.rows == ("odd",)]
    assert [one.field for one in found] == [field]
    assert any(sign.kind == "units" and words in sign.text.en for sign in found[0].signs)


def test_two_numbers_that_only_fit_when_exchanged_are_both_asked_about():
    rows = [*people(), row("swap", weight=170.0, height=70.0)]
    found = questions_from(ask(APPLICATION, VERSION, rows, ()).questions)
    said = {one.field: [sign.text.en for sign in one.signs] for one in found if one.rows == ("swap",)}
    assert "looks exchanged with height" in said["weight"]
    assert "looks exchanged with weight" in said["height"]


def test_one_picture_with_two_ages_is_one_question_about_both_rows():
    rows = [*people(), row("a", scan="sha256:same", family="F"), row("b", scan="sha256:same", family="F", age=61.0)]
    assert asked(rows) == [(("a", "b"), "age", {"disagreement"})]


def test_without_pictures_rows_of_one_patient_that_differ_only_in_the_label_disagree():
    same = {"family": "F", "scan": None}
    rows = [*people(scan=None), row("a", kind="round", **same), row("b", kind="flat", **same)]
    assert (("a", "b"), "kind", {"disagreement"}) in asked(rows, application=TABLE)


def test_a_row_against_the_rest_of_its_patient_is_asked_about_alone():
    rows = [replace(one, family=f"P{i // 4}") for i, one in enumerate(people())]
    rows += [replace(row("odd", family="P0"), labels={"kind": "flat"})]
    assert asked(rows) == [(("odd",), "kind", {"disagreement"})]


def test_a_field_that_often_differs_within_a_patient_is_no_contradiction():
    rows = [row(f"s{i}", family=f"P{i // 2}", kind=("round", "flat")[i % 2]) for i in range(40)]
    assert asked(rows) == []


def scored(rows, told=0.5, wrong=()):
    """Scores of a model that is sure of the right label; the rows in `wrong` are labelled otherwise."""
    chances = [[0.95, 0.05] if (one.labels["kind"] == "round") != (one.id in wrong) else [0.05, 0.95] for one in rows]
    return Scores("kind", tuple(one.id for one in rows), np.array(chances), told)


def balanced(number=60):
    return [replace(one, labels={"kind": ("round", "flat")[i % 2]}) for i, one in enumerate(people(number))]


def test_labels_that_blind_models_contradict_are_asked_about_up_to_a_share():
    rows = balanced()
    wrong = {"p003", "p010", "p020"}
    assert {ids[0] for ids, _, _ in asked(rows, [scored(rows, wrong=wrong)])} == wrong
    assert len(asked(rows, [scored(rows, wrong=wrong)], share=1 / 30)) == 2
    assert asked(rows, [scored(rows, wrong=wrong)], share=0) == []


def test_labels_without_signal_are_not_doubted_and_that_is_said():
    rows = balanced()
    assert asked(rows, [scored(rows, told=-0.01, wrong={"p003"})]) == []
    assert any("cannot be told" in note for note in notes(rows, [scored(rows, told=-0.01)]))


def test_several_signs_about_one_value_are_one_question_and_stand_first():
    rows = [replace(one, labels={"kind": ("round", "flat")[i // 30]}) for i, one in enumerate(people())]
    rows = [replace(one, family=f"P{i // 3}") for i, one in enumerate(rows)]
    rows += [replace(row("odd", family="P0"), labels={"kind": "flat"})]
    assert asked(rows, [scored(rows, wrong={"odd"})]) == [(("odd",), "kind", {"mislabel", "disagreement"})]


def test_the_same_rows_give_the_same_questions_and_a_changed_value_another_one():
    rows = [*people(), row("gap", age=None)]
    first, again = (ask(APPLICATION, VERSION, rows, ()) for _ in range(2))
    assert first == again
    other = ask(APPLICATION, replace(VERSION, id="sha256:new"), rows, ())
    assert other.queue.id != first.queue.id
    assert other.questions == first.questions
    (one,) = questions_from(first.questions)
    (two,) = questions_from(ask(APPLICATION, VERSION, [*people(), row("gap", age=None, scan="sha256:x")], ()).questions)
    assert one.id != two.id


def test_no_question_repeats_a_value_in_its_words():
    rows = [*people(), row("giant", height=2917.0)]
    (one,) = questions_from(ask(APPLICATION, VERSION, rows, ()).questions)
    assert all("2917" not in sign.text.en + sign.text.es for sign in one.signs)


def test_a_share_past_one_is_refused():
    with pytest.raises(ValueError, match="share"):
        ask(APPLICATION, VERSION, people(), (), 1.5)


def test_several_queues_are_united_by_question_the_newest_first_and_as_it_words_them():
    old = ask(APPLICATION, VERSION, [*people(), row("gap", age=None), row("odd", weight=900.0)], ()).questions
    new = ask(APPLICATION, VERSION, [*people(), row("odd", weight=900.0)], ()).questions
    found = united([old, new])
    assert found[: len(questions_from(new))] == questions_from(new)
    assert {one.id for one in found} == {one.id for data in (old, new) for one in questions_from(data)}
    assert len({one.id for one in found}) == len(found) > len(questions_from(new))
    assert united([]) == []
