"""Why the database cannot be reached, in a sentence for people."""

from django.db import Error, OperationalError, connection


def why(error: Error) -> str:
    """What the driver says, on one line and once: it may say it for each address and for each attempt at TLS."""
    lines = str(error).removeprefix("connection failed: ").splitlines()
    return "; ".join(dict.fromkeys(line.strip() for line in lines if line.strip()))


def why_unreachable() -> str:
    """Try to connect; why it failed, or nothing."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return why(error)
    return ""
