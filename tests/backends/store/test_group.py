"""How writes of many threads come together in one transaction."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from avicena.backends.store.chain import continued
from avicena.backends.store.group import LARGEST, GroupWriter, Take
from avicena.core.audit import AuditLine
from avicena.core.errors import Unavailable, Untrusted

from .making import entry


class Ledger:
    """A store in memory that commits only while its gate is open, and remembers each group."""

    def __init__(self) -> None:
        self.may_begin = threading.Event()
        self.may_begin.set()
        self.may_commit = threading.Event()
        self.may_commit.set()
        self.began = threading.Event()
        self.groups: list[list[str]] = []
        self.error: Exception | None = None

    def commit(self, take: Take) -> None:
        """Take what waits, and give each its line."""
        self.began.set()
        self.may_begin.wait()
        writes = take()
        self.may_commit.wait()
        if self.error is not None:
            raise self.error
        self.groups.append([write.entry.subject for write in writes])
        for write, line in zip(writes, continued(None, [write.entry for write in writes]), strict=True):
            write.finish(line)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(300) as pool:
        yield pool


def send(pool: ThreadPoolExecutor, group: GroupWriter, *subjects: str) -> "list[Future[AuditLine]]":
    """Write these from a thread each, and return once all of them wait."""
    waiting = group.waiting + len(subjects)
    writes = [pool.submit(group.write, entry(subject), []) for subject in subjects]
    while group.waiting < waiting:
        time.sleep(0.001)
    return writes


def test_what_waits_during_a_commit_goes_together_into_the_next(ledger: Ledger, pool: ThreadPoolExecutor) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    ledger.may_commit.clear()
    first = pool.submit(group.write, entry("first"), [])
    ledger.began.wait()
    while group.waiting:
        time.sleep(0.001)
    rest = send(pool, group, "a", "b", "c")
    ledger.may_commit.set()
    assert [write.result().seq for write in rest] == [1, 2, 3] or sorted(w.result().seq for w in rest) == [1, 2, 3]
    first.result()
    assert [sorted(subjects) for subjects in ledger.groups] == [["first"], ["a", "b", "c"]]
    group.close()


def test_what_comes_while_the_transaction_waits_for_its_turn_still_joins_it(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    ledger.may_begin.clear()
    writes = send(pool, group, "a", "b", "c")
    ledger.may_begin.set()
    for write in writes:
        write.result()
    assert [sorted(subjects) for subjects in ledger.groups] == [["a", "b", "c"]]
    group.close()


def test_a_group_has_a_largest_size(ledger: Ledger, pool: ThreadPoolExecutor) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    ledger.may_begin.clear()
    writes = send(pool, group, *(str(i) for i in range(LARGEST + 10)))
    ledger.may_begin.set()
    for write in writes:
        write.result()
    assert [len(subjects) for subjects in ledger.groups] == [LARGEST, 10]
    group.close()


def test_a_write_that_gave_up_is_never_written(ledger: Ledger) -> None:
    group = GroupWriter(ledger.commit, timeout=0.05)
    ledger.may_begin.clear()
    with pytest.raises(Unavailable, match="nothing was kept"):
        group.write(entry("late"), [])
    ledger.may_begin.set()
    group.write(entry("next"), [])
    assert [subject for subjects in ledger.groups for subject in subjects] == ["next"]
    group.close()


def test_a_write_that_was_begun_is_awaited_past_its_time(ledger: Ledger, pool: ThreadPoolExecutor) -> None:
    group = GroupWriter(ledger.commit, timeout=0.05)
    ledger.may_commit.clear()
    write = pool.submit(group.write, entry("slow"), [])
    time.sleep(0.2)
    assert not write.done()
    ledger.may_commit.set()
    assert write.result().entry.subject == "slow"
    group.close()


def test_who_came_while_an_attempt_was_failing_gets_the_next_one(ledger: Ledger, pool: ThreadPoolExecutor) -> None:
    began, may_fail = threading.Event(), threading.Event()

    def commit(take: Take) -> None:
        if began.is_set():
            return ledger.commit(take)
        began.set()
        may_fail.wait()
        raise Unavailable("locked")

    group = GroupWriter(commit, timeout=5)
    [before] = send(pool, group, "before")
    began.wait()
    [after] = send(pool, group, "after")
    may_fail.set()
    assert isinstance(before.exception(), Unavailable)
    assert after.result().entry.subject == "after"
    assert ledger.groups == [["after"]]
    group.close()


def test_who_came_is_not_failed_by_an_attempt_that_had_taken_nothing(pool: ThreadPoolExecutor) -> None:
    began, may_take, took, may_fail = (threading.Event() for _ in range(4))
    ledger = Ledger()

    def commit(take: Take) -> None:
        if began.is_set():
            return ledger.commit(take)
        began.set()
        may_take.wait()
        assert take() == []  # its only writer has given up
        took.set()
        may_fail.wait()
        raise Unavailable("locked")

    group = GroupWriter(commit, timeout=0.2)
    with pytest.raises(Unavailable, match="nothing was kept"):
        group.write(entry("gave up"), [])
    may_take.set()
    took.wait()
    [after] = send(pool, group, "after")
    may_fail.set()
    assert after.result().entry.subject == "after"
    group.close()


def test_each_caller_hears_why_nothing_can_be_written(ledger: Ledger, pool: ThreadPoolExecutor) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    ledger.error = Untrusted("altered")
    ledger.may_begin.clear()
    writes = send(pool, group, "a", "b")
    ledger.may_begin.set()
    errors = [write.exception() for write in writes]
    assert [(type(error), str(error)) for error in errors] == 2 * [(Untrusted, "altered")]
    assert errors[0] is not errors[1]
    group.close()


def test_a_foreign_error_is_heard_by_its_class_only_and_the_writer_lives_on(ledger: Ledger) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    ledger.error = RuntimeError("patient 123")
    with pytest.raises(Unavailable, match="RuntimeError") as error:
        group.write(entry(), [])
    assert "123" not in str(error.value)
    ledger.error = None
    assert group.write(entry(), []).seq == 1
    group.close()


def test_a_lone_writer_does_not_wait_for_company(ledger: Ledger) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    times = []
    for i in range(200):
        begun = time.perf_counter()
        group.write(entry(str(i)), [])
        times.append(time.perf_counter() - begun)
    assert group._expected == 1
    assert sorted(times)[100] < 0.001
    group.close()


def test_a_closed_group_takes_nothing_more(ledger: Ledger) -> None:
    group = GroupWriter(ledger.commit, timeout=5)
    group.close()
    with pytest.raises(Unavailable, match="closed"):
        group.write(entry(), [])
