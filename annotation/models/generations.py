"""Rounds of active learning: what was picked for labeling, from what, and why."""

from django.db import models
from django.db.models import Q


class Generation(models.Model):
    """One round: solutions picked by a strategy and its settings (`selection`), and put in the queue as tasks.

    `pool` is how many solutions could have been picked.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="generations")
    number = models.PositiveSmallIntegerField()
    strategy = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    scorer = models.ForeignKey("Scorer", null=True, on_delete=models.PROTECT, related_name="generations")
    other_scorer = models.ForeignKey("Scorer", null=True, on_delete=models.PROTECT, related_name="+")
    pool = models.BigIntegerField()
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="generation_once"),
        ]

    def __str__(self) -> str:
        return f"generation {self.number} of {self.project}"


class Pick(models.Model):
    """Why a task is in the queue.

    `score` is what the strategy ordered by, `rank` the place in that order from 1. `probability` is that with
    which the solution was in the generation, over the draws that the seed stands for: 1 for what ranks first.
    """

    task = models.OneToOneField("Task", primary_key=True, on_delete=models.CASCADE, related_name="pick")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="picks")
    reason = models.CharField(max_length=30)
    score = models.FloatField(null=True)
    rank = models.PositiveIntegerField(null=True)
    probability = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="pick_probability"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: task {self.task_id}"
