"""Looking for solutions: by what stands in them, and by what was said of them."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from annotation.models import Annotation, Completion, Problem, Project, Solution, StepLabel, User
from tests.agreement.team import TEAM, team_lines
from tests.conftest import solution_line

SignIn = Callable[[User], Client]
PAGE = "/projects/algebra/solutions/"


@pytest.fixture
def team(project: Project, load: Callable[..., Any]) -> Project:
    assert not load(project, team_lines(40)).refused
    assert not load(project, [solution_line(1) | {"solution_id": "by-its-id"}]).refused
    return project


def found(client: Client, query: str) -> set[int]:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return {int(pk) for pk in re.findall(r'/solutions/(\d+)/"', response.content.decode())}


def test_a_text_is_found_in_steps_in_problems_and_as_an_id(team: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    step = Completion.objects.filter(text__contains="$7 + 1$")
    assert found(client, "?text=FROM+%247+%2B+1") == set(step.values_list("solution", flat=True))
    problem = Problem.objects.get(text="What follows 17?")
    assert found(client, "?text=follows+17") == {Solution.objects.get(problem=problem).pk}
    assert found(client, "?text=by-its-id") == {Solution.objects.get(external_id="by-its-id").pk}
    assert found(client, "?text=by-its") == set(), "an id is found as a whole"


@pytest.mark.parametrize("sign", ["%25", "%3D_", "%5C", "%27%27", "%3Cb%3E"])
def test_signs_stand_for_themselves(team: Project, rita: User, sign_in: SignIn, sign: str) -> None:
    assert found(sign_in(rita), f"?text={sign}") == set()


def test_a_slice_of_labels_leads_to_its_solutions(team: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    query = f"?labeler={TEAM[1]}&generation=1"
    annotations = Annotation.objects.filter(labeler__pseudonym=TEAM[1], task__generation=1)
    expected = set(annotations.values_list("solution", flat=True))
    assert found(client, query) == expected
    assert found(client, f"{query}&text=follows+3") == expected & set(
        Solution.objects.filter(problem__text__startswith="What follows 3").values_list("pk", flat=True)
    )
    board = client.get(f"/projects/algebra/agreement/{query}").content.decode()
    assert f'href="{PAGE}{query.replace("&", "&amp;")}"' in board


def test_how_they_ended_and_what_was_said_leads_to_them(team: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    ended = Annotation.objects.filter(finish_reason="found_error", task__generation=0)
    expected = set(ended.values_list("solution", flat=True))
    assert found(client, "?ending=found_error&generation=0") == expected
    neutral = StepLabel.objects.filter(rating=0, annotation__labeler__pseudonym=TEAM[3])
    assert found(client, f"?rating=0&labeler={TEAM[3]}") == set(neutral.values_list("solution", flat=True))
    overview = client.get("/projects/algebra/?generation=0").content.decode()
    for query in ("generation=0&amp;ending=found_error", "generation=0&amp;rating=-1"):
        assert f'href="{PAGE}?{query}"' in overview


def test_labeled_ones_alone(team: Project, rita: User, sign_in: SignIn) -> None:
    response = sign_in(rita).get(f"{PAGE}?labeled=on&text=by-its-id")
    assert "No solution is like that." in response.content.decode()


def test_pages_keep_what_is_looked_for(team: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    first = client.get(f"{PAGE}?text=follows").content.decode()
    (onward,) = re.findall(r'href="(\?text=follows&amp;after=\d+)"', first)
    both = found(client, "?text=follows") | found(client, onward.replace("&amp;", "&"))
    assert both == set(Solution.objects.filter(problem__text__contains="follows").values_list("pk", flat=True))


@pytest.mark.parametrize(
    "query", ["?text=%00", "?run=x", "?run=99999999999999999999", "?generation=x", "?after=x"]
)
def test_what_cannot_be_looked_for_is_refused(team: Project, rita: User, sign_in: SignIn, query: str) -> None:
    assert sign_in(rita).get(PAGE + query).status_code == 400


def test_every_rating_behind_the_figures_can_be_had(team: Project, rita: User, sign_in: SignIn) -> None:
    response = sign_in(rita).get(f"/projects/algebra/agreement/ratings.jsonl?labeler={TEAM[2]}&own=on")
    rows = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert {row["labeler"].replace("-", "") for row in rows} == {TEAM[2]}
    assert all(row["text"].startswith("From $") for row in rows)
    page = sign_in(rita).get(f"/projects/algebra/agreement/labelers/{UUID(TEAM[2])}/").content.decode()
    assert f"with {len(rows)} ratings" in page
    assert f"ratings.jsonl?labeler={UUID(TEAM[2])}&amp;own=on" in page
    assert sign_in(rita).get("/projects/algebra/agreement/ratings.jsonl?kind=odd").status_code == 400
