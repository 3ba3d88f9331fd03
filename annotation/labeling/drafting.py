"""Ratings as they are made: each one is on the server before it is acknowledged."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from annotation.labeling.errors import AlreadySubmitted, Withdrawn
from annotation.labeling.leasing import NO_HOLD, RENEWED, Hold, renewal
from annotation.labeling.marks import GIVEN, WRITE, are_stored, check_conflicts, check_spots, stored_marks, written
from annotation.labeling.rows import one
from annotation.labeling.spots import Mark, Marks, Spot
from annotation.labeling.timing import COUNTED, timing
from annotation.models import Lease

# Locks the draft, then its place. Does nothing when the draft is submitted or is no longer at version `base`.
SAVE = f"""
    WITH locked AS (
        SELECT id FROM annotation_annotation
        WHERE id = %(annotation)s AND submitted_at IS NULL AND version = coalesce(%(base)s, version)
        FOR NO KEY UPDATE
    ), held AS (
        UPDATE annotation_place {RENEWED} AND EXISTS (SELECT FROM locked)
        RETURNING expires_at, extract(epoch FROM expires_at - now()) AS seconds
    ), draft AS (
        UPDATE annotation_annotation a SET version = version + 1, {COUNTED}
        FROM locked WHERE a.id = locked.id
        RETURNING a.version
    ), kept AS ({WRITE.format(given=GIVEN, draft="draft")})
    SELECT draft.version, held.expires_at, held.seconds FROM draft LEFT JOIN held ON true
"""

LOCK = """
    SELECT submitted_at, version FROM annotation_annotation WHERE id = %(annotation)s FOR NO KEY UPDATE
"""


class Saved(NamedTuple):
    """The draft after a save."""

    version: int
    hold: Hold
    others: dict[Spot, Mark]
    """What other windows have stored since the version the save started from."""


def save(*, lease: Lease, marks: Marks, base: int | None = None, step_ms: Sequence[int] = ()) -> Saved:
    """Keep marks in the draft (a rating of None takes one back), and renew the lease.

    `base` is the version of the draft that the marks start from; without it they replace whatever is stored.
    `step_ms` is the time at work so far for each step, in milliseconds (`labeling.timing`). A draft whose lease
    is over is kept as well: it may still be submitted. Saving the same again changes nothing, and is fine even
    after the submit, which may overtake a save.
    Raises `WrongRating`, `Conflict`, `AlreadySubmitted` and `Withdrawn`.
    """
    check_spots(lease, marks)
    return write(lease, marks, base, step_ms) or reconcile(lease, marks, base, step_ms)


def write(lease: Lease, marks: Marks, base: int | None, step_ms: Sequence[int]) -> Saved | None:
    """Save on top of version `base`; None when the draft is somewhere else by now. One statement."""
    values = {
        "annotation": lease.annotation,
        "solution": lease.solution,
        "base": base,
        **renewal(lease),
        **timing(step_ms, lease.most_steps),
        **written(marks),
    }
    row = one(SAVE, values)
    if row is None:
        return None
    version, until, seconds = row
    return Saved(version, Hold(until, float(seconds)) if until else NO_HOLD, {})


def lock(lease: Lease) -> tuple[datetime | None, int]:
    """Lock the draft: when it was submitted, if it was, and its version."""
    row = one(LOCK, {"annotation": lease.annotation})
    if row is None:
        raise Withdrawn
    submitted_at, version = row
    return submitted_at, version


@transaction.atomic
def reconcile(lease: Lease, marks: Marks, base: int | None, step_ms: Sequence[int]) -> Saved:
    """Save marks that start from an older version, unless they contradict what was stored since."""
    submitted_at, version = lock(lease)
    stored = stored_marks(lease)
    if submitted_at is not None:
        if are_stored(marks, stored):
            return Saved(version, NO_HOLD, {})
        raise AlreadySubmitted
    others = check_conflicts(marks, stored, base, version)
    saved = write(lease, marks, None, step_ms)
    assert saved is not None
    return saved._replace(others=others)
