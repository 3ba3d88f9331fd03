"""The breaker of an endpoint as a row that all workers share (`serving.retrying.Breaker` has its rules)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, transaction

from annotation.models import Endpoint
from annotation.serving.retrying import Breaker


def wait(endpoint: Endpoint) -> float:
    """Seconds until somebody may call; 0 for now. Changes nothing."""
    return breaker_of(Endpoint.objects.get(pk=endpoint.pk)).wait(database_time())


@transaction.atomic
def ask(endpoint: Endpoint) -> tuple[bool, bool]:
    """Whether the caller may call, and whether only once: as the probe of an endpoint that was left alone."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    before = breaker_of(row)
    may, after = before.asked(database_time())
    keep(row, before, after)
    return may, after.is_open


@transaction.atomic
def tell(endpoint: Endpoint, went_well: Iterable[bool]) -> Breaker:
    """What came of calls, in their order; False is a transient failure."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    before = after = breaker_of(row)
    for well in went_well:
        after = after.succeeded() if well else after.failed(database_time())
    keep(row, before, after)
    return after


def breaker_of(row: Endpoint) -> Breaker:
    return Breaker(row.failures, row.opened_at.timestamp() if row.opened_at else None, row.is_probing)


def keep(row: Endpoint, before: Breaker, after: Breaker) -> None:
    if after == before:
        return
    row.failures, row.is_probing = after.failures, after.probing
    row.opened_at = None if after.opened_at is None else datetime.fromtimestamp(after.opened_at, UTC)
    row.save(update_fields=["failures", "opened_at", "is_probing"])


def database_time() -> float:
    """Unix time by the one clock that all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        (seconds,) = cursor.fetchone()
    return float(seconds)
