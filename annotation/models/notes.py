"""What researchers and managers note down: comments on solutions, and filters they come back to."""

from django.db import models
from django.db.models import Q


class Comment(models.Model):
    """Something said about a solution, or about one of its steps; labelers never see it."""

    solution = models.ForeignKey("Solution", on_delete=models.CASCADE, related_name="comments")
    step = models.PositiveSmallIntegerField(null=True)
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]


class SavedFilter(models.Model):
    """A name for a slice of labels, as the address of a board has it; for everybody who sees the project."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="saved_filters", db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1_000)
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="saved_filter_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_is_one"),
        ]

    def __str__(self) -> str:
        return self.name
