"""Who is signed in: asked at each request, so said in SQL once instead of composed each time."""

import re
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection

from annotation.models import User

KEY = re.compile(r"[a-z0-9]{8,40}")
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
FIELDS = [field.attname for field in User._meta.concrete_fields]
USER = f"SELECT {', '.join(FIELDS)} FROM {User._meta.db_table} WHERE id = %s AND is_active"


class SessionStore(DatabaseStore):
    """Sessions in the database, whose keys are looked up only when they can be keys."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and KEY.fullmatch(str(key)) is not None

    def load(self) -> dict[str, Any]:
        row = one(SESSION, self.session_key)
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class Backend(ModelBackend):
    """Email and password; a closed account is signed out at once."""

    def get_user(self, user_id: int) -> User | None:
        row = one(USER, user_id)
        return None if row is None else User.from_db(connection.alias, FIELDS, row)


def one(statement: str, key: str | int | None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
