"""One call of a generator for what a labeler waits for."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from django.db import connection

from annotation import endpoints, serving
from annotation.endpoints import breaker
from annotation.endpoints.places import Places
from annotation.models import Continuation, Endpoint
from annotation.serving import Transient
from annotation.serving.client import Client
from annotation.serving.generators import Sampled, Sampling, next_steps

SECONDS = 30.0
"""For a request: longer nobody waits."""
STEP_TOKENS = 512
MOST_WAIT = 10.0
"""Seconds in which one of the endpoint's places must come free."""

# The steps before: a solution's own, or the way up through the tree.
OWN_STEPS = (
    "SELECT text FROM annotation_completion WHERE solution_id = %s AND index = 0 AND step < %s ORDER BY step"
)
WAY = """
    WITH RECURSIVE way AS (
        SELECT step, parent, text FROM annotation_completion
        WHERE solution_id = %(solution)s AND step = %(step)s - 1 AND index = %(parent)s
        UNION ALL
        SELECT c.step, c.parent, c.text FROM way JOIN annotation_completion c
            ON c.solution_id = %(solution)s AND c.step = way.step - 1 AND c.index = way.parent
    )
    SELECT text FROM way ORDER BY step
"""


class Later(Exception):
    """Nothing is wrong with what was asked; it is to be tried again in so many seconds."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds


def sampled(asked: Continuation, endpoint: Endpoint) -> list[Sampled]:
    """Raises `Later`, `Transient`, `Permanent`, `BadEndpoint` and `UnreadableKey`."""
    called = endpoints.called(endpoint)
    called = replace(called, seconds=min(called.seconds, SECONDS))
    may, _ = breaker.ask(endpoint)
    if not may:
        raise Later(breaker.wait(endpoint), "The endpoint does not answer; it is tried again from time to time.")
    with Places(endpoint) as places:
        wait_for_place(places)
        try:
            samples = asyncio.run(ask(called, asked, prefix_of(asked)))
        except Transient:
            breaker.tell(endpoint, [False])
            raise
        breaker.tell(endpoint, [True])
    return samples


def wait_for_place(places: Places) -> None:
    until = time.monotonic() + MOST_WAIT
    while not places.grow_to(1):
        if time.monotonic() > until:
            raise Later(1.0, "All requests that the endpoint may have in flight are taken.")
        time.sleep(0.1)


async def ask(called: serving.Endpoint, asked: Continuation, prefix: Sequence[str]) -> list[Sampled]:
    how = Sampling(temperature=asked.solution.project.writer_temperature, max_tokens=STEP_TOKENS)
    async with Client(called) as client:
        return await next_steps(client, called, asked.solution.problem.text, prefix, n=asked.wanted, how=how)


def prefix_of(asked: Continuation) -> list[str]:
    with connection.cursor() as cursor:
        if asked.solution.pre_generated:
            cursor.execute(OWN_STEPS, [asked.solution_id, asked.step])
        else:
            cursor.execute(WAY, {"solution": asked.solution_id, "step": asked.step, "parent": asked.parent})
        return [text for (text,) in cursor.fetchall()]
