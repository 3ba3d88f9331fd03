"""Child processes and what they cost: wall time, peak memory, CPU time."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(RuntimeError):
    """The run cannot go on; the message says why."""


@dataclass(frozen=True)
class Finished:
    """`seconds` of wall time from start to end; `peak_rss` in bytes."""

    seconds: float
    peak_rss: int
    output: str


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Finished:
    """Run a program to its end. Raises `BenchError` with its last words when it fails.

    Linux counts the memory of this process into a child's peak until the child's program is loaded, so
    the peak is right as long as it is above what the bench itself takes (about 60 MB).
    """
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(arguments, env=environment, cwd=folder, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            raise BenchError(f"{' '.join(arguments[1:4])} ended with {child.returncode}: {errors.read()[-800:]}")
        return Finished(seconds, usage.ru_maxrss * 1024, output.read())


def parents() -> dict[int, int]:
    """Each process of this machine with its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := stat_of(int(entry.name))):
            found[int(entry.name)] = int(fields[1])
    return found


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty when the process has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def family(*roots: int) -> set[int]:
    """The processes and all that descend from them."""
    of, members, size = parents(), set(roots), 0
    while len(members) > size:
        size = len(members)
        members |= {pid for pid, parent in of.items() if parent in members}
    return members


def cpu_seconds(*roots: int) -> float:
    """CPU time, user and system, of the processes and their descendants, ended ones included."""
    ticks = 0
    for pid in family(*roots):
        ticks += sum(map(int, stat_of(pid)[11:15]))
    return ticks / CLOCK_TICKS


def busy_seconds() -> float:
    """CPU time that all cores of this machine have spent on anything since it started."""
    user, nice, system, _, _, irq, softirq, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, softirq))) / CLOCK_TICKS


class Others:
    """What else the machine is doing, from the moment this is made: beside this process and a database server."""

    def __init__(self, postmaster: int) -> None:
        self.own = (os.getpid(), postmaster)
        self.began = time.monotonic()
        self.before = self._spent()

    @property
    def cores(self) -> float:
        """How many cores, on average, worked for other processes."""
        return max(0.0, self._spent() - self.before) / (time.monotonic() - self.began)

    def _spent(self) -> float:
        return busy_seconds() - cpu_seconds(*self.own)
