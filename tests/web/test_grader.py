"""Grading from the browser: start, watch, look at what is undecided, decide."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation import tasks
from annotation.models import Grade, LoadRun, Project, Run, Solution, User
from tests.conftest import solution_line

SignIn = Callable[[User], Client]


@pytest.fixture
def manager(max_: User, sign_in: SignIn) -> Client:
    return sign_in(max_)


@pytest.fixture
def answered(project: Project, load: Callable[..., LoadRun]) -> Project:
    answers = ("1", "2", "about five")
    load(project, [solution_line(n, answer=a, is_correct=a == "1") for n, a in enumerate(answers, 1)])
    return project


def test_a_manager_grades_and_sees_what_is_left_to_decide(manager: Client, answered: Project) -> None:
    page = manager.get("/projects/algebra/grades/").content.decode()
    assert "Grade 3 solutions" in page
    address = manager.post("/projects/algebra/grades/start/")["Location"]
    assert "Waiting for a worker" in manager.get(address).content.decode()
    assert "Grade 3 solutions" not in manager.get("/projects/algebra/grades/").content.decode()
    tasks.advance(Run.objects.get().pk)
    page = manager.get(address).content.decode()
    assert "Done." in page
    assert "hx-trigger" not in page
    page = manager.get("/projects/algebra/grades/").content.decode()
    assert "about five" in page
    assert "words beside mathematics" in page
    assert "2 have the same (66.7 %)" in page


def test_a_run_is_paused_and_resumed(manager: Client, answered: Project) -> None:
    address = manager.post("/projects/algebra/grades/start/")["Location"]
    manager.post(f"{address}pause/")
    tasks.advance(Run.objects.get().pk)
    assert "Paused." in manager.get(address).content.decode()
    assert not Grade.objects.exists()
    manager.post(f"{address}resume/")
    tasks.advance(Run.objects.get().pk)
    assert Grade.objects.count() == 3
    assert manager.post(f"{address}explode/").status_code == 404


def test_a_decision_needs_a_reason_and_shows_who_made_it(manager: Client, answered: Project, max_: User) -> None:
    tasks.advance(int(manager.post("/projects/algebra/grades/start/")["Location"].split("/")[-2]))
    solution = Solution.objects.get(external_id="s3")
    address = f"/projects/algebra/solutions/{solution.pk}/"
    said = manager.post(f"{address}grade/", {"word": "incorrect", "because": ""}, follow=True).content.decode()
    assert "Not changed: say why the grader is wrong." in said
    said = manager.post(f"{address}grade/", {"word": "incorrect", "because": "no number"}, follow=True)
    assert f"decided by {max_}: “no number”" in said.content.decode()
    assert "no number" in manager.get("/projects/algebra/grades/?list=overruled").content.decode()


def test_a_researcher_sees_grades_and_starts_nothing(rita: User, sign_in: SignIn, answered: Project) -> None:
    client = sign_in(rita)
    page = client.get("/projects/algebra/grades/")
    assert page.status_code == 200
    assert "start/" not in page.content.decode()
    assert client.post("/projects/algebra/grades/start/").status_code == 404
    assert client.get("/projects/algebra/grades/?list=nothing").status_code == 400
