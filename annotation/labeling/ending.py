"""How the work on a solution ends, and what of it counts."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from annotation.labeling.errors import Incomplete
from annotation.labeling.spots import Mark, Marks, Spot, Stored
from annotation.models import Lease
from annotation.ratings import Rating, counted, finish_reason, first_error, next_step

EarlyEnd = Literal["give_up", "bad_problem"]


class Ending(NamedTuple):
    reason: str
    ratings: list[Rating | None]
    """Of the solution's own steps, as far as they count."""
    marks: dict[Spot, Mark]
    """All that count, alternatives included."""

    @property
    def first_error(self) -> int | None:
        return first_error(self.ratings)


def ending_of(
    lease: Lease,
    stored: Mapping[Spot, Stored],
    given: Marks,
    alternatives: Sequence[Spot],
    early_end: EarlyEnd | None,
) -> Ending:
    """How the work ends with what was `stored` before and what is `given` now. Raises `Incomplete`."""
    draft = {spot: kept.mark for spot, kept in stored.items()} | dict(given)
    ratings = [draft[step, 0].rating if (step, 0) in draft else None for step in range(lease.length)]
    reason = early_end or finish_reason(ratings, stops=lease.stops)
    if reason is None:
        raise Incomplete(next_step(ratings, stops=lease.stops) or 0)
    kept = counted(ratings, stops=lease.stops)
    if None in kept:
        kept = kept[: kept.index(None)]
    marks = {(step, 0): draft[step, 0] for step in range(len(kept))}
    error = first_error(kept)
    if error is not None:
        here = [spot for spot in alternatives if spot[0] == error]
        marks |= rated(draft, here, needed=early_end is None)
    return Ending(reason, kept, marks)


def rated(draft: Marks, alternatives: Sequence[Spot], *, needed: bool) -> dict[Spot, Mark]:
    """What was said of the other completions for the step with the first error. Raises `Incomplete`."""
    said = {spot: draft[spot] for spot in alternatives if spot in draft and draft[spot].rating is not None}
    missing = [spot for spot in alternatives if spot not in said]
    if missing and needed:
        raise Incomplete(*missing[0])
    return said
