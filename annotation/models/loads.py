"""Files being loaded: rows with a state, and what of them was refused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class LoadRun(models.Model):
    """One file being loaded into a project.

    An uploaded file waits in `chunks` until a worker has read it; `touched_at` is the worker's sign of
    life. Loading is idempotent, so a run whose worker died starts again from the first line.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving"
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="load_runs")
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField("file name", max_length=200)
    format = models.CharField(max_length=20)
    for_pool = models.BooleanField("solutions wait for a generation to draw them", default=False, db_default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    size = models.BigIntegerField("bytes in the file", default=0)
    read = models.BigIntegerField("bytes read", default=0)
    lines = models.BigIntegerField(default=0)
    problems = models.BigIntegerField("new problems", default=0)
    restated = models.BigIntegerField("known problems with another reference", default=0, db_default=0)
    solutions = models.BigIntegerField("new solutions", default=0)
    annotations = models.BigIntegerField("new annotations", default=0)
    unchanged = models.BigIntegerField("lines that held nothing new", default=0)
    refused = models.BigIntegerField("refused lines", default=0)
    ignored_keys = ArrayField(models.TextField(), default=list)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["touched_at"],
                name="load_run_unfinished",
                condition=Q(state__in=("receiving", "waiting", "running")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} into {self.project}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def percent(self) -> int:
        return 100 if self.is_over else (100 * self.read // self.size if self.size else 0)


class UploadChunk(models.Model):
    """A piece of an uploaded file, so that any worker on any machine can read it."""

    pk = models.CompositePrimaryKey("run_id", "index")
    run = models.ForeignKey(LoadRun, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    index = models.PositiveIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"chunk {self.index}"


class Refusal(models.Model):
    """A line that could not be loaded, and why."""

    run = models.ForeignKey(LoadRun, on_delete=models.CASCADE, related_name="refusals")
    line = models.BigIntegerField()
    field = models.CharField(max_length=200)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.reason}"
