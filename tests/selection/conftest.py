"""A pool: solutions that are not in the queue, with the scores and grades that a test gives them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from annotation.models import Grade, LoadRun, Place, Project, Score, Scorer, Solution, Task
from tests.conftest import solution_line
from tests.endpoints.registered import scorer_behind_endpoint

Load = Callable[..., LoadRun]


def new_scorer(project: Project, version: int = 1) -> Scorer:
    return scorer_behind_endpoint(project, version)


@pytest.fixture
def scorer(project: Project) -> Scorer:
    return new_scorer(project)


@pytest.fixture
def pooled(project: Project, load: Load) -> Callable[..., list[Solution]]:
    """Loads solutions, takes them out of the queue again and gives them in their order, problem by problem."""

    def made(problems: int, each: int, **more: Any) -> list[Solution]:
        numbers = [problem * 10 + one for problem in range(1, problems + 1) for one in range(each)]
        load(project, [solution_line(number, **more) for number in numbers])
        Place.objects.filter(task__project=project).delete()
        Task.objects.filter(project=project).delete()
        return list(Solution.objects.filter(project=project).order_by("id"))

    return made


def score(scorer: Scorer, solutions: Sequence[Solution], products: Sequence[float]) -> None:
    """Score the solutions; only the products matter here."""
    Score.objects.bulk_create(
        Score(scorer=scorer, solution=one, steps=[0.5], product=product, minimum=0.5, last=0.5)
        for one, product in zip(solutions, products, strict=True)
    )


def grade(solutions: Sequence[Solution], verdict: str = "incorrect") -> None:
    Grade.objects.bulk_create(
        Grade(solution=one, verdict=verdict, reason="by hand", grader=1) for one in solutions
    )
