"""The statements of a load: look up a thousand keys at once, reserve ids, COPY.

COPY into tables whose ids are reserved beforehand is the fastest way in that keeps every constraint.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import sql


def copy_rows(
    cursor: CursorWrapper, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Append rows to the model's table; the constraints of the table hold as for INSERT."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    with cursor.copy(statement) as copy:
        copy.set_types(column_types(model, columns))
        for row in rows:
            copy.write_row(row)


def column_types(model: type[Model], columns: Sequence[str]) -> list[str]:
    """The PostgreSQL types of the columns, as binary COPY wants them said."""
    types = {field.column: field.db_type(connection) or "" for field in model._meta.concrete_fields}
    return [plain_type(types[column]) for column in columns]


def plain_type(name: str) -> str:
    return name.split("(", maxsplit=1)[0].replace("varchar", "text")


def reserve_ids(cursor: CursorWrapper, model: type[Model], count: int) -> list[int]:
    """`count` ids of the model's table, ascending, that nobody else will get."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [model._meta.db_table, count],
    )
    return [row[0] for row in cursor.fetchall()]


def find_ids(
    cursor: CursorWrapper, model: type[Model], project: int, column: str, values: Sequence[Any]
) -> dict[Any, int]:
    """The id of the first row of the project for each value of the column that is there."""
    if not values:
        return {}
    query = sql.SQL("SELECT {0}, min(id) FROM {1} WHERE project_id = %s AND {0} = ANY(%s) GROUP BY {0}").format(
        sql.Identifier(column), sql.Identifier(model._meta.db_table)
    )
    cursor.execute(query, [project, list(values)])
    return dict(cursor.fetchall())
