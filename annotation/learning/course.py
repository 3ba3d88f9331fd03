"""Which solutions new labelers get before real work: practice, and the screening."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from annotation import audit
from annotation.models import CourseItem, Gold, Project, Stage, User


def items_of(project: Project, stage: Stage) -> QuerySet[CourseItem]:
    """In the order in which they were chosen."""
    return CourseItem.objects.filter(project=project, stage=stage).order_by("id")


def is_screening(project: Project) -> bool:
    """Whether new labelers are screened: as soon as the set is complete."""
    return items_of(project, Stage.SCREENING).count() >= project.screening_size


@transaction.atomic
def choose(*, actor: User | None, project: Project, practice: Sequence[int], screening: Sequence[int]) -> None:
    """Set which solutions (ids) are practised and screened with. Rounds that have begun keep theirs.

    Raises `ValidationError` for a solution without gold, and for one that would be there twice.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if len({*practice}) < len(practice) or len({*screening}) < len(screening):
        raise ValidationError("Each solution can be chosen once.")
    if set(practice) & set(screening):
        raise ValidationError("A solution whose answers are shown in practice cannot be in the screening.")
    chosen = {Stage.PRACTICE: practice, Stage.SCREENING: screening}
    there = set(Gold.objects.filter(solution__project=project).values_list("pk", flat=True))
    if not {*practice, *screening} <= there:
        raise ValidationError("Only solutions with gold can be chosen.")
    for stage, solutions in chosen.items():
        items = items_of(project, stage)
        items.exclude(gold__in=solutions).delete()
        kept = set(items.values_list("gold_id", flat=True))
        CourseItem.objects.bulk_create(
            CourseItem(project=project, stage=stage, gold_id=one) for one in solutions if one not in kept
        )
    sizes = {stage.value: len(solutions) for stage, solutions in chosen.items()}
    audit.record(actor, "choose practice and screening", project, project=project, **sizes)
