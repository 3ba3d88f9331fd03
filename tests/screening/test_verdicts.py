"""Who passes, who tries again, and what a manager decides otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation import labeling
from annotation.learning.standing import State, decide
from annotation.models import Annotation, AuditEntry, Place, Project, Round, Task, User, Verdict
from tests.conftest import labeler
from tests.screening.acts import SignIn, do, fail, next_lease, pause_is_over, standing


@pytest.mark.parametrize(("wrong", "state"), [(0, State.PASSED), (1, State.PASSED), (2, State.FAILED)])
def test_three_of_four_pass(wrong: int, state: State, school: Project, alice: User) -> None:
    do(alice, school, 2)
    do(alice, school, 4, wrong=wrong)
    if state == State.FAILED:
        with pytest.raises(labeling.ScreeningFailed):
            next_lease(alice, school)
    else:
        next_lease(alice, school)
    assert standing(alice, school).state == state


def test_whoever_fails_waits_and_tries_again_and_then_no_more(school: Project, alice: User) -> None:
    do(alice, school, 2)
    halt = fail(alice, school)
    assert halt.until is not None
    assert timedelta(hours=23) < halt.until - timezone.now() < timedelta(hours=25)
    pause_is_over()
    assert standing(alice, school).state == State.SCREENING
    assert fail(alice, school).until is None
    pause_is_over()
    assert (standing(alice, school).state, standing(alice, school).until) == (State.FAILED, None)
    assert list(Round.objects.filter(stage="screening").values_list("number", flat=True)) == [0, 1]
    assert Task.objects.filter(is_screening=True, repeat=1).count() == 4


def test_a_second_try_may_pass(school: Project, alice: User) -> None:
    do(alice, school, 2)
    fail(alice, school)
    pause_is_over()
    assert sorted(do(alice, school, 4)) == [3, 4, 5, 6]
    assert next_lease(alice, school).round is None


def test_whoever_failed_may_practise_meanwhile(school: Project, alice: User) -> None:
    do(alice, school, 2)
    fail(alice, school)
    labeling.practise_again(labeler=labeler(alice, school).pk)
    assert do(alice, school, 2) == [1, 2]
    with pytest.raises(labeling.ScreeningFailed):
        next_lease(alice, school)


def test_a_manager_decides_otherwise(school: Project, alice: User, bob: User, max_: User, sign_in: SignIn) -> None:
    do(alice, school, 2)
    fail(alice, school)
    manager = sign_in(max_)
    address = f"/projects/algebra/people/{labeler(alice, school).pk}/decide/"
    manager.post(address, {"verdict": "let_in", "reason": " "})
    assert standing(alice, school).state == State.FAILED
    manager.post(address, {"verdict": "let_in", "reason": "Her doubts were good ones."})
    assert next_lease(alice, school).round is None
    entry = AuditEntry.objects.get(verb="decide on labeler")
    assert (entry.actor, entry.data["reason"]) == (max_, "Her doubts were good ones.")
    assert entry.data["before"] == "failed"
    page = manager.get("/projects/algebra/people/").content.decode()
    assert "Her doubts were good ones." in page
    assert "0 of 4" in page
    manager.post(address, {"verdict": "turned_down", "reason": "Two accounts."})
    with pytest.raises(labeling.TurnedDown):
        next_lease(alice, school)


def test_another_try_is_one_at_once(school: Project, alice: User, sam: User) -> None:
    do(alice, school, 2)
    fail(alice, school)
    decide(actor=sam, labeler=labeler(alice, school), verdict=Verdict.TRY_AGAIN, reason="The network was down.")
    assert sorted(do(alice, school, 4)) == [3, 4, 5, 6]
    assert next_lease(alice, school).round is None


def test_whoever_is_let_in_leaves_the_screening_at_hand(school: Project, alice: User, sam: User) -> None:
    do(alice, school, 3)
    screening = next_lease(alice, school)
    decide(actor=sam, labeler=labeler(alice, school), verdict=Verdict.LET_IN, reason="An expert.")
    assert next_lease(alice, school).round is None
    assert not Annotation.objects.filter(pk=screening.annotation).exists()
    assert not Place.objects.filter(task=screening.task, labeler__user=alice).exists()
