"""Who gets which solution next, and until when. Times are the database's."""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from annotation.labeling.errors import LeaseLost
from annotation.labeling.rows import one
from annotation.models import LEASE, Lease

HELD = """
    SELECT task_id FROM annotation_place
    WHERE labeler_id = %(labeler)s AND filled_at IS NULL ORDER BY leased_at LIMIT 1
"""
BEGUN = LEASE.format(annotations="annotation_annotation") + (
    f"WHERE a.labeler_id = %(labeler)s AND a.task_id = ({HELD})"
)

# One labeler at a time: two tabs of one person get the same solution.
LABELER = """
    SELECT m.project_id, pr.lease_minutes
    FROM annotation_membership m JOIN annotation_project pr ON pr.id = m.project_id
    WHERE m.id = %(labeler)s FOR NO KEY UPDATE OF m
"""

# The first free place of the queue whose solution this labeler has not done, and the draft for it.
# Free places that others are taking at this moment are skipped, not waited for.
CLAIM = """
    WITH claimed AS (
        UPDATE annotation_place
        SET labeler_id = %(labeler)s, leased_at = now(), expires_at = now() + make_interval(mins => %(minutes)s)
        WHERE (task_id, slot) = (
            SELECT p.task_id, p.slot
            FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
            WHERE t.project_id = %(project)s AND t.is_open
              AND p.filled_at IS NULL AND (p.expires_at IS NULL OR p.expires_at < now())
              AND NOT EXISTS (SELECT FROM annotation_annotation a
                              WHERE a.solution_id = t.solution_id AND a.labeler_id = %(labeler)s
                                AND a.submitted_at IS NOT NULL)
            ORDER BY t.priority DESC, t.id, p.slot
            LIMIT 1
            FOR UPDATE OF p SKIP LOCKED
        )
        RETURNING task_id
    ), begun AS (
        INSERT INTO annotation_annotation
            (project_id, task_id, solution_id, labeler_id, token, started_at, touched_at, explanation, active_ms,
             chosen, is_imported, empty_steps)
        SELECT t.project_id, t.id, t.solution_id, %(labeler)s, %(token)s, now(), now(), '', 0, '{}', false, '{}'
        FROM claimed JOIN annotation_task t ON t.id = claimed.task_id
        ON CONFLICT (task_id, labeler_id) DO UPDATE SET touched_at = now()
        RETURNING *
    )
""" + LEASE.format(annotations="begun")

# The place of this labeler in this task, or another one that is free.
HOLD = """
    UPDATE annotation_place
    SET labeler_id = %(labeler)s,
        leased_at = CASE WHEN labeler_id = %(labeler)s THEN leased_at ELSE now() END,
        expires_at = now() + make_interval(mins => %(minutes)s)
    WHERE (task_id, slot) = (
        SELECT task_id, slot FROM annotation_place
        WHERE task_id = %(task)s AND filled_at IS NULL
          AND (labeler_id IS NULL OR labeler_id = %(labeler)s OR expires_at < now())
        ORDER BY labeler_id IS NOT DISTINCT FROM %(labeler)s DESC, slot
        LIMIT 1
        FOR UPDATE
    )
    RETURNING expires_at
"""

LOCK = """
    SELECT submitted_at, finish_reason, explanation, active_ms
    FROM annotation_annotation WHERE id = %(annotation)s FOR NO KEY UPDATE
"""


class Standing(NamedTuple):
    """How an annotation stands: a draft while `submitted_at` is None."""

    submitted_at: datetime | None
    finish_reason: str | None
    explanation: str
    active_ms: int


def current_lease(labeler: int) -> Lease | None:
    """What the labeler has begun and not submitted, its time over or not; None when there is nothing."""
    row = one(BEGUN, {"labeler": labeler})
    return Lease(*row) if row else None


@transaction.atomic
def lease_next(*, labeler: int) -> Lease | None:
    """The solution this labeler (a membership's id) is to rate now: the one at hand, else the next of the queue.

    Locks the membership, then one place. None when there is nothing for this labeler.
    """
    found = one(LABELER, {"labeler": labeler})
    assert found is not None
    project, minutes = found
    held = current_lease(labeler)
    if held is not None:
        lock(held)
        if hold(held):
            return held
    row = one(CLAIM, {"labeler": labeler, "project": project, "minutes": minutes, "token": uuid4()})
    return Lease(*row) if row else None


def lock(lease: Lease) -> Standing:
    """Lock the annotation until the transaction ends, and say how it stands.

    Whoever changes a draft locks it first and its place afterwards, so that a save and a submit that come at
    once wait for each other and cannot deadlock.
    """
    row = one(LOCK, {"annotation": lease.annotation})
    assert row is not None
    return Standing(*row)


def hold(lease: Lease) -> bool:
    """Renew the lease of a draft, in a transaction; False when it lapsed and no place is free any more."""
    values = {"labeler": lease.labeler, "task": lease.task, "minutes": lease.minutes}
    return one(HOLD, values) is not None


def hold_or_fail(lease: Lease) -> None:
    """Renew the lease, in a transaction. Raises `LeaseLost`."""
    if not hold(lease):
        raise LeaseLost
