"""Processes that grade, each of which is killed when a pair takes too much time or memory.

They are forked from one that has loaded nothing but the grader and sympy. Pairs that the exact rules settle go in
chunks; the others, and all of a chunk that failed, one by one.
"""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager
from multiprocessing import forkserver
from signal import ITIMER_REAL, SIGXCPU, setitimer
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from annotation.grading.verdicts import Pair, Verdict, by_algebra, by_rules

Given = TypeVar("Given")
Result = TypeVar("Result")

SECONDS = 3.0
"""Wall time for a pair, and for a chunk."""
MEMORY = 1 << 30
"""Bytes of address space of a process."""
CHUNK = 100
MOST_TASKS = 1_000
"""Afterwards a process makes way for a fresh one: sympy remembers much."""
OPEN_FILES = 64
OUT_OF_MEMORY = 77
"""How a process ends that had no memory left; its heap is not trusted with another pair."""


class Workers:
    """A context manager: the processes are gone when it is left."""

    def __init__(self, workers: int = 2, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.seconds = seconds
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["annotation.grading.symbolic"])
        forkserver.ensure_running()
        self.pool = ProcessPool(
            workers, max_tasks=MOST_TASKS, context=context, initializer=limit, initargs=[memory]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()

    def by_rules(self, pairs: Sequence[Pair]) -> list[Verdict | None]:
        """Quick: None for what is left to algebra, and for all of a chunk in which something took too long."""
        chunks = [pairs[begin : begin + CHUNK] for begin in range(0, len(pairs), CHUNK)]
        futures = [self.schedule(settle, chunk) for chunk in chunks]
        verdicts: list[Verdict | None] = []
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                verdicts += future.result()
            except (TookTooLong, ProcessExpired):
                verdicts += [None] * len(chunk)  # one by one, it shows which pair it is
        return verdicts

    def by_algebra(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """Takes `seconds` at most for each pair of each process."""
        futures = [self.schedule(decide, pair) for pair in pairs]
        return [verdict_of(future, pair.answer) for future, pair in zip(futures, pairs, strict=True)]

    def schedule(self, function: Callable[[Given, float], Result], given: Given) -> "ProcessFuture[Result]":
        return self.pool.schedule(function, args=[given, self.seconds], timeout=self.seconds)


def verdict_of(future: "ProcessFuture[Verdict]", answer: str | None) -> Verdict:
    try:
        return future.result()
    except TookTooLong:
        return Verdict("undecided", "timeout", answer)
    except ProcessExpired as error:
        reasons = {-SIGXCPU: "timeout", OUT_OF_MEMORY: "memory"}
        return Verdict("undecided", reasons.get(error.exitcode, "crashed"), answer)


def settle(pairs: Sequence[Pair], seconds: float) -> list[Verdict | None]:
    """In the sandbox."""
    with bounded(seconds):
        return [unbroken(by_rules, pair, None) for pair in pairs]


def decide(pair: Pair, seconds: float) -> Verdict:
    """In the sandbox."""
    with bounded(seconds):
        return unbroken(by_algebra, pair, Verdict("undecided", "failed", pair.answer))


def unbroken(judge: Callable[[Pair], Result], pair: Pair, otherwise: Result) -> Result:
    """What an algebra system raises on an answer of strangers is no verdict, and nobody else's affair."""
    try:
        return judge(pair)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (sympy may raise anything)
        return otherwise


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Ends the process when memory runs out, and when it goes on although nobody is left to kill it."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    limit_to = int(spent.ru_utime + spent.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit_to, resource.RLIM_INFINITY))
    setitimer(ITIMER_REAL, seconds + 2)
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        setitimer(ITIMER_REAL, 0)


def limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(10)
