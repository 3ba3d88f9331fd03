"""A run whose items are calls of a model endpoint: many requests in flight while what came is kept.

What is wrong with an endpoint as a whole does not use up the attempts of items: while its breaker is open only a
probe is made, and after many refusals in a row the run pauses. What goes wrong with one item only is tried again,
each time later, and the item is dead in the end, with the reason.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from annotation import endpoints, runs
from annotation.endpoints import breaker
from annotation.endpoints.places import Places
from annotation.endpoints.registry import version_of
from annotation.models import Endpoint, Run
from annotation.serving import Permanent, ServingError, Transient, retrying
from annotation.serving.crew import Call, Crew

AHEAD = 3
"""Items that wait for a place, for each place: while results are kept, the endpoint has something to do."""
HELD_SECONDS = 60.0
HOLD_EVERY = 15.0
ROUND_SECONDS = 1.0
SHARE_EVERY = 3.0
PATIENCE = 5.0
"""Seconds that a worker waits for something to become due, before it does something else."""
MOST_REFUSED = 20
"""Refusals in a row after which the run pauses."""

Result = TypeVar("Result")


class Job(NamedTuple, Generic[Result]):
    """What a run asks an endpoint for."""

    endpoint: Endpoint
    version: Mapping[str, Any]
    """What the endpoint was when the run began (`registry.version_of`)."""
    calls: Callable[[Sequence[int]], Mapping[int, Call[Result]]]
    """A call for each item that was taken; without those of which nothing can come, which it buries."""
    keep: Callable[[Mapping[int, Result]], int]
    """Keeps results and finishes their items, in one transaction. Returns how many were new."""


def work(run: Run, job: Job[Any]) -> Iterator[int]:
    """Yields how many results were kept, now and then, until there is nothing to do for now."""
    if version_of(job.endpoint) != job.version:
        runs.pause_because(run, "The endpoint was changed since; start another run for what it is now.")
        return
    try:
        called = endpoints.called(job.endpoint)
    except (endpoints.BadEndpoint, endpoints.UnreadableKey) as error:
        runs.pause_because(run, str(error))
        return
    with Places(job.endpoint) as places, Crew[Any](called) as crew:
        yield from Asking(run, job, places, crew).rounds()


class Asking(Generic[Result]):
    """One worker's part of a run."""

    def __init__(self, run: Run, job: Job[Result], places: Places, crew: Crew[Result]) -> None:
        self.run, self.job, self.places, self.crew = run, job, places, crew
        self.endpoint = job.endpoint
        self.refused = 0
        self.wanted = 0
        """Places that this worker should have."""
        self.shared_at = self.held_at = 0.0
        self.placed_at = time.monotonic()
        """When it last had a place, or left the only one to a labeler."""
        self.is_careful = True
        """Whether the breaker is to be asked before each round: until all has gone well for once."""

    def rounds(self) -> Iterator[int]:
        while True:
            self.share()
            self.begin()
            if not self.crew.open:
                if not self.waits():
                    return
                continue
            self.hold()
            yield self.take_in(self.crew.collect(ROUND_SECONDS))

    def share(self) -> None:
        """Have as many places as this worker should have, with those there are now.

        One that is to go goes when its request has ended: nothing waits for that, and no other one begins.
        """
        is_settled = 0 < len(self.places.held) <= self.wanted
        if is_settled and time.monotonic() - self.shared_at < SHARE_EVERY:
            return
        self.shared_at = time.monotonic()
        self.wanted = self.places.share()
        if len(self.places.held) > self.wanted:
            self.places.shrink_to(max(self.wanted, self.crew.share(self.wanted)))
        else:
            self.crew.share(self.places.grow_to(self.wanted))
        if self.places.held or not self.wanted:
            self.placed_at = self.shared_at

    def begin(self) -> None:
        """Start as many calls as there is room for: one only, when the endpoint is being probed."""
        room = AHEAD * len(self.places.held) - len(self.crew.open)
        if room < max(1, len(self.places.held) // 2):
            return
        if self.is_careful:
            may, is_probe = breaker.ask(self.endpoint)
            room = min(room, 1 if is_probe else room) if may else 0
        if room:
            taken = runs.take(self.run, most=room, seconds=HELD_SECONDS)
            if taken:
                self.crew.start(self.job.calls(taken))

    def waits(self) -> bool:
        """Wait for what is due soon. False when this worker can do nothing more for now."""
        if not self.places.held:  # those who have them all give some up within seconds
            time.sleep(ROUND_SECONDS)
            return time.monotonic() - self.placed_at < 2 * SHARE_EVERY and runs.touch(self.run)
        due = runs.seconds_to_next(self.run)
        wait = max(due or 0.0, breaker.wait(self.endpoint))
        if due is None or not runs.touch(self.run):
            return False
        if wait > PATIENCE:
            runs.leave(self.run, seconds=wait)
            return False
        time.sleep(wait + 0.05)
        return True

    def hold(self) -> None:
        if time.monotonic() - self.held_at > HOLD_EVERY:
            runs.touch(self.run)
            runs.hold(self.run, self.crew.open, seconds=HELD_SECONDS)
            self.held_at = time.monotonic()

    def take_in(self, outcomes: Mapping[int, Result | ServingError]) -> int:
        """Keep what came. Returns how many results were new."""
        results = {item: one for item, one in outcomes.items() if not isinstance(one, ServingError)}
        failed = {item: one for item, one in outcomes.items() if isinstance(one, Transient)}
        refused = {item: one for item, one in outcomes.items() if isinstance(one, Permanent)}
        kept = self.job.keep(results) if results else 0
        if failed or (self.is_careful and outcomes):
            self.tell(outcomes, failed)
        self.count_refused(refused, is_any_good=bool(results))
        return kept

    def tell(self, outcomes: Mapping[int, Result | ServingError], failed: Mapping[int, Transient]) -> None:
        """Tell the breaker, and put off what failed."""
        after = breaker.tell(self.endpoint, (not isinstance(one, Transient) for one in outcomes.values()))
        self.is_careful = after.failures > 0
        if after.is_open:
            why = next(iter(failed.values()), None)
            note = f"The endpoint does not answer; it is tried again from time to time. {why or ''}"
            runs.give_back(self.run, failed, seconds=0, note=note.strip())
            return
        runs.note(self.run, "")
        if failed:
            reasons = {item: str(error) for item, error in failed.items()}
            asked = max((error.retry_after or 0.0 for error in failed.values()), default=0.0)
            runs.try_later(self.run, reasons, partial(later, retry_after=asked))

    def count_refused(self, refused: Mapping[int, Permanent], *, is_any_good: bool) -> None:
        if is_any_good:
            self.refused = 0
        if not refused:
            return
        runs.bury(self.run, {item: str(error) for item, error in refused.items()})
        self.refused += len(refused)
        if self.refused >= MOST_REFUSED:
            why = next(iter(refused.values()))
            runs.pause_because(self.run, f"{self.refused} refusals in a row, such as: {why}")


def later(attempts: int, retry_after: float) -> float:
    return retrying.delay(attempts - 1, random=random.random, retry_after=retry_after)
