"""Strict parsers for environment variables: a value that is not understood stops the start, by name."""

import base64
import logging
import os
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict


class BadSetting(SystemExit):
    """A setting cannot be used; the message names the variable and what it takes."""

    def __init__(self, name: str, takes: str) -> None:
        super().__init__(f"{name} is not set right: it takes {takes}.")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in {"", "0", "1", "true", "false"}:
        return default if not value else value in {"1", "true"}
    raise BadSetting(name, "1, 0, true or false")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting(name, f"a whole number from {least} to {most}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def is_fernet_key(text: str) -> bool:
    """32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(text.encode())) == 32
    except ValueError:
        return False


POSTGRESQL = "postgresql://user:password@host:port/database, special characters as %40 and the like"
REDIS = "redis://:password@host:port/0 (or rediss://), special characters as %40 and the like"


def database(url: str) -> dict[str, Any]:
    """A PostgreSQL URL as Django's `DATABASES` entry; what the URL adds (sslmode ...) goes to psycopg."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadSetting("DATABASE_URL", "a URL that begins with postgresql://")
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except Exception as error:
        raise BadSetting("DATABASE_URL", POSTGRESQL) from error
    if not parts.get("dbname") or "@" in parts["dbname"]:  # the rest of a password with a / in it
        raise BadSetting("DATABASE_URL", POSTGRESQL)
    return {
        "ENGINE": "annotation.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def redis(url: str) -> str:
    """A Redis URL as Celery takes it. Its form is looked at here, for Celery guesses at what it cannot read."""
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise BadSetting("REDIS_URL", REDIS) from error
    number = parts.path.removeprefix("/")
    is_fine = is_server and (not number or (number.isascii() and number.isdigit()))
    if parts.fragment or not (is_fine or (parts.scheme == "redis+socket" and number)):
        raise BadSetting("REDIS_URL", REDIS)
    return url


class Calm(logging.Filter):
    """Leaves the traceback away where a request was refused: what is wrong is with the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True
