"""A scoring run with a model behind an endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from annotation import asking
from annotation.models import Run
from annotation.scoring.scores import Texts, keep, texts_for
from annotation.serving import scorers
from annotation.serving.crew import Call
from annotation.serving.scored import Scored


def work(run: Run) -> Iterator[int]:
    """Yields how many scores were kept, now and then, until there is nothing to do for now."""
    assert run.scorer is not None
    assert run.scorer.endpoint is not None
    job = asking.Job(run.scorer.endpoint, run.scorer.settings, partial(calls, run), partial(keep, run))
    return asking.work(run, job)


def calls(run: Run, solutions: Sequence[int]) -> Mapping[int, Call[Scored]]:
    return {solution: call(texts) for solution, texts in texts_for(run, solutions).items()}


def call(texts: Texts) -> Call[Scored]:
    problem, steps = texts
    return lambda client: scorers.score(client, client.endpoint, problem, steps)
