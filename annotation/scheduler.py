"""Celery's scheduler, which leaves a trace whenever it could tell the workers something."""

from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings


class TracingScheduler(PersistentScheduler):
    def apply_async(self, *arguments: Any, **more: Any) -> Any:
        """Raises Celery's `SchedulingError` when Redis does not take the message; there is no new trace then."""
        told = super().apply_async(*arguments, **more)
        settings.SCHEDULER_TRACE.touch()
        return told
