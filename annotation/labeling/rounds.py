"""Practice and screening: each labeler gets each solution of the set, beside the queue.

Their tasks are shared by all labelers and want EVERYBODY; whoever comes to one gets a place of their own in it.
A second try is a task of its own: `repeat` counts it, as everywhere.
"""

from uuid import uuid4

from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils import timezone

from annotation.labeling.halts import ScreeningFailed
from annotation.labeling.leasing import renew
from annotation.labeling.rows import one
from annotation.learning import course, gold
from annotation.learning.quality import Agreement
from annotation.learning.standing import State, standing_of
from annotation.models import EVERYBODY, LEASE, Lease, Membership, Round, Stage

SCREENING_GENERATION = -1

NEXT = """
    SELECT given.solution
    FROM annotation_round r, unnest(r.solutions) WITH ORDINALITY AS given (solution, place)
    WHERE r.id = %(round)s AND NOT EXISTS (
        SELECT FROM annotation_annotation a
        WHERE a.round_id = r.id AND a.solution_id = given.solution AND a.submitted_at IS NOT NULL)
    ORDER BY given.place LIMIT 1
"""

BEGUN = LEASE.format(annotations="annotation_annotation") + (
    "WHERE a.round_id = %(round)s AND a.solution_id = %(solution)s AND a.submitted_at IS NULL"
)

# The task keeps its row locked until the commit, so that two labelers never take the same slot.
TASK = """
    INSERT INTO annotation_task
        (project_id, solution_id, generation, is_quality_control, is_screening, is_practice, repeat, wanted,
         priority, reason, is_open)
    VALUES (%(project)s, %(solution)s, %(generation)s, false, %(screening)s, NOT %(screening)s, %(number)s,
            %(everybody)s, 0, %(stage)s, false)
    ON CONFLICT ON CONSTRAINT task_once DO UPDATE SET wanted = EXCLUDED.wanted
    RETURNING id
"""
TAKE = """
    WITH taken AS (
        INSERT INTO annotation_place (task_id, slot, wanted, labeler_id, leased_at, expires_at)
        SELECT %(task)s, (SELECT coalesce(max(slot) + 1, 0) FROM annotation_place WHERE task_id = %(task)s),
               %(everybody)s, m.id, now(), now() + make_interval(mins => p.lease_minutes)
        FROM annotation_membership m JOIN annotation_project p ON p.id = m.project_id
        WHERE m.id = %(labeler)s
        RETURNING task_id
    ), begun AS (
        INSERT INTO annotation_annotation
            (project_id, task_id, solution_id, labeler_id, round_id, token, started_at, touched_at)
        SELECT t.project_id, t.id, t.solution_id, %(labeler)s, %(round)s, %(token)s, now(), now()
        FROM taken JOIN annotation_task t ON t.id = taken.task_id
        RETURNING *
    )
""" + LEASE.format(annotations="begun")


@transaction.atomic
def begin_due(*, labeler: int) -> int | None:
    """Begin the practice or screening that is due; None for who may work. Locks the membership.

    Raises `ScreeningFailed`.
    """
    member = locked(labeler)
    open_round = round_at_hand(member)
    if open_round is not None:
        return open_round.pk
    found = standing_of(member)
    if found.state == State.FAILED:
        raise ScreeningFailed(found.until)
    due = {State.PRACTISING: Stage.PRACTICE, State.SCREENING: Stage.SCREENING}.get(found.state)
    return begin(member, due) if due else None


@transaction.atomic
def practise_again(*, labeler: int) -> None:
    """Begin the practice once more, unless a round is at hand already. Locks the membership."""
    member = locked(labeler)
    open_round = round_at_hand(member)
    if open_round is not None:
        if next_in(open_round) is not None:
            return
        end(open_round)
    begin(member, Stage.PRACTICE)


def next_in(found: Round) -> int | None:
    """The solution of this round to be done next; None when all of them are, or the round was ended."""
    row = one(NEXT, {"round": found.pk}) if found.ended_at is None else None
    return row[0] if row else None


def locked(labeler: int) -> Membership:
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    return members.get(pk=labeler)


def round_at_hand(member: Membership) -> Round | None:
    return Round.objects.filter(labeler=member, ended_at=None).first()


def begin(member: Membership, stage: Stage) -> int | None:
    """A new round of this labeler: practice in the order of the set, the screening in one of their own."""
    items = course.items_of(member.project, stage)
    if stage == Stage.SCREENING:
        items = items.order_by(MD5(Concat(Cast("gold_id", TextField()), Value(str(member.pseudonym)))))
    solutions = list(items.values_list("gold_id", flat=True))
    if not solutions:
        return None
    number = Round.objects.filter(labeler=member, stage=stage).count()
    return Round.objects.create(labeler=member, stage=stage, number=number, solutions=solutions).pk


@transaction.atomic
def serve(*, labeler: int, round_: int) -> Lease | None:
    """The next solution of the round: the one at hand, or a new one. None when it has come to its end.

    Locks the membership, then the task.
    """
    member = locked(labeler)
    found = Round.objects.get(pk=round_)
    while (solution := next_in(found)) is not None:
        lease = at_hand(round_, solution)
        if lease is not None:
            return lease
        if next_in(found) == solution:  # or it was submitted just now, which locks no membership
            return take(member, found, solution)
    end(found)
    return None


def at_hand(round_: int, solution: int) -> Lease | None:
    row = one(BEGUN, {"round": round_, "solution": solution})
    if row is None:
        return None
    lease = Lease(*row)
    renew(lease=lease)
    return lease


def take(member: Membership, found: Round, solution: int) -> Lease:
    is_screening = found.stage == Stage.SCREENING
    values = {
        "project": member.project_id,
        "labeler": member.pk,
        "solution": solution,
        "round": found.pk,
        "number": found.number,
        "stage": found.stage,
        "screening": is_screening,
        "generation": SCREENING_GENERATION if is_screening else None,
        "everybody": EVERYBODY,
        "token": uuid4(),
    }
    task = one(TASK, values)
    assert task is not None
    row = one(TAKE, values | {"task": task[0]})
    assert row is not None
    return Lease(*row)


def end(found: Round) -> None:
    """Note that the round is over, and of a screening how it went."""
    if found.ended_at is not None:
        return
    found.ended_at = timezone.now()
    if found.stage == Stage.SCREENING:
        annotations = list(found.annotations.filter(submitted_at__isnull=False))
        total = sum(gold.agreements(annotations).values(), Agreement())
        found.right, found.judged, found.found = total.right, total.judged, total.found
        found.has_passed = total.passes(found.labeler.project.pass_percent)
    found.save()
