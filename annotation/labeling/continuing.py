"""Asking a generator, while the labeler is at the desk, for completions that are not there.

What is asked for is a row; a worker answers it (`annotation.writing`). The labeler is never kept waiting for it:
they may write the next step themselves, or hand in without alternatives.
"""

from typing import NamedTuple

from annotation.labeling.growth import GrownStep, Growth, eligible, lot
from annotation.labeling.rows import one, run
from annotation.models import MOST_GROWN, Lease
from annotation.ratings import POSITIVE

# What came to nothing is asked for again after a while, when somebody comes to the place again.
ASK = """
    INSERT INTO annotation_continuation (solution_id, step, parent, wanted, is_urgent, asked_at, due_at)
    VALUES (%(solution)s, %(step)s, %(parent)s, %(wanted)s, true, now(), now())
    ON CONFLICT (solution_id, step, parent) DO UPDATE
    SET is_urgent = true, attempts = 0, over_at = NULL, due_at = now(), asked_at = now(), reason = ''
    WHERE annotation_continuation.came = 0
      AND annotation_continuation.over_at < now() - interval '60 seconds'
"""
STATE = """
    SELECT over_at IS NULL, came FROM annotation_continuation
    WHERE solution_id = %(solution)s AND step = %(step)s AND parent IS NOT DISTINCT FROM %(parent)s
"""
# Locks the solution: indexes of new completions are given one after the other.
LOCK = "SELECT FROM annotation_solution WHERE id = %(solution)s FOR NO KEY UPDATE"
KEPT = """
    SELECT index FROM annotation_completion
    WHERE solution_id = %(solution)s AND step = %(step)s AND parent IS NOT DISTINCT FROM %(parent)s
      AND is_own AND text = %(text)s
"""
KEEP = """
    INSERT INTO annotation_completion (solution_id, step, index, parent, is_own, text)
    SELECT %(solution)s, %(step)s, coalesce(max(index) + 1, 0), %(parent)s, true, %(text)s
    FROM annotation_completion WHERE solution_id = %(solution)s AND step = %(step)s
    RETURNING index
"""


class Awaited(NamedTuple):
    """What the labeler could get."""

    step: int
    waits: bool
    """Whether it may still come. Why it does not is for managers."""


def asks_writer(lease: Lease) -> bool:
    """Not in practice and screening, where all rate the same."""
    return lease.has_writer and lease.round is None and lease.submitted_at is None


def awaited_in(lease: Lease, growth: Growth) -> Awaited | None:
    """The completions for the open step, where none is there; asks for them. None when nothing is to come."""
    last = growth.last
    is_open = last.choice is None and not last.options and len(growth.steps) < MOST_GROWN
    if not asks_writer(lease) or not is_open or (last.index and growth.continued is None):
        return None
    return asked(lease, last.index, growth.continued, lease.candidates_shown)


def awaited_alternatives(lease: Lease, step: int) -> Awaited | None:
    """Alternatives for this step, a first error that has none; asks for them. None when nothing is to come."""
    is_wanted = asks_writer(lease) and lease.alternatives_asked
    return asked(lease, step, None, lease.alternatives_asked) if is_wanted else None


def may_come(awaited: Awaited | None) -> bool:
    """Whether the page is to look again, and the writer to be told."""
    return awaited is not None and awaited.waits


def asked(lease: Lease, step: int, parent: int | None, wanted: int) -> Awaited:
    """For a place where nothing was a moment ago; what has come since is there at the next look."""
    values = {"solution": lease.solution, "step": step, "parent": parent, "wanted": wanted}
    run(ASK, values)
    row = one(STATE, values)
    assert row is not None
    waits, came = row
    return Awaited(step, bool(waits or came))


def ask_ahead(lease: Lease, growth: Growth) -> Awaited | None:
    """Ask for what would come after the completion that the lot falls on, if no better one is rated yet."""
    step = growth.last
    if not asks_writer(lease) or step.choice is not None or len(growth.steps) + 1 >= MOST_GROWN:
        return None
    likely = likely_in(lease, step)
    return None if likely is None else asked(lease, step.index + 1, likely, lease.candidates_shown)


def likely_in(lease: Lease, step: GrownStep) -> int | None:
    """Which completion the solution goes on with as things stand. None while none is positive, or at its end."""
    ends = {option.position for option in step.options if option.candidate.is_end}
    if POSITIVE not in step.ratings.values():
        return None
    likely = min(eligible(step.ratings), key=lambda completion: lot(lease.token, step.path, completion))
    return None if likely in ends else likely


def kept_own(lease: Lease, growth: Growth, step: int, text: str) -> int | None:
    """The labeler's own step as a completion that a generator can continue. Locks the solution.

    None without a generator, or where what comes before it cannot be continued.
    """
    before = growth.steps[step - 1].choice if step else None
    parent = before.continued if before else None
    if not asks_writer(lease) or (step and parent is None):
        return None
    values = {"solution": lease.solution, "step": step, "parent": parent, "text": text}
    run(LOCK, values)
    row = one(KEPT, values) or one(KEEP, values)
    assert row is not None
    return int(row[0])
