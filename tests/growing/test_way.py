"""What is offered step by step, and what the solution goes on with: the lot, a choice, or a written step."""

from uuid import uuid4

import pytest

from annotation import labeling
from annotation.labeling import Mark, NotOffered, Turn, WrongChoice
from annotation.models import Annotation, Choice, Lease, Project, StepLabel, User
from tests.growing.acts import hand_in, labels, rate, shown, turn
from tests.leases import lease


def test_the_next_step_comes_when_all_of_a_step_is_rated(mine: Lease) -> None:
    assert shown(rate(mine)) == [["Double it.", "Add."]]
    assert len(rate(mine, (0, 0, 1)).steps) == 1
    growth = rate(mine, (0, 1, 0))
    assert growth.path == (0,)
    assert shown(growth)[1] == ["That is six.", "That is seven.", "That is six."]
    assert growth.current == 1


def test_the_lot_falls_on_a_positive_one_else_on_a_neutral_one(mine: Lease) -> None:
    assert rate(mine, (0, 0, -1), (0, 1, 0)).path == (1,)
    assert rate(mine, (0, 0, 1)).path == (0,)
    assert rate(mine, (0, 0, -1), (0, 1, -1)).path == ()
    assert rate(mine, (0, 0, 1), (0, 1, 1)).path in {(0,), (1,)}


def test_every_positive_one_may_be_drawn_and_a_retry_gives_the_same(growing: Project, alice: User) -> None:
    mine = lease(alice, growing)
    drawn = set()
    for _ in range(40):
        Choice.objects.all().delete()
        token = uuid4()
        first = rate(mine._replace(token=token), (0, 0, 1), (0, 1, 1)).path
        Choice.objects.all().delete()
        assert rate(mine._replace(token=token)).path == first
        drawn.add(first)
    assert drawn == {(0,), (1,)}


def test_the_lot_is_not_cast_anew_while_it_may_stand(mine: Lease) -> None:
    path = rate(mine, (0, 0, 0), (0, 1, 0)).path
    for _ in range(3):
        assert rate(mine, (0, 0, 0), (0, 1, 0)).path == path
    other = 1 - path[0]
    assert rate(mine, (0, other, 1)).path == (other,)
    assert rate(mine, (0, path[0], 1)).path == (other,)


def test_the_project_says_how_many_are_shown_at_most(growing: Project, alice: User) -> None:
    Project.objects.update(candidates_shown=2)
    mine = lease(alice, growing)
    growth = rate(mine, (0, 0, 1), (0, 1, -1))
    assert shown(growth)[1] == ["That is six.", "That is seven."]
    with pytest.raises(NotOffered):
        rate(mine, (1, 2, 1))


def test_showing_fewer_from_now_on_leaves_nobody_without_a_way(growing: Project, alice: User) -> None:
    rate(lease(alice, growing), (0, 0, -1), (0, 1, 1))
    Project.objects.update(candidates_shown=1)
    mine = lease(alice, growing)
    assert labeling.growing_desk_of(mine).growing.path == ()
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    rate(mine, (0, 0, 0), turns={0: Turn(None)})
    Project.objects.update(candidates_shown=5)
    desk = labeling.growing_desk_of(lease(alice, growing))
    assert (desk.growing.path, desk.lease.version) == ((1,), Annotation.objects.get().version)


@pytest.mark.parametrize("spot", [(0, 2), (1, 0), (7, 0), (70_000, 0)])
def test_what_is_not_offered_cannot_be_rated(spot: tuple[int, int], mine: Lease) -> None:
    with pytest.raises(NotOffered):
        rate(mine, (*spot, 1))
    assert not StepLabel.objects.exists()


def test_the_labeler_may_choose_another_that_is_not_negative(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    growth = turn(mine, 0, 1)
    assert (growth.path, shown(growth)[1]) == ((1,), ["It is \\boxed{6}."])
    assert rate(mine, (0, 0, 1)).path == (1,)
    assert not growth.steps[0].choice.is_drawn  # type: ignore[union-attr]
    rate(mine, (0, 1, -1))
    with pytest.raises(WrongChoice, match="negative"):
        turn(mine, 0, 1)
    assert rate(mine).path == (0,)


def test_a_step_cannot_be_chosen_before_all_of_it_is_rated(mine: Lease) -> None:
    with pytest.raises(WrongChoice, match="rate all"):
        rate(mine, (0, 0, 1), turns={0: Turn(0)})
    assert not StepLabel.objects.exists()
    with pytest.raises(WrongChoice, match="not come so far"):
        turn(mine, 4, 0)


def test_the_labeler_may_write_the_step_when_none_is_positive(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    with pytest.raises(WrongChoice, match="positive"):
        turn(mine, 0, None, "Mine.")
    rate(mine, (0, 0, -1), (0, 1, -1))
    growth = turn(mine, 0, None, "Count: $4, 5, 6$.")
    assert (growth.path, shown(growth), growth.current) == ((-1,), [["Double it.", "Add."], []], 1)
    growth = turn(mine, 1, None, "So it is six.\n\n# Answer\n\n6")
    assert (growth.path, growth.finish_reason) == ((-1, -1), "solution")


def test_a_written_step_yields_to_a_completion_that_turns_out_positive_and_comes_back(mine: Lease) -> None:
    rate(mine, (0, 0, 0), (0, 1, -1))
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    growth = rate(mine, (0, 0, 1))
    assert (growth.path, growth.steps[0].own_text) == ((0,), "Mine.")
    rate(mine, (0, 0, -1))
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    assert turn(mine, 0, None).path == ()


def test_what_was_said_on_another_way_counts_again_on_the_way_back(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 1))
    turn(mine, 0, 0)
    rate(mine, (1, 0, 0), (1, 1, 0), (1, 2, 0))
    there = turn(mine, 1, 1).path
    turn(mine, 0, 1)
    assert rate(mine, (1, 3, 1)).finish_reason == "solution"
    assert turn(mine, 0, 0).path == there == (0, 1)
    hand_in(mine, marks={(2, 0): Mark(1)})
    assert {step: place for step, place, completion, _ in labels(mine) if completion == 2} == {1: 2}
    assert (1, 0, 3, 1) not in labels(mine)
