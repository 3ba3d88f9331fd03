"""Training the embedded verifier on what labelers of a project have said so far."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from django.db import transaction

from annotation import audit, runs
from annotation.models import Project, Run, Scorer, User
from annotation.scoring.examples import examples_of
from annotation.verifier.examples import TooFewLabels

if TYPE_CHECKING:
    from annotation.verifier.training import Trained

MOST_SECONDS = 600
"""Afterwards another worker may try."""


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
            trained = train(examples_of(run.project), seed=run.settings["seed"])
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
        version=Scorer.next_version(project),
        weights=trained.model.dump(),
        report=msgspec.to_builtins(trained.report),
        settings=run.settings,
        actor=run.actor,
    )
    audit.record(run.actor, "train verifier", scorer, project=project, version=scorer.version)
    return 1
