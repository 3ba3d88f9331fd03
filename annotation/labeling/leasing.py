"""Who gets which solution next, and until when. Times are the database's."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import IntegrityError, OperationalError
from psycopg.errors import DeadlockDetected

from annotation.labeling.rows import one
from annotation.labeling.timing import COUNTED, timing
from annotation.models import EVERYBODY, LEASE, Lease

UNOPENED_MINUTES = 2
"""How long a solution is kept for a labeler who got it along with the answer to a submit, until it is opened."""

# By the drafts of the labeler, of which there are few: no index knows all of their unfilled places, of the queue
# and of practice and screening, and with a million tasks it takes long to read the places of all labelers.
CURRENT = (
    LEASE.format(annotations="annotation_annotation")
    + """
    WHERE a.id = (
        SELECT d.id FROM annotation_annotation d
        JOIN annotation_place h ON h.task_id = d.task_id AND h.labeler_id = d.labeler_id
        WHERE d.labeler_id = %(labeler)s AND d.submitted_at IS NULL AND h.filled_at IS NULL
        ORDER BY h.leased_at DESC LIMIT 1)
"""
)

# In this order: the place of the queue at hand, its time over or not; a free one whose task has a draft of this
# labeler's; the first free one of the queue whose solution they have neither done nor begun. A draft is locked
# before its place, as a save does it, or two windows of one labeler could wait for each other. Free places that
# others are taking at this moment are skipped. Only a hidden repeat has places that are reserved, and only for who
# is to rate the solution again. While it waits for the place at hand, somebody else may get that
# if its time is over: the last condition of `taken` looks at the row as it is by then. A draft that was only sent
# along, and never opened, begins anew. `OFFSET 0` and `+ 0` have each task that is passed looked up by its
# solution; PostgreSQL would read all that a labeler has done beside each of these tasks, if its statistics do not
# know them. To be completed with `who` may have something, and with what to do about locked places.
NEXT = f"""
    WITH me AS MATERIALIZED (
        SELECT m.project_id, pr.lease_minutes, pr.most_minutes
        FROM annotation_membership m JOIN annotation_project pr ON pr.id = m.project_id {{who}}
    ), held AS (
        SELECT task_id, slot, lease_minutes FROM me, annotation_place
        WHERE labeler_id = %(labeler)s AND filled_at IS NULL AND wanted < {EVERYBODY}
    ), mine AS (
        SELECT FROM annotation_annotation
        WHERE labeler_id = %(labeler)s AND task_id = (SELECT task_id FROM held)
        FOR NO KEY UPDATE
    ), draft AS (
        SELECT p.task_id, p.slot, (SELECT lease_minutes FROM me)
        FROM annotation_annotation a JOIN annotation_place p ON p.task_id = a.task_id
        WHERE a.labeler_id = %(labeler)s AND a.submitted_at IS NULL AND a.round_id IS NULL
          AND p.filled_at IS NULL AND (p.expires_at IS NULL OR p.expires_at < now())
          AND (p.reserved_for_id IS NULL OR p.reserved_for_id = %(labeler)s)
          AND EXISTS (SELECT FROM me)
          AND EXISTS (SELECT FROM annotation_task t WHERE t.id = p.task_id AND t.is_open)
        ORDER BY a.touched_at DESC LIMIT 1
        FOR NO KEY UPDATE OF a SKIP LOCKED FOR UPDATE OF p SKIP LOCKED
    ), free AS (
        SELECT p.task_id, p.slot, CASE WHEN %(opened)s THEN (SELECT lease_minutes FROM me) ELSE %(unopened)s END
        FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
        WHERE t.project_id = (SELECT project_id FROM me) AND t.is_open
          AND p.filled_at IS NULL AND (p.expires_at IS NULL OR p.expires_at < now())
          AND (t.repeat = 0 OR p.reserved_for_id = %(labeler)s)
          AND NOT EXISTS (SELECT FROM annotation_annotation a
                          WHERE a.solution_id = t.solution_id AND a.labeler_id + 0 = %(labeler)s
                            AND (a.submitted_at IS NOT NULL AND t.repeat = 0 OR a.task_id = t.id)
                          OFFSET 0)
        ORDER BY t.priority DESC, t.id
        LIMIT 1
        FOR UPDATE OF p {{locked}}
    ), found AS (
        SELECT * FROM held UNION ALL SELECT * FROM draft UNION ALL SELECT * FROM free LIMIT 1
    ), taken AS (
        UPDATE annotation_place
        SET labeler_id = %(labeler)s,
            leased_at = CASE WHEN labeler_id = %(labeler)s AND expires_at >= now() THEN leased_at ELSE now() END,
            expires_at = CASE WHEN labeler_id = %(labeler)s AND expires_at >= now()
                THEN least(now() + make_interval(mins => (SELECT lease_minutes FROM found)),
                           greatest(leased_at + make_interval(mins => (SELECT most_minutes FROM me)), expires_at))
                ELSE now() + make_interval(mins => (SELECT lease_minutes FROM found)) END
        WHERE (task_id, slot) = (SELECT task_id, slot FROM found)
          AND (SELECT count(*) FROM mine) >= 0
          AND filled_at IS NULL AND (labeler_id IS NULL OR labeler_id = %(labeler)s OR expires_at < now())
        RETURNING task_id
    ), begun AS (
        INSERT INTO annotation_annotation
            (project_id, task_id, solution_id, labeler_id, token, started_at, touched_at)
        SELECT t.project_id, t.id, t.solution_id, %(labeler)s, %(token)s, now(), now()
        FROM taken JOIN annotation_task t ON t.id = taken.task_id
        ON CONFLICT (task_id, labeler_id) DO UPDATE
        SET touched_at = now(),
            started_at = CASE WHEN annotation_annotation.touched_at = annotation_annotation.started_at
                         THEN now() ELSE annotation_annotation.started_at END
        RETURNING *
    )
