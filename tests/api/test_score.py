"""The project's verifier answers the `/score` protocol, as its own runs score."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from annotation import endpoints, runs
from annotation.models import LoadRun, Project, Score, Solution, User
from annotation.scoring import scores
from tests.advancing import after
from tests.endpoints.registered import fresh
from tests.scoring.labeled import PROBLEMS, SAMPLES, load_sums, rate_everything
from tests.scoring.test_scoring import scored, trained

URL = "/api/v1/projects/algebra/score"


def ask(user: User, payload: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {user.api_tokens.issue(user=user)}"}
    return Client().post(URL, payload, content_type="application/json", headers=headers)


@pytest.fixture
def labeled(project: Project, alice: User, load: Callable[..., LoadRun]) -> Project:
    load_sums(project, load)
    rate_everything(alice, project)
    return project


def test_it_answers_what_a_run_stores(labeled: Project, rita: User) -> None:
    scored(trained(labeled))
    solution = Solution.objects.select_related("problem").earliest("pk")
    steps = list(solution.completions.order_by("step").values_list("text", flat=True))
    answer = ask(rita, {"problem": solution.problem.text, "steps": steps})
    assert answer.status_code == 200
    assert answer.json()["scores"] == pytest.approx(Score.objects.get(solution=solution).steps)
    again = ask(rita, {"problem": solution.problem.text, "steps": steps, "model": 1})
    assert again.json() == answer.json()
    assert ask(rita, {"problem": "p", "steps": ["s"], "model": 2}).status_code == 404


def test_without_a_verifier_it_says_so(project: Project, rita: User) -> None:
    answer = ask(rita, {"problem": "p", "steps": ["s"]})
    assert answer.status_code == 404
    assert "trains one" in answer.content.decode()


@pytest.mark.parametrize("payload", [{}, {"problem": "p", "steps": []}, {"problem": "p", "steps": [1, None]}])
def test_a_wrong_question_is_refused(project: Project, rita: User, payload: dict[str, Any]) -> None:
    assert ask(rita, payload).status_code == 400


def test_it_is_for_the_people_of_the_project(project: Project, alice: User, eve: User) -> None:
    for user in (alice, eve):
        assert ask(user, {"problem": "p", "steps": ["s"]}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_another_stepmark_scores_with_it(
    labeled: Project, rita: User, load: Callable[..., LoadRun], live_server: Any
) -> None:
    """What it stores there is what a run here stores."""
    scored(trained(labeled))
    there = Project.objects.create(slug="there", name="There")
    load_sums(there, load)
    row = fresh(there, url=f"{live_server.url}/api/v1/projects/algebra", parallel=2)
    endpoint = endpoints.register(endpoint=row, actor=rita, key=rita.api_tokens.issue(user=rita))
    run = after(scores.start(project=there, actor=rita, scorer=endpoints.scorer_of(endpoint, rita)))
    assert (run.state, runs.progress(run)[:3]) == ("done", (PROBLEMS * SAMPLES, PROBLEMS * SAMPLES, 0))
    here, elsewhere = (by_name(Score.objects.filter(solution__project=project)) for project in (labeled, there))
    assert list(here) == list(elsewhere)
    for name, steps in here.items():
        assert elsewhere[name] == pytest.approx(steps)


def by_name(found: QuerySet[Score]) -> dict[str, list[float]]:
    return {
        score.solution.external_id: score.steps
        for score in found.select_related("solution").order_by("solution__external_id")
    }
