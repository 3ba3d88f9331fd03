"""Practice, the screening, and who may work."""

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from annotation import exporting, labeling, overview, people
from annotation.learning import course, gold
from annotation.learning.gold import Judgement
from annotation.learning.standing import Standing, State, decide, standing_of
from annotation.models import (
    Annotation,
    AuditEntry,
    Lease,
    LoadRun,
    Membership,
    Place,
    Project,
    Role,
    Round,
    Solution,
    Stage,
    Task,
    User,
    Verdict,
)
from tests.api.test_script import Script
from tests.conftest import labeler, rated, solution_line

SignIn = Callable[[User], Client]
Load = Callable[..., LoadRun]
START = "/label/in/algebra/start/"


def solution(number: int) -> Solution:
    return Solution.objects.select_related("project").get(external_id=f"s{number}")


def make_course(project: Project, practice: Sequence[int], screening: Sequence[int]) -> None:
    """Even solutions have their first error at their second step; the others have none. All else is positive."""
    for number in (*practice, *screening):
        steps = [Judgement(0, 0, frozenset({1}), note=f"note on {number}")]
        is_wrong = number % 2 == 0
        steps.append(Judgement(1, 0, frozenset({-1 if is_wrong else 1}), can_be_first_error=is_wrong))
        gold.write(actor=None, solution=solution(number), judgements=steps)
    ids = [[solution(number).pk for number in numbers] for numbers in (practice, screening)]
    course.choose(actor=None, project=project, practice=ids[0], screening=ids[1])


@pytest.fixture
def school(project: Project, load: Load) -> Project:
    """Solutions 1 to 9: two to practise with, four to screen with, all of them in the queue."""
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    Project.objects.update(screening_size=4)
    project.refresh_from_db()
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    return project


def standing(user: User, project: Project) -> Standing:
    return standing_of(labeler(user, project))


def next_lease(user: User, project: Project) -> Lease:
    found = labeling.lease_next(labeler=labeler(user, project).pk)
    assert found is not None
    return found


def number_of(lease: Lease) -> int:
    return int(str(Solution.objects.get(pk=lease.solution).external_id)[1:])


def hand_in(lease: Lease, *, right: bool = True) -> int:
    """Submit it as gold accepts it, or with an error where there is none and none where there is one."""
    number = number_of(lease)
    is_wrong = (number % 2 == 0) is right
    labeling.submit(lease=lease, marks=rated({0: 1, 1: -1 if is_wrong else 1}))
    return number


def do(user: User, project: Project, count: int, wrong: int = 0) -> list[int]:
    return [hand_in(next_lease(user, project), right=index >= wrong) for index in range(count)]


def pause_is_over() -> None:
    Round.objects.exclude(ended_at=None).update(ended_at=timezone.now() - timedelta(hours=25))


def test_practice_then_screening_then_work(school: Project, alice: User) -> None:
    assert standing(alice, school).state == State.PRACTISING
    assert do(alice, school, 2) == [1, 2]
    assert standing(alice, school).state == State.PRACTISING
    screened = do(alice, school, 3)
    found = standing(alice, school)
    assert (found.state, found.done, found.total) == (State.SCREENING, 3, 4)
    screened += do(alice, school, 1)
    assert sorted(screened) == [3, 4, 5, 6]
    lease = next_lease(alice, school)
    assert (lease.round, lease.stage) == (None, None)
    assert number_of(lease) in {7, 8, 9}
    found = standing(alice, school)
    assert found.state == State.PASSED
    assert found.result is not None
    assert (found.result.right, found.result.judged, found.result.found) == (8, 8, 4)


def test_every_labeler_gets_each_solution_in_an_order_of_their_own(school: Project, load: Load) -> None:
    Project.objects.update(screening_size=6)
    school.refresh_from_db()
    make_course(school, practice=[], screening=[1, 2, 3, 4, 5, 6])
    orders = set()
    for number in range(6):
        email = f"labeler{number}@lab.example"
        member = people.add_member(actor=None, project=school, email=email, roles=[Role.LABELER])
        assert member.user is not None
        first = next_lease(member.user, school)
        assert next_lease(member.user, school).token == first.token
        orders.add(tuple(Round.objects.get(labeler=member).solutions))
        assert sorted(do(member.user, school, 6)) == [1, 2, 3, 4, 5, 6]
    assert len(orders) > 1
    assert Task.objects.filter(is_screening=True, generation=-1, repeat=0).count() == 6
    assert all(
        task.places.filter(filled_at__isnull=False).count() == 6 for task in Task.objects.filter(is_screening=True)
    )


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


def fail(user: User, project: Project) -> labeling.ScreeningFailed:
    do(user, project, 4, wrong=4)
    with pytest.raises(labeling.ScreeningFailed) as halt:
        next_lease(user, project)
    return halt.value


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


