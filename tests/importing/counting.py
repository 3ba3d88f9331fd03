"""What a load says it did, and what the tables hold."""

from annotation.importing import runs
from annotation.models import Annotation, Completion, LoadRun, Place, Problem, Solution, StepLabel, Task


def counts(run: LoadRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in runs.COUNTS if getattr(run, name)}


def snapshot() -> list[int]:
    return [m.objects.count() for m in (Problem, Solution, Completion, Task, Place, Annotation, StepLabel)]
