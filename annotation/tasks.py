"""All Celery tasks. A message is only a nudge: the rows say what waits, and the sweep finds them again."""

import logging
from typing import ParamSpec

from celery import Task
from django.db import OperationalError, transaction

from annotation import importing, outage, overlap, runs, sampling, writing
from annotation.celery import app
from annotation.grading import grades
from annotation.learning import watching
from annotation.models import Run
from annotation.scoring import training, working
from annotation.sessions import SessionStore

P = ParamSpec("P")
log = logging.getLogger(__name__)


@app.task
def load(run: int) -> None:
    importing.load_upload(run)


WORKS = {
    Run.Kind.GRADE: grades.work,
    Run.Kind.TRAIN: training.work,
    Run.Kind.SCORE: working.work,
    Run.Kind.SAMPLE: sampling.work,
}
MESSAGES = 2
"""How many workers are told of a run at first; the sweep tells one more whenever nobody is at it."""


@app.task
def advance(run: int) -> None:
    """Work on a run until others have, or nobody can do, what is left of it."""
    found = Run.objects.get(pk=run)
    for _ in WORKS[Run.Kind(found.kind)](found):
        continue


@app.task(queue="live")
def write() -> None:
    """Write what labelers wait for. Its worker does nothing else: nobody waits behind a long run."""
    for _ in writing.work():
        continue


@app.task
def watch(project: int) -> None:
    """Look at the labelers of a project who have submitted something lately."""
    watching.watch(project)


@app.task
def ask_more(project: int) -> None:
    """Ask for one more annotation of what is unclear in a project."""
    overlap.ask(project)


@app.task
def sweep() -> None:
    """Forget sessions that are over, and take up what lost its message or its worker.

    With the database away, the next sweep looks again.
    """
    try:
        SessionStore.clear_expired()
        left = importing.take_up_left_runs()
        idle = runs.left()
        is_awaited = writing.are_due()
        watched = watching.due()
        unclear = overlap.due()
    except OperationalError as error:
        log.warning("nothing could be swept: %s", outage.why(error))
        return
    for run in left:
        load.delay(run)
    for run in idle:
        advance.delay(run)
    for project in watched:
        watch.delay(project)
    for project in unclear:
        ask_more.delay(project)
    if is_awaited:
        write.delay()


def nudge_load(run: int) -> None:
    nudge(load, run)


def nudge_run(run: int) -> None:
    for _ in range(MESSAGES):
        nudge(advance, run)


def nudge_overlap(project: int) -> None:
    nudge(ask_more, project)


def nudge_writer() -> None:
    nudge(write)


def nudge(task: Task[P, None], *arguments: P.args, **names: P.kwargs) -> None:
    """Tell a worker after the commit. With Redis away nothing is lost: the sweep comes by."""

    def tell() -> None:
        try:
            task.delay(*arguments, **names)
        except task.OperationalError as error:
            log.warning("no worker could be told of %s %s: %s", task.name, arguments, error)

    transaction.on_commit(tell)
