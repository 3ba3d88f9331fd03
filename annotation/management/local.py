"""Asking the parts that run on this machine."""

import time
import urllib.request
from urllib.error import URLError

from django.conf import settings

FRESH_SECONDS = 60.0
"""The scheduler has something to tell every 15 seconds (`CELERY_BEAT_SCHEDULE`)."""


def is_ready(host: str = "") -> bool:
    """Whether `/readyz` answers on this machine's port, past any proxy that the environment names.

    `host` is the name to ask for, where names are checked.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://127.0.0.1:{settings.PORT}/readyz")
    if host:
        request.add_header("Host", host)
    try:
        opener.open(request, timeout=4).close()
    except (URLError, OSError):
        return False
    return True


def is_telling() -> bool:
    """Whether this machine's scheduler has reached Redis within the last minute."""
    try:
        return time.time() - settings.SCHEDULER_TRACE.stat().st_mtime < FRESH_SECONDS
    except FileNotFoundError:
        return False
