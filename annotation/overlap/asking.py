"""Asking for one more annotation where it helps, within the project's budget."""

from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import Sum

from annotation.agreement import tables
from annotation.agreement.tables import Slice
from annotation.models import EVERYBODY, Project, Task
from annotation.overlap.clarity import clarity

# What is finished, and may want one more: no quality control, nothing of a generation that is closed. The order is
# that of the solutions given, the least clear one first.
ASK = """
    WITH asked AS (
        UPDATE annotation_task t
        SET wanted = t.wanted + 1, extra = t.extra + 1, is_open = true
        FROM (
            SELECT f.id FROM unnest(%(solutions)s::bigint[]) WITH ORDINALITY AS u (solution, place)
            JOIN annotation_task f ON f.solution_id = u.solution AND f.project_id = %(project)s
            LEFT JOIN annotation_generation g ON g.project_id = f.project_id AND g.number = f.generation
            WHERE NOT f.is_open AND f.filled = f.wanted AND f.wanted BETWEEN 1 AND %(most)s - 1
              AND NOT f.is_quality_control AND NOT f.is_screening AND NOT f.is_practice AND f.repeat = 0
              AND g.closed_at IS NULL
            ORDER BY u.place LIMIT %(left)s
            FOR NO KEY UPDATE OF f
        ) chosen
        WHERE t.id = chosen.id AND t.filled = t.wanted
        RETURNING t.id, t.wanted
    )
    INSERT INTO annotation_place (task_id, slot, wanted) SELECT id, wanted - 1, wanted FROM asked
"""


class Budget(NamedTuple):
    """Annotations on top of what was wanted from the beginning."""

    most: int
    asked: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.asked)


def budget_of(project: Project) -> Budget:
    asked = Task.objects.filter(project=project, wanted__lt=EVERYBODY).aggregate(sum=Sum("extra"))["sum"]
    return Budget(project.overlap_budget, asked or 0)


def ask(project: int) -> int:
    """Ask for one more annotation of what is unclear. Returns for how many. Locks the project while it asks."""
    found = Project.objects.get(pk=project)
    if found.overlap_most < 2 or not budget_of(found).left:
        return 0
    solutions, sure = clarity(tables.labels(Slice(project)))
    unclear = np.flatnonzero(100 * sure < found.overlap_percent)
    order = unclear[np.argsort(sure[unclear], kind="stable")]
    return reopen(project, solutions[order].tolist())


@transaction.atomic
def reopen(project: int, solutions: list[int]) -> int:
    found = Project.objects.select_for_update(no_key=True).get(pk=project)
    values: dict[str, Any] = {"solutions": solutions, "project": project}
    values |= {"most": found.overlap_most, "left": budget_of(found).left}
    with connection.cursor() as cursor:
        cursor.execute(ASK, values)
        return int(cursor.rowcount)
