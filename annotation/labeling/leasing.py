"""Who gets which solution next, and until when. Times are the database's."""

from uuid import uuid4

from django.db import connection, transaction

from annotation.labeling.errors import LeaseLost
from annotation.models import Annotation, Membership

HELD = """
    SELECT p.task_id FROM annotation_place p JOIN annotation_task t ON t.id = p.task_id
    WHERE p.labeler_id = %(labeler)s AND t.project_id = %(project)s AND p.filled_at IS NULL
    ORDER BY p.leased_at LIMIT 1
"""

# Free places of open tasks in the order of the queue, without those whose solution this labeler has done.
CLAIM = """
    UPDATE annotation_place
    SET labeler_id = %(labeler)s, leased_at = now(), expires_at = now() + %(minutes)s * interval '1 minute'
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
"""

# The place of this labeler in this task, or another one that is free.
HOLD = """
    UPDATE annotation_place
    SET labeler_id = %(labeler)s, leased_at = coalesce(leased_at, now()),
        expires_at = now() + %(minutes)s * interval '1 minute'
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

BEGIN = """
    INSERT INTO annotation_annotation
        (project_id, task_id, solution_id, labeler_id, token, started_at, touched_at, explanation, active_ms,
         chosen, is_imported, empty_steps)
    SELECT project_id, id, solution_id, %(labeler)s, %(token)s, now(), now(), '', 0, '{}', false, '{}'
    FROM annotation_task WHERE id = %(task)s
    ON CONFLICT (task_id, labeler_id) DO UPDATE SET touched_at = now()
    RETURNING id
"""


def current_lease(labeler: Membership) -> Annotation | None:
    """What the labeler has begun and not submitted, its lease lapsed or not; None when there is nothing."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"labeler": labeler.pk, "project": labeler.project_id})
        found = cursor.fetchone()
    return Annotation.objects.get(task=found[0], labeler=labeler) if found else None


@transaction.atomic
def lease_next(*, labeler: Membership) -> Annotation | None:
    """The solution this labeler is to rate now: the one at hand, else the first free one of the queue.

    Locks the membership, so that two tabs of one person get the same solution, then one place, skipping
    those that others are taking at this moment. None when there is nothing for this labeler.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=labeler.pk)
    held = current_lease(labeler)
    if held is not None and hold(lock(held)):
        return begin(labeler, held.task_id)
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "labeler": labeler.pk,
                "project": labeler.project_id,
                "minutes": labeler.project.lease_minutes,
            },
        )
        claimed = cursor.fetchone()
    return begin(labeler, claimed[0]) if claimed else None


def begin(labeler: Membership, task: int) -> Annotation:
    """The draft of this labeler for this task, made now or found from before."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"labeler": labeler.pk, "task": task, "token": uuid4()})
        (pk,) = cursor.fetchone()
    related = ("labeler", "project", "solution__problem", "task")
    return Annotation.objects.select_related(*related).get(pk=pk)


def hold(annotation: Annotation) -> bool:
    """Renew the lease of a draft, in a transaction; False when it lapsed and no place is free any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            HOLD,
            {
                "labeler": annotation.labeler_id,
                "task": annotation.task_id,
                "minutes": annotation.project.lease_minutes,
            },
        )
        return cursor.fetchone() is not None


def hold_or_fail(annotation: Annotation) -> None:
    """Renew the lease, in a transaction. Raises `LeaseLost`."""
    if not hold(annotation):
        raise LeaseLost


def lock(annotation: Annotation) -> Annotation:
    """The annotation as it is now, with its relations, locked until the transaction ends.

    Whoever changes a draft locks it first and its place afterwards, so that a save and a submit that come at
    once wait for each other and cannot deadlock.
    """
    locked = Annotation.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("labeler", "project", "solution", "task").get(pk=annotation.pk)
