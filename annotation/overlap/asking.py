"""Asking for one more annotation where it helps, within the project's budget.

The sweep finds projects with new labels, or with settings that changed, so that no message has to come through.
"""

from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from annotation import audit
from annotation.agreement import tables
from annotation.agreement.tables import Slice
from annotation.models import Project, Task
from annotation.overlap.clarity import clarity

# Labels that people make are found in the order of an index; those that are loaded keep the moments of their
# making, and come with a load that ends. Whoever changes the settings forgets when it was asked last.
DUE = """
    SELECT p.id FROM annotation_project p
    WHERE p.overlap_most > 1 AND p.overlap_budget > 0 AND (
        p.overlap_asked_at IS NULL
        OR EXISTS (SELECT FROM annotation_membership m
                   JOIN annotation_annotation a ON a.labeler_id = m.id AND a.submitted_at > p.overlap_asked_at
                   WHERE m.project_id = p.id)
        OR EXISTS (SELECT FROM annotation_loadrun r
                   WHERE r.project_id = p.id AND r.ended_at > p.overlap_asked_at AND r.annotations > 0))
"""

# What is finished, and may want one more: no quality control, nothing of a generation that is closed. What came
# with its labels wanted none, and has them all the same. The order is that of the solutions, the least clear one
# first. MATERIALIZED: a plan that looked for the chosen ones once for each task would choose others each time, as
# those before are locked, and ask for more than there is budget.
ASK = """
    WITH chosen AS MATERIALIZED (
        SELECT f.id FROM unnest(%(solutions)s::bigint[]) WITH ORDINALITY AS u (solution, place)
        JOIN annotation_task f ON f.solution_id = u.solution AND f.project_id = %(project)s
        LEFT JOIN annotation_generation g ON g.project_id = f.project_id AND g.number = f.generation
        CROSS JOIN LATERAL (SELECT f.filled + count(*) AS given FROM annotation_annotation a
                            WHERE a.task_id = f.id AND a.is_imported) s
        WHERE NOT f.is_open AND f.filled = f.wanted AND s.given BETWEEN 1 AND %(most)s - 1
          AND NOT f.is_quality_control AND NOT f.is_screening AND NOT f.is_practice AND f.repeat = 0
          AND g.closed_at IS NULL
        ORDER BY u.place LIMIT %(left)s
        FOR NO KEY UPDATE OF f
    ), asked AS (
        UPDATE annotation_task t
        SET wanted = t.wanted + 1, extra = t.extra + 1, is_open = true
        FROM chosen
        WHERE t.id = chosen.id AND t.filled = t.wanted
        RETURNING t.id, t.wanted
    )
    INSERT INTO annotation_place (task_id, slot, wanted) SELECT id, wanted - 1, wanted FROM asked
"""

SETTINGS = ("overlap_most", "overlap_percent", "overlap_budget")
"""What of a project it depends on."""


class Budget(NamedTuple):
    """Annotations on top of what was wanted from the beginning."""

    most: int
    asked: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.asked)


def budget_of(project: Project) -> Budget:
    asked = Task.objects.filter(project=project, extra__gt=0).aggregate(sum=Sum("extra"))["sum"]
    return Budget(project.overlap_budget, asked or 0)


def due() -> list[int]:
    """Projects with a budget in which something has changed since it was asked last."""
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        return [row[0] for row in cursor.fetchall()]


def forget(project: Project) -> None:
    """Ask anew, as the settings have changed. Tell a worker afterwards (`tasks.nudge_overlap`)."""
    Project.objects.filter(pk=project.pk).update(overlap_asked_at=None)


def ask(project: int) -> int:
    """Ask for one more annotation of what is unclear. Returns for how many. Locks the project while it asks."""
    begun = timezone.now()
    found = Project.objects.get(pk=project)
    asked = 0
    if found.overlap_most > 1 and budget_of(found).left:
        solutions, sure = clarity(tables.labels(Slice(project)))
        unclear = np.flatnonzero(100 * sure < found.overlap_percent)
        order = unclear[np.argsort(sure[unclear], kind="stable")]
        asked = reopen(project, solutions[order].tolist(), labeled=len(solutions))
    # Settings that were changed meanwhile stay as if it had never been asked.
    same = {name: getattr(found, name) for name in SETTINGS}
    Project.objects.filter(pk=project, **same).update(overlap_asked_at=begun)
    return asked


@transaction.atomic
def reopen(project: int, solutions: list[int], *, labeled: int) -> int:
    found = Project.objects.select_for_update(no_key=True).get(pk=project)
    values: dict[str, Any] = {"solutions": solutions, "project": project}
    values |= {"most": found.overlap_most, "left": budget_of(found).left}
    with connection.cursor() as cursor:
        cursor.execute(ASK, values)
        asked = int(cursor.rowcount)
    if asked:
        said = {"asked": asked, "unclear": len(solutions), "labeled": labeled, "percent": found.overlap_percent}
        audit.record(None, "ask one more labeler", found, project=found, **said)
    return asked
