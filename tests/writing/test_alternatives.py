"""Alternatives for the first error, asked of a generator while the labeler is there."""

import json
from collections.abc import Callable

import pytest

from annotation import exporting, labeling
from annotation.labeling import Incomplete, Mark
from annotation.models import Completion, Continuation, Lease, LoadRun, Project, User
from tests.conftest import rated
from tests.leases import lease
from tests.serving.scripted import Scripted
from tests.writing.written import written

pytestmark = pytest.mark.django_db(transaction=True)
LINE = {"problem": "What is 2 + 2?", "steps": ["We add.", "That is five.", "# Answer\n\n5"], "generator": "hand"}


@pytest.fixture
def mine(live: Project, alice: User, load: Callable[..., LoadRun]) -> Lease:
    live.wanted = 2
    live.save()
    load(live, [LINE])
    return lease(alice, live)


def find_error(mine: Lease) -> None:
    labeling.save(lease=mine, marks=rated({0: 1, 1: -1}))


def test_they_are_asked_for_once_there_is_an_error(mine: Lease, server: Scripted) -> None:
    labeling.save(lease=mine, marks=rated({0: 1}))
    assert labeling.asking_desk_of(mine).awaited is None
    find_error(mine)
    assert labeling.asking_desk_of(mine).awaited == (1, True)
    assert written() == 2
    assert server.requests[0].payload["prompt"].endswith("final answer:\nWe add.\n")
    desk = labeling.asking_desk_of(mine)
    assert desk.awaited is None
    assert [option.text for option in desk.steps[1].alternatives] == ["Try 1.0.", "Try 1.1."]
    assert desk.current == 1
    with pytest.raises(Incomplete):
        labeling.submit(lease=mine, marks={})
    labeling.submit(lease=mine, marks={(1, 1): Mark(1), (1, 2): Mark(0)})


def test_who_hands_in_before_they_come_is_done(mine: Lease, live: Project, bob: User) -> None:
    find_error(mine)
    labeling.asking_desk_of(mine)
    labeling.submit(lease=mine, marks={})
    (before,) = exporting.FORMATS["prm800k"](live)
    assert written() == 2
    (after,) = exporting.FORMATS["prm800k"](live)
    assert before == after
    assert labeling.asking_desk_of(mine._replace(submitted_at=None)).awaited is None
    his = lease(bob, live)
    find_error(his)
    assert len(labeling.asking_desk_of(his).steps[1].alternatives) == 2


def test_what_the_solution_says_itself_is_no_alternative(mine: Lease, server: Scripted) -> None:
    server.instead = "next"
    choices = [{"text": f"That is {what}.", "finish_reason": "stop"} for what in ("five", "four")]
    server.answers = [json.dumps({"choices": choices})]
    find_error(mine)
    labeling.asking_desk_of(mine)
    assert written() == 1
    assert Completion.objects.get(step=1, index=1).text == "That is four."


def test_a_solution_that_has_alternatives_is_asked_nothing(
    live: Project, alice: User, load: Callable[..., LoadRun]
) -> None:
    load(live, [{**LINE, "alternatives": [[], ["That is four."], []]}])
    mine = lease(alice, live)
    find_error(mine)
    assert labeling.asking_desk_of(mine).awaited is None
    assert not Continuation.objects.exists()


def test_a_project_that_wants_none_asks_for_none(mine: Lease, live: Project, alice: User) -> None:
    Project.objects.update(alternatives_asked=0)
    again = lease(alice, live)
    find_error(again)
    assert labeling.asking_desk_of(again).awaited is None
    assert not Continuation.objects.exists()
