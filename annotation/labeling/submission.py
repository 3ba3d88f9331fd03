"""Handing in: the draft becomes an annotation that no longer changes, and its place is filled."""

from collections.abc import Mapping
from typing import Literal

from django.db import transaction

from annotation.labeling.drafting import ratings_of, write
from annotation.labeling.errors import Incomplete, NoReason
from annotation.labeling.leasing import Standing, hold_or_fail, lock
from annotation.labeling.rows import one, run
from annotation.models import Lease
from annotation.ratings import NEGATIVE, Rating, counted, finish_reason, next_step

EarlyEnd = Literal["give_up", "bad_problem"]

DROP_UNCOUNTED = """
    DELETE FROM annotation_steplabel
    WHERE annotation_id = %(annotation)s AND (step >= %(kept)s OR rating IS NULL)
"""

FINISH = """
    UPDATE annotation_annotation
    SET submitted_at = clock_timestamp(), finish_reason = %(reason)s, explanation = %(explanation)s,
        chosen = %(chosen)s::smallint[]
    WHERE id = %(annotation)s
    RETURNING submitted_at, finish_reason, explanation, active_ms
"""

LOCK_TASK = "SELECT FROM annotation_task WHERE id = %(task)s FOR NO KEY UPDATE"

# Fills the labeler's place and closes the task with its last one.
FILL = """
    WITH filled AS (
        UPDATE annotation_place SET filled_at = now() WHERE task_id = %(task)s AND labeler_id = %(labeler)s
    )
    UPDATE annotation_task SET is_open = false
    WHERE id = %(task)s AND NOT EXISTS (
        SELECT FROM annotation_place
        WHERE task_id = %(task)s AND filled_at IS NULL AND labeler_id IS DISTINCT FROM %(labeler)s)
"""


def submit(
    *,
    lease: Lease,
    ratings: Mapping[int, Rating | None],
    early_end: EarlyEnd | None = None,
    explanation: str = "",
) -> Standing:
    """Keep the ratings given along with those saved before, and hand the annotation in.

    It ends as `found_error` at the first negative rating, as `solution` when all steps are rated without one,
    or early with a reason. Submitting again changes nothing and returns what is stored. Locks the annotation,
    its place and its task. Raises `Incomplete`, `NoReason`, `LeaseLost` and `WrongRating`.
    """
    with transaction.atomic():
        stored = lock(lease)
        if stored.submitted_at is not None:
            return stored
        if early_end and not explanation.strip():
            raise NoReason
        hold_or_fail(lease)
        write(lease, ratings)
        submitted = finish(lease, early_end, explanation.strip())
        run(LOCK_TASK, {"task": lease.task})
        run(FILL, {"task": lease.task, "labeler": lease.labeler})
    return submitted


def finish(lease: Lease, early_end: EarlyEnd | None, explanation: str) -> Standing:
    ratings = ratings_of(lease)
    reason = early_end or finish_reason(ratings)
    if reason is None:
        raise Incomplete(next_step(ratings) or 0)
    kept = counted(ratings)
    if None in kept:
        kept = kept[: kept.index(None)]
    if len(kept) < len(ratings):
        run(DROP_UNCOUNTED, {"annotation": lease.annotation, "kept": len(kept)})
    values = {
        "annotation": lease.annotation,
        "reason": reason,
        "explanation": explanation,
        "chosen": [None if rating == NEGATIVE else 0 for rating in kept],
    }
    row = one(FINISH, values)
    assert row is not None
    return Standing(*row)
