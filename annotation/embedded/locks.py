"""File locks that the kernel drops when their holder ends."""

import fcntl
from pathlib import Path
from typing import IO


def try_lock(file: IO[str]) -> bool:
    """Take an exclusive lock on `file` if nobody else has one."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(lock: Path) -> bool:
    """Whether no process holds `lock`."""
    with lock.open("a") as file:
        return try_lock(file)
