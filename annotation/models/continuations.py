"""What a generator is asked for while a labeler is at the desk."""

from django.db import models
from django.db.models import Q


class Continuation(models.Model):
    """Completions of one step that a generator is asked for.

    In a solution that grows, those that continue the completion `parent` of the step before; in one that was
    written whole, alternatives for its own step. It waits while `over_at` is null: a worker may take it (again)
    from `due_at` on. Afterwards `came` says how many completions were kept, and `reason` why there is none.
    `version` is what the generator was then (`endpoints.registry.version_of`).
    """

    solution = models.ForeignKey(
        "Solution", on_delete=models.CASCADE, related_name="continuations", db_index=False
    )
    step = models.PositiveSmallIntegerField()
    parent = models.PositiveSmallIntegerField(null=True)
    wanted = models.PositiveSmallIntegerField()
    is_urgent = models.BooleanField("whether somebody waits for it", default=True, db_default=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    over_at = models.DateTimeField(null=True)
    came = models.PositiveSmallIntegerField(default=0, db_default=0)
    reason = models.TextField(default="", db_default="")
    endpoint = models.ForeignKey("Endpoint", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "step", "parent"], nulls_distinct=False, name="continuation_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_urgent", "due_at"], name="continuation_due", condition=Q(over_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.step + 1} of solution {self.solution_id}"
