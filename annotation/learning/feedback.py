"""What a labeler is told after a practice solution, step by step. Nothing else is ever told step by step."""

from dataclasses import dataclass

from annotation.learning.gold import judgements_of
from annotation.models import Annotation, Completion, Solution, StepLabel


@dataclass(frozen=True)
class StepFeedback:
    """`rating` is None for a step that was not rated; `accepted` is empty for one that gold does not judge."""

    step: int
    text: str
    rating: int | None
    accepted: list[int]
    can_be_first_error: bool
    note: str

    @property
    def is_right(self) -> bool | None:
        """None where there is nothing to compare."""
        if self.rating is None or not self.accepted:
            return None
        return self.rating in self.accepted


def feedback_on(annotation: Annotation) -> list[StepFeedback]:
    """On the solution's own steps, up to the end of the solution."""
    solution: Solution = annotation.solution
    labels = StepLabel.objects.filter(annotation=annotation, completion=0)
    ratings = dict(labels.values_list("step", "rating"))
    gold = judgements_of(solution)
    rows = []
    for step, text in (
        Completion.objects.filter(solution=solution, index=0).order_by("step").values_list("step", "text")
    ):
        judged = gold.get((step, 0))
        rows.append(
            StepFeedback(
                step=step,
                text=text,
                rating=ratings.get(step),
                accepted=sorted(judged.accepted) if judged else [],
                can_be_first_error=bool(judged and judged.can_be_first_error),
                note=judged.note if judged else "",
            )
        )
    return rows
