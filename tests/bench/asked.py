"""Runs inside the installation: scores a project over an endpoint, and asks the same of it with a bare client."""

import asyncio
import json
import time

import aiohttp
import psutil
from django.db import connection, transaction

from annotation import endpoints
from annotation.models import Project, Run, Score, User
from annotation.scoring import scores, working
from tests.bench.asking import PARALLEL
from tests.bench.pool import CORPUS, EACH, STEPS
from tests.endpoints.registered import fresh

BARE = 20_000
EARLY = 5
"""A part of the run after which its memory is looked at for the first time."""


def play(slug: str, count: int, url: str) -> None:
    project = Project.objects.create(slug=slug, name=slug)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in CORPUS:
            cursor.execute(statement.format(project=project.pk, count=count, each=EACH, steps=STEPS))
    bare = asyncio.run(bare_rate(url, min(BARE, count)))
    actor = User.objects.create_user(f"{slug}@bench.example")
    endpoint = endpoints.register(endpoint=fresh(project, url=url, parallel=PARALLEL), actor=actor)
    run = scores.start(project=project, actor=None, scorer=endpoints.scorer_of(endpoint, actor))
    found = scored(run, count)
    kept = Score.objects.filter(scorer=run.scorer).count()
    print("run", json.dumps({"bare": bare, **found, "scored": kept}), sep="\t")


def scored(run: Run, count: int) -> dict[str, float]:
    process, done, early = psutil.Process(), 0, 0
    begun = time.monotonic()
    for kept in working.work(run):
        done += kept
        if not early and done >= count // EARLY:
            early = process.memory_info().rss
    seconds = time.monotonic() - begun
    return {"rate": done / seconds, "early": early, "late": process.memory_info().rss}


async def bare_rate(url: str, count: int) -> float:
    """Answers a second."""
    payload = {
        "problem": "What is 1 + 1?",
        "steps": [f"Step {step} goes way 1 of problem 7" for step in range(STEPS)],
    }
    places = asyncio.Semaphore(PARALLEL)

    async def ask(session: aiohttp.ClientSession) -> None:
        async with places, session.post(f"{url}/score", json=payload) as answer:
            await answer.json()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=PARALLEL)) as session:
        begun = time.monotonic()
        await asyncio.gather(*(ask(session) for _ in range(count)))
        return count / (time.monotonic() - begun)
