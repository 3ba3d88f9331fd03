"""Work waiting to be done, item by item: rows with a state. A Celery message is only a nudge."""

from django.db import models
from django.db.models import F, Q

PARTS = 10_000
"""Requests about one problem at most. A thing of a sampling run is the problem's id times this, plus which one."""


class Run(models.Model):
    """Grading, scoring or sampling many things of a project, or training on it.

    `total` is null until its items are written down. Each waiting item is a row of `RunItem`, which is deleted in
    the transaction that keeps its result; so what is done is what is no longer there. `note` says why a run that
    is not over makes no progress.
    """

    class Kind(models.TextChoices):
        GRADE = "grade"
        TRAIN = "train"
        SCORE = "score"
        SAMPLE = "sample"

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        CANCELLED = "cancelled"
        DONE = "done"

    OPEN = (State.RUNNING, State.PAUSED)
    """In these it has not ended."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    scorer = models.ForeignKey("Scorer", null=True, on_delete=models.PROTECT, related_name="runs")
    endpoint = models.ForeignKey("Endpoint", null=True, on_delete=models.PROTECT, related_name="runs")
    settings = models.JSONField(default=dict)
    total = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="score", scorer__isnull=False) | (~Q(kind="score") & Q(scorer=None)),
                name="run_scores_with_a_scorer",
            ),
            models.CheckConstraint(
                condition=Q(kind="sample", endpoint__isnull=False) | (~Q(kind="sample") & Q(endpoint=None)),
                name="run_samples_from_an_endpoint",
            ),
        ]
        indexes = [
            models.Index(fields=["touched_at"], name="run_unfinished", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run {self.pk}"

    @property
    def title(self) -> str:
        return {
            self.Kind.GRADE: "Grading final answers",
            self.Kind.TRAIN: "Training the verifier",
            self.Kind.SCORE: f"Scoring with {self.scorer}",
            self.Kind.SAMPLE: f"Sampling from {self.endpoint}",
        }[self.Kind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class RunItem(models.Model):
    """One thing a run still has to do. `due_at` is when a worker may take it (again).

    Taking it puts `due_at` off: a worker that dies with it gives it back by then. After too many attempts, or
    when trying again cannot help, it is dead, with the reason.
    """

    pk = models.CompositePrimaryKey("run_id", "thing")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items", db_index=False)
    thing = models.BigIntegerField("id of a solution or a project, or a request about a problem (PARTS)")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_dead = models.BooleanField(default=False, db_default=False)
    reason = models.TextField(default="", db_default="")

    class Meta:
        indexes = [
            models.Index(F("run"), F("due_at"), name="run_item_due", condition=Q(is_dead=False)),
            models.Index(fields=["run"], name="run_item_dead", condition=Q(is_dead=True)),
        ]

    def __str__(self) -> str:
        return f"{self.thing} of run {self.run_id}"

    @property
    def row(self) -> int:
        """The id of the solution, project or problem."""
        return self.thing // PARTS if self.run.kind == Run.Kind.SAMPLE else self.thing


class RunMinute(models.Model):
    """How many items a run finished in a minute of the database's clock."""

    pk = models.CompositePrimaryKey("run_id", "minute")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="minutes", db_index=False)
    minute = models.DateTimeField()
    finished = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.finished} at {self.minute:%H:%M}"


class RunTally(models.Model):
    """What came of a run, besides what it kept elsewhere: how often each of a few words."""

    pk = models.CompositePrimaryKey("run_id", "word")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    word = models.CharField(max_length=20)
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.count} {self.word}"
