"""Training the embedded verifier on what labelers of a project have said so far."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from django.db import connection, transaction

from annotation import audit, runs
from annotation.models import Project, Run, Scorer, User
from annotation.verifier.examples import Example, TooFewLabels

if TYPE_CHECKING:
    from annotation.verifier.training import Trained

# Submitted work on whole solutions, without that of practice and screening. The ratings of the solution's own
# steps by step, and each rated alternative with its text.
LABELED = """
    SELECT p.statement::text, p.text,
           (SELECT array_agg(text ORDER BY step) FROM annotation_completion
            WHERE solution_id = s.id AND index = 0),
           (SELECT jsonb_object_agg(step, rating) FROM annotation_steplabel
            WHERE annotation_id = a.id AND completion = 0 AND rating IS NOT NULL),
           (SELECT jsonb_agg(jsonb_build_array(l.step, c.text, l.rating) ORDER BY l.step, c.index)
            FROM annotation_steplabel l JOIN annotation_completion c
                 ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
            WHERE l.annotation_id = a.id AND l.completion > 0 AND l.rating IS NOT NULL)
    FROM annotation_annotation a
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    WHERE a.project_id = %s AND a.submitted_at IS NOT NULL AND a.round_id IS NULL AND s.pre_generated
      AND NOT t.is_screening AND NOT t.is_practice AND a.finish_reason IN ('solution', 'found_error')
    ORDER BY a.id
"""
BLOCK = 1_000
MOST_SECONDS = 600
"""Afterwards another worker may try."""


def examples(project: Project) -> Iterator[Example]:
    """What can be learned from: each annotated solution, and each rated alternative after its beginning."""
    with connection.cursor() as cursor:
        cursor.execute(LABELED, [project.pk])
        while rows := cursor.fetchmany(BLOCK):
            for key, problem, steps, ratings, alternatives in rows:
                given = msgspec.json.decode(ratings or "{}", type=dict[int, int])
                yield Example(key, problem, steps, [given.get(step) for step in range(len(steps))])
                for step, text, rating in msgspec.json.decode(
                    alternatives or "[]", type=list[tuple[int, str, int]]
                ):
                    yield Example(key, problem, [*steps[:step], text], [*[None] * step, rating])


def start(*, project: Project, actor: User | None, seed: int = 0) -> Run:
    """A new version of the project's verifier. Tell a worker afterwards (`tasks.nudge_run`)."""
    return runs.start(project=project, actor=actor, kind=Run.Kind.TRAIN, seed=seed)


def work(run: Run) -> Iterator[int]:
    """Train; too few labels are the run's end, with what is missing as the reason."""
    from annotation.scoring.choosing import chosen_by  # noqa: PLC0415
    from annotation.verifier.training import train  # noqa: PLC0415 (scikit-learn, which the web server can do without)

    runs.write_down(run, "SELECT %(project)s::bigint AS id", {"project": run.project_id})
    for project in runs.take(run, most=1, seconds=MOST_SECONDS):
        try:
            trained = train(examples(run.project), seed=run.settings["seed"])
        except TooFewLabels as why:
            runs.bury(run, {project: str(why)})
        else:
            chosen = chosen_by(run.project, trained, seed=run.settings["seed"])
            report = msgspec.structs.replace(trained.report, best_of_n=chosen)
            yield keep(run, trained._replace(report=report))
    runs.end_if_done(run)


@transaction.atomic
def keep(run: Run, trained: "Trained") -> int:
    """The next version, unless another worker has made it meanwhile."""
    if not runs.finish(run, [run.project_id]):
        return 0
    project = Project.objects.select_for_update().get(pk=run.project_id)
    scorer = Scorer.objects.create(
        project=project,
        kind=Scorer.Kind.VERIFIER,
        version=Scorer.next_version(project, Scorer.Kind.VERIFIER),
        weights=trained.model.dump(),
        report=msgspec.to_builtins(trained.report),
        settings=run.settings,
        actor=run.actor,
    )
    audit.record(run.actor, "train verifier", scorer, project=project, version=scorer.version)
    return 1
