"""What the tests of growing solutions do with a lease, and how they look at what came of it."""

from typing import Any

from annotation import exporting, labeling
from annotation.labeling import Growth, Mark, Turn
from annotation.models import Lease, Project, StepLabel
from annotation.ratings import Rating


def rate(mine: Lease, *ratings: tuple[int, int, Rating | None], **more: Any) -> Growth:
    """Save ratings, each as step, completion and rating."""
    marks = {(step, completion): Mark(rating) for step, completion, rating in ratings}
    return labeling.grow(lease=mine, marks=marks, **{"turns": {}, **more}).growth


def turn(mine: Lease, step: int, completion: int | None, text: str = "", **more: Any) -> Growth:
    return rate(mine, turns={step: Turn(completion, text)}, **more)


def hand_in(mine: Lease, **more: Any) -> labeling.Submitted:
    return labeling.hand_in(lease=mine, **{"marks": {}, "turns": {}, **more})


def shown(growth: Growth) -> list[list[str]]:
    return [[option.text.split("\n")[0] for option in step.options] for step in growth.steps]


def labels(mine: Lease) -> list[tuple[int, int, int, int | None]]:
    found = StepLabel.objects.filter(annotation=mine.annotation).order_by("step", "position")
    return list(found.values_list("step", "position", "completion", "rating"))


def exported(project: Project) -> list[str]:
    return list(exporting.FORMATS["prm800k"](project))
