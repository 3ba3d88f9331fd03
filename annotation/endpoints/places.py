"""How many requests each worker may have in flight, so that all together keep to the endpoint's limit.

A place is an advisory lock of PostgreSQL: whoever dies, on whichever machine, has given it back with its
connection. Workers at the same endpoint see one another by another lock, and share evenly.
"""

from types import TracebackType
from typing import Self

from django.db import connection

from annotation.models import Endpoint
from annotation.serving.endpoint import MOST_PARALLEL

PRESENT, PLACE = 0x57EA, 0x57EB
"""Classes of advisory locks."""

COUNT = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# One that nobody has taken for so long waits for a writer that is not there.
AWAITED = """
    SELECT count(*) FROM annotation_continuation c
    JOIN annotation_solution s ON s.id = c.solution_id JOIN annotation_project p ON p.id = s.project_id
    WHERE c.over_at IS NULL AND c.is_urgent AND c.due_at > now() - interval '30 seconds' AND p.writer_id = %s
"""


class Places:
    """A context manager, which one worker has at a time. `held` are the places it has."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.held: list[int] = []

    def __enter__(self) -> Self:
        call("SELECT pg_advisory_lock_shared(%s, %s)", PRESENT, self.endpoint.pk)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if connection.is_usable():  # otherwise they are gone with it
            self.shrink_to(0)
            call("SELECT pg_advisory_unlock_shared(%s, %s)", PRESENT, self.endpoint.pk)

    def share(self) -> int:
        """How many this worker should have, with as many workers as there are now.

        A place is kept free while a labeler waits for what the endpoint writes, also if it is the only one.
        """
        workers = max(1, call(COUNT, PRESENT, self.endpoint.pk))
        if call(AWAITED, self.endpoint.pk):
            return (self.endpoint.parallel - 1) // workers
        return max(1, self.endpoint.parallel // workers)

    def shrink_to(self, places: int) -> None:
        """After as many requests have ended."""
        while len(self.held) > places:
            call("SELECT pg_advisory_unlock(%s, %s)", PLACE, self.lock(self.held.pop()))

    def grow_to(self, places: int) -> int:
        """Take free places. Returns how many are held."""
        for place in range(self.endpoint.parallel):
            if len(self.held) >= places:
                break
            if place not in self.held and call("SELECT pg_try_advisory_lock(%s, %s)", PLACE, self.lock(place)):
                self.held.append(place)
        return len(self.held)

    def lock(self, place: int) -> int:
        return (self.endpoint.pk * MOST_PARALLEL + place) % 2**31


def call(sql: str, *values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0] or 0)
