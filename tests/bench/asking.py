"""A scoring run over a local endpoint, beside that endpoint's own throughput, and the memory of the worker."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.figures import Outcome, Table, Target, whole
from tests.bench.installation import CODE, Installation
from tests.bench.selecting import said
from tests.bench.sizes import Sizes
from tests.local import free_port

PROJECT = "asked"
WANTED = 0.8
PARALLEL = 64
MEGABYTE = 2**20
GROWTH = 1.1
"""The worker's memory at the end, at most so many times that after a fifth of the run."""


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    count = min(100_000, sizes.crowd_queue)
    with model() as url:
        found = dict(said(installation, f"play({PROJECT!r}, {count}, {url!r})", module="asked"))
    run = json.loads(found["run"])
    outcome = Outcome()
    outcome.expect("solutions scored", run["scored"], count)
    memory = [f"{run[when] / MEGABYTE:.0f}" for when in ("early", "late")]
    rows = [
        ("bare client", whole(run["bare"]), "", ""),
        ("scoring run, one worker", whole(run["rate"]), *memory),
    ]
    columns = (f"{whole(count)} solutions, {PARALLEL} in flight", "solutions/s", "MB early", "MB at the end")
    outcome.tables.append(Table("Scores from an endpoint", columns, rows, NOTES))
    share, growth = run["rate"] / run["bare"], run["late"] / run["early"]
    name = "scoring over an endpoint, share of its own throughput"
    outcome.targets.append(Target(name, ">= 80 %", f"{100 * share:.0f} %", share >= WANTED))
    name = "memory of that worker at the end, by that after a fifth"
    outcome.targets.append(Target(name, f"< {GROWTH}", f"{growth:.2f}", growth < GROWTH))
    return outcome


@contextmanager
def model() -> Iterator[str]:
    """A model server that takes 50 ms for each solution, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.serving.scripted", str(port)]
    with subprocess.Popen(command, cwd=CODE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}/slow"
        finally:
            process.terminate()


NOTES = (
    "The endpoint takes 50 ms for a solution. Client, endpoint and PostgreSQL share the machine.",
    "Bare: the same requests by aiohttp alone, as many in flight, nothing stored.",
)
