"""What machines say of solutions: grades of their answers, scores of their steps."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from annotation.models.corpus import Project
from annotation.models.endpoints import Endpoint


class Word(models.TextChoices):
    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class Grade(models.Model):
    """The verdict on the final answer of a solution.

    `verdict` and `reason` are the grader's (`grading.verdicts`). A manager may decide otherwise; `counts_as` is
    what holds then.
    """

    solution = models.OneToOneField("Solution", primary_key=True, on_delete=models.CASCADE, related_name="grade")
    verdict = models.CharField(max_length=10, choices=Word.choices)
    reason = models.TextField()
    answer = models.TextField("final answer as found", null=True)
    grader = models.PositiveSmallIntegerField("version of the rules")
    graded_at = models.DateTimeField(auto_now_add=True)
    overruled_to = models.CharField(max_length=10, choices=Word.choices, null=True)
    overruled_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    overruled_at = models.DateTimeField(null=True)
    overruled_because = models.TextField(default="", db_default="", blank=True)
    counts_as = models.GeneratedField(
        expression=Coalesce(F("overruled_to"), F("verdict")),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Word.values), name="grade_verdict"),
            models.CheckConstraint(
                condition=Q(overruled_to=None, overruled_at=None)
                | Q(overruled_to__in=Word.values, overruled_at__isnull=False),
                name="grade_overruled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counts_as}: solution {self.solution_id}"


class Scorer(models.Model):
    """One version of something that scores steps; it never changes, so that a score says what it comes from.

    The embedded verifier keeps its weights (`verifier.model.Model.dump`) and how it did on held-out problems
    (`verifier.report.Report`) here; a model behind an endpoint, what it was asked with.
    """

    class Kind(models.TextChoices):
        VERIFIER = "verifier"
        ENDPOINT = "endpoint"

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="scorers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.PositiveIntegerField()
    endpoint = models.ForeignKey("Endpoint", null=True, on_delete=models.PROTECT, related_name="scorers")
    weights = models.BinaryField(null=True)
    report = models.JSONField(null=True)
    settings = models.JSONField(default=dict)
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "endpoint", "version"], nulls_distinct=False, name="scorer_version_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="verifier", weights__isnull=False, report__isnull=False, endpoint=None)
                | Q(kind="endpoint", weights=None, endpoint__isnull=False),
                name="scorer_verifier_has_weights",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint or self.get_kind_display()}, version {self.version}"

    @classmethod
    def next_version(cls, project: Project, endpoint: Endpoint | None = None) -> int:
        """Of the endpoint, or without one of the project's verifier; for whoever has locked the project."""
        last = cls.objects.filter(project=project, endpoint=endpoint).aggregate(last=Max("version"))["last"]
        return (last or 0) + 1


class Score(models.Model):
    """What a scorer says of a solution: P(correct) of each step, and of the whole.

    `product` is the sum of the logarithms (natural) of the steps' P(correct), with neutral as positive;
    `minimum` and `last` are probabilities. Source: "Let's Verify Step by Step", appendix F.
    """

    pk = models.CompositePrimaryKey("scorer_id", "solution_id")
    scorer = models.ForeignKey(Scorer, on_delete=models.CASCADE, related_name="scores", db_index=False)
    solution = models.ForeignKey("Solution", on_delete=models.CASCADE, related_name="scores")
    steps = ArrayField(models.FloatField())
    covered = ArrayField(models.FloatField(), null=True)
    product = models.FloatField()
    minimum = models.FloatField()
    last = models.FloatField()
    scored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(steps__len__gte=1, product__lte=0, minimum__range=(0, 1), last__range=(0, 1)),
                name="score_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product:.3f}: solution {self.solution_id}"
