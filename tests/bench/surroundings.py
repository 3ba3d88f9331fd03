"""What else bears on the figures: other work on this machine, and how fast its cores and its memory are just now.

All change from one minute to the next on a machine that is shared: the same loop may take twice as long when the
host runs another machine on the sibling core, and memory that the host has taken back costs ten times as much to
touch first as memory that is there. Compare runs by these lines first.
"""

import mmap
import os
import time
from pathlib import Path

from tests.bench.processes import CLOCK_TICKS, cpu_seconds

ADDITIONS = 1_000_000
FRESH = 256 << 20
"""Bytes."""


class Surroundings:
    """From the moment this is made. `postmaster` is the database server that works for this process."""

    def __init__(self, postmaster: int) -> None:
        self.own = (os.getpid(), postmaster)
        self.loop = loop_seconds()
        self.fresh = fresh_seconds()
        self.began = time.monotonic()
        self.before = self._spent_by_others()

    def describe(self, *, knows_others: bool) -> str:
        """`knows_others` is false where some of our own helpers have ended without a trace."""
        spent, wall = self._spent_by_others() - self.before, time.monotonic() - self.began
        loops = sorted([self.loop, loop_seconds()])
        speed = f"a million additions in Python: {loops[0] * 1000:.0f} to {loops[1] * 1000:.0f} ms"
        fresh = sorted([self.fresh, fresh_seconds()])
        speed += f"; a GiB of fresh memory: {fresh[0]:.1f} to {fresh[1]:.1f} s"
        return f"other work: {max(0.0, spent) / wall:.1f} cores; {speed}" if knows_others else speed

    def _spent_by_others(self) -> float:
        return busy_seconds() - cpu_seconds(*self.own)


def busy_seconds() -> float:
    """CPU time that all cores of this machine have spent on anything since it started."""
    user, nice, system, _, _, irq, softirq, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, softirq))) / CLOCK_TICKS


def loop_seconds() -> float:
    """CPU time of a fixed loop, the best of five."""
    return min(one_loop() for _ in range(5))


def one_loop() -> float:
    began, total = time.thread_time(), 0
    for number in range(ADDITIONS):
        total += number
    return time.thread_time() - began


def fresh_seconds() -> float:
    """How long it takes to touch each page of new memory first, in seconds a GiB."""
    with mmap.mmap(-1, FRESH) as fresh:
        began = time.perf_counter()
        for page in range(0, FRESH, mmap.PAGESIZE):
            fresh[page] = 1
        return (time.perf_counter() - began) * (1 << 30) / FRESH
