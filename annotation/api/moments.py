"""Moments in a query, which may be whole days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

DATE_OR_TIME = {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}


@extend_schema_field(DATE_OR_TIME)
class MomentField(serializers.DateTimeField):
    """A moment; a day alone stands for its beginning in UTC, or with `ends_day` for its end, as on the boards."""

    def __init__(self, *, ends_day: bool = False, **more: Any) -> None:
        self.ends_day = ends_day
        super().__init__(**more)

    def to_internal_value(self, value: datetime | str) -> datetime:
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return super().to_internal_value(value)
        if self.ends_day and day == date.max:
            self.fail("overflow")
        return datetime.combine(day + timedelta(days=self.ends_day), time.min, tzinfo=UTC)
