"""What a manager does with runs."""

from django.db import transaction
from django.db.models.functions import Now

from annotation import audit
from annotation.models import Endpoint, Project, Run, RunItem, Scorer, User

State = Run.State

CHANGES = {
    "pause": ((State.RUNNING,), State.PAUSED),
    "resume": ((State.PAUSED, State.CANCELLED), State.RUNNING),
    "cancel": (Run.OPEN, State.CANCELLED),
}


@transaction.atomic
def start(
    *,
    project: Project,
    actor: User | None,
    kind: Run.Kind,
    scorer: Scorer | None = None,
    endpoint: Endpoint | None = None,
    **settings: object,
) -> Run:
    """A run that waits for a worker, who writes its items down. Tell one afterwards (`tasks.nudge_run`)."""
    run = Run.objects.create(
        project=project, actor=actor, kind=kind, scorer=scorer, endpoint=endpoint, settings=settings
    )
    audit.record(actor, f"start {kind} run", run, project=project, **settings)
    return run


@transaction.atomic
def change(*, run: Run, actor: User | None, how: str) -> bool:
    """`how` is one of `CHANGES`. What a worker has at hand it still finishes. False when nothing changed."""
    before, after = CHANGES[how]
    values = {"state": after, "note": "", "ended_at": Now() if after is State.CANCELLED else None}
    if not Run.objects.filter(pk=run.pk, state__in=before).update(**values):
        return False
    audit.record(actor, f"{how} run", run, project=run.project)
    return True


@transaction.atomic
def try_again(*, run: Run, actor: User | None) -> int:
    """Give the dead items of the run new attempts. Returns how many."""
    revived = RunItem.objects.filter(run=run, is_dead=True).update(is_dead=False, attempts=0, due_at=Now())
    if revived:
        Run.objects.filter(pk=run.pk, state=State.DONE).update(state=State.RUNNING, ended_at=None)
        audit.record(actor, "try dead items again", run, project=run.project, items=revived)
    return revived