""" + LEASE.format(annotations="begun")

ANYBODY = "WHERE m.id = %(labeler)s"

# A lease lasts from the last act, but never longer than the project lets anybody keep a solution.
RENEWED = """
    SET expires_at = least(now() + make_interval(mins => %(minutes)s),
                           greatest(leased_at + make_interval(mins => %(most)s), expires_at))
    WHERE task_id = %(task)s AND labeler_id = %(labeler)s AND filled_at IS NULL
"""
# The draft before its place, as everywhere: what follows is only looked at once the draft is locked.
RENEW = f"""
    WITH draft AS (
        UPDATE annotation_annotation a SET {COUNTED} WHERE id = %(annotation)s AND submitted_at IS NULL
        RETURNING a.version
    ), held AS (
        UPDATE annotation_place {RENEWED} AND EXISTS (SELECT FROM draft)
        RETURNING expires_at, extract(epoch FROM expires_at - now()) AS seconds
    )
    SELECT draft.version, held.expires_at, held.seconds FROM draft LEFT JOIN held ON true
"""


class Hold(NamedTuple):
    """How long a labeler still has a solution. Afterwards somebody else may get it."""

    until: datetime | None
    """None when somebody else has it already, or all its places are filled."""
    seconds: float
    """Left; negative when time is over."""


NO_HOLD = Hold(None, 0)


class Renewed(NamedTuple):
    """The hold as in `Hold`, and the draft as it is now."""

    until: datetime | None
    seconds: float
    version: int | None
    """None when there is no draft any more: it is submitted, or was taken back."""


def current_lease(labeler: int) -> Lease | None:
    """What the labeler has begun and not submitted, its time over or not; None when there is nothing."""
    row = one(CURRENT, {"labeler": labeler})
    return Lease(*row) if row else None


def lease_next(*, labeler: int, opened: bool = True, who: str = ANYBODY, waits: bool = False) -> Lease | None:
    """The solution this labeler (a membership's id) is to rate now: the one at hand, else the next of the queue.

    With `opened` false a solution of the queue is only sent along: it lapses soon unless `renew` or a save comes.
    `who` is SQL: which memberships `m` may have something. None when there is nothing for this labeler that is
    not just being taken; `waits` to see whether it comes free after all. Whoever asks twice at once gets the same
    solution twice: the database lets a labeler hold one place only.
    """
    statement = NEXT.format(who=who, locked="" if waits else "SKIP LOCKED")
    values = {"labeler": labeler, "token": uuid4(), "opened": opened, "unopened": UNOPENED_MINUTES}
    try:
        row = one(statement, values)
    except IntegrityError:
        row = one(statement, values)
    except OperationalError as error:
        if not waits or not isinstance(error.__cause__, DeadlockDetected):
            raise
        row = None  # who waits keeps hold of what it saw go, and gives way to those who wait for that
    return Lease(*row) if row else None


def renew(*, lease: Lease, step_ms: Sequence[int] = ()) -> Renewed:
    """Say that the labeler is at work on this solution: their lease begins anew.

    `step_ms` is the time at work so far for each step, in milliseconds.
    """
    values = {"annotation": lease.annotation, **renewal(lease), **timing(step_ms, lease.most_steps)}
    row = one(RENEW, values)
    if row is None:
        return Renewed(*NO_HOLD, version=None)
    version, until, seconds = row
    return Renewed(*(Hold(until, float(seconds)) if until else NO_HOLD), version=version)


def renewal(lease: Lease) -> dict[str, int]:
    """The values of `RENEWED`."""
    return {
        "task": lease.task,
        "labeler": lease.labeler,
        "minutes": lease.minutes,
        "most": lease.most_minutes,
    }
