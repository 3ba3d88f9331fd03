"""Adjudication: what holds of a solution on which labelers disagree, and why they did; labels stay."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import audit
from annotation.learning import gold
from annotation.learning.gold import Judgement
from annotation.learning.quality import Place, first_error_of, was_due
from annotation.models import (
    Annotation,
    Completion,
    Consensus,
    ConsensusStep,
    Gold,
    Membership,
    Solution,
    StepLabel,
    User,
)
from annotation.ratings import NEGATIVE, RATINGS


class Verdict(NamedTuple):
    rating: int
    code: str = ""
    """Why labelers disagreed, one of `ConsensusStep.Code`; empty where they did not."""


class Said(NamedTuple):
    """What one labeler said of a completion."""

    labeler: Membership
    rating: int | None
    was_due: bool
    """Whether there was something to rate: not after the labeler's own first error."""


class Row(NamedTuple):
    """A completion, what each labeler said of it, and what holds."""

    step: int
    completion: int
    text: str
    each: list[Said]
    """In the order of the annotations."""
    verdict: Verdict | None

    @property
    def said(self) -> set[int]:
        return {one.rating for one in self.each if one.rating is not None}

    @property
    def is_contested(self) -> bool:
        return len(self.said) > 1

    @property
    def name(self) -> str:
        return f"Step {self.step + 1}" + (f", alternative {self.completion}" if self.completion else "")

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
    labels: dict[int, dict[Place, int | None]] = {one.pk: {} for one in annotations}
    for label in StepLabel.objects.filter(annotation__in=annotations):
        labels[label.annotation_id][label.step, label.completion] = label.rating
    verdicts = verdicts_of(solution)
    rows = [
        Row(
            one.step,
            one.index,
            one.text,
            [said_in(annotation, labels[annotation.pk], (one.step, one.index)) for annotation in annotations],
            verdicts.get((one.step, one.index)),
        )
        for one in Completion.objects.filter(solution=solution).order_by("step", "index")
    ]
    consensus = Consensus.objects.filter(pk=solution.pk).select_related("author").first()
    return Sheet(annotations, [row for row in rows if not row.completion or row.said], consensus)


def said_in(annotation: Annotation, labels: Mapping[Place, int | None], place: Place) -> Said:
    return Said(annotation.labeler, labels.get(place), was_due(place, first_error_of(labels)))


def decided(solutions: Collection[int]) -> set[int]:
    """Those of the solutions about which somebody has decided."""
    return set(Consensus.objects.filter(pk__in=solutions).values_list("pk", flat=True))


def verdicts_of(solution: Solution) -> dict[Place, Verdict]:
    found = ConsensusStep.objects.filter(consensus_id=solution.pk)
    return {(one.step, one.completion): Verdict(one.rating, one.code) for one in found}


@transaction.atomic
def record(
    *, actor: User, solution: Solution, verdicts: Mapping[Place, Verdict], note: str = "", makes_gold: bool = False
) -> Consensus:
    """Keep what holds, in place of what there was; that stays in the audit trail. Locks the solution.

    Every step up to the first negative one needs a rating, and each on which labelers disagree a reason. Steps
    after it are left out. Raises `ValidationError` with all that is missing.
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
    missing = []
    error = first_error_of({place: verdict.rating for place, verdict in verdicts.items()})
    for row in rows:
        place = (row.step, row.completion)
        if error is not None and row.step > error:
            continue
        verdict = verdicts.get(place)
        if lack := lack_of(row, verdict):
            missing.append(f"{row.name}: {lack}")
        elif verdict is not None:
            kept[place] = verdict if row.is_contested else Verdict(verdict.rating)
    if missing:
        raise ValidationError(missing)
    return kept


def lack_of(row: Row, verdict: Verdict | None) -> str | None:
    if verdict is None:
        return None if row.completion else "say what holds."
    if verdict.rating not in RATINGS:
        return "a rating is -1, 0 or 1."
    if row.is_contested and verdict.code not in ConsensusStep.Code.values:
        return "say why labelers disagreed."
    return None


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
    return gold.write(actor=actor, solution=solution, judgements=judgements, sources=())


def in_words(verdicts: Mapping[Place, Verdict]) -> list[dict[str, object]]:
    return [
        {"step": step, "completion": completion, **verdict._asdict()}
        for (step, completion), verdict in sorted(verdicts.items())
    ]
