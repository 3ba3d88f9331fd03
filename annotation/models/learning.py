"""What labelers learn from, and what their work is measured by: instructions, gold, practice and screening."""

from django.db import models
from django.db.models import Q


class Guideline(models.Model):
    """One version of a project's instructions, in Markdown; fixed once published (migration 0010).

    Each annotation made here is bound by a trigger to the newest version that its labeler had acknowledged:
    when it is begun, and once more when it is submitted.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="guidelines", db_index=False)
    version = models.PositiveSmallIntegerField()
    text = models.TextField("instructions")
    change = models.TextField("what changed", blank=True)
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="guideline_version_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="guideline_says_something"),
        ]

    def __str__(self) -> str:
        return f"instructions of {self.project}, version {self.version}"


class Acknowledgement(models.Model):
    """That a labeler has read a version."""

    labeler = models.ForeignKey("Membership", on_delete=models.CASCADE, related_name="+", db_index=False)
    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="acknowledgements")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["labeler", "guideline"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.labeler_id} has read {self.guideline_id}"
