"""What the score picks, part by part: which solutions, in which order, how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.selection.plan import Plan, Strategy, rounded


@dataclass(frozen=True)
class Part:
    """Of those that meet the condition, the first in the order: so many of each problem, so many in all."""

    reason: str
    condition: str
    order: str
    per_problem: int | None
    most: int | None


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
        wrong = share_of(plan.per_problem, plan.mix_share), share_of(plan.most_ranked, plan.mix_share)
        return [
            Part(*WRONG, per_problem=wrong[0], most=wrong[1]),
            Part(*REST, per_problem=less(plan.per_problem, wrong[0]), most=less(plan.most_ranked, wrong[1])),
        ]
    one = WRONG if plan.strategy is Strategy.CONVINCING else OTHERS[plan.strategy]
    return [Part(*one, per_problem=plan.per_problem, most=plan.most_ranked)]


def share_of(whole: int | None, share: float) -> int | None:
    return None if whole is None else rounded(whole * share)


def less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part
