"""Solutions that grow with a generator: from nothing to an answer, whatever the labeler and the model do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from annotation import exporting, labeling, writing
from annotation.labeling import Turn, WrongChoice, continuing
from annotation.models import Completion, Continuation, Lease, LoadRun, Project, Solution, Task, User
from annotation.writing import working
from annotation.writing.working import MOST_ATTEMPTS
from tests.growing.acts import hand_in, labels, rate, shown, turn
from tests.growing.trees import tree_line
from tests.leases import lease
from tests.serving.scripted import Scripted
from tests.writing.written import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(live: Project, alice: User) -> Lease:
    """The first steps are written already."""
    assert writing.begin(project=live, actor=None, seed=3) == 2
    written()
    return lease(alice, live)


def rate_all(mine: Lease, step: int, *ratings: int) -> Any:
    options = labeling.growing_desk_of(mine).growing.steps[step].options
    given = zip(options, ratings, strict=True)
    return rate(mine, *((step, option.position, rating) for option, rating in given))


def test_first_steps_are_written_before_anybody_comes(live: Project, server: Scripted) -> None:
    assert writing.begin(project=live, actor=None) == 2
    assert not Completion.objects.exists()
    assert written() == 6
    assert Task.objects.filter(is_open=True, solution__pre_generated=False).count() == 2
    assert set(Solution.objects.values_list("generator", "length")) == {("tiny", 1)}
    assert {one.payload["n"] for one in server.requests} == {3}
    assert writing.begin(project=live, actor=None) == 0


def test_it_grows_to_an_answer(mine: Lease, live: Project) -> None:
    growth = labeling.growing_desk_of(mine).growing
    assert shown(growth) == [["Try 0.0.", "Try 0.1.", "Try 0.2."]]
    growth = rate_all(mine, 0, -1, 1, -1)
    assert (growth.path, shown(growth)[1]) == ((1,), [])
    assert labeling.growing_desk_of(mine).awaited == (1, True)
    written()
    desk = labeling.growing_desk_of(mine)
    assert desk.awaited is None
    assert shown(desk.growing)[1] == ["Try 1.0.", "Try 1.1.", "Try 1.2."]
    rate_all(mine, 1, 0, -1, -1)
    written()
    assert shown(labeling.growing_desk_of(mine).growing)[2] == ["# Answer"]
    assert rate_all(mine, 2, 1).is_done
    hand_in(mine)
    (line,) = exporting.FORMATS["prm800k"](live)
    assert '"# Answer\\n\\n42"' in line


def test_what_the_lot_would_fall_on_is_continued_ahead(mine: Lease, server: Scripted) -> None:
    first = labeling.growing_desk_of(mine).growing.last.options[0].position
    before = len(server.requests)
    rate(mine, (0, first, 1))
    written()
    assert len(server.requests) == before + 1
    others = [option.position for option in labeling.growing_desk_of(mine).growing.last.options[1:]]
    growth = rate(mine, *((0, other, -1) for other in others))
    assert shown(growth)[1] == ["Try 1.0.", "Try 1.1.", "Try 1.2."]


def test_who_does_not_wait_writes_the_step_and_the_model_goes_on_from_it(mine: Lease, server: Scripted) -> None:
    rate_all(mine, 0, -1, -1, -1)
    growth = turn(mine, 0, None, "We add the two.")
    assert growth.path == (-1,)
    assert labeling.growing_desk_of(mine).awaited == (1, True)
    turn(mine, 1, None, "Both are one number.")
    written()
    growth = labeling.growing_desk_of(mine).growing
    assert growth.path == (-1, -1), "what came late does not count where the labeler was quicker"
    assert shown(growth) == [["Try 0.0.", "Try 0.1.", "Try 0.2."], [], ["# Answer"]]
    prompts = [one.payload["prompt"] for one in server.requests]
    assert any(prompt.endswith("We add the two.\nBoth are one number.\n") for prompt in prompts)
    rate_all(mine, 2, 1)
    hand_in(mine)
    assert labels(mine)[-1][:2] == (2, 0)
    assert Completion.objects.filter(is_own=True).count() == 2


def test_a_step_written_before_the_page_showed_what_came_stands(mine: Lease) -> None:
    rate_all(mine, 0, -1, 1, -1)
    written()
    with pytest.raises(WrongChoice):
        rate(mine, turns={1: Turn(None, "I was quicker.")})
    assert rate(mine, turns={1: Turn(None, "I was quicker.", is_alone=True)}).path == (1, -1)


def test_taking_the_own_step_back_brings_what_came_meanwhile(mine: Lease) -> None:
    rate_all(mine, 0, 1, -1, -1)
    turn(mine, 1, None, "I was quicker.")
    written()
    assert labeling.growing_desk_of(mine).growing.path == (0, -1)
    turn(mine, 1, None)
    growth = labeling.growing_desk_of(mine).growing
    assert (growth.path, shown(growth)[1]) == ((0,), ["Try 1.0.", "Try 1.1.", "Try 1.2."])


def test_own_steps_are_offered_to_nobody(mine: Lease, live: Project, bob: User) -> None:
    rate_all(mine, 0, -1, -1, -1)
    turn(mine, 0, None, "We add the two.")
    written()
    Task.objects.filter(solution=mine.solution).update(wanted=2)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO annotation_place (task_id, slot, wanted) VALUES (%s, 1, 2)", [mine.task])
    his = lease(bob, live)
    assert his.solution == mine.solution
    assert shown(labeling.growing_desk_of(his).growing) == [["Try 0.0.", "Try 0.1.", "Try 0.2."]]


def test_what_comes_between_two_looks_is_seen_at_the_next(mine: Lease) -> None:
    growth = rate_all(mine, 0, -1, 1, -1)
    written()
    assert continuing.awaited_in(mine, growth) == (1, True)
    assert labeling.growing_desk_of(mine).awaited is None


def test_two_labelers_at_one_place_ask_once(mine: Lease, server: Scripted) -> None:
    rate_all(mine, 0, -1, 1, -1)
    for _ in range(3):
        labeling.growing_desk_of(mine)
    written()
    assert Continuation.objects.filter(solution=mine.solution, step=1).count() == 1


def test_two_workers_with_the_same_keep_it_once(mine: Lease, live: Project) -> None:
    rate_all(mine, 0, -1, 1, -1)
    asked = working.take()
    assert asked is not None
    assert live.writer is not None
    samples = [working.Sampled("Once.", "stop"), working.Sampled("Once.", "stop"), working.Sampled("Cu", "length")]

    def keep(_: int) -> int:
        try:
            return working.keep(asked, live.writer, samples)  # type: ignore[arg-type]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(keep, range(4))) == [0, 0, 0, 1]
    assert shown(labeling.growing_desk_of(mine).growing)[1] == ["Once."]


def test_a_worker_that_died_gives_it_back(mine: Lease) -> None:
    rate_all(mine, 0, -1, 1, -1)
    for _ in range(MOST_ATTEMPTS):
        assert working.take() is not None
        assert working.take() is None
        Continuation.objects.filter(over_at=None).update(due_at=F("due_at") - timedelta(seconds=100))
    assert written() == 0
    assert Continuation.objects.get(came=0).reason == working.DIED


@pytest.mark.parametrize("script", ["html", "status-401", "next", "short"])
def test_a_model_that_answers_wrongly_keeps_nobody(mine: Lease, server: Scripted, script: str) -> None:
    server.instead = script
    server.answers = ['{"choices": [{"text": " ", "finish_reason": "stop"}]}'] * 9
    rate_all(mine, 0, -1, 1, -1)
    assert written() == 0
    assert labeling.growing_desk_of(mine).awaited == (1, False)
    assert Continuation.objects.get(came=0).reason
    turn(mine, 1, None, "Then I write it.\n\n# Answer\n\n42")
    assert hand_in(mine).finish_reason == "solution"


def test_what_came_to_nothing_is_asked_for_again_after_a_while(mine: Lease, server: Scripted) -> None:
    server.instead = "status-401"
    rate_all(mine, 0, -1, 1, -1)
    written()
    server.instead = ""
    assert labeling.growing_desk_of(mine).awaited == (1, False)
    Continuation.objects.update(over_at=F("over_at") - timedelta(seconds=61))
    assert labeling.growing_desk_of(mine).awaited == (1, True)
    assert written() == 3


def test_a_dead_model_is_left_alone_and_tried_again(mine: Lease, server: Scripted) -> None:
    server.instead = "status-503"
    rate_all(mine, 0, -1, 1, -1)
    assert written() == 0
    asked = Continuation.objects.get(over_at=None)
    assert (asked.attempts, "503" in asked.reason) == (1, True)
    server.instead = ""
    Continuation.objects.update(due_at=F("asked_at"))
    assert written() == 3


def test_without_a_generator_nothing_is_asked(live: Project, alice: User, load: Callable[..., LoadRun]) -> None:
    Project.objects.update(writer=None)
    load(live, [tree_line()])
    mine = lease(alice, live)
    rate(mine, (0, 0, -1), (0, 1, 0))
    rate(mine, (1, 3, -1))
    assert labeling.growing_desk_of(mine).awaited is None
    assert not Continuation.objects.exists()


def test_a_tree_that_was_loaded_goes_on_with_the_model(
    live: Project, alice: User, load: Callable[..., LoadRun]
) -> None:
    load(live, [{**tree_line(), "tree": [{"text": "Add."}]}])
    mine = lease(alice, live)
    rate(mine, (0, 0, 1))
    assert written() == 3
    assert shown(labeling.growing_desk_of(mine).growing)[1] == ["Try 1.0.", "Try 1.1.", "Try 1.2."]
