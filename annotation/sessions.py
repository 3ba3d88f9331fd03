"""Who is signed in: asked at each request, so said in SQL once instead of composed each time.

The session and its person come in one statement. Django's own rules decide whether the person is signed in by it.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.db.models import DateTimeField
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from annotation.models import ApiToken, Session, User
from annotation.models.people import digest_of

KEY = re.compile(r"[a-z0-9]{8,40}")
FIELDS = [field for field in User._meta.concrete_fields if not isinstance(field, DateTimeField)]
"""What a request wants to know of a person. When they came is loaded where it is asked for."""
PERSON = ", ".join(f"u.{field.column}" for field in FIELDS)
SESSION = f"""
    SELECT s.session_data, {PERSON} FROM {Session._meta.db_table} s
    LEFT JOIN {User._meta.db_table} u ON u.id = s.user_id AND u.is_active
    WHERE s.session_key = %s AND s.expire_date > now()
"""
OF_ID = f"SELECT {PERSON} FROM {User._meta.db_table} u WHERE u.id = %s AND u.is_active"
# When a token was used is written at most once an hour.
OF_TOKEN = f"""
    WITH token AS (
        SELECT id, user_id, coalesce(used_at < now() - interval '1 hour', true) AS is_due
        FROM {ApiToken._meta.db_table} WHERE digest = %s
    ), used AS (
        UPDATE {ApiToken._meta.db_table} t SET used_at = now() FROM token WHERE t.id = token.id AND token.is_due
    )
    SELECT {PERSON} FROM {User._meta.db_table} u JOIN token t ON t.user_id = u.id WHERE u.is_active
"""


def row_of(statement: str, value: str | int | None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def person_in(row: Sequence[Any] | None) -> User | None:
    """From the values of `FIELDS`; None where there is none, as an outer join has it."""
    if row is None or row[0] is None:
        return None
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(FIELDS, row, strict=True)
    ]
    return User.from_db(connection.alias, [field.attname for field in FIELDS], values)


class SessionStore(DatabaseStore):
    """Sessions in the database, whose keys are looked up only when they can be keys."""

    person: User | None = None
    """Whose session it is, as it was loaded."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made = cast("Session", super().create_model_instance(data))
        made.user_id = data.get(SESSION_KEY)
        return made

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and KEY.fullmatch(str(key)) is not None

    def load(self) -> dict[str, Any]:
        row = row_of(SESSION, self.session_key)
        if row is None:
            self._session_key = None
            return {}
        self.person = person_in(row[1:])
        return self.decode(row[0])


class Backend(ModelBackend):
    """Email and password; a closed account is signed out at once."""

    def get_user(self, user_id: int) -> User | None:
        return person_in(row_of(OF_ID, user_id))


class Signing(AuthenticationMiddleware):
    """`request.user`, who came with the session wherever that is in order; else Django looks."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        person = SimpleLazyObject(lambda: signed_in(request.session) or auth.get_user(request))
        request.user = cast("User", person)


def signed_in(session: Any) -> User | None:
    """The person of the session, when all that Django asks for holds."""
    is_theirs = session.get(BACKEND_SESSION_KEY) == f"{__name__}.{Backend.__name__}"  # loads it
    person: User | None = session.person
    if not is_theirs or person is None or session.get(SESSION_KEY) != str(person.pk):
        return None
    return person if constant_time_compare(session[HASH_SESSION_KEY], person.get_session_auth_hash()) else None


def user_with(token: str) -> User | None:
    """Whose API token this is."""
    return person_in(row_of(OF_TOKEN, digest_of(token)))
