from dataclasses import replace

import pytest

from avicena.core.errors import Blocked
from avicena.core.model import Refused
from avicena.core.question import Opinion, Question, Ruling, Unfit
from avicena.core.reading import Reading, counted, kappa
from avicena.ingest.correct import correct, corrections, version_after
from avicena.ingest.diff import diff
from avicena.ingest.freeze import refused_from
from avicena.ingest.judge import take
from avicena.ingest.judge import value_of as parsed
from tests.ingest.queue import ANA, APPLICATION, BEA, EVA, VERSION, judged, people, row

LABEL = Question("q1", ("p001",), "kind", ("round",), ())
AGE = Question("q2", ("p002",), "age", (32.0,), ())
PAIR = Question("q3", ("p003", "p004"), "sex", ("female", "male"), ())
KEEP, DROP, BLANK = Ruling("keep"), Ruling("drop"), Ruling("blank")
FLAT = Ruling("change", "flat")


def test_two_who_agree_decide_and_two_who_differ_wait_for_a_third_who_decides():
    one = judged(Reading(LABEL), (ANA, FLAT))
    assert one.ruling is None
    assert judged(one, (BEA, FLAT)).ruling == FLAT
    torn = judged(one, (BEA, KEEP))
    assert torn.disputed
    assert torn.ruling is None
    assert judged(torn, (EVA, DROP)).ruling == DROP


def test_a_reader_sees_no_other_judgement_before_both_are_in():
    one = judged(Reading(LABEL), (ANA, FLAT))
    assert one.seen(BEA.id).told == ()
    assert [told.reader for told in one.seen(ANA.id).told] == [ANA]
    both = judged(one, (BEA, KEEP))
    assert len(both.seen(EVA.id).told) == len(both.seen(ANA.id).told) == 2


def test_the_third_is_a_third_person_and_nobody_has_two_seats():
    one = judged(Reading(LABEL), (ANA, FLAT))
    assert (one.seat(ANA.id), one.seat(BEA.id)) == (None, 2)
    torn = judged(one, (BEA, KEEP))
    assert (torn.seat(ANA.id), torn.seat(BEA.id), torn.seat(EVA.id)) == (None, None, 3)
    assert judged(torn, (EVA, KEEP)).seat("somebody else") is None


def test_the_counts_and_the_agreement_beyond_chance_are_those_counted_by_hand():
    same = [judged(Reading(replace(LABEL, id=f"s{i}")), (ANA, KEEP), (BEA, KEEP)) for i in range(2)]
    other = [judged(Reading(replace(LABEL, id=f"o{i}")), (ANA, FLAT), (BEA, FLAT)) for i in range(1)]
    torn = [judged(Reading(replace(LABEL, id="t")), (ANA, KEEP), (BEA, FLAT))]
    half = [judged(Reading(replace(LABEL, id="h")), (ANA, KEEP)), Reading(replace(LABEL, id="n"))]
    found = [*same, *other, *torn, *half]
    assert counted(found) == {"unread": 1, "half read": 1, "disputed": 1, "decided": 3}
    chance = (5 / 8) ** 2 + (3 / 8) ** 2
    assert kappa(found) == (pytest.approx((0.75 - chance) / (1 - chance)), 4)
    assert kappa([]) == (0.0, 0)
    assert kappa(same) == (1.0, 2)


def taken(read, given, reader=ANA):
    return take(APPLICATION, {one.question.id: one for one in read}, given, reader, "2026-01-01T00:00:00Z")


def test_every_opinion_that_cannot_go_in_is_named_at_once_in_both_languages():
    read = [Reading(LABEL), Reading(AGE), judged(Reading(PAIR), (ANA, KEEP))]
    given = {
        "2": Opinion("q9", KEEP, "why"),
        "3": Opinion("q1", KEEP, "  "),
        "4": Opinion("q3", DROP, "why"),
        "5": Opinion("q1", Ruling("change", "round"), "why"),
        "6": Opinion("q1", BLANK, "why"),
        "7": Opinion("q2", KEEP, "why"),
        "8": Opinion("q2", KEEP, "why"),
    }
    with pytest.raises(Unfit) as error:
        taken(read, given)
    assert set(error.value.faults) == {"2", "3", "4", "5", "6", "8"}
    assert all(text.en and text.es and text.en != text.es for text in error.value.faults.values())


def test_what_is_in_already_or_was_decided_meanwhile_is_passed_over_and_said():
    mine = judged(Reading(LABEL), (ANA, KEEP))
    theirs = judged(Reading(AGE), (BEA, KEEP), (EVA, KEEP))
    torn = judged(Reading(PAIR), (BEA, KEEP), (EVA, DROP))
    given = {name: Opinion(id, KEEP, "because") for name, id in (("a", "q1"), ("b", "q2"), ("c", "q3"))}
    found = taken([mine, theirs, torn], given)
    assert found.judgements == ()
    assert set(found.passed) == {"a", "b", "c"}
    third = taken([torn], {"c": Opinion("q3", KEEP, "because", seat=3)})
    assert [one.seat for one in third.judgements] == [3]


