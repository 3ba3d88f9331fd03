"""Marks: reading them, checking them, writing them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotation.labeling.errors import Conflict, WrongRating
from annotation.labeling.rows import all_rows
from annotation.labeling.spots import Mark, Marks, Spot, Stored
from annotation.models import Lease

STORED = """
    SELECT step, completion, rating, flagged, version FROM annotation_steplabel
    WHERE annotation_id = %(annotation)s
"""
POSITIONS = """
    SELECT step, max(index) FROM annotation_completion
    WHERE solution_id = %(solution)s AND step = ANY(%(steps)s) GROUP BY step
"""

# To be completed with where `given` (a table of step, position, completion, rating, flagged) and `draft` (version)
# come from.
WRITE = """
    INSERT INTO annotation_steplabel
        (annotation_id, solution_id, step, position, completion, rating, flagged, version)
    SELECT %(annotation)s, %(solution)s, given.step, given.position, given.completion, given.rating, given.flagged,
           draft.version
    FROM {given} AS given (step, position, completion, rating, flagged), {draft} AS draft
    ON CONFLICT (annotation_id, step, position) DO UPDATE
    SET rating = EXCLUDED.rating, flagged = EXCLUDED.flagged, version = EXCLUDED.version
    WHERE (annotation_steplabel.rating, annotation_steplabel.flagged)
          IS DISTINCT FROM (EXCLUDED.rating, EXCLUDED.flagged)
"""
GIVEN = (
    "unnest(%(steps)s::smallint[], %(positions)s::smallint[], %(completions)s::smallint[],"
    " %(ratings)s::smallint[], %(flags)s::boolean[])"
)


def written(marks: Marks) -> dict[str, Sequence[Any]]:
    """The values of `GIVEN`; in a draft, a position says which completion it is."""
    return {
        "steps": [step for step, _ in marks],
        "positions": [position for _, position in marks],
        "completions": [position for _, position in marks],
        "ratings": [mark.rating for mark in marks.values()],
        "flags": [flag_of(spot, mark) for spot, mark in marks.items()],
    }


def flag_of(spot: Spot, mark: Mark) -> bool | None:
    """As PRM800K has it: null for the solution's own step, false for alternatives, unless somebody was unsure."""
    return mark.unsure if mark.unsure is not None or spot[1] == 0 else False


def stored_marks(lease: Lease) -> dict[Spot, Stored]:
    return stored_in(all_rows(STORED, {"annotation": lease.annotation}))


def stored_in(rows: Iterable[Sequence[Any]]) -> dict[Spot, Stored]:
    """From rows of step, completion, rating, flagged and version."""
    return {
        (step, position): Stored(Mark(rating, flagged), version)
        for step, position, rating, flagged, version in rows
    }


def check_spots(lease: Lease, spots: Iterable[Spot]) -> None:
    """Raises `WrongRating` for a step or a completion that is not there."""
    for step, _ in spots:
        if not 0 <= step < lease.length:
            raise WrongRating(step, lease.length)
    others = [(step, position) for step, position in spots if position != 0]
    if not others:
        return
    values = {"solution": lease.solution, "steps": list({step for step, _ in others})}
    most: dict[int, int] = dict(all_rows(POSITIONS, values))
    for step, position in others:
        if not 0 < position <= most[step]:
            raise WrongRating(step, lease.length, position)


def check_conflicts(
    marks: Marks, stored: Mapping[Spot, Stored], base: int | None, version: int
) -> dict[Spot, Mark]:
    """What was stored for other spots after `base`, the version the marks start from.

    Raises `Conflict` when something else was stored for one of theirs. Saying what is stored already is no
    conflict: it is a save whose answer was lost.
    """
    if base is None or base >= version:
        return {}
    later = {spot: kept.mark for spot, kept in stored.items() if kept.version > base}
    theirs = {spot: mark for spot, mark in later.items() if spot in marks and not same(mark, marks[spot])}
    if theirs:
        raise Conflict(version, theirs)
    return {spot: mark for spot, mark in later.items() if spot not in marks}


def are_stored(marks: Marks, stored: Mapping[Spot, Stored]) -> bool:
    """Whether the marks say nothing new."""
    return all(spot in stored and same(stored[spot].mark, mark) for spot, mark in marks.items())


def same(one: Mark, other: Mark) -> bool:
    return one.rating == other.rating and bool(one.unsure) == bool(other.unsure)
