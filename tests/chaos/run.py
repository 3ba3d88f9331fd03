"""One run: the product starts, labelers and nemesis work side by side, everything is drained and looked at."""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from annotation.embedded import Home
from tests.chaos import checker
from tests.chaos.cast import SLUGS, WANTED, cast
from tests.chaos.history import History
from tests.chaos.labelers import Labeler
from tests.chaos.nemesis import Nemesis
from tests.local import answers, wait_for
from tests.processes import Installation, installations

UNEXPECTED = re.compile(
    r"^(?:web|stepmark) .*Traceback|IntegrityError|deadlock detected|DataError|ProgrammingError"
)
"""Whatever is killed, the product says in one line what did not work."""


@dataclass
class Result:
    seed: str
    seconds: float
    history: Path
    acked: int
    kills: Counter[str]
    outcomes: Counter[str]
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{count} × {name}" for name, count in sorted(self.kills.items()))
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return f"seed {self.seed}: {self.acked} acknowledged acts in {self.seconds:.0f} s ({outcomes}); {kills}"


def run(*, folder: Path, seed: str, seconds: float, labelers: int, say: Callable[[str], object] = print) -> Result:
    with installations(folder) as make, closing(History(folder / "history.jsonl")) as history:
        installation = make("product")
        say(f"chaos: seed {seed}, {seconds:.0f} s, {labelers} labelers")
        installation.up()
        people = cast(installation, folder, count=labelers, seconds=seconds, seed=seed, history=history)
        database = Home(installation.data).database_url
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(checker.LOG)
        started = time.monotonic()
        counts = work(installation, people, seed, seconds, history)
        drained = time.monotonic() - started
        with ThreadPoolExecutor() as threads:
            exports = list(threads.map(lambda slug: export(installation, slug), SLUGS))
        wrong = checker.complaints(
            history=history,
            labelers=people,
            database=database,
            exported=[line for lines in exports for line in lines],
            wanted=WANTED,
        )
        wrong += unexpected_errors(installation)
    outcomes = Counter(f"{one.op} {one.outcome}" for one in history.events if one.who != "nemesis")
    return Result(seed, drained, history.path, history.acked(), counts, outcomes, wrong)


def export(installation: Installation, slug: str) -> list[str]:
    done = installation.manage("export", "--project", slug, "--format", "prm800k-extra")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def work(
    installation: Installation, labelers: list[Labeler], seed: str, seconds: float, history: History
) -> Counter[str]:
    """Let them work; then no more kills, and everybody finds out what came of their last act."""
    nemesis = Nemesis(installation, seed, history)
    for thread in (*labelers, nemesis):
        thread.start()
    time.sleep(seconds)
    deadline = time.monotonic() + seconds
    while history.acked() < checker.LEAST and time.monotonic() < deadline:  # a busy machine
        time.sleep(0.2)
    nemesis.stopping.set()
    nemesis.join()
    wait_for(lambda: answers(f"{installation.address}/readyz"), 60)
    for labeler in labelers:
        labeler.stop()
    for labeler in labelers:
        labeler.join(90)
        assert not labeler.is_alive(), f"{labeler.name} never ended"
    return nemesis.counts()


def unexpected_errors(installation: Installation) -> list[str]:
    """Lines of the logs that tell of more than servers that went away."""
    lines = installation.printed().splitlines()
    lines += (installation.data / "log" / "postgres.log").read_text(errors="replace").splitlines()
    return [
        f"in the logs: {' '.join(lines[at : at + 3])}" for at, line in enumerate(lines) if UNEXPECTED.search(line)
    ]


def kept_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="stepmark-chaos-"))
