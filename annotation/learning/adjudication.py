"""Adjudication: what holds of a solution on which labelers disagree, and why they did; labels stay."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import audit
from annotation.learning import gold
from annotation.learning.gold import Judgement
from annotation.learning.quality import Place
from annotation.models import Annotation, Completion, Consensus, ConsensusStep, Gold, Solution, StepLabel, User
from annotation.ratings import NEGATIVE, RATINGS


class Verdict(NamedTuple):
    rating: int
    code: str = ""
    """Why labelers disagreed, one of `ConsensusStep.Code`; empty where they did not."""


class Row(NamedTuple):
    """A completion, what each labeler said of it, and what holds."""

    step: int
    completion: int
    text: str
    ratings: list[int | None]
    """In the order of the annotations."""
    verdict: Verdict | None

    @property
    def said(self) -> set[int]:
        return {rating for rating in self.ratings if rating is not None}

    @property
    def is_contested(self) -> bool:
        return len(self.said) > 1

    @property
    def suggested(self) -> int | None:
        """What holds, or what all say who say something."""
        if self.verdict is not None:
            return self.verdict.rating
        return next(iter(self.said)) if len(self.said) == 1 else None


class Sheet(NamedTuple):
    annotations: list[Annotation]
    rows: list[Row]
    consensus: Consensus | None


def sheet_of(solution: Solution) -> Sheet:
    """All that was said of a solution, step by step."""
    submitted = Annotation.objects.filter(solution=solution, submitted_at__isnull=False, task__is_practice=False)
    annotations = list(submitted.select_related("labeler").order_by("pk"))
    said = {
        (label.annotation_id, label.step, label.completion): label.rating
        for label in StepLabel.objects.filter(annotation__in=annotations)
    }
    verdicts = verdicts_of(solution)
    rows = [
        Row(
            one.step,
            one.index,
            one.text,
            [said.get((annotation.pk, one.step, one.index)) for annotation in annotations],
            verdicts.get((one.step, one.index)),
        )
        for one in Completion.objects.filter(solution=solution).order_by("step", "index")
    ]
    consensus = Consensus.objects.filter(pk=solution.pk).select_related("author").first()
    return Sheet(annotations, [row for row in rows if not row.completion or row.said], consensus)


def verdicts_of(solution: Solution) -> dict[Place, Verdict]:
    found = ConsensusStep.objects.filter(consensus_id=solution.pk)
    return {(one.step, one.completion): Verdict(one.rating, one.code) for one in found}


@transaction.atomic
def record(
    *, actor: User, solution: Solution, verdicts: Mapping[Place, Verdict], note: str = "", makes_gold: bool = False
) -> Consensus:
    """Keep what holds, in place of what there was; that stays in the audit trail. Locks the solution.

    Every step up to the first negative one needs a rating, and each on which labelers disagree a reason. What
    comes after it is left out. Raises `ValidationError`.
    """
    Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
    rows = sheet_of(solution).rows
    kept = checked(rows, verdicts)
    before = in_words(verdicts_of(solution))
    consensus, _ = Consensus.objects.update_or_create(
        solution=solution, defaults={"author": actor, "note": note.strip()}
    )
    ConsensusStep.objects.filter(consensus=consensus).delete()
    ConsensusStep.objects.bulk_create(
        ConsensusStep(
            consensus=consensus, step=step, completion=completion, rating=verdict.rating, code=verdict.code
        )
        for (step, completion), verdict in kept.items()
    )
    audit.record(
        actor,
        "adjudicate",
        consensus,
        project=solution.project,
        before=before,
        after=in_words(kept),
        note=consensus.note,
    )
    if makes_gold:
        make_gold(actor, solution, rows, kept)
    return consensus


def checked(rows: Iterable[Row], verdicts: Mapping[Place, Verdict]) -> dict[Place, Verdict]:
    kept: dict[Place, Verdict] = {}
    for row in rows:
        place = (row.step, row.completion)
        verdict = verdicts.get(place)
        if verdict is None:
            if not row.completion:
                raise ValidationError(f"Step {row.step + 1}: say what holds.")
            continue
        if verdict.rating not in RATINGS:
            raise ValidationError(f"Step {row.step + 1}: a rating is -1, 0 or 1.")
        if row.is_contested and verdict.code not in ConsensusStep.Code.values:
            raise ValidationError(f"Step {row.step + 1}: say why labelers disagreed.")
        kept[place] = verdict if row.is_contested else Verdict(verdict.rating)
        if not row.completion and verdict.rating == NEGATIVE:
            break
    return kept


def make_gold(actor: User, solution: Solution, rows: Iterable[Row], kept: Mapping[Place, Verdict]) -> Gold:
    """Gold accepts what holds; where the step is really ambiguous, all that labelers said.

    Each of the solution's own steps where that is negative, too, can be the first error.
    """
    judgements = []
    for row in rows:
        verdict = kept.get((row.step, row.completion))
        if verdict is not None:
            others = row.said if verdict.code == ConsensusStep.Code.AMBIGUITY else set()
            accepted = frozenset({verdict.rating} | others)
            is_error = not row.completion and NEGATIVE in accepted
            judgements.append(Judgement(row.step, row.completion, accepted, can_be_first_error=is_error))
    return gold.write(actor=actor, solution=solution, judgements=judgements)


def in_words(verdicts: Mapping[Place, Verdict]) -> list[dict[str, object]]:
    return [
        {"step": step, "completion": completion, **verdict._asdict()}
        for (step, completion), verdict in sorted(verdicts.items())
    ]
