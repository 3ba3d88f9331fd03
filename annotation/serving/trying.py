"""Trying an endpoint out, for a manager who has just typed it in: what was sent, what came, what it means."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from annotation.serving import generators, scorers
from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import ServingError, Transient
from annotation.serving.quoting import quoted

SHOWN = 2_000
"""Characters of what was sent and of what came."""
KEPT = 3
"""Exchanges shown; a chat has one for each step."""


class Exchange(NamedTuple):
    path: str
    sent: str
    came: str


class StepScore(NamedTuple):
    step: str
    score: float
    covered: float | None


class Trial(NamedTuple):
    """What a trial gave. `error` is a sentence, empty when all went well; `scores` or `samples` are then there."""

    exchanges: list[Exchange]
    scores: list[StepScore]
    samples: list[str]
    note: str
    error: str
    is_transient: bool
    seconds: float

    @property
    def covers(self) -> bool:
        """Whether it is known how much of the whole the two labels have."""
        return any(one.covered is not None for one in self.scores)


class Outcome(NamedTuple):
    scores: list[StepScore]
    samples: list[str]
    note: str


async def try_scorer(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Trial:
    """Score a solution, and tell how its steps map to scores. Raises nothing that an endpoint can cause."""

    async def scoring(client: Client) -> Outcome:
        scored = await scorers.score(client, endpoint, problem, steps)
        covered: Sequence[float | None] = scored.covered or [None] * len(steps)
        return Outcome(list(map(StepScore, steps, scored.steps, covered)), [], scored.raw_note)

    return await tried(endpoint, scoring)


async def try_generator(endpoint: Endpoint, problem: str, prefix: Sequence[str] | None = None) -> Trial:
    """Sample one solution, or one next step after the prefix."""

    async def sampling(client: Client) -> Outcome:
        if prefix is None:
            (sketch,) = await generators.solutions(client, endpoint, problem, n=1)
            return Outcome([], sketch.steps, "cut short by its length" if sketch.is_truncated else "")
        found = await generators.next_steps(client, endpoint, problem, prefix, n=1)
        return Outcome([], [one.text for one in found], "")

    return await tried(endpoint, sampling)


async def tried(endpoint: Endpoint, act: Callable[[Client], Awaitable[Outcome]]) -> Trial:
    exchanges: list[Exchange] = []

    def watch(path: str, sent: bytes, came: bytes) -> None:
        if len(exchanges) < KEPT:
            exchanges.append(Exchange(path, shown(sent, endpoint), shown(came, endpoint)))

    begun = time.monotonic()
    outcome, failure = Outcome([], [], ""), None
    try:
        async with Client(endpoint, watch) as client:
            outcome = await act(client)
    except ServingError as error:
        failure = error
    return Trial(exchanges, *outcome, str(failure or ""), isinstance(failure, Transient), time.monotonic() - begun)


def shown(body: bytes, endpoint: Endpoint) -> str:
    return quoted(body[: 4 * SHOWN], key=endpoint.key, most=SHOWN)
