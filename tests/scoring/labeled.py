"""A project of sums, half of them wrong at a known step, as a careful labeler rates them."""

from collections.abc import Callable
from typing import Any

from annotation import labeling
from annotation.models import LoadRun, Project, Solution, User
from tests.conftest import labeler, rated

PROBLEMS = 12
SAMPLES = 4


def sums(problems: int = PROBLEMS) -> list[dict[str, Any]]:
    """Four solutions a problem; the second and the fourth have an error in their second step."""
    return [line(problem, sample) for problem in range(problems) for sample in range(SAMPLES)]


def line(problem: int, sample: int) -> dict[str, Any]:
    apples, pears = problem + 3 + sample, 2 * problem + 5
    off = problem % 3 + 1 if sample % 2 else 0
    total = apples + pears + off
    return {
        "problem": f"Anna has {apples} apples and {pears} pears, and doubles what she has (case {problem}).",
        "ground_truth_answer": str(2 * (apples + pears)),
        "problem_id": f"p{problem}",
        "solution_id": f"p{problem}-{sample}",
        "answer": str(2 * total),
        "is_correct": not off,
        "steps": [
            f"She has {apples} apples and {pears} pears.",
            f"Together that is {apples} + {pears} = <<{apples}+{pears}={total}>>{total}.",
            f"Doubled it is 2 * {total} = <<2*{total}={2 * total}>>{2 * total}.",
        ],
    }


def load_sums(project: Project, load: Callable[..., LoadRun], problems: int = PROBLEMS) -> None:
    run = load(project, sums(problems))
    assert not run.refused


def rate_everything(user: User, project: Project) -> int:
    """Rates what the queue gives until it is empty. Returns how many solutions."""
    member, done = labeler(user, project), 0
    while lease := labeling.lease_next(labeler=member.pk):
        is_correct = Solution.objects.get(pk=lease.solution).is_correct
        ratings = rated({0: 1, 1: 1, 2: 1} if is_correct else {0: 1, 1: -1})
        labeling.submit(lease=lease, marks=ratings)
        done += 1
    return done
