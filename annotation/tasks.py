"""All Celery tasks. A message is only a nudge: the rows say what waits, and the sweep finds them again."""

import logging

from django.db import OperationalError, transaction

from annotation import importing, outage
from annotation.celery import app
from annotation.sessions import SessionStore

log = logging.getLogger(__name__)


@app.task
def load(run: int) -> None:
    importing.load_upload(run)


@app.task
def sweep() -> None:
    """Forget sessions that are over, and take up what lost its message or its worker.

    With the database away, the next sweep looks again.
    """
    try:
        SessionStore.clear_expired()
        left = importing.take_up_left_runs()
    except OperationalError as error:
        log.warning("nothing could be swept: %s", outage.why(error))
        return
    for run in left:
        load.delay(run)


def nudge_load(run: int) -> None:
    """Tell a worker after the commit. With Redis away nothing is lost: the sweep comes by."""

    def tell() -> None:
        try:
            load.delay(run)
        except load.OperationalError as error:
            log.warning("no worker could be told of load run %s: %s", run, error)

    transaction.on_commit(tell)
