"""The queue: tasks, and the places in them that labelers lease and fill."""

from django.db import models
from django.db.models import F, Q

EVERYBODY = 32_767
"""What a task wants that each labeler is to do: as many as a task can want."""


class Task(models.Model):
    """One solution waiting in a project's queue for `wanted` annotations.

    `filled` counts the filled places. Its one writer besides loading is `labeling.submission`, which closes a task
    with its last place; two who fill the last two at once meet at this row. `selection` closes what is left of a
    generation, and `overlap` opens one again that is to have one more. History that
    was loaded with its labels is closed from the start. `repeat` counts the times the same solution was put
    before the same people again: in history in the same generation, as a hidden repeat (`selection`) in a later.

    Practice and screening are not in the queue: their tasks are closed, want EVERYBODY, and get a place for each
    labeler who comes to them (`labeling.rounds`).
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="tasks", db_index=False)
    solution = models.ForeignKey("Solution", on_delete=models.PROTECT, related_name="tasks", db_index=False)
    generation = models.SmallIntegerField(null=True)
    is_quality_control = models.BooleanField(default=False)
    is_screening = models.BooleanField(default=False)
    is_practice = models.BooleanField(default=False, db_default=False)
    repeat = models.PositiveSmallIntegerField(default=0)
    wanted = models.PositiveSmallIntegerField(default=1)
    filled = models.PositiveSmallIntegerField(default=0, db_default=0)
    extra = models.PositiveSmallIntegerField("wanted only afterwards, as it was unclear", default=0, db_default=0)
    priority = models.FloatField(default=0)
    reason = models.TextField(default="loaded")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "solution",
                    "generation",
                    "is_quality_control",
                    "is_screening",
                    "is_practice",
                    "repeat",
                ],
                name="task_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(is_practice=False) | Q(is_open=False, is_screening=False, is_quality_control=False),
                name="task_practice_is_not_in_the_queue",
            ),
            models.CheckConstraint(condition=Q(filled__lte=F("wanted")), name="task_filled_within_wanted"),
            models.UniqueConstraint(fields=["id", "wanted"], name="task_wanted_for_places"),
        ]
        indexes = [
            models.Index(
                F("project"),
                F("priority").desc(),
                F("id"),
                name="task_queue",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["project"], name="task_practice", condition=Q(is_practice=True)),
            models.Index(fields=["project", "generation"], name="task_by_generation"),
            models.Index(fields=["project"], name="task_extra", condition=Q(extra__gt=0)),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Place(models.Model):
    """One of the `wanted` places of a task: free, leased to a labeler until a time, or filled.

    A lease is a place with a labeler. There is one row for each place, so a task can never have more live
    leases and annotations than it wants; `wanted` follows the task's by foreign key (migration 0002). A lapsed
    lease stays the labeler's until somebody else takes the place. A labeler holds one place of the
    queue at a time. In a hidden repeat each place is reserved for a labeler who has rated the solution before.
    """

    pk = models.CompositePrimaryKey("task_id", "slot")
    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, related_name="places", db_index=False, db_constraint=False
    )
    slot = models.PositiveSmallIntegerField()
    wanted = models.PositiveSmallIntegerField()
    labeler = models.ForeignKey(
        "Membership", null=True, on_delete=models.PROTECT, related_name="places", db_index=False
    )
    reserved_for = models.ForeignKey(
        "Membership", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    leased_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slot__lt=F("wanted")), name="place_within_wanted"),
            models.UniqueConstraint(fields=["task", "labeler"], name="place_labeler_once"),
            models.UniqueConstraint(
                fields=["labeler"], name="place_held_once", condition=Q(filled_at=None, wanted__lt=EVERYBODY)
            ),
            models.CheckConstraint(
                condition=Q(labeler=None, leased_at=None, expires_at=None, filled_at=None)
                | Q(labeler__isnull=False, leased_at__isnull=False, expires_at__isnull=False),
                name="place_free_or_leased_whole",
            ),
            models.CheckConstraint(
                condition=Q(reserved_for=None) | Q(labeler=None) | Q(labeler=F("reserved_for")),
                name="place_reserved_is_for_nobody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.slot} of task {self.task_id}"
