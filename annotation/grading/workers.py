"""Processes that grade, each of which is killed when a pair takes too much time or memory.

They are forked from one that has loaded nothing but the grader and sympy. Pairs that the exact rules settle go in
chunks; the others, and all of a chunk that failed, one by one. It is their own time that is limited first, so that
a busy machine does not change verdicts.
"""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from signal import ITIMER_PROF, ITIMER_REAL, SIGPROF, setitimer
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from annotation.grading.verdicts import Pair, Verdict, by_algebra, by_rules

Given = TypeVar("Given")
Result = TypeVar("Result")
Failure = TookTooLong | ProcessExpired | BrokenProcessPool

SECONDS = 3.0
"""Of a processor for a pair, and for a chunk."""
PATIENCE = 2
"""So many times as long it may take by the clock, on a machine that does other things as well."""
STARTED_WITHIN = 30.0
"""Seconds in which a process takes what is next; a pool in which none does has lost count of its processes."""
MEMORY = 1 << 30
"""Bytes of address space of a process."""
CHUNK = 100
MOST_TASKS = 1_000
"""Afterwards a process makes way for a fresh one: sympy remembers much."""
OPEN_FILES = 64
OUT_OF_MEMORY = 77
"""How a process ends that had no memory left; its heap is not trusted with another pair."""
MOST_POOLS = 5
"""So many may break over one thing, before it is taken to be its fault."""


class Workers:
    """A context manager: the processes are gone when it is left."""

    def __init__(self, workers: int = 2, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.workers, self.seconds, self.memory = workers, seconds, memory
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["annotation.grading.symbolic"])
        forkserver.ensure_running()
        self.pool = self.fresh_pool()

    def fresh_pool(self) -> ProcessPool:
        return ProcessPool(
            self.workers, max_tasks=MOST_TASKS, context=self.context, initializer=limit, initargs=[self.memory]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()

    def by_rules(self, pairs: Sequence[Pair]) -> list[Verdict | None]:
        """Quick: None for what is left to algebra, and for all of a chunk in which something took too long."""
        chunks = [pairs[begin : begin + CHUNK] for begin in range(0, len(pairs), CHUNK)]
        verdicts: list[Verdict | None] = []
        for chunk, outcome in zip(chunks, self.each(settle, chunks), strict=True):
            # one by one, it shows which pair it was
            verdicts += [None] * len(chunk) if isinstance(outcome, Exception) else outcome
        return verdicts

    def by_algebra(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """Takes `PATIENCE` times `seconds` at most for each pair of each process."""
        outcomes = self.each(decide, pairs)
        return [verdict_of(outcome, pair.answer) for outcome, pair in zip(outcomes, pairs, strict=True)]

    def each(self, function: Callable[[Given, float], Result], givens: Sequence[Given]) -> list[Result | Failure]:
        """What came of each: a result, or why there is none. A pool that breaks is made anew, and asked again."""
        outcomes = self.once(function, givens)
        for _ in range(MOST_POOLS):
            lost = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, BrokenProcessPool)]
            if not lost:
                break
            self.close()
            self.pool = self.fresh_pool()
            again = self.once(function, [givens[place] for place in lost])
            for place, outcome in zip(lost, again, strict=True):
                outcomes[place] = outcome
        return outcomes

    def once(self, function: Callable[[Given, float], Result], givens: Sequence[Given]) -> list[Result | Failure]:
        futures = [self.schedule(function, given) for given in givens]
        outcomes: list[Result | Failure] = []
        wait = PATIENCE * self.seconds + STARTED_WITHIN
        for future in futures:  # all before it have ended, so that it is its turn
            outcomes.append(outcome_of(future, wait))
            wait = 0 if isinstance(outcomes[-1], BrokenProcessPool) else wait
        return outcomes

    def schedule(
        self, function: Callable[[Given, float], Result], given: Given
    ) -> "ProcessFuture[Result] | BrokenProcessPool":
        """Pebble gives a pool up when a process is killed that has no work, or of which it does not know yet."""
        try:
            return self.pool.schedule(function, args=[given, self.seconds], timeout=PATIENCE * self.seconds)
        except RuntimeError as error:
            return BrokenProcessPool(str(error))


def outcome_of(future: "ProcessFuture[Any] | BrokenProcessPool", wait: float) -> Any:
    """The result, or the `Failure`. A pool in which nothing comes of it within so many seconds is broken."""
    try:
        return future.result(wait) if isinstance(future, ProcessFuture) else future
    except (TookTooLong, ProcessExpired, BrokenProcessPool) as error:
        is_lost = isinstance(future, ProcessFuture) and not future.done()
        return BrokenProcessPool("nothing came of it") if is_lost else error


def verdict_of(outcome: Verdict | Exception, answer: str | None) -> Verdict:
    if isinstance(outcome, Verdict):
        return outcome
    if isinstance(outcome, ProcessExpired):
        reasons = {-SIGPROF: "timeout", OUT_OF_MEMORY: "memory"}
        return Verdict("undecided", reasons.get(outcome.exitcode, "crashed"), answer)
    return Verdict("undecided", "timeout" if isinstance(outcome, TookTooLong) else "crashed", answer)


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
    """Ends the process when its time is over, when memory runs out, and when nobody is left to kill it."""
    setitimer(ITIMER_PROF, seconds)
    setitimer(ITIMER_REAL, PATIENCE * seconds + 2)
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        setitimer(ITIMER_PROF, 0)
        setitimer(ITIMER_REAL, 0)


def limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(10)
