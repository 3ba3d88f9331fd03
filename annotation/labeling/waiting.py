"""What a labeler who gets nothing can wait for."""

from datetime import datetime
from typing import NamedTuple

from annotation.labeling.rows import one
from annotation.models import EVERYBODY, HELD

PROJECT = "(SELECT project_id FROM annotation_membership WHERE id = %(labeler)s)"

# The same conditions as in `leasing.NEXT`, in the order of the queue, so that it ends at the first that is free.
READY = f"""
    SELECT EXISTS (SELECT FROM annotation_place
                   WHERE labeler_id = %(labeler)s AND filled_at IS NULL AND wanted < {EVERYBODY})
        OR EXISTS (
            SELECT FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
            WHERE t.project_id = {PROJECT}
              AND t.is_open AND p.filled_at IS NULL AND (p.expires_at IS NULL OR p.expires_at < now())
              AND (t.repeat = 0 OR p.reserved_for_id = %(labeler)s)
              AND (NOT EXISTS (SELECT FROM annotation_annotation a WHERE a.solution_id = t.solution_id
                                 AND a.labeler_id = %(labeler)s AND a.submitted_at IS NOT NULL AND t.repeat = 0)
                   OR EXISTS (SELECT FROM annotation_annotation a WHERE a.task_id = t.id
                                AND a.labeler_id = %(labeler)s AND a.submitted_at IS NULL)))
"""

# By what the labeler has done and by what the others hold: of open tasks there may be a million.
WAITING = f"""
    WITH done AS MATERIALIZED (
        SELECT DISTINCT solution_id FROM annotation_annotation
        WHERE labeler_id = %(labeler)s AND submitted_at IS NOT NULL
    ), held AS MATERIALIZED (
        SELECT t.solution_id, p.expires_at
        FROM ({HELD.format(project=PROJECT)}) p JOIN annotation_task t ON t.id = p.task_id
        WHERE p.labeler_id <> %(labeler)s AND p.reserved_for_id IS NULL AND t.is_open
          AND t.solution_id NOT IN (SELECT solution_id FROM done)
    )
    SELECT (SELECT count(*) FROM annotation_annotation a JOIN annotation_task t ON t.id = a.task_id
            WHERE a.labeler_id = %(labeler)s AND a.submitted_at IS NOT NULL AND NOT t.is_practice),
           (SELECT count(DISTINCT solution_id) FROM held),
           (SELECT min(expires_at) FROM held),
           (SELECT count(*) FROM done WHERE EXISTS (
                SELECT FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
                WHERE t.solution_id = done.solution_id AND t.is_open
                  AND p.filled_at IS NULL AND p.reserved_for_id IS NULL))
"""


class Waiting(NamedTuple):
    """Why a labeler gets nothing: all counts are of this project."""

    done: int
    """Annotations this labeler has submitted; as on the own page, what was given twice counts twice."""
    with_others: int
    """Solutions that others hold and that may come free for this labeler."""
    next_free: datetime | None
    """When the first of those leases lapses, unless it is used."""
    for_others: int
    """Solutions this labeler has done and that wait for somebody else's opinion."""


def is_ready(labeler: int) -> bool:
    """Whether the queue has something for this labeler (a membership's id) by now."""
    row = one(READY, {"labeler": labeler})
    assert row is not None
    return bool(row[0])


def waiting_for(labeler: int) -> Waiting:
    """What this labeler can wait for."""
    row = one(WAITING, {"labeler": labeler})
    assert row is not None
    return Waiting(*row)