def test_whoever_is_at_work_is_not_sent_back(project: Project, load: Load, alice: User) -> None:
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    Project.objects.update(screening_size=1)
    project.refresh_from_db()
    do(alice, project, 1)
    make_course(project, practice=[8], screening=[9])
    assert next_lease(alice, project).round is None
    assert standing(alice, project).state == State.WORKING


def test_the_screening_begins_when_the_set_is_whole(school: Project, alice: User) -> None:
    Project.objects.update(screening_size=5)
    do(alice, school, 2)
    assert next_lease(alice, school).round is None


def test_who_is_under_way_keeps_the_set(school: Project, alice: User) -> None:
    do(alice, school, 3)
    make_course(school, practice=[1, 2], screening=[3, 4, 8, 9])
    assert len(do(alice, school, 3)) == 3
    assert next_lease(alice, school).round is None
    assert sorted(Round.objects.get(stage=Stage.SCREENING).solutions) == [solution(n).pk for n in (3, 4, 5, 6)]


def test_practice_is_in_no_figure_and_in_no_export(school: Project, alice: User) -> None:
    do(alice, school, 2)
    assert list(exporting.FORMATS["prm800k"](school)) == []
    assert overview.of(school).submitted == 0
    assert list(overview.labelers_of(school)) == []
    do(alice, school, 4)
    lines = [json.loads(line) for line in exporting.FORMATS["prm800k"](school)]
    assert len(lines) == 4
    assert {line["generation"] for line in lines} == {-1}
    assert all(line["is_initial_screening_question"] for line in lines)
    assert not any(line["is_quality_control_question"] for line in lines)


def test_practice_and_screening_are_not_in_the_queue(school: Project, alice: User, bob: User) -> None:
    do(alice, school, 6)
    decide(actor=None, labeler=labeler(bob, school), verdict=Verdict.LET_IN, reason="An expert.")
    done = [hand_in(next_lease(bob, school)) for _ in range(9)]
    assert sorted(done) == list(range(1, 10))
    assert labeling.lease_next(labeler=labeler(bob, school).pk) is None


def test_loading_an_export_with_practised_solutions_changes_nothing(
    school: Project, alice: User, load: Load
) -> None:
    do(alice, school, 6)
    lines = list(exporting.FORMATS["prm800k"](school))
    assert load(school, [line.strip() for line in lines]).unchanged == 4


def test_a_screening_that_was_loaded_goes_on_here(project: Project, load: Load, alice: User, bob: User) -> None:
    flags = {"generation": -1, "is_initial_screening_question": True, "is_quality_control_question": False}
    question = {"problem": "p", "ground_truth_solution": None, "ground_truth_answer": None}
    question |= {"pre_generated_answer": None, "pre_generated_verifier_score": None}
    step = {"completions": [{"text": "a", "rating": 1, "flagged": None}], "human_completion": None}
    label = {"steps": [step | {"chosen_completion": 0}], "total_time": 1, "finish_reason": "solution"}
    labeled = {"labeler": str(uuid4()), "timestamp": "2023-01-22T04:34:27.052924", **flags}
    load(project, [{**labeled, "question": question | {"pre_generated_steps": ["a"]}, "label": label}])
    load(project, [{**flags, "question": question | {"pre_generated_steps": ["b"]}}])
    Project.objects.update(screening_size=2)
    project.refresh_from_db()
    found = list(Solution.objects.select_related("project").order_by("id"))
    for one in found:
        gold.write(actor=None, solution=one, judgements=[Judgement(0, 0, frozenset({1}))])
    course.choose(actor=None, project=project, practice=[], screening=[one.pk for one in found])
    for user in (alice, bob):
        for _ in found:
            labeling.submit(lease=next_lease(user, project), marks=rated({0: 1}))
        assert labeling.lease_next(labeler=labeler(user, project).pk) is None
        assert standing(user, project).state == State.PASSED
    assert Task.objects.count() == 2
    assert Annotation.objects.count() == 5


