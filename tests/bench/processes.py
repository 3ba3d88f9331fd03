"""Child processes and what they cost: wall time, peak memory, CPU time."""

import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

LOOK_SECONDS = 0.02
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
    """Run a program to its end. Raises `BenchError` with its last words when it fails."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(arguments, env=environment, cwd=folder, stdout=output, stderr=errors)
        peak_rss = watch(child.pid)
        seconds = time.perf_counter() - began
        output.seek(0)
        errors.seek(0)
        if child.wait() != 0:
            raise BenchError(f"{' '.join(arguments[1:4])} ended with {child.returncode}: {errors.read()[-800:]}")
        return Finished(seconds, peak_rss, output.read())


def watch(pid: int) -> int:
    """Wait for the end of a child; the most memory it had, in bytes, but for its last moment.

    What `wait4` tells is no use: it counts the memory of this process in, until the child's program is loaded.
    """
    ended, peak = os.pidfd_open(pid), 0
    while not select.select([ended], [], [], LOOK_SECONDS)[0]:
        peak = max(peak, peak_memory(pid))
    os.close(ended)
    return peak


def peak_memory(pid: int) -> int:
    """The most memory the program of a process has had so far, in bytes; 0 when it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


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
