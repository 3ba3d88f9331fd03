"""Celery's scheduler, which leaves a trace whenever it could tell the workers something."""

import logging

from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from django.conf import settings
from kombu import Producer

log = logging.getLogger(__name__)


class TracingScheduler(PersistentScheduler):
    def apply_entry(self, entry: ScheduleEntry, producer: Producer | None = None) -> None:
        """Tell the workers what is due. Where Redis does not take it, a line says so, and the next time comes."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            log.warning("%s", error)
        else:
            settings.SCHEDULER_TRACE.touch()
