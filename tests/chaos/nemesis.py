"""What happens to the product meanwhile: kill -9, always by process id, and leases that lapse."""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import psutil
import psycopg

from annotation.embedded import Home
from tests.chaos.history import History
from tests.local import answers
from tests.processes import Installation

READY_SECONDS = 10
CRASH_LOOP_SECONDS = 6
"""A worker that ends sooner makes its server end too, and that one comes back later and later."""

HELD = """
    SELECT task_id, slot FROM annotation_place
    WHERE filled_at IS NULL AND labeler_id IS NOT NULL AND random() < 0.5
"""
LAPSE = """
    UPDATE annotation_place SET expires_at = clock_timestamp() - interval '1 second'
    WHERE task_id = %s AND slot = %s AND filled_at IS NULL AND labeler_id IS NOT NULL
"""


def let_lapse(connection: psycopg.Connection[Any]) -> int:
    """The time of half of all leases is over; how many that were. The connection is to commit each statement.

    One place after the other: who locks many at once, in an order of their own, stands in everybody's way.
    """
    held = connection.execute(HELD).fetchall()
    return sum(connection.execute(LAPSE, place).rowcount for place in held)


def kill(processes: Iterable[psutil.Process]) -> int:
    """SIGKILL each; how many were still there."""
    killed = 0
    for process in list(processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            killed += 1
    return killed


def found(installation: Installation, *words: str) -> list[psutil.Process]:
    """The installation's processes whose command line starts with something that has all these words."""
    result = []
    for process in installation.processes():
        with contextlib.suppress(psutil.Error):
            if all(word in " ".join(process.cmdline()[:4]) for word in words):
                result.append(process)
    return result


def web_workers(installation: Installation) -> list[psutil.Process]:
    """The children of the web server that serve requests."""
    mains = found(installation, "manage.py web")
    pids = {process.pid for process in mains}
    top = [process for process in mains if process.ppid() not in pids]
    children = [child for process in top for child in process.children()]
    return [child for child in children if "tracker" not in " ".join(child.cmdline())]


def postgres_processes(installation: Installation) -> list[psutil.Process]:
    """The postmaster first, then everything it has started."""
    masters = found(installation, "bin/postgres", "-D")
    return [process for master in masters for process in (master, *master.children(recursive=True))]


class Nemesis(threading.Thread):
    def __init__(self, installation: Installation, seed: str, history: History) -> None:
        super().__init__(name="nemesis", daemon=True)
        self.installation = installation
        self.random = random.Random(seed)
        self.history = history
        self.stopping = threading.Event()
        self.deeds = {
            "worker": (6, self.kill_worker),
            "postgres": (2, self.kill_postgres),
            "redis": (1, self.kill_redis),
            "lapse": (3, self.let_lapse),
        }

    def run(self) -> None:
        names, weights = zip(*((name, weight) for name, (weight, _) in self.deeds.items()), strict=True)
        first = [name for name in names if name != "worker"]  # each at least once, in short runs too
        while not self.stopping.wait(self.random.uniform(0.2, 1.2)):
            if self.random.random() < 0.8:
                self.wait_until_ready()
            name = first.pop() if first and self.random.random() < 0.5 else self.random.choices(names, weights)[0]
            start = time.time()
            with contextlib.suppress(psutil.Error, psycopg.OperationalError):
                if count := self.deeds[name][1]():
                    self.history.add("nemesis", name, str(count), start, "ok")

    def wait_until_ready(self) -> None:
        """Killing what is down already shows little; now and then it happens all the same."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(f"{self.installation.address}/readyz") and time.monotonic() < deadline:
            if self.stopping.wait(0.1):
                return

    def counts(self) -> Counter[str]:
        return Counter(event.op for event in self.history.events if event.who == "nemesis")

    def kill_worker(self) -> int:
        now = time.time()
        old = [one for one in web_workers(self.installation) if now - one.create_time() > CRASH_LOOP_SECONDS]
        number = len(old) if self.random.random() < 0.2 else 1
        return kill(self.random.sample(old, min(number, len(old))))

    def kill_postgres(self) -> int:
        return kill(postgres_processes(self.installation))

    def kill_redis(self) -> int:
        return kill(found(self.installation, "valkey-server"))

    def let_lapse(self) -> int:
        with psycopg.connect(Home(self.installation.data).database_url, autocommit=True) as connection:
            return let_lapse(connection)
