"""How a growing solution ends, and what is kept of it."""

import json
from typing import Any

import pytest

from annotation import labeling
from annotation.labeling import Mark, NoReason, Turn, Unfinished
from annotation.models import Annotation, Lease, Place, Project, StepLabel, Task, User
from tests.conftest import solution_line
from tests.growing.acts import exported, hand_in, labels, rate, turn
from tests.leases import lease


def test_it_ends_with_an_answer(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    with pytest.raises(Unfinished, match="Step 2 is not rated yet"):
        hand_in(mine)
    done = hand_in(mine, marks={(1, 0): Mark(-1), (1, 1): Mark(-1), (1, 2): Mark(1)})
    row = Annotation.objects.get(pk=mine.annotation)
    assert (done.finish_reason, row.chosen, row.empty_steps) == ("solution", [0, 2], [])
    assert labels(mine) == [(0, 0, 0, 1), (0, 1, 1, 0), (1, 0, 0, -1), (1, 1, 1, -1), (1, 2, 2, 1)]
    assert not StepLabel.objects.exclude(flagged=False).exists()
    assert not Task.objects.get().is_open
    assert Place.objects.get().filled_at is not None


def test_position_and_completion_differ_where_another_branch_comes_first(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 1))
    hand_in(mine, marks={(1, 3): Mark(1)})
    assert labels(mine)[-1] == (1, 0, 3, 1)
    assert Annotation.objects.get().chosen == [1, 0]


def test_without_an_answer_it_is_written_on_or_given_up(project: Project, alice: User, load: Any) -> None:
    load(project, [{"problem": "P", "tree": [{"text": "A dead end."}]}])
    mine = lease(alice, project)
    rate(mine, (0, 0, 1))
    with pytest.raises(Unfinished, match="write it, or give up"):
        hand_in(mine)
    with pytest.raises(NoReason):
        hand_in(mine, early_end="give_up")
    done = hand_in(mine, early_end="give_up", explanation="Nowhere to go.")
    assert (done.finish_reason, Annotation.objects.get().chosen) == ("give_up", [0, None])


@pytest.mark.parametrize("end", ["give_up", "bad_problem"])
def test_an_early_end_keeps_the_step_at_hand(end: Any, mine: Lease, growing: Project) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0), (0, 1, None))
    hand_in(mine, early_end=end, explanation="Too long.")
    (line,) = exported(growing)
    (step,) = json.loads(line)["label"]["steps"]
    assert [one["rating"] for one in step["completions"]] == [1, None]
    assert (step["human_completion"], step["chosen_completion"]) == (None, None)


def test_time_is_counted_step_by_step(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, -1), step_ms=[10])
    turn(mine, 0, None, "One.")
    turn(mine, 1, None, "Two.")
    turn(mine, 2, None, "Three.")
    hand_in(mine, turns={3: Turn(None, "# Answer\n\n6")}, step_ms=[10, 20, 30, 1])
    assert Annotation.objects.get().step_ms == [10, 20, 30, 1]


def test_phase_2_goes_on_as_before_beside_a_tree(growing: Project, alice: User, load: Any) -> None:
    load(growing, [solution_line(1)])
    first = lease(alice, growing)
    hand_in(first, early_end="give_up", explanation="Enough.")
    second = lease(alice, growing)
    assert not second.grows
    labeling.submit(lease=second, marks={(0, 0): Mark(-1)})
    assert [len(json.loads(line)["question"]) for line in exported(growing)] == [2, 6]
