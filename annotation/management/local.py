"""Asking the web server of this machine, past any proxy that the environment names."""

import urllib.request
from urllib.error import URLError

from django.conf import settings


def is_ready(host: str = "") -> bool:
    """Whether `/readyz` answers on this machine's port; `host` is the name to ask for, where names are checked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://127.0.0.1:{settings.PORT}/readyz")
    if host:
        request.add_header("Host", host)
    try:
        opener.open(request, timeout=4).close()
    except (URLError, OSError):
        return False
    return True
