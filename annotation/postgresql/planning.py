"""Statements that want a plan of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def planned_anew() -> Iterator[CursorWrapper]:
    """A cursor whose statements are planned for the values they are given, each time.

    Of one that comes again and again PostgreSQL keeps a plan for any values. At the desk that saves what planning
    takes; of a slice, which may be a thousandth of a project or all of it, it costs a multiple.
    """
    with connection.cursor() as cursor:
        link = cursor.cursor.connection
        usual, link.prepare_threshold = link.prepare_threshold, None
        try:
            yield cursor
        finally:
            link.prepare_threshold = usual
