"""What a labeler sees: one solution with the ratings so far."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from annotation.labeling.continuing import Awaited, awaited_alternatives, may_come
from annotation.labeling.fields import name_of, unsure_name_of
from annotation.labeling.report import Asked, asked
from annotation.labeling.rows import all_rows
from annotation.models import Lease
from annotation.ratings import Rating, finish_reason, first_error, next_step

COMPLETIONS = """
    SELECT c.step, c.index, c.text, l.rating, coalesce(l.flagged, false)
    FROM annotation_completion c
    LEFT JOIN annotation_steplabel l
        ON l.annotation_id = %(annotation)s AND l.step = c.step AND l.position = c.index
    WHERE c.solution_id = %(solution)s ORDER BY c.step, c.index
"""


class Option(NamedTuple):
    """A completion of a step as the labeler sees it. Position 0 is the solution's own step."""

    step: int
    position: int
    text: str
    rating: Rating | None
    unsure: bool

    @property
    def name(self) -> str:
        """Of its field in the page."""
        return name_of(self.step, self.position, grows=False)

    @property
    def unsure_name(self) -> str:
        return unsure_name_of(self.name)

    @property
    def title(self) -> str:
        return f"Alternative {self.position}" if self.position else f"Step {self.step + 1}"

    @property
    def is_first_alternative(self) -> bool:
        return self.position == 1


@dataclass(frozen=True)
class DeskStep:
    own: Option
    alternatives: list[Option]
    is_first_error: bool
    is_after_error: bool
    active_ms: int

    @property
    def index(self) -> int:
        return self.own.step

    @property
    def ms(self) -> str:
        return str(self.active_ms)

    @property
    def spots(self) -> list[Option]:
        return [self.own, *self.alternatives]

    @property
    def rating(self) -> Rating | None:
        return self.own.rating

    @property
    def has_open_alternatives(self) -> bool:
        """Whether alternatives are to be rated now: those for the first negative step are."""
        return self.is_first_error and any(option.rating is None for option in self.alternatives)


@dataclass(frozen=True)
class Desk:
    """One leased solution. The reference solution is not in here: labelers never get it."""

    lease: Lease
    steps: list[DeskStep]
    growing: None = None
    awaited: Awaited | None = None
    """Alternatives for the first error that a generator was asked for."""

    @property
    def waits(self) -> bool:
        """Whether some of them may still come."""
        return may_come(self.awaited)

    @cached_property
    def asks(self) -> Asked | None:
        return asked(self.lease)

    @property
    def count(self) -> str:
        return str(len(self.steps))

    @cached_property
    def ratings(self) -> list[Rating | None]:
        return [step.rating for step in self.steps]

    @cached_property
    def current(self) -> int | None:
        """The step to rate next; None when the solution can be submitted."""
        step = next_step(self.ratings, stops=self.lease.stops)
        if step is not None:
            return step
        return next((step.index for step in self.steps if step.has_open_alternatives), None)

    @cached_property
    def finish_reason(self) -> str | None:
        """How the work ends as it stands; None while something is to be rated."""
        return finish_reason(self.ratings, stops=self.lease.stops) if self.current is None else None


def desk_of(lease: Lease) -> Desk:
    rows = all_rows(COMPLETIONS, {"annotation": lease.annotation, "solution": lease.solution})
    offered = [list(options) for _, options in groupby(map(Option._make, rows), key=lambda option: option.step)]
    error = first_error([own.rating for own, *_ in offered])
    return Desk(lease, [desk_step(lease, own, others, error) for own, *others in offered])


def asking_desk_of(lease: Lease) -> Desk:
    """The desk; where it has a first error without alternatives, they are asked for."""
    desk = desk_of(lease)
    error = next((step for step in desk.steps if step.is_first_error and not step.alternatives), None)
    return replace(desk, awaited=awaited_alternatives(lease, error.index)) if error else desk


def desk_step(lease: Lease, own: Option, alternatives: list[Option], error: int | None) -> DeskStep:
    return DeskStep(
        own=own,
        alternatives=alternatives,
        is_first_error=own.step == error,
        is_after_error=lease.stops and error is not None and own.step > error,
        active_ms=lease.step_ms[own.step] if own.step < len(lease.step_ms) else 0,
    )
