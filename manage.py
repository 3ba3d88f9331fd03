#!/usr/bin/env python
"""Every command of Stepmark. The embedded servers run while it does, unless other servers are named."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotation.settings")
    try:
        import django  # noqa: F401, PLC0415
    except ImportError:
        return fail("Django is not installed for this Python; run `make setup`, then .venv/bin/python manage.py")
    from annotation import settings  # noqa: PLC0415
    from annotation.embedded import EmbeddedError, held  # noqa: PLC0415

    try:
        with held(settings.EMBEDDED):
            return run(sys.argv)
    except EmbeddedError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 130


def run(words: list[str]) -> int:
    """Run a command. A database that cannot be reached is an operator's matter: a sentence, no traceback."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import OperationalError  # noqa: PLC0415

    try:
        execute_from_command_line(words)
    except OperationalError:
        from annotation import outage  # noqa: PLC0415

        if not (reason := outage.why_unreachable()):
            raise
        return fail(f"the database cannot be reached: {reason}")
    return 0


def fail(message: str) -> int:
    print(f"stepmark: {message}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
