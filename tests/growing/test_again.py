"""Windows, lost answers and other people: the same said again, and something else said."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from annotation import labeling
from annotation.labeling import AlreadySubmitted, Conflict, Mark, OtherSubmit, OtherWay, Turn
from annotation.models import Choice, HumanCompletion, Lease, Project, User
from tests.growing.acts import exported, hand_in, rate, turn
from tests.growing.trees import tree_line
from tests.leases import lease, only_lease

KEY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def test_a_save_whose_answer_was_lost_may_come_again(mine: Lease) -> None:
    marks = {(0, 0): Mark(0), (0, 1): Mark(-1)}
    turns = {0: Turn(None, "Mine.")}
    for _ in range(3):
        grown = labeling.grow(lease=mine, marks=marks, turns=turns, base=0)
    assert (grown.growth.path, grown.others) == ((-1,), {})
    assert Choice.objects.count() == 1


def test_two_windows_that_rate_differently_conflict(mine: Lease) -> None:
    rate(mine, (0, 0, 1), base=0)
    with pytest.raises(Conflict) as refused:
        rate(mine, (0, 0, -1), base=0)
    assert refused.value.theirs == {(0, 0): Mark(1, unsure=False)}
    grown = labeling.grow(lease=mine, marks={(0, 1): Mark(0)}, turns={}, base=0)
    assert grown.others == {(0, 0): Mark(1, unsure=False)}


def test_two_windows_that_choose_differently_conflict(mine: Lease) -> None:
    begun = labeling.grow(lease=mine, marks={(0, 0): Mark(0), (0, 1): Mark(0)}, turns={}, base=0)
    other = 1 - begun.growth.path[0]
    turn(mine, 0, other, base=begun.version)
    with pytest.raises(OtherWay, match="step 1") as refused:
        turn(mine, 0, None, "Mine.", base=begun.version)
    assert rate(mine).path == (other,)
    turn(mine, 0, None, "Mine.", base=refused.value.version)
    with pytest.raises(OtherWay):
        turn(mine, 1, 3, base=refused.value.version)
    assert rate(mine).path == (-1,)


def test_a_choice_prevails_over_the_lot(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 1), base=0)
    assert turn(mine, 0, 1, base=0).path == (1,)


def test_a_late_save_is_fine_when_it_says_nothing_new(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 1))
    hand_in(mine, marks={(1, 3): Mark(1)})
    rate(mine, (1, 3, 1), turns={0: Turn(1)}, base=0)
    with pytest.raises(AlreadySubmitted):
        rate(mine, (1, 3, 0))
    with pytest.raises(AlreadySubmitted):
        turn(mine, 0, None, "Mine.")


def test_a_submit_sent_again_is_answered_and_another_one_refused(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 0))
    end = {"marks": {(1, 3): Mark(1)}, "key": KEY}
    first = hand_in(mine, **end)
    assert hand_in(mine, **end) == first
    with pytest.raises(OtherSubmit):
        hand_in(mine, **end, turns={0: Turn(None, "Mine.")})
    assert not HumanCompletion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_cast_one_lot(load: Any) -> None:
    mine = only_lease(load, tree_line())

    def save(_: int) -> Any:
        try:
            return rate(mine, (0, 0, 1), (0, 1, 1)).path
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(save, range(20)))) == 1


def test_labelers_share_a_tree_and_go_their_own_ways(project: Project, alice: User, bob: User, load: Any) -> None:
    Project.objects.update(wanted=2)
    project.refresh_from_db()
    load(project, [tree_line()])
    hers, his = lease(alice, project), lease(bob, project)
    assert hers.solution == his.solution
    assert rate(hers, (0, 0, 1), (0, 1, -1)).path == (0,)
    assert rate(his, (0, 0, -1), (0, 1, 1)).path == (1,)
    hand_in(his, marks={(1, 3): Mark(1)})
    hand_in(hers, marks={(1, 0): Mark(1), (1, 1): Mark(-1), (1, 2): Mark(-1)})
    assert [len(json.loads(line)["label"]["steps"]) for line in exported(project)] == [2, 2]
