"""Who is signed in: asked at each request, so said in SQL once instead of composed each time."""

import re
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection

from annotation.models import ApiToken, User
from annotation.models.people import digest_of

KEY = re.compile(r"[a-z0-9]{8,40}")
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
USER = f"SELECT * FROM {User._meta.db_table} WHERE id = %s AND is_active"
OF_TOKEN = f"""
    SELECT u.* FROM {User._meta.db_table} u JOIN {ApiToken._meta.db_table} t ON t.user_id = u.id
    WHERE t.digest = %s AND u.is_active
"""


class SessionStore(DatabaseStore):
    """Sessions in the database, whose keys are looked up only when they can be keys."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and KEY.fullmatch(str(key)) is not None

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(SESSION, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class Backend(ModelBackend):
    """Email and password; a closed account is signed out at once."""

    def get_user(self, user_id: int) -> User | None:
        return next(iter(User.objects.raw(USER, [user_id])), None)


def user_with(token: str) -> User | None:
    """Whose API token this is."""
    return next(iter(User.objects.raw(OF_TOKEN, [digest_of(token)])), None)
