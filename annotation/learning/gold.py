"""Gold: made from what an expert submitted, or written by a manager; and annotations held against it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from annotation import audit
from annotation.learning.quality import Agreement, Expected, Place, agreement
from annotation.models import (
    Annotation,
    Completion,
    FinishReason,
    Gold,
    GoldSource,
    GoldStep,
    Project,
    Round,
    Solution,
    StepLabel,
    User,
)
from annotation.ratings import NEGATIVE, RATINGS

FINISHED = {FinishReason.SOLUTION, FinishReason.FOUND_ERROR}


class Judgement(NamedTuple):
    """What gold says of one completion of one step."""

    step: int
    completion: int
    accepted: frozenset[int]
    can_be_first_error: bool = False
    note: str = ""


def of_project(project: Project) -> QuerySet[Gold]:
    return Gold.objects.filter(solution__project=project).select_related("solution__problem").order_by("pk")


def judgements_of(solution: Solution) -> dict[Place, Judgement]:
    found = GoldStep.objects.filter(gold_id=solution.pk).order_by("step", "completion")
    return {
        (one.step, one.completion): Judgement(
            one.step, one.completion, frozenset(one.accepted), one.can_be_first_error, one.note
        )
        for one in found
    }


@transaction.atomic
def write(
    *,
    actor: User | None,
    solution: Solution,
    judgements: Sequence[Judgement],
    sources: Collection[Annotation] | None = None,
) -> Gold:
    """Set the gold of a solution, in place of what there was; what it was stays in the audit trail.

    `sources` are the annotations it is made from, which are not held against it; None leaves those there are.
    Locks the solution. Raises `ValidationError` for what is no judgement of this solution.
    """
    Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
    check(solution, judgements)
    before = in_words(judgements_of(solution).values())
    gold, _ = Gold.objects.update_or_create(solution=solution, defaults={"author": actor})
    if sources is not None:
        GoldSource.objects.filter(gold=gold).delete()
        GoldSource.objects.bulk_create(GoldSource(gold=gold, annotation=one) for one in sources)
    GoldStep.objects.filter(gold=gold).delete()
    GoldStep.objects.bulk_create(
        GoldStep(
            gold=gold,
            step=one.step,
            completion=one.completion,
            accepted=sorted(one.accepted),
            can_be_first_error=one.can_be_first_error,
            note=one.note,
        )
        for one in judgements
    )
    audit.record(actor, "set gold", gold, project=solution.project, before=before, after=in_words(judgements))
    return gold


def check(solution: Solution, judgements: Sequence[Judgement]) -> None:
    if not solution.pre_generated:
        raise ValidationError(
            "This solution grew step by step with one labeler; nobody else can be held against it."
        )
    if not judgements:
        raise ValidationError("Accept at least one rating of one step.")
    if len({(one.step, one.completion) for one in judgements}) < len(judgements):
        raise ValidationError("Say once what is accepted of a completion.")
    places = set(Completion.objects.filter(solution=solution).values_list("step", "index"))
    for one in judgements:
        if (one.step, one.completion) not in places:
            raise ValidationError(f"There is no step {one.step + 1} with completion {one.completion}.")
        if not one.accepted or not one.accepted <= set(RATINGS):
            raise ValidationError(f"Step {one.step + 1} accepts no rating.")
        if one.can_be_first_error and (one.completion or NEGATIVE not in one.accepted):
            raise ValidationError(
                f"Step {one.step + 1} can be the first error only if negative is accepted there."
            )


def in_words(judgements: Collection[Judgement]) -> list[dict[str, object]]:
    return [{**one._asdict(), "accepted": sorted(one.accepted)} for one in judgements]


def make_from(*, actor: User | None, annotation: Annotation, as_well: bool = False) -> Gold:
    """Take a submitted annotation, made here or loaded, as gold: its ratings are those accepted.

    `as_well` accepts them beside what gold accepts already. Raises `ValidationError`.
    """
    if annotation.finish_reason not in FINISHED:
        raise ValidationError(
            "This annotation was not brought to its end; it does not say where the first error is."
        )
    solution = annotation.solution
    judgements, sources = judged_by(annotation), {annotation}
    if as_well:
        judgements = merged(judgements_of(solution), judgements)
        sources |= set(Annotation.objects.filter(pk__in=sources_of([solution.pk])))
    return write(actor=actor, solution=solution, judgements=list(judgements.values()), sources=sources)


def sources_of(solutions: Collection[int]) -> set[int]:
    """The annotations that the gold of these solutions was made from."""
    return set(GoldSource.objects.filter(gold__in=solutions).values_list("annotation", flat=True))


def judged_by(annotation: Annotation) -> dict[Place, Judgement]:
    """The ratings of an annotation as judgements; its first negative step is the first error."""
    rated = StepLabel.objects.filter(annotation=annotation, rating__isnull=False).order_by("step", "position")
    errors = [one.step for one in rated if one.completion == 0 and one.rating == NEGATIVE]
    judgements: dict[Place, Judgement] = {}
    for one in rated:
        assert one.rating is not None
        is_error = bool(errors) and one.completion == 0 and one.step == errors[0]
        judgements[one.step, one.completion] = Judgement(
            one.step, one.completion, frozenset({one.rating}), is_error
        )
    return judgements


def merged(old: dict[Place, Judgement], new: dict[Place, Judgement]) -> dict[Place, Judgement]:
    """Both: what either accepts."""
    both = old | new
    for place in old.keys() & new.keys():
        one, other = old[place], new[place]
        both[place] = one._replace(
            accepted=one.accepted | other.accepted,
            can_be_first_error=one.can_be_first_error or other.can_be_first_error,
        )
    return dict(sorted(both.items()))


@transaction.atomic
def remove(*, actor: User | None, solution: Solution) -> None:
    """Take the gold of a solution away. Raises `ValidationError` while practice or screening uses it."""
    gold = Gold.objects.select_for_update().filter(pk=solution.pk).first()
    if gold is None:
        return
    if gold.course_items.exists() or Round.objects.filter(ended_at=None, solutions__contains=[gold.pk]).exists():
        raise ValidationError(
            "Take this solution out of practice and screening first, and let those who are at it finish."
        )
    audit.record(
        actor, "remove gold", gold, project=solution.project, before=in_words(judgements_of(solution).values())
    )
    gold.delete()


def agreements(annotations: Collection[Annotation]) -> dict[int, Agreement]:
    """By annotation its agreement with gold as it stands.

    Those whose solution has no gold are left out, and those from which gold was made: they agree with themselves.
    """
    expected: dict[int, dict[Place, Expected]] = defaultdict(dict)
    solutions = {one.solution_id for one in annotations}
    sources = sources_of(solutions)
    for judgement in GoldStep.objects.filter(gold__in=solutions):
        expected[judgement.gold_id][judgement.step, judgement.completion] = Expected(
            frozenset(judgement.accepted), judgement.can_be_first_error
        )
    held = [one for one in annotations if one.solution_id in expected and one.pk not in sources]
    labels: dict[int, dict[Place, int | None]] = defaultdict(dict)
    for label in StepLabel.objects.filter(annotation__in=held):
        labels[label.annotation_id][label.step, label.completion] = label.rating
    return {
        one.pk: agreement(labels[one.pk], expected[one.solution_id], is_finished=one.finish_reason in FINISHED)
        for one in held
    }
