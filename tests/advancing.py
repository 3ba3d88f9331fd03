"""Runs that are worked on, as a worker of the queue does, in this process."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from annotation import tasks
from annotation.models import Run


def after(run: Run) -> Run:
    """The run as it is once a worker had it."""
    tasks.advance(run.pk)
    return Run.objects.get(pk=run.pk)


def shared_by(workers: int, run: Run) -> Run:
    """The run as it is once so many workers had it at the same time, each with a connection of its own."""

    def work(_: int) -> None:
        try:
            tasks.advance(run.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    return Run.objects.get(pk=run.pk)
