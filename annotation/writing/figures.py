"""How a project's generator does at the desk."""

from typing import NamedTuple

from django.db import connection

from annotation.models import Project

COUNTS = """
    SELECT count(*) FILTER (WHERE over_at IS NULL), count(*) FILTER (WHERE came > 0),
           count(*) FILTER (WHERE over_at IS NOT NULL AND came = 0),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM over_at - asked_at))
               FILTER (WHERE came > 0 AND is_urgent),
           (SELECT reason FROM annotation_continuation f JOIN annotation_solution t ON t.id = f.solution_id
            WHERE t.project_id = %(project)s AND f.reason <> '' ORDER BY f.id DESC LIMIT 1)
    FROM annotation_continuation c JOIN annotation_solution s ON s.id = c.solution_id
    WHERE s.project_id = %(project)s
"""


class Figures(NamedTuple):
    waiting: int
    answered: int
    failed: int
    seconds: float | None
    """The median between asking and having, of what somebody waited for."""
    reason: str | None
    """Why the latest that failed did."""


def figures_of(project: Project) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"project": project.pk})
        return Figures(*cursor.fetchone())
