"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
UNPRIVILEGED = 65534


def die_with_parent(signum: int) -> None:
    """Ask Linux to send this process `signum` when the thread that started it ends; elsewhere do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum)


def bound_child(signum: int) -> Callable[[], None]:
    """A `preexec_fn` for a child that gets `signum` when its parent dies, whatever the parent died of."""
    parent = os.getpid()

    def prepare() -> None:
        die_with_parent(signum)
        if os.getppid() != parent:  # it died between fork and here
            os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def start_child(command: Sequence[str | Path], log: Path, prepare: Callable[[], None]) -> subprocess.Popen[bytes]:
    """Start it; what it says is added to `log`."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            preexec_fn=prepare,  # noqa: PLW1509 (the keeper has one thread)
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )


def comes_up(
    server: subprocess.Popen[bytes], answers: Callable[[], bool], seconds: float, name: str, log: Path
) -> bool:
    """Whether the server answers queries; False when it ended instead, as it may just after a kill -9."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return False
        if answers():
            return True
        time.sleep(0.02)
    raise RuntimeError(f"{name} did not answer in {seconds:.0f} s; see {log}")


def appear_unprivileged() -> None:
    """Make this process see itself as nobody, in a user namespace of its own; its files stay the caller's.

    PostgreSQL refuses to run as root. This needs no system user, no chown and no chmod.

    Raises `OSError` where the system does not allow user namespaces.
    """
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are closed on this system")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{UNPRIVILEGED} {uid} 1"),
        ("gid_map", f"{UNPRIVILEGED} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 (runs between fork and exec)
            file.write(line)


def is_running(pid: int) -> bool:
    """Whether `pid` is alive; a zombie waiting to be reaped is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return sys.platform != "linux"
