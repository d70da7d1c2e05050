"""No run is lost or told twice, whatever dies when, and blame falls on who earned it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_work import SmallRun, small_work, task_of

from creditsim.experiment.tasks import failure_of
from creditsim.experiment.workers.places import Done
from creditsim.experiment.workers.tries import FailedRun, completed

DEADLY = {"kill", "exit"}


class FakeWorkers:
    """Workers in this process; a deadly run takes all that is in flight along, as with loky."""

    def __init__(self, width: int = 4, events: tuple[str, ...] = ()):
        self.width, self.events, self.flight, self.most = width, list(events), [], 0
        self.sent: list[tuple[str, ...]] = []

    def submit(self, task):
        self.flight.append(task)
        self.sent.append(task.keys)
        self.most = max(self.most, len(self.flight))
        assert len(self.flight) <= self.width

    def wait(self, seconds):
        event = self.events.pop(0) if self.events else "land"
        if event == "nothing" or not self.flight:
            return []
        if event == "break" or DEADLY & set(self.flight[0].words):
            dead, self.flight = self.flight, []
            return [Done(task, death="the worker process ended: EXIT(7)", worker="here") for task in dead]
        return [self._landed(self.flight.pop(0 if event == "land" else -1), event)]

    def _landed(self, task, event):
        if event == "raise":
            return Done(task, [failure_of(key, ValueError("by chance")) for key in task.keys])
        if DEADLY & set(task.words):
            return Done(task, death="the worker process ended: EXIT(7)", worker="here")
        return Done(task, small_work(task))

    def close(self, now=False):
        self.flight.clear()


def ended(tasks, workers, **options):
    return [each for each in completed(iter(tasks), workers, beat_seconds=0, **options) if each is not None]


words = st.lists(st.sampled_from(["finish", "finish", "finish", "raise", "exit"]), min_size=1, max_size=4)
events = st.lists(st.sampled_from(["land", "last", "nothing", "break", "raise"]), max_size=40)


@given(
    st.lists(st.one_of(st.none(), words), max_size=12),
    events,
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_every_run_ends_once_whatever_dies_when(plan, chance, width, most_tries):
    tasks = [each and task_of(each, f"task{number}") for number, each in enumerate(plan)]
    word_of = {key: word for task in tasks if task for key, word in zip(task.keys, task.words)}
    found = ended(tasks, FakeWorkers(width, tuple(chance)), most_tries=most_tries)
    assert Counter(each.key for each in found) == Counter(list(word_of))
    for each in found:
        if isinstance(each, FailedRun):
            assert most_tries <= len(each.tries) <= most_tries + 1
            assert {failure.key for failure in each.tries} == {each.key}
            assert "another run" not in each.tries[-1].log
        else:
            assert word_of[each.key] == "finish"


@given(st.lists(words, max_size=12), st.integers(1, 5))
def test_without_bad_luck_all_but_the_culprits_finish(plan, width):
    tasks = [task_of(each, f"task{number}") for number, each in enumerate(plan)]
    word_of = {key: word for task in tasks for key, word in zip(task.keys, task.words)}
    found = ended(tasks, FakeWorkers(width))
    assert {each.key for each in found if isinstance(each, SmallRun)} == {
        key for key, word in word_of.items() if word == "finish"
    }
    # One that raises may share a death besides.
    most = {"exit": {3}, "raise": {3, 4}}
    assert all(len(each.tries) in most[word_of[each.key]] for each in found if isinstance(each, FailedRun))


def test_suspects_are_tried_alone_and_then_the_pool_is_full_again():
    workers = FakeWorkers(3, ("break",))
    tasks = [task_of(["finish", "finish"], f"task{number}") for number in range(8)]
    stages = []
    for each in completed(iter(tasks), workers, beat_seconds=0):
        stages.append((each and each.key, len(workers.flight)))
    assert workers.sent[3:9] == [(f"task{task}-{run}",) for task in range(3) for run in range(2)]
    assert [beside for key, beside in stages[1:7]] == [0] * 6
    assert max(beside for _, beside in stages[7:]) == 2


def test_only_the_run_that_raised_is_tried_again():
    workers = FakeWorkers()
    found = ended([task_of(["finish", "raise", "finish"])], workers)
    assert workers.sent == [("run-0", "run-1", "run-2"), ("run-1",), ("run-1",)]
    (failed,) = [each for each in found if isinstance(each, FailedRun)]
    assert failed.key == "run-1"
    assert [each.error for each in failed.tries] == ["ValueError: a run that raises"] * 3


def test_a_shared_death_alone_never_condemns():
    found = ended(
        [task_of(["finish"], "a"), task_of(["finish"], "b")], FakeWorkers(2, ("break",)), most_tries=1
    )
    assert [type(each) for each in found] == [SmallRun, SmallRun]


def test_tasks_are_pulled_only_when_there_is_room():
    pulled = []

    def source():
        for number in range(6):
            pulled.append(number)
            yield task_of(["finish"], f"task{number}")

    steps = completed(source(), FakeWorkers(2), beat_seconds=0)
    assert pulled == []
    next(steps)
    assert pulled == [0, 1]


@pytest.mark.parametrize("nothing", [[], [None, None]])
def test_a_source_without_tasks_ends(nothing):
    assert ended(nothing, FakeWorkers()) == []


def test_a_source_with_nothing_just_now_is_asked_again_after_a_beat():
    asked = []

    def source():
        for _ in range(3):
            asked.append(len(asked))
            yield None

    steps = completed(source(), FakeWorkers(), beat_seconds=3600)
    assert [next(steps) for _ in range(5)] == [None] * 5
    assert asked == [0]
