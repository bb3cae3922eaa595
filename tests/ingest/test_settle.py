"""Two decisions that contradict each other, and the person who says which stands."""

from dataclasses import replace

import pytest

from avicena.core.errors import Blocked, NotFound
from avicena.core.model import Refused
from avicena.core.question import Question, Ruling, Settlement
from avicena.core.reading import Reading
from avicena.ingest.correct import Corrected, correct, corrections
from avicena.ingest.settle import settle
from tests.ingest.queue import ANA, APPLICATION, BEA, EVA, VERSION, judged, row

LABEL = Question("q1", ("p1",), "kind", ("round",), ())
PAIR = Question("q7", ("p1", "p2"), "kind", ("round", "round"), ())
ROWS = [row("p1"), row("p2")]
FLAT, KEEP, DROP = Ruling("change", "flat"), Ruling("keep"), Ruling("drop")


def both(question: Question, ruling: Ruling) -> Reading:
    return judged(Reading(question), (ANA, ruling), (BEA, ruling))


def settled(winner: str, loser: str, at: str = "2026-01-02") -> Settlement:
    return Settlement(winner, loser, EVA, at, "the report says so")


def made(*read: Reading, by: tuple[Settlement, ...] = ()) -> Corrected:
    return correct(APPLICATION, VERSION, ROWS, [Refused("x", "no-image")], read, by)


def test_a_contradiction_blocks_until_somebody_settles_it_and_the_error_says_how() -> None:
    read = (both(LABEL, FLAT), both(PAIR, DROP))
    with pytest.raises(Blocked, match=r"review-data settle shapes q1 --over q7"):
        made(*read)
    found = made(*read, by=(settled("q1", "q7"),))
    assert {one.id: one.labels["kind"] for one in found.rows} == {"p1": "flat"}
    other = made(*read, by=(settled("q7", "q1"),))
    assert other.rows == ()


def test_what_gives_way_gives_way_only_where_the_two_differ() -> None:
    found = made(both(LABEL, KEEP), both(PAIR, FLAT), by=(settled("q1", "q7"),))
    assert [one.labels["kind"] for one in found.rows] == ["round", "flat"]
    told = corrections(VERSION, replace(VERSION, id="sha256:new"), found)
    assert [(one.question, one.rows, one.readers) for one in told] == [("q7", ("p2",), ("ana", "bea"))]


def test_who_settled_stands_among_the_readers_of_the_correction() -> None:
    found = made(both(LABEL, FLAT), both(PAIR, KEEP), by=(settled("q1", "q7"),))
    (told,) = corrections(VERSION, replace(VERSION, id="sha256:new"), found)
    assert told.readers == ("ana", "bea", "eva")


def test_of_three_in_a_circle_the_newest_settlements_count() -> None:
    third = replace(LABEL, id="q9")
    read = (both(LABEL, FLAT), both(PAIR, KEEP), both(third, Ruling("blank")))
    circle = [settled("q1", "q7", "1"), settled("q7", "q9", "2"), settled("q9", "q1", "3")]
    found = made(*read, both(replace(LABEL, id="q0", rows=("p2",)), FLAT), by=(*circle, settled("q0", "q7", "4")))
    assert {one.id: one.labels["kind"] for one in found.rows} == {"p1": "round", "p2": "flat"}


def test_only_who_judged_neither_may_settle_and_once_and_with_a_reason() -> None:
    read = {one.question.id: one for one in (both(LABEL, FLAT), both(PAIR, KEEP), both(replace(LABEL, id="q8"), FLAT))}
    found = settle(APPLICATION, read, [], "q1", "q7", EVA, "now", " pathology ")
    assert found == Settlement("q1", "q7", EVA, "now", "pathology")
    for known, question, over, by, reason, words in (
        ([], "q1", "q7", ANA, "why", "judged one"),
        ([], "q1", "q7", EVA, " ", "reason"),
        ([], "q1", "q8", EVA, "why", "nothing to settle"),
        ([found], "q7", "q1", EVA, "why", "settled before"),
    ):
        with pytest.raises(Blocked, match=words):
            settle(APPLICATION, read, known, question, over, by, "now", reason)
    with pytest.raises(NotFound):
        settle(APPLICATION, read, [], "q1", "q99", EVA, "now", "why")
    assert found.id == settled("q7", "q1").id
