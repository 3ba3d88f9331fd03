"""How one annotation agrees with gold. Pure.

Gold judges steps (and completions) of a solution: each judgement accepts a set of ratings, and says whether the
step may be the first error. This is PRM800K's quality control question, for which researchers marked the steps
that are reasonable to label as incorrect (Lightman et al. 2023, appendix B).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from annotation.ratings import NEGATIVE

Place = tuple[int, int]
"""Step and completion, both counted from 0; completion 0 is the solution's own step."""


class Expected(NamedTuple):
    accepted: frozenset[int]
    can_be_first_error: bool = False

    @property
    def can_be_passed(self) -> bool:
        """Whether gold accepts another rating than negative."""
        return bool(self.accepted - {NEGATIVE})


@dataclass(frozen=True)
class Agreement:
    """Counts, to be added up over annotations."""

    right: int = 0
    """Steps rated as gold accepts it."""
    judged: int = 0
    """Steps that gold judges and the labeler rated."""
    found: int = 0
    """Solutions in which gold accepts the first error, or that there is none."""
    solutions: int = 0
    """Solutions of which gold says whether it does."""

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(
            self.right + other.right,
            self.judged + other.judged,
            self.found + other.found,
            self.solutions + other.solutions,
        )

    def passes(self, percent: int) -> bool:
        """Whether both shares reach the mark; nothing judged passes nothing.

        Steps alone would let somebody pass who calls every step of every solution positive.
        """
        if not self.judged or not self.solutions:
            return False
        return 100 * self.right >= percent * self.judged and 100 * self.found >= percent * self.solutions


def agreement(
    labels: Mapping[Place, int | None], gold: Mapping[Place, Expected], *, is_finished: bool = True
) -> Agreement:
    """How the ratings of one annotation agree with the gold of its solution.

    Steps after the labeler's first error are missing, and so is what was not rated: neither right nor wrong.
    `is_finished` is False for an annotation that was given up: then no first error was looked for to the end.
    """
    error = first_error_of(labels)
    rated = {
        place: rating
        for place, rating in labels.items()
        if rating is not None and (error is None or place[0] <= error)
    }
    judged = gold.keys() & rated.keys()
    right = sum(rated[place] in gold[place].accepted for place in judged)
    is_accepted = accepts(gold, error)
    return Agreement(
        right=right,
        judged=len(judged),
        found=int(is_finished and is_accepted is True),
        solutions=int(is_accepted is not None),
    )


def accepts(gold: Mapping[Place, Expected], error: int | None) -> bool | None:
    """Whether gold accepts this first error, or None: that there is none. None where gold does not say.

    A step that can be the first error may be passed, too, where gold accepts another rating than negative there.
    So the first error is right at each step that can be it, and no error is right where all of these may be
    passed. Who passes them all and stops after the last step that gold judges is neither right nor wrong.
    """
    errors = {step: expected.can_be_passed for (step, _), expected in gold.items() if expected.can_be_first_error}
    can_pass = all(errors.values())
    if error is None:
        return can_pass
    if errors and can_pass and error > max(step for step, completion in gold if completion == 0):
        return None
    return error in errors


def first_error_of(labels: Mapping[Place, int | None]) -> int | None:
    return first(step for (step, completion), rating in labels.items() if completion == 0 and rating == NEGATIVE)


def was_due(place: Place, error: int | None) -> bool:
    """Whether somebody who saw this first error had this to rate: an own step of the solution, up to there."""
    step, completion = place
    return completion == 0 and (error is None or step <= error)


def first(steps: Iterable[int]) -> int | None:
    return min(steps, default=None)
