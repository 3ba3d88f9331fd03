"""A scoring run with a model behind an endpoint: many requests in flight while what came is kept.

What is wrong with an endpoint as a whole does not use up the attempts of solutions: while its breaker is open only
a probe is made, and after many refusals in a row the run pauses. What goes wrong with one solution only is tried
again, each time later, and the solution is dead in the end, with the reason.
"""

import random
import time
from collections.abc import Iterator, Mapping
from functools import partial

from annotation import endpoints, runs
from annotation.endpoints import breaker
from annotation.endpoints.places import Places
from annotation.endpoints.registry import version_of
from annotation.models import Endpoint, Run
from annotation.scoring.scores import Texts, keep, texts_for
from annotation.serving import Permanent, ServingError, Transient, retrying, scorers
from annotation.serving.crew import Call, Crew
from annotation.serving.scored import Scored

AHEAD = 3
"""Solutions that wait for a place, for each place: while scores are kept, the endpoint has something to do."""
HELD_SECONDS = 60.0
HOLD_EVERY = 15.0
ROUND_SECONDS = 1.0
SHARE_EVERY = 3.0
PATIENCE = 5.0
"""Seconds that a worker waits for something to become due, before it does something else."""
MOST_REFUSED = 20
"""Refusals in a row after which the run pauses."""


def work(run: Run) -> Iterator[int]:
    """Yields how many scores were kept, now and then, until there is nothing to do for now."""
    assert run.scorer is not None
    assert run.scorer.endpoint is not None
    endpoint = run.scorer.endpoint
    if version_of(endpoint) != run.scorer.settings:
        runs.pause_because(run, "The endpoint was changed since; start another run for what it is now.")
        return
    try:
        called = endpoints.called(endpoint)
    except (endpoints.BadEndpoint, endpoints.UnreadableKey) as error:
        runs.pause_because(run, str(error))
        return
    with Places(endpoint) as places, Crew[Scored](called) as crew:
        yield from Asking(run, endpoint, places, crew).rounds()


class Asking:
    """One worker's part of a run."""

    def __init__(self, run: Run, endpoint: Endpoint, places: Places, crew: Crew[Scored]) -> None:
        self.run, self.endpoint, self.places, self.crew = run, endpoint, places, crew
        self.refused = 0
        self.shared_at = self.held_at = 0.0
        self.began_at = time.monotonic()
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
        """Have as many places as this worker should have, with those there are now."""
        if time.monotonic() - self.shared_at < SHARE_EVERY and self.places.held:
            return
        share = self.places.share()
        if len(self.places.held) > share:
            self.crew.share(share)
            self.places.shrink_to(share)
        else:
            self.crew.share(self.places.grow_to(share))
        self.shared_at = time.monotonic()

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
            self.crew.start({solution: self.call(texts) for solution, texts in self.texts(taken).items()})

    def texts(self, taken: list[int]) -> Mapping[int, Texts]:
        return texts_for(self.run, taken) if taken else {}

    def call(self, texts: Texts) -> Call[Scored]:
        problem, steps = texts
        return lambda client: scorers.score(client, client.endpoint, problem, steps)

    def waits(self) -> bool:
        """Wait for what is due soon. False when this worker can do nothing more for now."""
        if not self.places.held:  # those who have them all give some up within seconds
            time.sleep(ROUND_SECONDS)
            return time.monotonic() - self.began_at < 2 * SHARE_EVERY
        due = runs.seconds_to_next(self.run)
        wait = max(due or 0.0, breaker.wait(self.endpoint))
        if due is None or wait > PATIENCE or not runs.touch(self.run):
            return False
        time.sleep(wait + 0.05)
        return True

    def hold(self) -> None:
        if time.monotonic() - self.held_at > HOLD_EVERY:
            runs.hold(self.run, self.crew.open, seconds=HELD_SECONDS)
            self.held_at = time.monotonic()

    def take_in(self, outcomes: Mapping[int, Scored | ServingError]) -> int:
        """Keep what came. Returns how many scores were new."""
        scores = {solution: one for solution, one in outcomes.items() if not isinstance(one, ServingError)}
        failed = {solution: one for solution, one in outcomes.items() if isinstance(one, Transient)}
        refused = {solution: one for solution, one in outcomes.items() if isinstance(one, Permanent)}
        kept = keep(self.run, scores) if scores else 0
        if failed or (self.is_careful and outcomes):
            self.tell(outcomes, failed)
        self.count_refused(refused, is_any_good=bool(scores))
        return kept

    def tell(self, outcomes: Mapping[int, Scored | ServingError], failed: Mapping[int, Transient]) -> None:
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
            reasons = {solution: str(error) for solution, error in failed.items()}
            asked = max((error.retry_after or 0.0 for error in failed.values()), default=0.0)
            runs.try_later(self.run, reasons, partial(later, retry_after=asked))

    def count_refused(self, refused: Mapping[int, Permanent], *, is_any_good: bool) -> None:
        if is_any_good:
            self.refused = 0
        if not refused:
            return
        runs.bury(self.run, {solution: str(error) for solution, error in refused.items()})
        self.refused += len(refused)
        if self.refused >= MOST_REFUSED:
            why = next(iter(refused.values()))
            runs.pause_because(self.run, f"Paused after {self.refused} refusals in a row. {why}")


def later(attempts: int, retry_after: float) -> float:
    return retrying.delay(attempts - 1, random=random.random, retry_after=retry_after)
