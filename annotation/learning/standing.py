"""How far a labeler has come: practising, screening, at work, or turned away; and what managers decide of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, TextChoices
from django.utils import timezone

from annotation import audit
from annotation.learning import course
from annotation.models import Annotation, Decision, Membership, Place, Project, Round, Stage, User, Verdict


class State(TextChoices):
    PRACTISING = "practising"
    SCREENING = "screening"
    PASSED = "passed"
    FAILED = "failed"
    LET_IN = "let_in", "let in"
    TURNED_DOWN = "turned_down", "turned down"
    PAUSED = "paused"
    WORKING = "working", "at work"


FINAL = {
    Verdict.LET_IN: State.LET_IN,
    Verdict.TURNED_DOWN: State.TURNED_DOWN,
    Verdict.PAUSED: State.PAUSED,
    Verdict.RESUMED: State.WORKING,
}
"""What a decision makes of a labeler, whatever was before."""


@dataclass(frozen=True)
class Standing:
    """`until` is when somebody who failed may try again; None: not any more, unless a manager decides so."""

    state: State
    until: datetime | None = None
    done: int = 0
    """Solutions submitted in the round at hand."""
    total: int = 0
    result: Round | None = None
    """The last screening that came to its end."""
    decision: Decision | None = None

    @property
    def is_shut(self) -> bool:
        """Whether there is no work for this labeler now."""
        return self.state in {State.FAILED, State.TURNED_DOWN, State.PAUSED}


class Rules(NamedTuple):
    """What the project asks of new labelers."""

    practises: bool
    screens: bool
    pause: timedelta
    retries: int


@dataclass
class Past:
    """What is known of one labeler; `rounds` in the order of their beginning."""

    rounds: list[Round] = field(default_factory=list)
    decision: Decision | None = None
    has_worked: bool = False
    """Whether regular work was submitted: then no practice or screening is asked that came later."""
    done: int = 0


def rules_of(project: Project) -> Rules:
    return Rules(
        practises=course.items_of(project, Stage.PRACTICE).exists(),
        screens=course.is_screening(project),
        pause=timedelta(hours=project.pause_hours),
        retries=project.retries,
    )


def standing(past: Past, rules: Rules, now: datetime) -> Standing:
    """The rule itself, from what is known. Pure but for its types."""
    at_hand = next((one for one in past.rounds if one.ended_at is None), None)
    results = [one for one in past.rounds if one.has_passed is not None]
    last = results[-1] if results else None
    state, until = state_of(past, rules, results, now)
    return Standing(
        state=state,
        until=until,
        done=past.done if at_hand else 0,
        total=len(at_hand.solutions) if at_hand else 0,
        result=last,
        decision=past.decision,
    )


def state_of(past: Past, rules: Rules, results: list[Round], now: datetime) -> tuple[State, datetime | None]:
    decision, last = past.decision, results[-1] if results else None
    if decision is not None and decision.verdict in FINAL:
        return FINAL[Verdict(decision.verdict)], None
    if last is not None and last.has_passed:
        return State.PASSED, None
    if last is not None and not is_called_again(decision, last):
        return after_failing(last, len(results), rules, now)
    if past.has_worked:
        return State.WORKING, None
    if rules.practises and not any(one.stage == Stage.PRACTICE and one.ended_at for one in past.rounds):
        return State.PRACTISING, None
    return (State.SCREENING if rules.screens else State.WORKING), None


def is_called_again(decision: Decision | None, last: Round) -> bool:
    assert last.ended_at is not None
    return decision is not None and decision.verdict == Verdict.TRY_AGAIN and decision.at > last.ended_at


def after_failing(last: Round, tries: int, rules: Rules, now: datetime) -> tuple[State, datetime | None]:
    assert last.ended_at is not None
    if tries > rules.retries:
        return State.FAILED, None
    until = last.ended_at + rules.pause
    if now < until:
        return State.FAILED, until
    return (State.SCREENING if rules.screens else State.WORKING), None


class Paused(NamedTuple):
    """Labelers who are paused, and those of them who have replied and wait for a manager."""

    labelers: int
    replied: int


def paused(project: Project) -> Paused:
    labelers = Membership.objects.filter(project=project, is_labeler=True, user__isnull=False)
    latest = Decision.objects.filter(labeler__in=labelers).order_by("labeler", "-pk").distinct("labeler")
    held = Decision.objects.filter(pk__in=latest.values("pk"), verdict=Verdict.PAUSED)
    return Paused(**held.aggregate(labelers=Count("pk"), replied=Count("pk", filter=~Q(reply=""))))


def earlier_decisions(labelers: Collection[Membership]) -> Mapping[int, list[Decision]]:
    """By membership what was decided before the decision that counts, the latest first."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for one in Decision.objects.filter(labeler__in=labelers).order_by("-pk"):
        found[one.labeler_id].append(one)
    return {labeler: decisions[1:] for labeler, decisions in found.items()}


def standings(project: Project, labelers: Collection[Membership]) -> dict[int, Standing]:
    """By membership, in a handful of queries."""
    rules, past, now = rules_of(project), past_of([one.pk for one in labelers]), timezone.now()
    return {one.pk: standing(past[one.pk], rules, now) for one in labelers}


def standing_of(labeler: Membership) -> Standing:
    return standings(labeler.project, [labeler])[labeler.pk]


def past_of(labelers: Collection[int]) -> Mapping[int, Past]:
    past: dict[int, Past] = defaultdict(Past)
    for decision in Decision.objects.filter(labeler__in=labelers).order_by("id"):
        past[decision.labeler_id].decision = decision
    submitted = Count("annotations", filter=Q(annotations__submitted_at__isnull=False))
    for one in Round.objects.filter(labeler__in=labelers).annotate(submitted=submitted).order_by("id"):
        past[one.labeler_id].rounds.append(one)
        if one.ended_at is None:
            past[one.labeler_id].done = one.submitted
    worked = Annotation.objects.filter(labeler__in=labelers, submitted_at__isnull=False, round=None)
    for labeler in worked.order_by("labeler").values_list("labeler", flat=True).distinct():
        past[labeler].has_worked = True
    return past


@transaction.atomic
def decide(*, actor: User | None, labeler: Membership, verdict: Verdict, reason: str) -> Decision:
    """Let somebody in, turn them down, give them another try at once, pause or resume. Locks the membership."""
    Membership.objects.select_for_update(no_key=True).get(pk=labeler.pk)
    before = standing_of(labeler)
    if verdict in {Verdict.LET_IN, Verdict.TURNED_DOWN}:
        leave_rounds(labeler)
    made = Decision.objects.create(labeler=labeler, verdict=verdict, reason=reason.strip(), actor=actor)
    audit.record(
        actor,
        "decide on labeler",
        labeler,
        project=labeler.project,
        verdict=verdict,
        reason=made.reason,
        before=before.state,
    )
    return made


def leave_rounds(labeler: Membership) -> None:
    """End what practice or screening is at hand; what is begun of it and not submitted is dropped."""
    begun = Annotation.objects.filter(labeler=labeler, submitted_at=None, round__isnull=False)
    drafts = dict(begun.select_for_update().values_list("pk", "task"))  # before their places, as a save does it
    Place.objects.filter(labeler=labeler, filled_at=None, task__in=drafts.values()).delete()
    Annotation.objects.filter(pk__in=drafts).delete()
    Round.objects.filter(labeler=labeler, ended_at=None).update(ended_at=timezone.now())
