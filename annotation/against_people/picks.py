"""Whether the queue picks well: in how many of the picked solutions labelers found an error."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from django.db import connection

from annotation.agreement.figures import Figure
from annotation.agreement.tables import Slice, conditions_of
from annotation.selection.picking import UNIFORM
from annotation.shares import wilson

# A solution that several rated has an error if half of them or more found one; who gave up says nothing. To be
# completed with further conditions; a left join of what none of them asks for costs nothing.
FOUND = """
    SELECT generation, reason, count(*), count(*) FILTER (WHERE 2 * found >= rated)
    FROM (SELECT n.number AS generation, p.reason,
                 count(*) FILTER (WHERE a.finish_reason = 'found_error') AS found, count(*) AS rated
          FROM annotation_pick p
          JOIN annotation_generation n ON n.id = p.generation_id
          JOIN annotation_task t ON t.id = p.task_id AND t.project_id = n.project_id
          JOIN annotation_annotation a ON a.task_id = t.id AND a.project_id = n.project_id
          LEFT JOIN annotation_solution s ON s.id = a.solution_id AND s.project_id = a.project_id
          LEFT JOIN annotation_problem q ON q.id = s.problem_id
          LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
          WHERE n.project_id = %(project)s AND a.finish_reason IN ('solution', 'found_error') AND NOT a.is_surplus
            AND NOT t.is_quality_control AND t.repeat = 0 {conditions}
          GROUP BY n.number, p.reason, p.task_id) one
    GROUP BY generation, reason ORDER BY generation DESC, reason
"""
NONE_BESIDE = "nothing that was drawn uniformly is labeled"


class Row(NamedTuple):
    generation: int
    reason: str
    """Why it was picked."""
    found: Figure
    """Share of the labeled picks in which an error was found, with Wilson's interval."""
    more: Figure
    """By how much that is above the uniform picks of the same generation."""


def picks(which: Slice) -> list[Row]:
    """By generation, the latest first, and by the reason of the pick."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(conditions=conditions_of(which)), vars(which))
        counts = {(generation, reason): (found, n) for generation, reason, n, found in cursor.fetchall()}
    return list(rows_of(counts))


def rows_of(counts: dict[tuple[int, str], tuple[int, int]]) -> Iterator[Row]:
    for (generation, reason), (found, n) in counts.items():
        uniform = counts.get((generation, UNIFORM))
        share = Figure(found / n, n, *wilson(found, n))
        if reason == UNIFORM:
            yield Row(generation, reason, share, Figure(None, n, because="it is what the others are held against"))
        elif uniform is None:
            yield Row(generation, reason, share, Figure(None, n, because=NONE_BESIDE))
        else:
            yield Row(generation, reason, share, difference((found, n), uniform))


def difference(one: tuple[int, int], other: tuple[int, int]) -> Figure:
    """Of two independent shares, each a part and a whole, with Newcombe's interval; n counts both.

    R. G. Newcombe, Interval estimation for the difference between independent proportions, Statist. Med. 17
    (1998), 873-890, method 10.
    """
    first, second = one[0] / one[1], other[0] / other[1]
    (low, high), (under, over) = wilson(*one), wilson(*other)
    value = first - second
    return Figure(
        value,
        one[1] + other[1],
        value - sqrt((first - low) ** 2 + (over - second) ** 2),
        value + sqrt((high - first) ** 2 + (second - under) ** 2),
    )
