#!/usr/bin/env python
"""Every command of Stepmark. The embedded servers run while it does, unless other servers are named."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotation.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError:
        return fail("Django is not installed for this Python; run `make setup`, then .venv/bin/python manage.py")
    from annotation import settings  # noqa: PLC0415
    from annotation.embedded import EmbeddedError, held  # noqa: PLC0415

    try:
        with held(settings.EMBEDDED):
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def fail(message: str) -> int:
    print(f"stepmark: {message}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
