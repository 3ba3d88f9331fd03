"""Holding the embedded servers: they run at least as long as this process needs them."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotation.embedded import postgres, valkey
from annotation.embedded.home import Home
from annotation.embedded.locks import is_free, try_lock

READY_SECONDS = 90.0
GONE_SECONDS = 30.0
CODE = Path(__file__).resolve().parent.parent.parent


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run; the message says why and what to do."""


class Hold:
    """A hold on the servers of one home; `ensure()` brings them back if their keeper was killed."""

    def __init__(self, home: Home, users: IO[str]) -> None:
        self.home = home
        self.users = users

    def ensure(self) -> None:
        """Start the keeper if there is none, and return when both servers answer."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if is_free(self.home.keeper_lock):
                self.home.make_folders()
                start_keeper(self.home)
            if self.home.failure.exists():
                raise EmbeddedError(self.home.failure.read_text())
            if time.monotonic() > deadline:
                seconds = f"{READY_SECONDS:.0f} s"
                raise EmbeddedError(f"the embedded servers did not start in {seconds}; see {self.home.logs}")
            time.sleep(0.03)

    def is_ready(self) -> bool:
        is_kept = not is_free(self.home.keeper_lock)
        return is_kept and postgres.answers(self.home) and valkey.answers(self.home)

    def release(self) -> None:
        """Let go. The last holder waits until the servers have stopped."""
        last = try_lock(self.users)
        fcntl.flock(self.users, fcntl.LOCK_UN)
        deadline = time.monotonic() + GONE_SECONDS
        while last and not is_free(self.home.keeper_lock) and time.monotonic() < deadline:
            time.sleep(0.03)


def start_keeper(home: Home) -> None:
    """Start a keeper, which leaves this process at once; if there is one already, the new one ends."""
    home.failure.unlink(missing_ok=True)
    with (home.logs / "keeper.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "annotation.embedded.keeper", str(home.data)],
            cwd=CODE,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )


holds: list[Hold] = []


def current_hold() -> Hold | None:
    """The hold of this process, for those who want the servers back should they be killed."""
    return holds[-1] if holds else None


@contextmanager
def held(home: Home | None) -> Iterator[Hold | None]:
    """Have both servers running inside the block; with no home, other servers are named and nothing is done.

    Raises `EmbeddedError` when they cannot start.
    """
    if home is None:
        yield None
        return
    try:
        home.make_folders()
    except OSError as error:
        raise EmbeddedError(f"cannot use {home.data} for the data: {error}") from error
    with home.users_lock.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        hold = Hold(home, users)
        holds.append(hold)
        try:
            hold.ensure()
            yield hold
        finally:
            holds.remove(hold)
            hold.release()
