"""Handing in: the draft becomes an annotation that no longer changes, and its place is filled."""

from collections.abc import Mapping
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from annotation.labeling.drafting import ratings_of, write
from annotation.labeling.errors import Incomplete, NoReason
from annotation.labeling.leasing import hold_or_fail, lock
from annotation.models import Annotation, FinishReason, Place, StepLabel, Task
from annotation.ratings import NEGATIVE, Rating, counted, finish_reason, next_step

EarlyEnd = Literal["give_up", "bad_problem"]

CLOSE = """
    UPDATE annotation_task SET is_open = false
    WHERE id = %s AND NOT EXISTS (
        SELECT FROM annotation_place WHERE task_id = %s AND filled_at IS NULL)
"""


def submit(
    *,
    annotation: Annotation,
    ratings: Mapping[int, Rating | None],
    early_end: EarlyEnd | None = None,
    explanation: str = "",
) -> Annotation:
    """Keep the ratings given along with those saved before, and hand the annotation in.

    It ends as `found_error` at the first negative rating, as `solution` when all steps are rated without one,
    or early with a reason. Submitting again changes nothing and returns what is stored. Locks the annotation,
    its place and its task. Raises `Incomplete`, `NoReason`, `LeaseLost` and `WrongRating`.
    """
    with transaction.atomic():
        stored = lock(annotation)
        if stored.submitted_at is not None:
            return stored
        if early_end and not explanation.strip():
            raise NoReason
        hold_or_fail(stored)
        write(stored, ratings)
        finish(stored, early_end, explanation.strip())
        fill_place(stored)
    return stored


def finish(annotation: Annotation, early_end: EarlyEnd | None, explanation: str) -> None:
    ratings = ratings_of(annotation)
    reason = early_end or finish_reason(ratings)
    if reason is None:
        raise Incomplete(next_step(ratings) or 0)
    kept = counted(ratings)
    if early_end:
        kept = kept[: kept.index(None)] if None in kept else kept
    uncounted = Q(step__gte=len(kept)) | Q(rating=None)
    StepLabel.objects.filter(uncounted, annotation=annotation).delete()
    annotation.refresh_from_db(fields=["active_ms"])
    annotation.finish_reason = FinishReason(reason)
    annotation.explanation = explanation
    annotation.chosen = [None if rating == NEGATIVE else 0 for rating in kept]
    annotation.submitted_at = timezone.now()
    annotation.save(update_fields=["finish_reason", "explanation", "chosen", "submitted_at"])


def fill_place(annotation: Annotation) -> None:
    """Fill the labeler's place, and close the task with its last place."""
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=annotation.task_id)
    Place.objects.filter(task=annotation.task_id, labeler=annotation.labeler_id).update(
        filled_at=annotation.submitted_at
    )
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [annotation.task_id, annotation.task_id])
