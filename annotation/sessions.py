"""Sessions in the database, whose keys are looked up only when they can be keys."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(DatabaseStore):
    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and KEY.fullmatch(str(key)) is not None
