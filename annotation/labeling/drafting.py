"""Ratings as they are made: each one is on the server before it is acknowledged."""

from collections.abc import Mapping

from django.db import connection, transaction

from annotation.labeling.errors import AlreadySubmitted, WrongRating
from annotation.labeling.leasing import hold_or_fail, lock
from annotation.models import Annotation, StepLabel
from annotation.ratings import Rating

IDLE_MS = 60_000
"""A gap between two acts counts as work up to this long (milliseconds)."""

SAVE = """
    INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
    SELECT %(annotation)s, %(solution)s, step, 0, 0, rating
    FROM unnest(%(steps)s::smallint[], %(ratings)s::smallint[]) AS given (step, rating)
    ON CONFLICT (annotation_id, step, position) DO UPDATE SET rating = EXCLUDED.rating
    WHERE annotation_steplabel.rating IS DISTINCT FROM EXCLUDED.rating
"""

TOUCH = """
    UPDATE annotation_annotation
    SET active_ms = active_ms
            + least(extract(epoch FROM clock_timestamp() - touched_at) * 1000, %(idle)s)::bigint,
        touched_at = clock_timestamp()
    WHERE id = %(annotation)s AND submitted_at IS NULL
"""


def save(*, annotation: Annotation, ratings: Mapping[int, Rating | None]) -> None:
    """Keep ratings by step, counted from 0, in the draft; None takes a rating back. Renews the lease.

    Saving the same again changes nothing. Raises `LeaseLost`, `AlreadySubmitted` and `WrongRating`.
    """
    with transaction.atomic():
        if lock(annotation).submitted_at is not None:
            raise AlreadySubmitted
        hold_or_fail(annotation)
        write(annotation, ratings)


def write(annotation: Annotation, ratings: Mapping[int, Rating | None]) -> None:
    """The writing part of `save`, for a transaction that holds the lease."""
    length = annotation.solution.length
    for step in ratings:
        if not 0 <= step < length:
            raise WrongRating(step, length)
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, {"annotation": annotation.pk, "idle": IDLE_MS})
        if ratings:
            cursor.execute(
                SAVE,
                {
                    "annotation": annotation.pk,
                    "solution": annotation.solution_id,
                    "steps": list(ratings),
                    "ratings": list(ratings.values()),
                },
            )


def ratings_of(annotation: Annotation) -> list[Rating | None]:
    """The ratings of the solution's own steps, one entry a step."""
    ratings: list[Rating | None] = [None] * annotation.solution.length
    labels = StepLabel.objects.filter(annotation=annotation, position=0)
    for step, rating in labels.values_list("step", "rating"):
        ratings[step] = rating  # type: ignore[assignment]
    return ratings
