"""Runs that sample solutions: their requests, and what is kept of what came."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import msgspec
from django.db import connection, transaction

from annotation import asking, runs
from annotation.answers import final_answer
from annotation.corpus.entries import SolutionEntry
from annotation.corpus.problems import DRAWN, STATEMENTS
from annotation.corpus.solutions import Located, Solutions
from annotation.corpus.turns import take_turn
from annotation.endpoints.registry import version_of
from annotation.models import PARTS, Endpoint, Problem, Run, User
from annotation.records import MAX_STEPS
from annotation.sampling.plan import Plan, read
from annotation.serving import generators
from annotation.serving.crew import Call
from annotation.serving.generators import Sketch

REQUESTS = f"""
    SELECT wanted.id * %(most)s + part AS id
    FROM (
        SELECT id FROM ({STATEMENTS}) p
        WHERE NOT %(only_new)s OR NOT EXISTS (
            SELECT FROM annotation_solution s JOIN annotation_problem q ON q.id = s.problem_id
            WHERE q.project_id = %(project)s AND q.statement = p.statement AND s.generator = %(generator)s)
        ORDER BY {DRAWN} LIMIT %(problems)s
    ) wanted CROSS JOIN generate_series(0, %(requests)s - 1) AS part
"""
KEPT, TRUNCATED, EMPTY, LONG, UNREADABLE = "kept", "truncated", "empty", "too long", "unreadable"
"""What can become of a sample; the last has a character that PostgreSQL cannot store."""


def start(*, endpoint: Endpoint, actor: User | None, plan: Plan) -> Run:
    """Sample from a generator as it is now. Tell a worker afterwards (`tasks.nudge_run`). Raises `BadPlan`."""
    settings = msgspec.to_builtins(plan)
    read(settings)
    return runs.start(
        project=endpoint.project,
        actor=actor,
        kind=Run.Kind.SAMPLE,
        endpoint=endpoint,
        plan=settings,
        version=version_of(endpoint),
    )


def work(run: Run) -> Iterator[int]:
    """Work on the run until nothing of it is left to take; yields how many requests were kept, now and then.

    Any number of workers may do so at once, and each may be killed at any time.
    """
    assert run.endpoint is not None
    plan = read(run.settings["plan"])
    write_down(run, plan)
    job = asking.Job(run.endpoint, run.settings["version"], partial(calls, run, plan), partial(keep, run, plan))
    yield from asking.work(run, job)
    runs.end_if_done(run)


def write_down(run: Run, plan: Plan) -> None:
    assert run.endpoint is not None
    values = {
        "project": run.project_id,
        "most": PARTS,
        "requests": plan.requests,
        "problems": plan.problems,
        "only_new": plan.only_new,
        "generator": run.endpoint.generates_as,
        "seed": plan.seed or 0,
    }
    runs.write_down(run, REQUESTS, values)


def calls(run: Run, plan: Plan, things: Sequence[int]) -> Mapping[int, Call[list[Sketch]]]:
    problems = {thing: thing // PARTS for thing in things}
    texts = dict(Problem.objects.filter(pk__in=problems.values()).values_list("pk", "text"))
    gone = [thing for thing, problem in problems.items() if problem not in texts]
    runs.bury(run, dict.fromkeys(gone, "the problem is not there any more"))
    return {
        thing: call(plan, thing % PARTS, texts[problem]) for thing, problem in problems.items() if problem in texts
    }


def call(plan: Plan, part: int, problem: str) -> Call[list[Sketch]]:
    return lambda client: generators.solutions(
        client, client.endpoint, problem, n=plan.asked(part), how=plan.sampling(part)
    )


@transaction.atomic
def keep(run: Run, plan: Plan, sampled: Mapping[int, Sequence[Sketch]]) -> int:
    """Keep what nobody has kept meanwhile. Returns how many requests were new."""
    with connection.cursor() as cursor:
        take_turn(cursor, run.project)
        mine = sorted(runs.finish(run, list(sampled)))
        words: Counter[str] = Counter()
        good: list[Located] = []
        for thing in mine:
            problem, part = divmod(thing, PARTS)
            for number, sketch in enumerate(sampled[thing], part * plan.per_request):
                word = what_of(sketch)
                words[word] += 1
                if word == KEPT:
                    good.append(Located.at(problem, entry(run, number, sketch)))
        Solutions(cursor, run.project, run.pk).resolve(good)
        runs.tally(run, words)
    return len(mine)


def what_of(sketch: Sketch) -> str:
    if sketch.is_truncated:
        return TRUNCATED
    if not sketch.steps:
        return EMPTY
    if len(sketch.steps) > MAX_STEPS:
        return LONG
    return UNREADABLE if any("\0" in step for step in sketch.steps) else KEPT


def entry(run: Run, number: int, sketch: Sketch) -> SolutionEntry:
    """A solution of its own also where the text has come before: how often it comes says something."""
    assert run.endpoint is not None
    return SolutionEntry(
        completions=[[step] for step in sketch.steps],
        external_id=f"run-{run.pk}-{number}",
        answer=final_answer("\n".join(sketch.steps)),
        generator=run.endpoint.generates_as,
    )
