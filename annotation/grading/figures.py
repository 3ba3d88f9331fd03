"""How the solutions of a project are graded, in figures."""

from typing import NamedTuple

from django.db.models import Count, Q

from annotation.models import Grade, Project, Solution, Word

AS_LOADED = Q(counts_as=Word.CORRECT, solution__is_correct=True) | Q(
    counts_as=Word.INCORRECT, solution__is_correct=False
)


class Figures(NamedTuple):
    solutions: int
    correct: int
    incorrect: int
    undecided: int
    overruled: int
    ungraded: int
    reasons: list[tuple[str, str, int]]
    """Verdict of the grader, what decided it, how many."""
    loaded: int
    """Solutions that came with a verdict of their own and are graded."""
    agreeing: int
    """Of these, how many have the same."""


def of(project: Project) -> Figures:
    graded = Grade.objects.filter(solution__project=project)
    counts = graded.aggregate(
        correct=Count("pk", filter=Q(counts_as=Word.CORRECT)),
        incorrect=Count("pk", filter=Q(counts_as=Word.INCORRECT)),
        undecided=Count("pk", filter=Q(counts_as=Word.UNDECIDED)),
        overruled=Count("pk", filter=Q(overruled_to__isnull=False)),
        loaded=Count("pk", filter=Q(solution__is_correct__isnull=False)),
        agreeing=Count("pk", filter=AS_LOADED),
    )
    solutions = Solution.objects.filter(project=project, pre_generated=True).count()
    total = counts["correct"] + counts["incorrect"] + counts["undecided"]
    reasons = graded.values_list("verdict", "reason").annotate(n=Count("pk")).order_by("verdict", "-n", "reason")
    return Figures(solutions=solutions, ungraded=solutions - total, reasons=list(reasons), **counts)


LISTS = {
    "undecided": Q(counts_as=Word.UNDECIDED),
    "other": Q(counts_as=Word.CORRECT, solution__is_correct=False)
    | Q(counts_as=Word.INCORRECT, solution__is_correct=True),
    "overruled": Q(overruled_to__isnull=False),
}
"""Grades to look at: undecided, other than the verdict that was loaded with the solution, overruled."""


def listed(project: Project, which: str, *, after: int, limit: int) -> list[Grade]:
    found = Grade.objects.filter(LISTS[which], solution__project=project, pk__gt=after)
    return list(found.select_related("solution__problem", "overruled_by").order_by("pk")[:limit])
