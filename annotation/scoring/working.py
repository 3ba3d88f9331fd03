"""What a worker does for a scoring run."""

from collections.abc import Iterator

from annotation import runs
from annotation.models import Run, Scorer
from annotation.scoring import asked, embedded
from annotation.scoring.scores import write_down


def work(run: Run) -> Iterator[int]:
    """Work on the run until nothing of it is left to take; yields how many scores were kept, now and then.

    Any number of workers may do so at once, and each may be killed at any time.
    """
    assert run.scorer is not None
    write_down(run)
    yield from asked.work(run) if run.scorer.kind == Scorer.Kind.ENDPOINT else embedded.work(run)
    runs.end_if_done(run)
