"""A scoring run with the embedded verifier."""

from collections.abc import Iterator

from annotation import runs
from annotation.models import Run
from annotation.scoring.scores import keep, texts_for
from annotation.serving.scored import Scored
from annotation.verifier.model import Model

BATCH = 500
HELD_SECONDS = 60.0


def work(run: Run) -> Iterator[int]:
    """Yields how many scores were kept, now and then, until nothing is left to take."""
    assert run.scorer is not None
    assert run.scorer.weights is not None
    model = Model.load(bytes(run.scorer.weights))
    while solutions := runs.take(run, most=BATCH, seconds=HELD_SECONDS):
        texts = texts_for(run, solutions)
        scores = model.score_many(texts.values())
        yield keep(run, {solution: Scored(steps, None, "") for solution, steps in zip(texts, scores, strict=True)})