@pytest.mark.parametrize(
    ("question", "text", "value"), [(LABEL, " FLAT ", "flat"), (AGE, "54,5", 54.5), (PAIR, "Male", "male")]
)
def test_a_new_value_is_read_as_the_application_reads_it(question, text, value):
    assert parsed(APPLICATION, question, text) == value


@pytest.mark.parametrize(("question", "text"), [(LABEL, "square"), (AGE, "190"), (AGE, "old"), (PAIR, "x")])
def test_a_new_value_outside_the_contract_is_refused_without_repeating_it(question, text):
    with pytest.raises(ValueError, match=r"not|outside") as error:
        parsed(APPLICATION, question, text)
    assert text not in str(error.value)


def both(question, ruling):
    return judged(Reading(question), (ANA, ruling), (BEA, ruling))


def made(*read, rows=None):
    return correct(APPLICATION, VERSION, rows or people(12), [Refused("x", "no-image")], read)


def test_accepted_corrections_change_those_rows_alone_and_every_row_that_stays_keeps_its_fold():
    rows = people(12)
    found = made(both(LABEL, FLAT), both(AGE, Ruling("change", 44.0)), both(PAIR, Ruling("change", "male")))
    difference = diff(APPLICATION, rows, found.rows)
    assert {(one.row, one.field, one.after) for one in difference.changes} == {
        ("p001", "kind", "flat"),
        ("p002", "age", 44.0),
        ("p003", "sex", "male"),
        ("p004", "sex", "male"),
    }
    assert [row.fold for row in found.rows] == [row.fold for row in rows]


def test_a_dropped_row_joins_the_refused_ones_with_its_question_and_a_blanked_value_is_gone():
    found = made(both(LABEL, DROP), both(AGE, BLANK))
    assert "p001" not in {row.id for row in found.rows}
    assert [one.where for one in refused_from(found.refused) if one.reason == "dropped-in-review"] == ["p001"]
    assert next(row for row in found.rows if row.id == "p002").values["age"] is None
    assert (found.counts["rows"], found.counts["refused"], found.counts["files"]) == (11, 2, 9)


def test_the_new_version_names_the_old_one_as_parent_and_the_same_decisions_give_the_same_version():
    decided = (both(LABEL, FLAT), both(AGE, BLANK))
    first, again = made(*decided), made(*reversed(decided))
    new = version_after(VERSION, first, "sha256:rows")
    assert new == version_after(VERSION, again, "sha256:rows")
    assert new.parents == (VERSION.id,)
    assert new.folds == VERSION.folds
    assert set(new.files) == {"table", "corrections"}
    told = corrections(VERSION, new, first)
    assert {(one.question, one.readers) for one in told} == {("q1", ("ana", "bea")), ("q2", ("ana", "bea"))}


def test_nothing_decided_that_changes_a_row_makes_no_version():
    with pytest.raises(Blocked, match="list"):
        made(both(LABEL, KEEP), judged(Reading(AGE), (ANA, DROP)))


def test_two_different_decisions_about_one_value_are_named():
    other = replace(LABEL, id="q7", rows=("p001", "p002"), values=("round", "round"))
    with pytest.raises(Blocked, match=r"q1.*q7"):
        correct(APPLICATION, VERSION, [row("p001"), row("p002")], [], [both(LABEL, FLAT), both(other, BLANK)])


@pytest.mark.parametrize("ruling", [KEEP, DROP])
def test_a_value_that_one_question_keeps_or_drops_is_not_changed_by_another(ruling):
    other = replace(LABEL, id="q7", rows=("p001", "p002"), values=("round", "round"))
    rows = [row("p001"), row("p002")]
    for first, second in ((ruling, FLAT), (FLAT, ruling)):
        with pytest.raises(Blocked, match=r"q1.*q7"):
            correct(APPLICATION, VERSION, rows, [], [both(LABEL, first), both(other, second)])
    with pytest.raises(Blocked, match=r"q1.*q7"):
        correct(APPLICATION, VERSION, rows, [], [both(LABEL, KEEP), both(other, DROP)])


def test_a_change_to_what_another_question_keeps_and_decisions_about_other_fields_do_not_contradict():
    other = replace(LABEL, id="q7", rows=("p001", "p002"), values=("round", "flat"))
    rows = [row("p001"), row("p002", kind="flat")]
    found = correct(
        APPLICATION, VERSION, rows, [], [both(LABEL, KEEP), both(other, Ruling("change", "round")), both(AGE, DROP)]
    )
    assert [one.id for one in found.rows] == ["p001"]


def test_the_difference_of_two_versions_counts_rows_values_classes_and_drift():
    before = people(40, kind="round")
    after = [replace(one, labels={"kind": "flat"}) for one in before[:10]] + before[10:35] + [row("new", age=119.0)]
    found = diff(APPLICATION, before, after)
    assert (found.rows, found.added, len(found.removed)) == ((40, 36), ("new",), 5)
    assert found.by_field == {"kind": 10}
    assert found.classes["kind"] == {"flat": (0, 10), "round": (40, 26)}
    assert found.shifts["kind"].size == "large"
    assert found.shifts["age"].ks is not None
    assert diff(APPLICATION, before, before).same
    assert diff(APPLICATION, before, []).shifts == {}
