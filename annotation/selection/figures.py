"""The generations of a project, and how far their labels are."""

from typing import NamedTuple

from django.db.models import Count, F, Q

from annotation.models import Generation, Project, Scorer


class Row(NamedTuple):
    generation: Generation
    tasks: int
    finished: int
    """Tasks that have all the annotations they want."""
    labeled: int
    """Solutions of it with an annotation that found an error or none."""
    found: int
    """Of these, solutions in which a first error was found."""


def waits_for_training(project: Project) -> bool:
    """Whether the latest generation is closed, and no verifier was trained since."""
    latest = project.generations.order_by("-number").first()
    if latest is None or latest.closed_at is None:
        return False
    since = project.scorers.filter(kind=Scorer.Kind.VERIFIER, created_at__gt=latest.closed_at)
    return not since.exists()


def generations_of(project: Project) -> list[Row]:
    """The latest first."""
    done = Q(picks__task__annotations__finish_reason__in=("solution", "found_error"))
    found = Q(picks__task__annotations__finish_reason="found_error")
    rows = project.generations.select_related("scorer", "other_scorer").annotate(
        tasks=Count("picks", distinct=True),
        finished=Count("picks", distinct=True, filter=Q(picks__task__filled__gte=F("picks__task__wanted"))),
        labeled=Count("picks", distinct=True, filter=done),
        found=Count("picks", distinct=True, filter=found),
    )
    return [Row(one, one.tasks, one.finished, one.labeled, one.found) for one in rows.order_by("-number")]
