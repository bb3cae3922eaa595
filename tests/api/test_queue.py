"""The queue lets in what it can answer soon."""

import time
from contextlib import ExitStack

from avicena.api.queue import Queue


def let_in(queue: Queue, stack: ExitStack) -> int:
    """How many questions come in before one is turned away."""
    count = 0
    while not queue.full:
        stack.enter_context(queue.entered())
        count += 1
    return count


def test_no_more_than_threads_and_waiting_are_inside() -> None:
    queue = Queue(threads=2, waiting=3)
    with ExitStack() as stack:
        assert let_in(queue, stack) == 5
        assert queue.inside == 5
    assert queue.inside == 0
    assert not queue.full


def test_a_slow_machine_lets_fewer_wait_but_always_keeps_its_threads_busy() -> None:
    queue = Queue(threads=2, waiting=100, soon=0.05)
    for _ in range(40):
        with queue.worked():
            time.sleep(0.01)
    with ExitStack() as stack:
        assert 2 <= let_in(queue, stack) <= 6
    slower = Queue(threads=2, waiting=100, soon=0.001)
    with slower.worked():
        time.sleep(0.05)
    with ExitStack() as stack:
        assert let_in(slower, stack) == 2


def test_a_question_that_fails_leaves_the_queue() -> None:
    queue = Queue(threads=1, waiting=0)
    try:
        with queue.entered(), queue.worked():
            raise ValueError
    except ValueError:
        assert queue.inside == 0
    assert not queue.full
