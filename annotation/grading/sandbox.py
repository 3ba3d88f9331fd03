"""Grades in processes of their own, which are killed when they take too much time or memory.

The processes know nothing of this installation: they are forked from one that was started with an empty
environment and has loaded nothing but the grader and sympy. Pairs that the exact rules settle go in chunks; the
others, and all of a chunk that failed, one by one.
"""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager
from multiprocessing import forkserver
from signal import SIGXCPU
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
KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")


class Sandbox:
    """A context manager: the processes are gone when it is left."""

    def __init__(self, workers: int = 2, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.seconds = seconds
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["annotation.grading.symbolic"])
        with bare_environment():
            forkserver.ensure_running()
        self.pool = ProcessPool(
            workers, max_tasks=MOST_TASKS, context=context, initializer=limit, initargs=[memory]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()

    def grade(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """The verdicts, in the order of the pairs; undecided for a pair that takes more than it may."""
        settled = self.by_rules(pairs)
        hard = iter(self.by_algebra([pair for pair, verdict in zip(pairs, settled, strict=True) if not verdict]))
        return [verdict or next(hard) for verdict in settled]

    def by_rules(self, pairs: Sequence[Pair]) -> list[Verdict | None]:
        """Quick: None for what is left to algebra, and for all of a chunk in which something took too long."""
        chunks = [pairs[begin : begin + CHUNK] for begin in range(0, len(pairs), CHUNK)]
        futures = [self.schedule(settle, chunk) for chunk in chunks]
        verdicts: list[Verdict | None] = []
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                verdicts += future.result()
            except (TookTooLong, ProcessExpired, RecursionError):
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
        return [by_rules(pair) for pair in pairs]


def decide(pair: Pair, seconds: float) -> Verdict:
    """In the sandbox."""
    with bounded(seconds):
        return by_algebra(pair)


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Ends the process when memory runs out, and when it computes on although nobody is left to kill it."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    limit_to = int(spent.ru_utime + spent.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit_to, resource.RLIM_INFINITY))
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(10)


@contextmanager
def bare_environment() -> Iterator[None]:
    """For whatever is started meanwhile: no keys, no address of a database."""
    whole = dict(os.environ)
    kept = {name: whole[name] for name in KEPT if name in whole}
    os.environ.clear()
    os.environ.update(kept)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(whole)
