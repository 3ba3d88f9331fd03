"""Rounds: several labelers at work at once, played by client processes.

A client process gets its order as a line of JSON, says "ready" when each of its labelers has a solution at
hand, begins on the word "go", and tells its record as JSON. Two processes of four threads each play eight
labelers, so that the clients are not what is measured.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from tests.bench.installation import CODE, Installation
from tests.bench.processes import BenchError

MOST_FAILURES = 20

Hand = TypeVar("Hand")


@dataclass(frozen=True)
class Round:
    """`door` is api, browser or sql; `people` are tokens, Cookie headers or membership ids, one a labeler.

    `think` is the time in seconds that a labeler looks at a step before rating it, on average.
    """

    door: str
    project: str
    people: list[str]
    seconds: float
    autosave: bool
    port: int
    database: str
    think: float = 0.0


@dataclass
class Record:
    """Times in seconds; `done` names the acknowledged annotations, `failures` counts refusals by status."""

    submits: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    elapsed: float = 0.0

    def add(self, other: "Record") -> None:
        """Take in what somebody else did at the same time."""
        self.submits += other.submits
        self.saves += other.saves
        self.done += other.done
        for reason, count in other.failures.items():
            self.fail(reason, count)
        self.elapsed = max(self.elapsed, other.elapsed)

    def fail(self, reason: str, count: int = 1) -> None:
        self.failures[reason] = self.failures.get(reason, 0) + count

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def rate(self) -> float:
        """Acknowledged cycles a second."""
        return len(self.done) / self.elapsed


def rating_of(step: int) -> int:
    """What every labeler says of a step: each third one is neutral, the others are positive."""
    return 0 if step % 3 == 2 else 1


def play(installation: Installation, round_: Round, processes: int) -> Record:
    """Have the people of the round label, spread over client processes; their records as one."""
    module = "tests.bench.sqlclient" if round_.door == "sql" else "tests.bench.client"
    parts = [round_.people[part::processes] for part in range(processes)]
    clients = [start(installation, module) for _ in parts]
    for client, people in zip(clients, parts, strict=True):
        say(client, json.dumps(asdict(round_) | {"people": people}))
    for client in clients:
        hear(client)
    for client in clients:
        say(client, "go")
    total = Record()
    for client in clients:
        total.add(Record(**json.loads(hear(client))))
        client.wait()
    return total


def start(installation: Installation, module: str) -> subprocess.Popen[str]:
    """A client process; what it complains of is shown as it comes."""
    return subprocess.Popen(
        [sys.executable, "-m", module],
        env=installation.environment,
        cwd=CODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(client: subprocess.Popen[str], line: str) -> None:
    assert client.stdin is not None
    client.stdin.write(line + "\n")
    client.stdin.flush()


def hear(client: subprocess.Popen[str]) -> str:
    """The next line of the client. Raises `BenchError` when it has ended instead."""
    assert client.stdout is not None
    line = client.stdout.readline()
    if not line:
        raise BenchError(f"a client process ended with {client.wait()}; its error is above")
    return line


def serve(prepare: Callable[[Round, str, Record], Hand], label: Callable[[Round, Hand, Record], None]) -> None:
    """The main function of a client process: a thread for each labeler."""
    round_ = Round(**json.loads(sys.stdin.readline()))
    count, total = len(round_.people), Record()
    records, rounds = [Record() for _ in round_.people], [round_] * count
    with ThreadPoolExecutor(count) as threads:
        hands = list(threads.map(prepare, rounds, round_.people, records))
        print("ready", flush=True)
        sys.stdin.readline()
        list(threads.map(label, rounds, hands, records))
    for record in records:
        total.add(record)
    print(json.dumps(asdict(total)), flush=True)


def keep_going(round_: Round, began: float, record: Record) -> bool:
    """Whether another cycle is to be begun; `began` is on the monotonic clock."""
    return time.monotonic() - began < round_.seconds and record.failed < MOST_FAILURES
