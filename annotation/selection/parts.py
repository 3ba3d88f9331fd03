"""What the score picks, part by part: which solutions, in which order, how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.selection.plan import Plan, Strategy, shares


@dataclass(frozen=True)
class Part:
    """Of those that meet the condition, the first in the order: so many in all, so many of each problem."""

    reason: str
    condition: str
    order: str
    most: int | None
    per_problem: int | None = None
    """Less than the plan's number, where this part has a share of each problem."""


HIGHEST, LOWEST = "score DESC", "score"
WRONG = ("convincing wrong answer", "grade = 'incorrect'", HIGHEST)
REST = ("convincing of the rest", "true", HIGHEST)
OTHERS = {
    Strategy.UNCERTAINTY: ("uncertain", "true", LOWEST),
    Strategy.LOW_STEP: ("right answer, low step", "grade = 'correct'", LOWEST),
    Strategy.DISAGREEMENT: ("scorers disagree", "true", HIGHEST),
}


def parts_of(plan: Plan) -> Sequence[Part]:
    """The parts of a plan that orders by score; each picks from what those before have left."""
    if plan.strategy is Strategy.MIX:
        return mixed(plan)
    one = WRONG if plan.strategy is Strategy.CONVINCING else OTHERS[plan.strategy]
    return [Part(*one, most=plan.most_ranked)]


def mixed(plan: Plan) -> Sequence[Part]:
    """Shares of all that the score picks, or of each problem where it is not said how many that are."""
    if plan.most_ranked is not None:
        wrong, rest = shares(plan.most_ranked, plan.mix_share)
        return [Part(*WRONG, most=wrong), Part(*REST, most=rest)]
    assert plan.per_problem is not None, "a plan has one of the two"
    wrong, rest = shares(plan.per_problem, plan.mix_share)
    return [Part(*WRONG, most=None, per_problem=wrong), Part(*REST, most=None, per_problem=rest)]