def test_feedback_follows_each_practice_solution(school: Project, alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    page = client.get(desk).content.decode()
    assert "Practice 1 of 2" in page
    assert "note on 1" not in page
    assert client.get(f"{desk}feedback/").status_code == 404
    feedback = client.post(f"{desk}submit/", {"step-0": "1", "step-1": "-1"})["Location"]
    assert feedback == f"{desk}feedback/"
    page = client.get(feedback).content.decode()
    for text in ("✓ as expected", "✕ not as expected", "note on 1"):
        assert text in page
    assert client.post(START)["Location"] != desk


def test_the_screening_tells_nothing_before_its_end(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 2)
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    for number in range(1, 5):
        page = client.get(desk).content.decode()
        assert f"Screening {number} of 4" in page
        assert "note on" not in page
        response = client.post(f"{desk}submit/", {"step-0": "-1"}, headers={"HX-Request": "true"})
        assert client.get(f"{desk}feedback/").status_code == 404
        desk = response.get("HX-Push-Url", "")
    assert "/label/in/algebra/standing/" in response["HX-Location"]
    page = client.get("/label/in/algebra/standing/").content.decode()
    assert "did not go well enough" in page
    assert re.search(r"try it again from <strong>.* UTC</strong>", page)
    assert client.post(START)["Location"] == "/label/in/algebra/standing/"
    assert "0 of 4" in page


def test_whoever_passes_is_told_so(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 5)
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    number = number_of(next_lease(alice, school))
    response = client.post(f"{desk}submit/", {"step-0": "1", "step-1": "-1" if number % 2 == 0 else "1"})
    assert "You have passed" in client.get(response["Location"]).content.decode()


def test_practice_can_be_done_again(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 6)
    client = sign_in(alice)
    for _ in range(2):
        desk = client.post("/label/in/algebra/practice/")["Location"]
        assert "Practice 1 of 2" in client.get(desk).content.decode()
    assert do(alice, school, 2) == [1, 2]
    assert next_lease(alice, school).round is None
    assert Round.objects.filter(stage="practice").count() == 2


def test_whoever_failed_may_practise_meanwhile(school: Project, alice: User) -> None:
    do(alice, school, 2)
    fail(alice, school)
    labeling.practise_again(labeler=labeler(alice, school).pk)
    assert do(alice, school, 2) == [1, 2]
    with pytest.raises(labeling.ScreeningFailed):
        next_lease(alice, school)


def test_a_manager_chooses_what_is_for_what(school: Project, max_: User, sign_in: SignIn) -> None:
    manager, address = sign_in(max_), "/projects/algebra/gold/"
    page = manager.get(address).content.decode()
    assert "4 of 4 for the screening: new labelers are screened" in page
    one, two = solution(1).pk, solution(3).pk
    assert manager.post(address, {"practice": one, "screening": one}).status_code == 400
    assert manager.post(address, {"practice": solution(9).pk}).status_code == 400
    assert manager.post(address, {"practice": "x"}).status_code == 400
    assert manager.post(address, {"practice": one, "screening": two}).status_code == 302
    assert list(course.items_of(school, Stage.SCREENING).values_list("gold_id", flat=True)) == [two]
    rules = {"screening_size": 1, "pass_percent": 90, "pause_hours": 1, "retries": 0}
    assert manager.post(f"{address}rules/", rules).status_code == 302
    school.refresh_from_db()
    assert (school.pass_percent, school.retries) == (90, 0)
    assert manager.post(f"{address}rules/", rules | {"pass_percent": 101}).status_code == 400
    page = manager.post(f"/projects/algebra/solutions/{two}/gold/", {"remove": "1"})
    assert page.status_code == 400


def test_a_script_goes_through_practice_and_screening(school: Project, alice: User, max_: User) -> None:
    manager = Script(max_)
    sets = {"practice": [solution(1).pk], "screening": [solution(number).pk for number in (3, 4, 5, 6)]}
    assert manager("PUT", "projects/algebra/course/", sets).status_code == 204
    assert manager("PUT", "projects/algebra/course/", sets | {"practice": [solution(9).pk]}).status_code == 400
    script = Script(alice)
    assert script("GET", "projects/algebra/standing/").json()["state"] == "practising"
    lease = script("POST", "projects/algebra/lease/").json()["lease"]
    for number in range(5):
        ratings = [{"step": 0, "rating": 1}, {"step": 1, "rating": 1}]
        done = script("POST", f"leases/{lease['token']}/submit/", {"ratings": ratings}).json()
        feedback = script("GET", f"leases/{lease['token']}/feedback/")
        assert feedback.status_code == (200 if number == 0 else 404)
        lease = done["next"]["lease"]
    assert lease is None
    assert done["next"]["halt"]["code"] == "screening_failed"
    assert done["next"]["halt"]["until"] is not None
    refused = script("POST", "projects/algebra/lease/")
    assert (refused.status_code, refused.json()["code"]) == (409, "screening_failed")


@pytest.mark.django_db(transaction=True)
def test_many_are_screened_at_once(load: Load) -> None:
    project = Project.objects.create(slug="algebra", name="Algebra", screening_size=4)
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    users = []
    for number in range(8):
        email = f"labeler{number}@lab.example"
        users.append(people.add_member(actor=None, project=project, email=email, roles=[Role.LABELER]).user)

    def work(user: User) -> list[int]:
        done = do(user, project, 6)
        connections.close_all()
        return done

    with ThreadPoolExecutor(8) as threads:
        for done in threads.map(work, users):
            assert sorted(done) == [1, 2, 3, 4, 5, 6]
    assert Place.objects.filter(task__is_screening=True, filled_at__isnull=False).count() == 32
    assert Membership.objects.filter(rounds__stage="screening").count() == 8


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_a_new_labeler_get_the_same_solution(load: Load) -> None:
    project = Project.objects.create(slug="algebra", name="Algebra", screening_size=4)
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    user = people.add_member(actor=None, project=project, email="a@lab.example", roles=[Role.LABELER]).user

    def start(_: int) -> UUID:
        token = next_lease(user, project).token
        connections.close_all()
        return token

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1
    assert Round.objects.count() == 1
