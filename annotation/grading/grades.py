"""Grades of a project's solutions: planned, made in the sandbox, kept, overruled."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from annotation import audit, runs
from annotation.grading.sandbox import Sandbox
from annotation.grading.verdicts import GRADER, Pair, Verdict
from annotation.grading.workers import PATIENCE, SECONDS
from annotation.models import Grade, Project, Run, Solution, User, Word

BATCH = 500
GROUP = 10
"""Pairs that algebra is asked about at a time."""
HELD_SECONDS = 60.0
LAST_STEPS = 3
"""In which the final answer is looked for, when the solution came without one."""

UNGRADED = """
    SELECT s.id FROM annotation_solution s LEFT JOIN annotation_grade g ON g.solution_id = s.id
    WHERE s.project_id = %(project)s AND s.pre_generated
      AND (g.solution_id IS NULL OR g.grader < %(grader)s)
"""
PAIRS = """
    SELECT s.id, s.answer,
           CASE WHEN s.answer IS NULL THEN
               (SELECT string_agg(text, E'\\n' ORDER BY step) FROM annotation_completion
                WHERE solution_id = s.id AND index = 0 AND step >= s.length - %(steps)s) END,
           p.answer
    FROM annotation_solution s JOIN annotation_problem p ON p.id = s.problem_id
    WHERE s.id = ANY(%(solutions)s)
"""
KEEP = """
    INSERT INTO annotation_grade (solution_id, verdict, reason, answer, grader, graded_at)
    SELECT solution, verdict, reason, answer, %(grader)s, now()
    FROM unnest(%(solutions)s::bigint[], %(verdicts)s::text[], %(reasons)s::text[], %(answers)s::text[])
         AS given (solution, verdict, reason, answer)
    ON CONFLICT (solution_id) DO UPDATE
    SET verdict = excluded.verdict, reason = excluded.reason, answer = excluded.answer, grader = excluded.grader,
        graded_at = excluded.graded_at
"""


def start(*, project: Project, actor: User | None) -> Run:
    """Grade what has no grade yet, or one of older rules. Tell a worker afterwards (`tasks.nudge_run`)."""
    return runs.start(project=project, actor=actor, kind=Run.Kind.GRADE)


def work(run: Run) -> Iterator[int]:
    """Work on the run until nothing of it is left to take; yields how many grades were kept, now and then.

    Any number of workers may do so at once, and each may be killed at any time.
    """
    runs.write_down(run, UNGRADED, {"project": run.project_id, "grader": GRADER})
    taken = iter(lambda: runs.take(run, most=BATCH, seconds=HELD_SECONDS), [])
    for first in taken:  # a sandbox takes a second to start, for nothing when others have taken all
        with Sandbox(workers=1) as sandbox:
            for solutions in chain([first], taken):
                yield from grade(run, sandbox, solutions)
    runs.end_if_done(run)


def grade(run: Run, sandbox: Sandbox, solutions: Sequence[int]) -> Iterator[int]:
    """The quick verdicts are kept at once; while the others are made, group by group, they are held."""
    pairs = pairs_of(solutions)
    runs.bury_missing(run, solutions, pairs)
    quick = dict(zip(pairs, sandbox.by_rules(list(pairs.values())), strict=True))
    yield keep(run, {solution: verdict for solution, verdict in quick.items() if verdict})
    hard = [solution for solution, verdict in quick.items() if verdict is None]
    while hard and runs.touch(run):
        runs.hold(run, hard, seconds=HELD_SECONDS + GROUP * PATIENCE * SECONDS)
        group, hard = hard[:GROUP], hard[GROUP:]
        verdicts = sandbox.by_algebra([pairs[solution] for solution in group])
        yield keep(run, dict(zip(group, verdicts, strict=True)))
    if hard:  # the run rests, which costs no attempt
        runs.give_back(run, hard, seconds=0, note="")


def pairs_of(solutions: Sequence[int]) -> dict[int, Pair]:
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"solutions": list(solutions), "steps": LAST_STEPS})
        return {
            solution: Pair(answer, text or "", reference)
            for solution, answer, text, reference in cursor.fetchall()
        }


@transaction.atomic
def keep(run: Run, verdicts: Mapping[int, Verdict]) -> int:
    """Keep what nobody has kept meanwhile. Returns how many."""
    mine = sorted(runs.finish(run, list(verdicts)))
    if mine:
        with connection.cursor() as cursor:
            cursor.execute(
                KEEP,
                {
                    "solutions": mine,
                    "verdicts": [verdicts[solution].word for solution in mine],
                    "reasons": [verdicts[solution].reason for solution in mine],
                    "answers": [verdicts[solution].answer for solution in mine],
                    "grader": GRADER,
                },
            )
    return len(mine)


@transaction.atomic
def overrule(*, solution: Solution, actor: User, word: str | None, because: str) -> Grade:
    """A manager decides what the grade counts as; with `word` None the grader's verdict holds again.

    Raises `ValueError` for a word that is none, and without a reason.
    """
    if word is not None and word not in Word.values:
        raise ValueError(f"a grade is one of {', '.join(Word.values)}")
    if word is not None and not because.strip():
        raise ValueError("say why the grader is wrong")
    found, _ = Grade.objects.select_for_update().get_or_create(
        solution=solution, defaults={"verdict": Word.UNDECIDED, "reason": "not graded", "grader": 0}
    )
    found.overruled_to = word
    found.overruled_by, found.overruled_at = (actor, timezone.now()) if word else (None, None)
    found.overruled_because = because.strip() if word else ""
    found.save()
    said: dict[str, Any] = {"verdict": found.verdict, "to": word, "because": because.strip()}
    audit.record(actor, "overrule grade", solution, project=solution.project, **said)
    return found
