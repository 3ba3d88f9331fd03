"""Ratings as they are made: each one is on the server before it is acknowledged."""

from collections.abc import Mapping

from django.db import transaction

from annotation.labeling.errors import AlreadySubmitted, WrongRating
from annotation.labeling.leasing import hold_or_fail, lock
from annotation.labeling.rows import all_rows, run
from annotation.models import Lease
from annotation.ratings import Rating

IDLE_MS = 60_000
"""A gap between two acts counts as work up to this long (milliseconds)."""

# Counts the time since the last act, and keeps what is new among the ratings.
SAVE = """
    WITH touched AS (
        UPDATE annotation_annotation
        SET active_ms = active_ms
                + least(extract(epoch FROM clock_timestamp() - touched_at) * 1000, %(idle)s)::bigint,
            touched_at = clock_timestamp()
        WHERE id = %(annotation)s
    )
    INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
    SELECT %(annotation)s, %(solution)s, step, 0, 0, rating
    FROM unnest(%(steps)s::smallint[], %(ratings)s::smallint[]) AS given (step, rating)
    ON CONFLICT (annotation_id, step, position) DO UPDATE SET rating = EXCLUDED.rating
    WHERE annotation_steplabel.rating IS DISTINCT FROM EXCLUDED.rating
"""

RATINGS = """
    SELECT step, rating FROM annotation_steplabel WHERE annotation_id = %(annotation)s AND position = 0
"""


def save(*, lease: Lease, ratings: Mapping[int, Rating | None]) -> None:
    """Keep ratings by step, counted from 0, in the draft; None takes a rating back. Renews the lease.

    Saving the same again changes nothing, and is fine even after the submit, which may overtake a save.
    Raises `LeaseLost`, `AlreadySubmitted` and `WrongRating`.
    """
    with transaction.atomic():
        if lock(lease).submitted_at is None:
            hold_or_fail(lease)
            write(lease, ratings)
        elif not ratings.items() <= dict(enumerate(ratings_of(lease))).items():
            raise AlreadySubmitted


def write(lease: Lease, ratings: Mapping[int, Rating | None]) -> None:
    """The writing part of `save`, for a transaction that has locked the draft and holds its lease."""
    for step in ratings:
        if not 0 <= step < lease.length:
            raise WrongRating(step, lease.length)
    values = {
        "annotation": lease.annotation,
        "solution": lease.solution,
        "idle": IDLE_MS,
        "steps": list(ratings),
        "ratings": list(ratings.values()),
    }
    run(SAVE, values)


def ratings_of(lease: Lease) -> list[Rating | None]:
    """The ratings of the solution's own steps, one entry a step."""
    ratings: list[Rating | None] = [None] * lease.length
    for step, rating in all_rows(RATINGS, {"annotation": lease.annotation}):
        ratings[step] = rating
    return ratings
