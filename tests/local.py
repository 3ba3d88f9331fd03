"""Small helpers around servers on this machine."""

import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[1]
NO_PROXY = urllib.request.ProxyHandler({})
DIRECT = urllib.request.build_opener(NO_PROXY)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        DIRECT.open(url, timeout=2).close()
    except (URLError, OSError):
        return False
    return True


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"this did not become true in {seconds} s")
