"""Short words for the desk's statements."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def one(statement: str, values: Mapping[str, Any]) -> Row | None:
    """Run the statement and return its first row, if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: Row | None = cursor.fetchone()
    return row


def all_rows(statement: str, values: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def run(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
