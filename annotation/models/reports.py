"""What a labeler says of the first error of a solution besides its rating, where a project asks for it.

PRM800K's labelers were asked for the progress before the error and to rate critiques of it; its released rows have
no fields for that.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Progress(models.IntegerChoices):
    """How far a solution had come before its first error."""

    NONE = 0, "None"
    SOME = 1, "Some"
    MOST = 2, "Most of the way"


class Critique(models.Model):
    """A given text that says what is wrong with a step."""

    pk = models.CompositePrimaryKey("solution_id", "step", "index")
    solution = models.ForeignKey("Solution", on_delete=models.CASCADE, related_name="critiques", db_index=False)
    step = models.PositiveSmallIntegerField()
    index = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = [F("solution"), F("step"), F("index")]

    def __str__(self) -> str:
        return self.text[:60]


class ErrorReport(models.Model):
    """Belongs to the first error of one annotation, fixed with it.

    `ratings` has one entry for each given critique of that step, in their order: -1, 0, +1 or null (a check in
    migration 0002).
    """

    annotation = models.OneToOneField(
        "Annotation", on_delete=models.CASCADE, primary_key=True, related_name="error_report"
    )
    step = models.PositiveSmallIntegerField()
    progress = models.SmallIntegerField(choices=Progress.choices, null=True)
    category = models.TextField(null=True)
    critique = models.TextField("what is wrong, in the labeler's words", blank=True)
    ratings = ArrayField(models.SmallIntegerField(null=True), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__in=Progress.values), name="report_progress_range"
            ),
        ]

    def __str__(self) -> str:
        return f"error report of annotation {self.annotation_id}"
