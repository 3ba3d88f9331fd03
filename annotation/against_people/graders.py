"""Whether grades of final answers hold before people: wrong answers without an error, right ones with one."""

from typing import NamedTuple

from django.db import connection

from annotation.agreement.figures import Figure
from annotation.agreement.tables import Slice, conditions_of
from annotation.models import Scorer
from annotation.shares import wilson

# Of each solution with a grade how many found an error and how many none. To be completed with further conditions.
RATED = """
    SELECT a.solution_id, v.counts_as,
           count(*) FILTER (WHERE a.finish_reason = 'solution') AS clean,
           count(*) FILTER (WHERE a.finish_reason = 'found_error') AS found
    FROM annotation_annotation a
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_grade v ON v.solution_id = a.solution_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem q ON q.id = s.problem_id
    LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
    WHERE a.project_id = %(project)s AND a.finish_reason IN ('solution', 'found_error')
      AND NOT a.is_surplus AND NOT t.is_practice AND v.counts_as <> 'undecided'
      {conditions}
    GROUP BY a.solution_id, v.counts_as
"""
TOTALS = f"""
    SELECT counts_as, count(*), count(*) FILTER (WHERE CASE counts_as
        WHEN 'incorrect' THEN clean > found ELSE found > clean END)
    FROM ({RATED}) one GROUP BY counts_as ORDER BY counts_as
"""
SUSPECTS = f"""
    SELECT one.solution_id, clean, found, g.answer, p.answer, c.product
    FROM ({RATED}) one
    JOIN annotation_grade g ON g.solution_id = one.solution_id
    JOIN annotation_solution w ON w.id = one.solution_id
    JOIN annotation_problem p ON p.id = w.problem_id
    LEFT JOIN annotation_score c ON c.solution_id = w.id AND c.scorer_id = %(scorer)s
    WHERE one.counts_as = 'incorrect' AND clean > found
    ORDER BY clean - found DESC, c.product DESC NULLS LAST, one.solution_id LIMIT %(most)s
"""


class Row(NamedTuple):
    verdict: str
    against: Figure
    """Share of the labeled solutions with this verdict of which most labelers say otherwise."""


class Suspect(NamedTuple):
    """A solution graded wrong in which labelers found no error: the grader may be wrong, or the reference."""

    solution: int
    clean: int
    """Labelers who found no error."""
    found: int
    answer: str | None
    reference: str | None
    product: float | None
    """Log of the solution's score."""


def verdicts(which: Slice) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(conditions=conditions_of(which)), vars(which))
        return [
            Row(verdict, Figure(against / n, n, *wilson(against, n))) for verdict, n, against in cursor.fetchall()
        ]


def suspects(which: Slice, scorer: Scorer | None, most: int) -> list[Suspect]:
    """Those first about which most labelers agree, and then the most convincing ones."""
    values = vars(which) | {"scorer": scorer.pk if scorer else None, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(SUSPECTS.format(conditions=conditions_of(which)), values)
        return [Suspect(*row) for row in cursor.fetchall()]
