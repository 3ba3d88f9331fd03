"""Bare COPY, the least PostgreSQL can be asked to do: the floor under load and export."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

BLOCK = 1 << 20  # bytes

Connection = psycopg.Connection[tuple[Any, ...]]


def copy_out(connection: Connection, query: LiteralString | sql.Composed, file: Path) -> int:
    """Write what a COPY ... TO STDOUT gives into the file; how many rows there were."""
    with connection.cursor() as cursor, file.open("wb") as target:
        with cursor.copy(query) as copy:
            for data in copy:
                target.write(data)
        return cursor.rowcount


def copy_in(connection: Connection, query: LiteralString, file: Path) -> int:
    """Feed the file to a COPY ... FROM STDIN; how many rows there were."""
    with connection.cursor() as cursor:
        with cursor.copy(query) as copy:
            for block in blocks_of(file):
                copy.write(block)
        return cursor.rowcount


def blocks_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            yield block
