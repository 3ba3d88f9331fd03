"""Calls in tests: an endpoint on this machine, one request, and what became of it."""

from typing import Any

from annotation.serving import Client, Endpoint
from annotation.serving.scored import Scored
from annotation.serving.scorers import score
from tests.serving.running import run

PROBLEM = "What is 2 + 2?"
STEPS = ["2 + 2 = 4", "So it is 4."]
KEY = "sk-canary-0123456789-abcdefghij"


def local(url: str, protocol: str = "plain", **options: Any) -> Endpoint:
    """An endpoint where private addresses are allowed, with a short deadline."""
    return Endpoint(**{"protocol": protocol, "url": url, "seconds": 5.0, "allows_private": True} | options)


def post(endpoint: Endpoint, path: str = "/score", payload: Any = None) -> Any:
    async def act() -> Any:
        async with Client(endpoint) as client:
            return await client.post(path, payload or {"problem": PROBLEM, "steps": STEPS})

    return run(act())


def scored(endpoint: Endpoint, steps: list[str] | None = None, problem: str = PROBLEM) -> Scored:
    async def act() -> Scored:
        async with Client(endpoint) as client:
            return await score(client, endpoint, problem, STEPS if steps is None else steps)

    return run(act())
