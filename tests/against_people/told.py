"""A project of sums in which a verifier has been trained, and people have labeled what it picked."""

from collections.abc import Callable
from typing import Any

from annotation import selection
from annotation.grading import grades
from annotation.models import Project, Scorer, User
from annotation.scoring import scores, working
from annotation.selection import Plan, Strategy
from tests.scoring.labeled import PROBLEMS, line, rate_everything

MORE = 10
"""Problems."""


def tell_more(project: Project, load: Callable[..., Any], user: User) -> Scorer:
    """More problems into the pool, graded and scored; a generation of them drawn and labeled."""
    lines = [line(problem, sample) for problem in range(PROBLEMS, PROBLEMS + MORE) for sample in range(4)]
    assert not load(project, lines, for_pool=True).refused
    scorer = Scorer.objects.filter(project=project, kind=Scorer.Kind.VERIFIER).latest("pk")
    for _ in grades.work(grades.start(project=project, actor=None)):
        continue
    for _ in working.work(scores.start(project=project, actor=None, scorer=scorer)):
        continue
    plan = Plan(strategy=Strategy.CONVINCING, scorer=scorer.pk, size=24, uniform_share=0.5, seed=1)
    selection.draw(project=project, actor=None, plan=plan)
    rate_everything(user, project)
    return scorer
